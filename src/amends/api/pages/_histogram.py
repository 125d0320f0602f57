"""Lays out the histogram of the page Urgency: for each ten points a bar before and one after. Units are those of the SVG's view box."""

from collections.abc import Sequence
from dataclasses import dataclass

from amends.api.pages._chart import Tick, scale_of
from amends.core.translating import _
from amends.core.written import number
from amends.triage.urgency_weights import MOST

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720.0, 180.0, 44.0, 24.0, 8.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """Two bars side by side over `label`, each `width` wide and growing from the base up."""

    label: str
    x: float
    width: float
    before: int
    after: int
    before_height: float
    after_height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Histogram:
    """Everything that the template draws; `threshold` is where alarms begin."""

    width: float
    height: float
    left: float
    top: float
    base: float
    bins: list[Bin]
    ticks: list[Tick]
    threshold: float


def histogram(before: Sequence[int], after: Sequence[int], *, alarm_from: int) -> Histogram:
    """Return the histogram of two equally long rows of counts."""
    most = scale_of(max([*before, *after], default=0))
    base, high, slot = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP, (WIDTH - LEFT) / len(before)
    wide = MOST // len(before)
    bins = [
        Bin(
            label=_("%(least)s to %(most)s")
            % {"least": place * wide, "most": MOST if place == len(before) - 1 else (place + 1) * wide - 1},
            x=round(LEFT + slot * (place + 0.14), 2),
            width=round(slot * 0.34, 2),
            before=was,
            after=would,
            before_height=round(high * was / most, 2),
            after_height=round(high * would / most, 2),
        )
        for place, (was, would) in enumerate(zip(before, after, strict=True))
    ]
    return Histogram(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        top=TOP,
        base=base,
        bins=bins,
        ticks=[Tick(y=round(base - high * step / 2, 2), label=number(most * step // 2)) for step in (0, 1, 2)],
        threshold=round(LEFT + (WIDTH - LEFT) * alarm_from / MOST, 2),
    )
