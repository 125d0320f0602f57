"""The lines that people and programs put above the header: what the list is called, of which day it is, whose it is. They are nobody.

Place in the path: records -> here -> `table`.
"""

import csv
from collections.abc import Callable, Generator, Iterable, Sequence
from itertools import islice

from amends.core.rows.lines import Lines, LineTooLong
from amends.core.rows.records import DELIMITERS, Record, Refusal
from amends.core.translating import N_

LOOKED_AT = 12
LEAST_NAMES = 2
NAME = N_("Lines above the header")

IsName = Callable[[str], bool]
"""Tells whether a cell is a name that columns have."""


def without_titles(records: Iterable[Record | Refusal], notes: dict[str, int], is_name: IsName) -> Generator[Record | Refusal]:
    """Yield the records from the header on; `notes` tells how many stood above it."""
    rest = iter(records)
    head = list(islice(rest, LOOKED_AT))
    above = titles([one.cells if isinstance(one, Record) else [] for one in head], is_name)
    if above:
        notes[NAME] = above
    yield from head[above:]
    yield from rest


def titles(rows: Sequence[Sequence[str]], is_name: IsName) -> int:
    """Return how many rows stand above the header.

    That is the first which is twice as full as each above it, as no row below is, and has as many cells as most below, which are more;
    or one above that, however few of its columns have names, where most of these are known.
    """
    fullest = _fullest(rows)
    return next((place for place, row in enumerate(rows[:fullest]) if _is_named(row, is_name)), fullest)


def _is_named(row: Sequence[str], is_name: IsName) -> bool:
    filled = [cell for cell in row if cell.strip()]
    known = sum(map(is_name, filled))
    return known >= LEAST_NAMES and known * 2 > len(filled)


def _fullest(rows: Sequence[Sequence[str]]) -> int:
    full = [sum(bool(cell.strip()) for cell in row) for row in rows]
    for place, here in enumerate(full):
        below = rows[place + 1 :]
        stands_out = here > 1 and max(full[:place], default=0) * 2 <= here and max(full[place + 1 :], default=0) < here * 2
        if stands_out and sum(len(row) == len(rows[place]) for row in below) > max(len(below) / 2, place - 1):
            return 0 if _is_header_of_one(rows[:place], here) else place
    return 0


def _is_header_of_one(above: Sequence[Sequence[str]], width: int) -> bool:
    """Tell whether one word above rows of two is rather a header whose rows have a comma too many: `name`, then `Perera, Amara`."""
    return width == 2 and len(above) == 1 and len(above[0]) == 1 and not any(map(str.isspace, above[0][0].strip()))  # noqa: PLR2004


def divider(lines: Lines, is_name: IsName) -> str:
    """Return what divides the columns: what makes the most of the header, whatever stands above it. No line is taken."""
    lines.mark()
    first = list(islice(_filled(lines), LOOKED_AT))
    lines.back()
    return max(DELIMITERS, key=lambda mark: _fit(_parted(first, mark), is_name))


def _parted(lines: Sequence[str], mark: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=mark))
    except csv.Error:
        return []


def _filled(lines: Lines) -> Generator[str]:
    try:
        yield from (line.lstrip("\ufeff") for line in lines if line.strip("\ufeff \t\r\n"))
    except LineTooLong:
        return


def _fit(rows: Sequence[Sequence[str]], is_name: IsName) -> tuple[bool, int]:
    """Return whether the very first row is a header with most others like it, and how wide the header is."""
    if not rows:
        return False, 0
    above, below = titles(rows, is_name), rows[1:]
    alike = sum(len(row) > 1 for row in below) * 2 > len(below)
    return not above and len(rows[0]) > 1 and alike, len(rows[above])
