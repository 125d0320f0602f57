"""Splits an answer that is longer than its network takes into numbered posts. Place in the path: reply box -> here -> reply row."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from amends.core.errors import Refused
from amends.core.translating import _

Length = Callable[[str], int]

MOST_PARTS = 25
SENTENCE_END = re.compile(r"""[.!?…。\uff01\uff1f।።؟]+["'”\u2019»)\]]*(?=\s|$)|\n+""")
WORD_END = re.compile(r"\S(?=\s)")
JOINER = "\u200d"
SKIN_TONES = range(0x1F3FB, 0x1F400)
FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def parts_of(text: str, *, most: int, length: Length) -> tuple[str, ...]:
    """Return `text` as the posts it goes out as, each at most `most` long by the network's own `length`.

    One post where it fits; else each ends with its number (`1/3`), after a sentence where that leaves no post half empty, else after a
    word. `Refused` where that would be more than 25 posts.
    """
    text = text.strip()
    if length(text) <= most:
        return (text,)
    for widest in ("9/9", "99/99"):
        pieces = _pieces(text, lambda piece, number=widest: length(f"{piece} {number}") <= most, window=most * 8)
        if pieces and len(pieces) < 10 ** widest.index("/"):
            return tuple(f"{piece} {number}/{len(pieces)}" for number, piece in enumerate(pieces, start=1))
    raise Refused(_("This would be more than %(most_parts)s posts: shorten it.") % {"most_parts": MOST_PARTS})


def _pieces(text: str, fits: Callable[[str], bool], *, window: int) -> list[str] | None:
    """Return the pieces of a text, or None where they would be too many or not even one character fits."""
    found: list[str] = []
    while text:
        end = _end_of_first(text[:window], fits, whole=len(text) <= window)
        if end == 0 or len(found) == MOST_PARTS:
            return None
        found.append(text[:end].strip())
        text = text[end:].lstrip()
    return found


def _end_of_first(text: str, fits: Callable[[str], bool], *, whole: bool) -> int:
    """Return where the first piece ends: after the last sentence that fits, the last word, or the last character that can stand alone."""
    if whole and fits(text):
        return len(text)
    word = _last_that_fits(text, [match.end() for match in WORD_END.finditer(text)], fits)
    sentence = _last_that_fits(text, [match.end() for match in SENTENCE_END.finditer(text)], fits)
    if word:
        return sentence if sentence * 2 >= word else word
    return _last_that_fits(text, [place for place in range(1, len(text) + 1) if _may_part(text, place)], fits)


def _last_that_fits(text: str, ends: Sequence[int], fits: Callable[[str], bool]) -> int:
    """Return the last of `ends` up to which the text fits, 0 where none does; a longer text is taken to be no shorter for the network."""
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if fits(text[: ends[middle]].strip()) else (low, middle)
    return ends[low - 1] if low else 0


def _may_part(text: str, place: int) -> bool:
    """Tell whether the text may be cut there without tearing what people see as one character."""
    if place >= len(text):
        return True
    before, after = text[place - 1], text[place]
    joined = JOINER in {before, after} or unicodedata.category(after).startswith("M") or ord(after) in SKIN_TONES
    return not joined and not _is_inside_flag(text, place)


def _is_inside_flag(text: str, place: int) -> bool:
    """Tell whether a place lies between the two letters of a flag; flags in a row are told apart by counting."""
    if ord(text[place]) not in FLAG_LETTERS:
        return False
    return _count_flag_letters(reversed(text[:place])) % 2 == 1


def _count_flag_letters(backwards: Iterable[str]) -> int:
    count = 0
    for letter in backwards:
        if ord(letter) not in FLAG_LETTERS:
            break
        count += 1
    return count
