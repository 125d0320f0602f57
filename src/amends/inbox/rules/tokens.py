"""Words as they are searched, in every script: where each lies in a text, and the folded forms by which it is found.

PostgreSQL's own parser breaks Indic words at their vowel signs, so texts are taken apart here and PostgreSQL gets words that are ready.
A word may be found whole (`LK-2024-7788` as `lk20247788`), by its parts (`2024`), and a number also by its end (`788`).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

LONGEST = 40
"""How many letters of a word count."""
MOST = 8_000
"""How many words of one text are kept; a place beyond 16,383 is none for PostgreSQL."""
_SHORTEST_END = 3
_NUMBERED = range(5, 25)
_PLANES = 0x1F000
_FOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "\u0131": "i"})
_UNSEEN = re.compile("[\u00ad\u0640\u064b-\u0652\u0670\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]")


def _marks() -> str:
    """Return the inside of a regex class: every combining mark, as ranges."""
    places = (place for place in range(_PLANES) if unicodedata.category(chr(place))[0] == "M")
    spans = [list(run) for _, run in groupby(enumerate(places), lambda pair: pair[1] - pair[0])]
    return "".join(f"{chr(span[0][1])}-{chr(span[-1][1])}" for span in spans)


_LETTER = rf"(?:[^\W_]|[{_marks()}\u200c\u200d])"
_RUN = re.compile(
    rf"(?P<sign>[@#](?=\w))?(?P<words>{_LETTER}+(?:[-_./'’+&]+{_LETTER}+)*)|[\u2600-\u27bf\U0001f300-\U0001faff]"  # noqa: RUF001
)
_PART = re.compile(rf"{_LETTER}+")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^A-Za-z\d]+")
_CLOSE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


class Token(NamedTuple):
    """A word of a text from `start` to `end`, at its `place` in the order of words, found by any of its `forms`."""

    start: int
    end: int
    place: int
    forms: tuple[str, ...]


class Run(NamedTuple):
    """What is written without a space: its parts, and the forms of the whole where that is more than its one part."""

    parts: tuple[Token, ...]
    whole: Token | None


def runs(text: str) -> Iterator[Run]:
    """Yield the runs of `text` in order; parts lie at places of their own, which follow one another, the whole at the first's."""
    place = 1
    for run in _RUN.finditer(text):
        if place > MOST:
            return
        if (word := run[0]).isascii() and word.isalnum():  # most of them by far
            yield Run((Token(run.start(), run.end(), place, ends(word.lower()[:LONGEST])),), None)
            place += 1
            continue
        parts = tuple(Token(start, end, place + n, ends(form)) for n, (start, end, form) in enumerate(_parts(run)))
        forms = _whole(run, len(parts))
        yield Run(parts, Token(run.start(), run.end(), place, forms) if forms else None)
        place += len(parts)


def tokens(text: str) -> Iterator[Token]:
    """Yield everything in `text` by which it is found."""
    for run in runs(text):
        yield from run.parts
        if run.whole:
            yield run.whole


def ends(form: str) -> tuple[str, ...]:
    """Return a word, and where it has digits the ends by which people name numbers."""
    if form.isalpha() or len(form) not in _NUMBERED or not any(letter.isdigit() for letter in form):
        return (form,)
    return tuple(form[begin:] for begin in range(len(form) - _SHORTEST_END + 1))


@lru_cache(maxsize=20_000)
def folded(word: str) -> str:
    """Return a word without case and joiners, and without accents where letters have them as an ornament: Latin, Greek, Cyrillic."""
    if word.isascii():
        return word.lower()[:LONGEST]
    bare, base = "", ""
    for letter in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", _UNSEEN.sub("", word)).casefold()):
        if not unicodedata.combining(letter):
            base = letter
        elif base < "\u0530" or "\u1e00" <= base <= "\u1fff":
            continue
        bare += letter
    return unicodedata.normalize("NFC", bare.translate(_FOLDED))[:LONGEST]


def _parts(run: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    """Yield each part of a run as it lies in the text, folded."""
    if run["words"] is None:
        yield run.start(), run.end(), run[0]
        return
    for part in _PART.finditer(run.string, *run.span("words")):
        for start, end in _pieces(part, humps=bool(run["sign"])):
            if form := folded(run.string[start:end]):
                yield start, end, form


def _pieces(part: re.Match[str], *, humps: bool) -> Iterator[tuple[int, int]]:
    """Yield the spans of a word's pieces: pairs of letters where the script has no spaces, `LostBag` where a sign stands before it."""
    if humps:
        yield from (hump.span() for hump in _HUMP.finditer(part.string, *part.span()))
    elif not part[0].isascii() and (close := _CLOSE.search(part.string, *part.span())):
        yield from _spaceless(part, close)
    else:
        yield part.span()


def _spaceless(part: re.Match[str], close: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield what stands before letters without spaces, each two of them, and what stands behind."""
    if part.start() < close.start():
        yield part.start(), close.start()
    for begin in range(close.start(), close.end()):
        yield begin, min(begin + 2, close.end())
    if close.end() < part.end():
        yield close.end(), part.end()


def _whole(run: re.Match[str], parts: int) -> tuple[str, ...]:
    """Return the forms of a run with a sign or with several parts: with its sign, and written in one."""
    if run["words"] is None:
        return ()
    joined = folded("".join(_PART.findall(run["words"])))
    forms = (run["sign"] + joined,) if run["sign"] and joined else ()
    return (*forms, joined) if joined and parts > 1 and not _CLOSE.search(run["words"]) else forms
