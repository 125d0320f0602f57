"""Columns of many slices, one after the other, of which some can be replaced: what a process keeps of what it has read. Pure.

Place in the path: `store.fact_slices` -> here -> `columns`. Numbers are copied only where slices come together that were apart.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from amends.inbox.rules.columns import Column, Columns, Numbers, unpacked, width_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Packed:
    """A slice as it is stored: the name of its pack (None: it waits to be packed), and by the name of each column a string of numbers."""

    pack: int | None
    texts: Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    """Slices in order: the pack of each by where it begins, and how many numbers it has in each column."""

    packs: Mapping[int, int | None]
    lengths: Mapping[Column, Sequence[int]]
    held: Mapping[Column, Numbers]

    @property
    def size(self) -> int:
        """How many bytes of numbers there are."""
        return sum(numbers.nbytes for numbers in self.held.values())

    def columns(self, wanted: Collection[Column]) -> Columns:
        """Return some of the columns, which nobody can write to."""
        return Columns({column: _read_only(self.held[column] if self.packs else unpacked(column, b"")) for column in wanted})

    def picked(self, among: Collection[int], beside: Mapping[int, Packed]) -> "Strip":
        """Return the slices that begin with one of `among`, and in their places those of `beside`, with the columns that all have."""
        place = {begins: at for at, begins in enumerate(self.packs)}
        order = enumerate(sorted({*among, *beside}))
        # Of neighbours among those that are here the place here and the place there grow alike.
        runs = groupby(order, key=lambda one: None if one[1] in beside else place[one[1]] - one[0])
        parts = [self._part([begins for _, begins in run], place, beside) for _, run in runs]
        return parts[0] if len(parts) == 1 else _joined(parts)

    def _part(self, run: Sequence[int], place: Mapping[int, int], beside: Mapping[int, Packed]) -> "Strip":
        if run[0] in beside:
            return _unpacked({begins: beside[begins] for begins in run})
        return self._cut(place[run[0]], place[run[-1]] + 1)

    def _cut(self, first: int, last: int) -> "Strip":
        if last - first == len(self.packs):
            return self
        begins = {column: sum(lengths[:first]) for column, lengths in self.lengths.items()}
        lengths = {column: lengths[first:last] for column, lengths in self.lengths.items()}
        return Strip(
            packs=dict(list(self.packs.items())[first:last]),
            lengths=lengths,
            held={column: numbers[begins[column] : begins[column] + sum(lengths[column])] for column, numbers in self.held.items()},
        )


NOTHING = Strip(packs={}, lengths={}, held={})


def _unpacked(slices: Mapping[int, Packed]) -> Strip:
    texts = {Column(name): [one.texts[name] for one in slices.values()] for name in next(iter(slices.values())).texts}
    return Strip(
        packs={begins: one.pack for begins, one in slices.items()},
        lengths={column: [len(text) // width_of(column) for text in found] for column, found in texts.items()},
        held={column: unpacked(column, b"".join(found)) for column, found in texts.items()},
    )


def _joined(parts: Sequence[Strip]) -> Strip:
    """Return strips as one, with the columns that all of them have."""
    if not parts:
        return NOTHING
    columns = set.intersection(*(set(part.held) for part in parts))
    return Strip(
        packs={begins: pack for part in parts for begins, pack in part.packs.items()},
        lengths={column: [n for part in parts for n in part.lengths[column]] for column in columns},
        held={column: np.concatenate([part.held[column] for part in parts]) for column in columns},
    )


def _read_only(numbers: Numbers) -> Numbers:
    seen = numbers.view()
    seen.setflags(write=False)
    return seen
