"""Lays out the chart of the page Budget: a column a day, stacked by what was read for. Units are those of the SVG's view box."""

from collections.abc import Sequence
from dataclasses import dataclass

from amends.api.pages._chart import BOTTOM, HEIGHT, LEFT, MOST_LABELS, TOP, WIDTH, Tick, scale_of
from amends.core.written import number, short_day
from amends.inbox.actions.budget_report import Day


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """One part of a day's column."""

    part: str
    y: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One day; `label` is empty where it has no room."""

    day: Day
    x: float
    width: float
    pieces: list[Piece]
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """Everything that the template draws."""

    width: float
    height: float
    left: float
    columns: list[Column]
    ticks: list[Tick]


def spend_chart(days: Sequence[Day]) -> Chart:
    """Return the chart of `days`, oldest first."""
    most = scale_of(max((day.us + day.search + day.looks for day in days), default=0))
    base, high, slot = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP, (WIDTH - LEFT) / max(len(days), 1)
    every = -(-len(days) // MOST_LABELS)
    columns = [
        Column(
            day=day,
            x=round(LEFT + slot * (place + 0.15), 2),
            width=round(slot * 0.7, 2),
            pieces=_stacked(day, base, high / most),
            label=short_day(day.day) if place % every == 0 else "",
        )
        for place, day in enumerate(days)
    ]
    ticks = [Tick(y=round(base - high * step / 2, 2), label=number(most * step // 2)) for step in (0, 1, 2)]
    return Chart(width=WIDTH, height=HEIGHT, left=LEFT, columns=columns, ticks=ticks)


def _stacked(day: Day, base: float, unit: float) -> list[Piece]:
    pieces: list[Piece] = []
    top = base
    for part, reads in (("us", day.us), ("search", day.search), ("looks", day.looks)):
        if reads:
            top -= reads * unit
            pieces.append(Piece(part=part, y=round(top, 2), height=round(reads * unit, 2)))
    return pieces
