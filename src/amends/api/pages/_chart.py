"""Lays out the charts of the numbers page: pairs of bars over round numbers, and lines. Units are those of the SVG's view box."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from amends.core.written import hour, number, short_day
from amends.inbox.rules.measuring import Slot

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 1040.0, 200.0, 40.0, 24.0, 8.0
ALONE = 6
"""How long the stroke of a value is that has no neighbours."""
MOST_LABELS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One slot of time: two bars side by side, each `width` wide and growing from `base` up; `label` is empty where it has no room."""

    slot: Slot
    x: float
    width: float
    begun_height: float
    resolved_height: float
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """One line of the scale."""

    y: float
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """Everything that the template draws."""

    width: float
    height: float
    left: float
    base: float
    columns: list[Column]
    ticks: list[Tick]


def chart(bars: Sequence[Slot], zone: ZoneInfo) -> Chart:
    """Return the chart of slots, with labels in the zone."""
    most = scale_of(max((max(bar.begun, bar.resolved) for bar in bars), default=0))
    base, high = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
    slot = (WIDTH - LEFT) / max(len(bars), 1)
    every = -(-len(bars) // MOST_LABELS)
    hourly = len(bars) > 1 and bars[1].period.length.total_seconds() < 86400  # noqa: PLR2004
    columns = [
        Column(
            slot=bar,
            x=round(LEFT + slot * (place + 0.14), 2),
            width=round(slot * 0.34, 2),
            begun_height=round(high * bar.begun / most, 2),
            resolved_height=round(high * bar.resolved / most, 2),
            label=_label(bar.period.since.astimezone(zone), hourly=hourly) if place % every == 0 else "",
        )
        for place, bar in enumerate(bars)
    ]
    ticks = [Tick(y=round(base - high * step / 2, 2), label=number(most * step // 2)) for step in (0, 1, 2)]
    return Chart(width=WIDTH, height=HEIGHT, left=LEFT, base=base, columns=columns, ticks=ticks)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line through the slots, broken where there is nothing; `most` is the greatest value, None where there is none at all."""

    path: str
    area: str
    most: float | None


def line(values: Sequence[float | None], *, width: float = 340, height: float = 90) -> Line:
    """Return the line of values, from nothing at the bottom to the greatest at the top; a value alone is a short stroke."""
    most = max((value for value in values if value is not None), default=None)
    scale = most or 1
    step = width / max(len(values) - 1, 1)
    points = [
        None if value is None else (round(place * step, 1), round(height - height * value / scale, 1)) for place, value in enumerate(values)
    ]
    path = ""
    for place, point in enumerate(points):
        if point is not None:
            begins = place == 0 or points[place - 1] is None
            path += f"{'M' if begins else 'L'}{point[0]:g} {point[1]:g}"
            if begins and (place + 1 == len(points) or points[place + 1] is None):
                path += f"h{-ALONE if place else ALONE:g}"
    whole = None not in points and len(points) > 1
    return Line(path=path, area=f"{path}V{height:g}H0Z" if whole else "", most=most)


@dataclass(frozen=True, kw_only=True, slots=True)
class MoodPart:
    """One mood of a slot, `height` high from `y` down."""

    name: str
    y: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class MoodColumn:
    """The moods of a slot as shares of what began in it, the negative at the bottom; none where nothing began."""

    x: float
    width: float
    parts: list[MoodPart]


def mood_columns(bars: Sequence[Slot], *, height: float = 60) -> list[MoodColumn]:
    """Return the moods of slots, over the same width as the chart of what began."""
    slot = (WIDTH - LEFT) / max(len(bars), 1)
    return [
        MoodColumn(x=round(LEFT + slot * (place + 0.06), 2), width=round(slot * 0.88, 2), parts=_moods(bar, height))
        for place, bar in enumerate(bars)
    ]


def _moods(bar: Slot, height: float) -> list[MoodPart]:
    parts, y = list[MoodPart](), height
    for name, n in (("negative", bar.negative), ("neutral", bar.neutral), ("positive", bar.positive)):
        high = height * n / bar.begun if bar.begun else 0
        y -= high
        parts.append(MoodPart(name=name, y=round(y, 2), height=round(high, 2)))
    return parts


def scale_of(value: int) -> int:
    """Return the next round and even number at or above `value`: 2, 4, 6, 8, 10, 20, 40 and so on."""
    power = 1
    while True:
        for step in (2, 4, 6, 8, 10):
            if value <= step * power:
                return step * power
        power *= 10


def _label(at: datetime, *, hourly: bool) -> str:
    return hour(at) if hourly else short_day(at)
