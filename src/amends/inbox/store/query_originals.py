"""SQL of the posts that a word of a query names by their number on the network, alone or within the address of the original.

Somebody passes on a link to a complaint; pasted into the search it finds the case. Numbers are looked up as the networks have them: of an
address its last parts are tried, also as Reddit writes them.
"""

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from amends.core.database import Connection, fetch_values

_NUMBER = re.compile(r"(?=\D*\d)[\w:.-]{6,100}")
_OF_BLUESKY = re.compile(r"at://[\w:./-]{6,200}")
_KINDS = ("", "t1_", "t3_")
_LAST = 4
"""How many parts at the end of an address are tried: the title of a thread may stand behind its number."""


def named_by(conn: Connection, text: str) -> list[int]:
    """Return the cases of the posts whose number, or whose original's address, `text` is."""
    numbers = _numbers(text)
    if not numbers:
        return []
    return fetch_values(
        conn,
        """
        select case_id from posts
        where source_id = any(array(select id from sources)) and external_id = any(%(numbers)s) and case_id is not null
        """,
        {"numbers": numbers},
    )


def _numbers(text: str) -> Sequence[str]:
    if not text.startswith(("http://", "https://")):
        return [text] if _NUMBER.fullmatch(text) or _OF_BLUESKY.fullmatch(text) else []
    try:
        address = urlsplit(text)
    except ValueError:
        return []
    parts = [*address.path.strip("/").split("/")[-_LAST:], *(value for values in parse_qs(address.query).values() for value in values)]
    return [kind + part for part in parts if _NUMBER.fullmatch(part) for kind in _KINDS]
