"""What is sought, as one types: the words as PostgreSQL compares them, and where in a text they are found.

Words may stand anywhere in a text, what stands in quotes stands side by side, and every word but a single letter may go on.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from amends.inbox.rules.tokens import Run, Token, runs, tokens

MOST_WORDS = 16
MOST_PLACES = 200
MOST_BYTES = 500_000
WIDEST = 4
"""How many bytes a letter has at most."""
_QUOTED = re.compile(r'"([^"]*)"?|([^"]+)')
_AROUND = 60
_SHOWN = 240
_STRETCH = 1_200


@dataclass(frozen=True, slots=True)
class Needle:
    """A word to find; where it is `open` other letters may follow."""

    form: str
    open: bool

    def fits(self, token: Token) -> bool:
        """Tell whether the token is found by it."""
        return any(form.startswith(self.form) if self.open else form == self.form for form in token.forms)

    def __str__(self) -> str:
        """Return it as a part of a tsquery."""
        return _quoted(self.form) + (":*" if self.open else "")


@dataclass(frozen=True, slots=True)
class Sought:
    """`parts` are tsqueries that hold all of them, none where nothing can be sought; `needles` are their words."""

    parts: tuple[str, ...] = ()
    needles: tuple[Needle, ...] = ()

    @property
    def words(self) -> str:
        """Return them as one tsquery, empty where nothing can be sought."""
        return all_of(self.parts)

    def labelled(self, **labels: str) -> tuple[str, ...]:
        """Return the parts, narrowed to texts with these labels; an empty label is none."""
        return (*self.parts, *(_quoted(f"{name}={value.lower()}") for name, value in labels.items() if value))

    def with_labels(self, **labels: str) -> str:
        """Return the same as one tsquery."""
        return all_of(self.labelled(**labels))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; `found` where it is what was sought."""

    text: str
    found: bool


def all_of(parts: Iterable[str]) -> str:
    """Return the tsquery of texts that hold every part."""
    return " & ".join(parts)


def sought(text: str) -> Sought:
    """Return what a search box asks for."""
    return _all(_asked(found[1], phrase=True) if found[1] is not None else _asked(found[2]) for found in _QUOTED.finditer(text))


def sought_together(text: str) -> Sought:
    """Return what one word of a query, or its quotation, asks for."""
    return _asked(text, phrase=True)


def vector(text: str, labels: Iterable[str]) -> str:
    """Return `text` as a tsvector, with `labels` (`kind=note`, `@handle`) that have no place."""
    places: dict[str, list[int]] = {}
    for token in tokens(text):
        for form in token.forms:
            places.setdefault(form, []).append(token.place)
    placed = [f"{_quoted(form)}:{','.join(map(str, found[:MOST_PLACES]))}" for form, found in places.items()]
    fits = sum(map(len, placed)) * WIDEST <= MOST_BYTES
    return " ".join([*(_quoted(label) for label in labels), *(placed if fits else _within(placed))])


def _within(words: Iterable[str]) -> Iterator[str]:
    """Yield as many words as PostgreSQL keeps of one text."""
    room = MOST_BYTES
    for word in words:
        room -= len(word.encode())
        if room < 0:
            return
        yield word


def signed(handle: str) -> list[str]:
    """Return the forms by which `@handle` is found beside a text that does not name it."""
    return [form for token in tokens(f"@{handle}") for form in token.forms if form[0] == "@"]


def around(text: str, needles: Sequence[Needle]) -> str:
    """Return the stretch of a long text around the first word that is found."""
    if len(text) <= _STRETCH:
        return text
    first = next((token.start for token in tokens(text) if any(needle.fits(token) for needle in needles)), 0)
    return text[max(0, first - _STRETCH // 2) : first + _STRETCH // 2]


def excerpt(text: str, needles: Sequence[Needle]) -> list[Piece]:
    """Return the part of `text` around the first word that is found, in pieces, those marked that are sought."""
    line = " ".join(text.split())
    spans = list(_spans(line, needles))
    begin = max(0, spans[0][0] - _AROUND) if spans and spans[0][1] > _SHOWN - _AROUND else 0
    begin = line.rfind(" ", 0, begin) + 1 if begin else 0
    end = min(len(line), begin + _SHOWN)
    shown = [span for span in spans if begin <= span[0] and span[1] <= end]
    return [*_dots(begin > 0), *_pieces(line, begin, end, shown), *_dots(end < len(line))]


def _dots(there: bool) -> list[Piece]:
    return [Piece("…", found=False)] if there else []


def _pieces(line: str, begin: int, end: int, spans: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    at = begin
    for start, stop in spans:
        if at < start:
            yield Piece(line[at:start], found=False)
        yield Piece(line[start:stop], found=True)
        at = stop
    if at < end:
        yield Piece(line[at:end], found=False)


def _spans(line: str, needles: Sequence[Needle]) -> Iterator[tuple[int, int]]:
    """Yield the stretches that are found, in order and apart; the whole where it is found, else its parts."""
    reached = 0
    found = {(token.start, token.end) for token in tokens(line) if any(needle.fits(token) for needle in needles)}
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if end > reached:
            yield max(start, reached), end
            reached = end


def _asked(text: str, *, phrase: bool = False) -> Sought:
    found = [run for run in runs(text) if run.parts][:MOST_WORDS]
    if phrase and len(found) > 1:
        return _beside([needle for run in found for needle in _needles(run)])
    return _all(_of_run(run) for run in found)


def _of_run(run: Run) -> Sought:
    """Return what a run asks for: with a sign exactly that, else its parts side by side, or the whole written in one."""
    whole = [_needle(form) for form in run.whole.forms] if run.whole else []
    if whole and whole[0].form[0] in "@#":
        return Sought((str(whole[0]),), (whole[0],))
    parts = _beside(_needles(run))
    if not whole:
        return parts
    return Sought((f"({parts.words} | {whole[0]})",), (*parts.needles, whole[0]))


def _needles(run: Run) -> list[Needle]:
    """Return the words of a run; the last letter of a script without spaces is said by the pair before it."""
    *before, last = run.parts
    if before and before[-1].end == last.end:
        last = before.pop()
    return [*(Needle(part.forms[0], open=False) for part in before), _needle(last.forms[0])]


def _needle(form: str) -> Needle:
    return Needle(form, open=len(form) > 1 or not form.isascii())


def _beside(needles: Sequence[Needle]) -> Sought:
    words = " <-> ".join(map(str, needles))
    return Sought((f"({words})" if len(needles) > 1 else words,), tuple(needles))


def _all(pieces: Iterable[Sought]) -> Sought:
    there = list(pieces)
    return Sought(tuple(part for one in there for part in one.parts), tuple(needle for one in there for needle in one.needles))


def _quoted(word: str) -> str:
    if word.isalnum():  # most of them by far
        return f"'{word}'"
    doubled = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
