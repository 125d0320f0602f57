"""Writes a text so that numbers look alike in every script: ASCII digits, plain spaces and hyphens, nothing invisible between them.

Each character of the folded text knows where it stood, so that what is found there can be marked in the text as it was written.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

_HIDDEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\ufe00-\ufe0f\ufeff]")
_LIKE = {
    " ": "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d",
    "+": "\uff0b\ufe62",
    "@": "\uff20\ufe6b",
    ".": "\uff0e\u3002",
    "(": "\uff08",
    ")": "\uff09",
    "/": "\uff0f",
}
_FIRST_FOREIGN_DIGIT, _LAST_FOREIGN_DIGIT = 0x0660, 0x1FBF9
_ETHIOPIC_ONE, _ETHIOPIC_NINE = 0x1369, 0x1371


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """A folded `text`; `places` says where each of its characters stood (None: where it stands)."""

    text: str
    places: Sequence[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where `text[start:end]` stood in the text as it was written."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> Folded:
    """Return `text` folded."""
    if text.isascii():
        return Folded(text=text.replace("\t", " "), places=None)
    alike = text.translate(_alike())
    if not _HIDDEN.search(alike):
        return Folded(text=alike, places=None)
    places = [place for place, char in enumerate(alike) if not _HIDDEN.match(char)]
    return Folded(text=_HIDDEN.sub("", alike), places=places)


@cache
def _alike() -> Mapping[int, str]:
    """Return what stands for each character that is written otherwise in ASCII; one character stands for one."""
    found = {ord(char): plain for plain, chars in _LIKE.items() for char in chars}
    found |= {code: str(code - _ETHIOPIC_ONE + 1) for code in range(_ETHIOPIC_ONE, _ETHIOPIC_NINE + 1)}
    for code in range(_FIRST_FOREIGN_DIGIT, _LAST_FOREIGN_DIGIT + 1):
        digit = unicodedata.decimal(chr(code), None)
        if digit is not None:
            found[code] = str(digit)
    return found
