"""Columns of many slices, one after the other, of which some can be replaced: what a process keeps of what it has read. Pure.

Place in the path: `store.fact_slices` -> here -> `columns`. Numbers are copied only where slices come together that were apart.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from amends.inbox.rules.columns import Column, Columns, Numbers, unpacked


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    """Slices in order: the pack of each by where it begins (None: it waits to be packed), and the bounds of each in each column."""

    packs: Mapping[int, int | None]
    bounds: Mapping[Column, Numbers]
    held: Mapping[Column, Numbers]

    @property
    def size(self) -> int:
        """How many bytes of numbers there are."""
        return sum(numbers.nbytes for numbers in self.held.values())

    def columns(self, wanted: Collection[Column]) -> Columns:
        """Return some of the columns, which nobody can write to."""
        return Columns({column: _read_only(self.held[column] if self.packs else unpacked(column, b"")) for column in wanted})

    def picked(self, among: Collection[int], beside: Mapping[int, "Strip"]) -> "Strip":
        """Return the slices that begin with one of `among`, and in their places those of `beside`, a slice each."""
        place = {begins: at for at, begins in enumerate(self.packs)}
        order = enumerate(sorted({*among, *beside}))
        # Of neighbours the place here and the one there grow alike; a slice from beside is its own neighbour alone.
        runs = groupby(order, key=lambda one: (True, one[0]) if one[1] in beside else (False, place[one[1]] - one[0]))
        parts = [self._part([begins for _, begins in run], place, beside) for _, run in runs]
        return parts[0] if len(parts) == 1 else _joined(parts)

    def _part(self, run: Sequence[int], place: Mapping[int, int], beside: Mapping[int, "Strip"]) -> "Strip":
        return beside[run[0]] if run[0] in beside else self._cut(place[run[0]], place[run[-1]] + 1)

    def _cut(self, first: int, last: int) -> "Strip":
        if last - first == len(self.packs):
            return self
        return Strip(
            packs=dict(list(self.packs.items())[first:last]),
            bounds={column: bounds[first : last + 1] - bounds[first] for column, bounds in self.bounds.items()},
            held={column: numbers[self.bounds[column][first] : self.bounds[column][last]] for column, numbers in self.held.items()},
        )


NOTHING = Strip(packs={}, bounds={}, held={})


def slice_of(begins: int, pack: int | None, packed: Mapping[Column, bytes]) -> Strip:
    """Return one slice, of strings of numbers."""
    held = {column: unpacked(column, text) for column, text in packed.items()}
    return Strip(packs={begins: pack}, bounds={column: np.array([0, len(numbers)]) for column, numbers in held.items()}, held=held)


def _read_only(numbers: Numbers) -> Numbers:
    seen = numbers.view()
    seen.setflags(write=False)
    return seen


def _joined(parts: Sequence[Strip]) -> Strip:
    """Return strips as one, with the columns that all of them have."""
    if not parts:
        return NOTHING
    columns = set.intersection(*(set(part.held) for part in parts))
    lengths = {column: np.concatenate([np.diff(part.bounds[column]) for part in parts]) for column in columns}
    return Strip(
        packs={begins: pack for part in parts for begins, pack in part.packs.items()},
        bounds={column: np.cumsum([0, *lengths[column]]) for column in columns},
        held={column: np.concatenate([part.held[column] for part in parts]) for column in columns},
    )
