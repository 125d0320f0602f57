"""Text as the desk keeps it: storable by PostgreSQL, and short where a line is enough."""

import unicodedata

from amends.core.personal.finding import mask
from amends.core.personal.kinds import Kind

PREVIEW = 200
MOST_MARKS = 8
"""So many marks above and below one letter are more than any script has; what heaps up more covers what stands around it."""
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs by their category, of which nothing can be seen: Hangul's fillers and Braille's blank."""


def storable(text: str) -> str:
    """Return `text` without what PostgreSQL refuses: NUL goes, lone surrogates become U+FFFD (pairs are joined)."""
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "")


def can_be_seen(text: str) -> bool:
    """Tell whether anything of a text shows: a letter, a number, a sign or a symbol, and not blanks and joiners alone."""
    return any(unicodedata.category(one)[0] in "LNSP" and one not in _BLANK_LETTERS for one in text)


def without_heaps(text: str) -> str:
    """Return `text` with at most `MOST_MARKS` marks that take no place of their own on one letter."""
    if text.isascii():
        return text
    kept, marks = list[str](), 0
    for one in text:
        marks = marks + 1 if unicodedata.category(one) in {"Mn", "Me"} else 0
        if marks <= MOST_MARKS:
            kept.append(one)
    return "".join(kept)


def without_marks(text: str) -> str:
    """Return `text` without its vowel signs and accents, which are letters' own in most of our scripts, but no letters to Unicode."""
    return text if text.isascii() else "".join(one for one in text if not unicodedata.category(one).startswith("M"))


def preview(text: str, language: str = "") -> str:
    """Return the first words on one line, at most 200 characters, without personal data: lists travel further than cases.

    Order numbers stay, since cases are searched by them.
    """
    line = mask(without_heaps(" ".join(text.split())[: PREVIEW * 4]), language, keep={Kind.ORDER})
    return line if len(line) <= PREVIEW else line[: PREVIEW - 1].rstrip() + "…"
