"""How the networks read a text: words for search, mentions, hashtags, links, and X's weighted length."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator

MENTION = re.compile(r"(?<![\w@/])@(\w{1,15})(?!\w)", re.ASCII)
USER = re.compile(r"(?<![\w/])/?u/([\w-]{3,20})", re.ASCII)
SKY_MENTION = re.compile(r"(?<![\w@/.])@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?![\w-])", re.IGNORECASE)
HASHTAG = re.compile(r"(?<![\w&#])#(\w*[^\W\d_]\w*)")
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\"'.,;:!?)\]]")
LINK_WEIGHT = 23
X_LIMIT = 280
# twitter-text v3: code points in these ranges weigh 1, all others 2 (docs.x.com, "Counting characters").
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_JOINERS = {0xFE0F, 0x200D, 0x20E3, *range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080)}

# Joiners stand inside words of several Indic scripts.
_INVISIBLE: dict[int, None] = dict.fromkeys((0x200C, 0x200D, 0xFEFF))


def words_of(text: str) -> str:
    """Return the words of `text`, folded, separated and surrounded by single spaces, ready for `in`."""
    folded = unicodedata.normalize("NFC", text).casefold().translate(_INVISIBLE)
    return " " + " ".join("".join(char if _belongs(char) else " " for char in folded).split()) + " "


def _belongs(char: str) -> bool:
    return char == "_" or unicodedata.category(char)[0] in "LMN"


def x_mentions(text: str) -> tuple[str, ...]:
    """Return the lower-case handles that a post on X mentions, each once, in order."""
    return tuple(dict.fromkeys(found.lower() for found in MENTION.findall(text)))


def reddit_mentions(text: str) -> tuple[str, ...]:
    """Return the lower-case user names that a Reddit text calls with `u/name`."""
    return tuple(dict.fromkeys(found.lower() for found in USER.findall(text)))


def sky_mentions(text: str) -> tuple[str, ...]:
    """Return the lower-case handles that a post on Bluesky mentions, each once, in order."""
    return tuple(dict.fromkeys(found[1:].lower() for found in SKY_MENTION.findall(text)))


def short_link(url: str) -> str:
    """Return the `t.co` address that X puts in the place of `url`."""
    return "https://t.co/" + hashlib.sha256(url.encode()).hexdigest()[:10]


def weighted_length(text: str) -> int:
    """Return the length of `text` as X counts it: links 23, an emoji 2, most scripts beyond Latin 1 or 2 a letter."""
    links = LINK.findall(text)
    rest = unicodedata.normalize("NFC", LINK.sub("", text))
    return len(links) * LINK_WEIGHT + sum(_weights(rest))


def _weights(text: str) -> Iterator[int]:
    joined = False
    for char in text:
        point = ord(char)
        if point in _JOINERS:
            joined = point == 0x200D  # noqa: PLR2004 (zero width joiner: the next sign belongs to the same emoji)
            continue
        if not joined:
            yield 1 if any(low <= point <= high for low, high in _LIGHT) else 2
        joined = False
