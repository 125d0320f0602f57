"""Whether a post or a message of ours is the answer that we look for. Pure. Place in the path: `find_reply` -> here."""

import re
import unicodedata

from amends.core.ports import Draft

NAMES_IN_FRONT = re.compile(r"^(?:@\w+\s+)+")
ADDRESS = re.compile(r"https?://\S+")
LINK = "LINK"


def says(text: str, draft: Draft) -> bool:
    """Tell whether `text` are the words of `draft`, as X changes them; behind pictures' words X puts one link to them."""
    found, wanted = _comparable(text), _comparable(draft.text)
    return found == wanted or (bool(draft.attachments) and found == f"{wanted} {LINK}")


def _comparable(text: str) -> str:
    """Return a text without what X changes in it: mentions put in front, links shortened, spaces, forms of the same letter."""
    bare = NAMES_IN_FRONT.sub("", unicodedata.normalize("NFC", text).strip())
    return " ".join(ADDRESS.sub(LINK, bare).split())
