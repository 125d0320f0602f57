"""Compares rows with the same rows as they were rebuilt, byte for byte. Pure; both sides come sorted, and neither is held in memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

SHOWN = 20
LONGEST = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class Cells:
    """One row: what it is, and its values as the database writes them."""

    kind: str
    name: str
    cells: Sequence[str | None]


@dataclass(kw_only=True, slots=True)
class Compared:
    """How many rows are the same, differ, were not rebuilt, or were rebuilt though they are not there; with the first differences."""

    same: int = 0
    differ: int = 0
    missing: int = 0
    extra: int = 0
    differences: list[str] = field(default_factory=list[str])

    @property
    def equal(self) -> bool:
        """Whether every row is the same."""
        return not (self.differ or self.missing or self.extra)

    def tell(self, line: str) -> None:
        """Keep a difference where it is among the first."""
        if len(self.differences) < SHOWN:
            self.differences.append(line)


def compare(live: Iterable[Cells], rebuilt: Iterable[Cells], columns: Sequence[str]) -> Compared:
    """Return how the rows of both sides compare; `columns` are the names of their cells."""
    found = Compared()
    for left, right in _pairs(iter(live), iter(rebuilt)):
        if right is None and left is not None:
            found.missing += 1
            found.tell(f"{left.kind}{left.name} was not rebuilt")
        elif left is None and right is not None:
            found.extra += 1
            found.tell(f"{right.kind}{right.name} was rebuilt though it is not there")
        elif left is not None and right is not None:
            _compare_row(found, left, right, columns)
    return found


def _compare_row(found: Compared, left: Cells, right: Cells, columns: Sequence[str]) -> None:
    other = [name for name, one, two in zip(columns, left.cells, right.cells, strict=True) if one != two]
    if not other:
        found.same += 1
        return
    found.differ += 1
    place = columns.index(other[0])
    found.tell(
        f"{left.kind}{left.name}: {', '.join(other)}; {other[0]} is {_short(left.cells[place])}, rebuilt {_short(right.cells[place])}"
    )


def _pairs(live: Iterator[Cells], rebuilt: Iterator[Cells]) -> Iterator[tuple[Cells | None, Cells | None]]:
    """Yield rows that belong together; None stands where one side lacks it."""
    left, right = next(live, None), next(rebuilt, None)
    while left is not None or right is not None:
        if right is None or (left is not None and _key(left) < _key(right)):
            yield left, None
            left = next(live, None)
        elif left is None or _key(right) < _key(left):
            yield None, right
            right = next(rebuilt, None)
        else:
            yield left, right
            left, right = next(live, None), next(rebuilt, None)


def _key(row: Cells) -> tuple[str, str]:
    return row.kind, row.name


def _short(value: str | None) -> str:
    shown = "nothing" if value is None else repr(value)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
