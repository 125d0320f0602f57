"""Count a text as Mastodon counts it: characters as people see them, a link 23, of a mention elsewhere only the name."""

import re
from typing import Any, cast

import regex

LINK = re.compile(r"https?://(?:\([^\s<>\"()]*\)|[^\s<>\"()])+", re.IGNORECASE)
LINK_LENGTH = 23
AFTER_LINK = "?!*\"'\u300c\u300d;:=,.$%[]~&|@"
"""What ends a sentence after a link, and is counted beside it."""
MENTION = re.compile(r"(?<![\w/@])@(\w[\w.-]*)@[\w.-]*\w")
_CHARACTER = cast("Any", regex).compile(r"\X")


def counted_length(text: str) -> int:
    """Return the length of a status."""
    return len(_CHARACTER.findall(MENTION.sub(r"@\1", LINK.sub(_shortened, text))))


def _shortened(found: re.Match[str]) -> str:
    return "x" * LINK_LENGTH + found[0][len(found[0].rstrip(AFTER_LINK)) :]
