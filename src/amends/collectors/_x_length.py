"""Count a text as X does: the weighted length of twitter-text, configuration version 3.

The documented configuration (docs.x.com, "Counting characters"): a code point weighs 2 unless it lies in U+0000-U+10FF, U+2000-U+200D,
U+2010-U+201F or U+2032-U+2037, where it weighs 1; an emoji weighs 2 however many code points it is made of; a link weighs 23 however
long it is; the text is counted in Unicode's composed form (NFC).
"""

import re
import unicodedata

LINK_LENGTH = 23
EMOJI_LENGTH = 2
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))

_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff](?!\ufe0e)\ufe0f?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
)
EMOJI = re.compile(f"{_PICTURE}(?:\u200d{_PICTURE})*|[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3")
_NAMES = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)"
_WORLDWIDE = "com|net|org|info|biz|edu|gov|mil|int|app|dev|shop|store|online|site|blog|news|live|cloud|xyz|co|tv"
AFTER_LINK = ".,;:!?]\"'"
_SIGN = r"[a-z0-9\u00c0-\u024f\u0400-\u04ff!*';:=+,.$/%#\[\]\u2013_~@|&?-]"
_PATH = rf"(?:[/?](?:\({_SIGN}*\)|{_SIGN})*)?"
"""Letters of other scripts end a link, and are counted beside it."""
LINK = re.compile(
    rf"(?<![a-z0-9_@#$.-])(?:https?://[^\s<>\"/?\u3000-\u9fff()]+{_PATH}"
    rf"|(?:{_NAMES}+(?:{_WORLDWIDE})|{_NAMES}{{2,}}[a-z]{{2}}|{_NAMES}[a-z]{{2}}(?=/\S))(?![\w-]|\.\w){_PATH})",
    re.IGNORECASE,
)


def weighted_length(text: str) -> int:
    """Return the length that X counts against its limit of 280."""
    without_links, links = LINK.subn(_after_link, unicodedata.normalize("NFC", text))
    plain, emoji = EMOJI.subn("", without_links)
    return links * LINK_LENGTH + emoji * EMOJI_LENGTH + sum(_weight(ord(sign)) for sign in plain)


def _after_link(found: re.Match[str]) -> str:
    """Return the punctuation that ends a sentence after a link and does not belong to it."""
    return found[0][len(found[0].rstrip(AFTER_LINK)) :]


def _weight(code_point: int) -> int:
    return 1 if any(first <= code_point <= last for first, last in LIGHT) else 2
