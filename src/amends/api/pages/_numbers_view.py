"""Lays the numbers of a span out as tiles: the value, what stands beside it, and the change against the span before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amends.core.translating import _, ngettext
from amends.core.written import locale, number, percent, seconds
from amends.inbox.rules.figures import Figure, Length
from amends.inbox.rules.measuring import EDGES, Measures, Outcomes, Times, distribution
from amends.inbox.rules.paces import Paces
from amends.inbox.store.numbers import Asked, Found

POINTS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """The change against the span before; `better` is None where neither way is good or bad."""

    text: str
    better: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """One number: the figure whose rows it opens, its value in words, lines below it, the second about business time, and its change."""

    name: str
    figure: Figure
    value: str
    note: str
    change: Change | None
    business: str = ""


WEEK, MONTH = 7, 30
"""After so many days a resolution is looked at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """The resolutions that held: after `days`, what the follow-ups found of those `resolved`, and the change in points.

    `other` is the second look.
    """

    days: int
    resolved: int
    outcomes: Outcomes
    other: Outcomes
    change: Change | None

    @property
    def is_early(self) -> bool:
        """Whether less than half is known: a relapse shows at once, what held only when its look is due, so the share still rises."""
        return self.outcomes.concluded * 2 < self.resolved


def headline(found: Found, asked: Asked) -> Headline:
    """Return the resolutions that held."""
    now, then = found.measures(asked), found.measures_before(asked)
    days = days_of_headline(now.after_7, now.after_30)
    (look, before), other = ((now.after_30, then.after_30), now.after_7) if days == MONTH else ((now.after_7, then.after_7), now.after_30)
    return Headline(days=days, resolved=now.resolved, outcomes=look, other=other, change=_points(look.share, before.share, up=True))


def days_of_headline(after_7: Outcomes, after_30: Outcomes) -> int:
    """Return after how many days the headline looks: thirty, or seven where more of these are known.

    A relapse is known at once, all else only when the days are over: of a month that just ended, thirty days would show relapses alone.
    """
    return MONTH if after_30.concluded >= max(after_7.concluded, 1) else WEEK


def tiles(found: Found, asked: Asked, pace: Paces) -> list[Tile]:
    """Return the tiles in order."""
    now, then = found.measures(asked), found.measures_before(asked)
    first, ending, following = (_in_business(pace, one) for one in (pace.first_business, pace.ending_business, pace.next_business))
    return [
        _backlog(found),
        _timed(
            _("First answer"), Figure.ANSWERED, now.first, then.first, _of(_("%(n)s of %(all)s answered"), now.answered, now.begun), first
        ),
        _timed(
            _("Resolved after"), Figure.ENDED, now.ending, then.ending, _of(_("%(n)s of %(all)s resolved"), now.ended, now.begun), ending
        ),
        _timed(
            _("Next answer"),
            Figure.NEXT_ANSWERED,
            now.next,
            then.next,
            _("%(n)s wait for one") % {"n": number(now.next_waiting)},
            following,
        ),
        _whole(_("Promise kept"), Figure.KEPT, (now.kept, now.kept + now.broken), (then.kept, then.kept + then.broken)),
        _whole(_("Customers content"), Figure.CONTENT, (now.content, now.rated), (then.content, then.rated)),
        Tile(
            name=_("Begun"),
            figure=Figure.BEGUN,
            value=number(now.begun),
            note=ngettext("%(n)s resolved in the span", "%(n)s resolved in the span", now.resolved) % {"n": number(now.resolved)},
            change=_percent(now.begun, then.begun),
        ),
        _shared(_("Without an answer"), Figure.UNANSWERED, now, then),
        _shared(_("Reopened"), Figure.REOPENED, now, then),
        _shared(_("Negative"), Figure.NEGATIVE, now, then),
    ]


def _backlog(found: Found) -> Tile:
    median, oldest = found.ages.median, found.ages.oldest
    ages = {"median": _told(median), "oldest": _told(oldest)}
    note = _("nobody waits") if median is None else _("median age %(median)s, oldest %(oldest)s") % ages
    less = found.backlog - found.backlog_before
    change = Change(text=_signed(less, number(abs(less))), better=less < 0) if less else None
    return Tile(name=_("Not resolved"), figure=Figure.BACKLOG, value=number(found.backlog), note=note, change=change)


def _timed(name: str, figure: Figure, now: Times, then: Times, note: str, business: str) -> Tile:
    return Tile(
        name=name,
        figure=figure,
        value=_told(now.median),
        note=_("median · p90 %(p90)s · %(note)s") % {"p90": _told(now.p90), "note": note},
        change=_longer(now, then),
        business=business,
    )


def _in_business(pace: Paces, of: Times) -> str:
    """Return the line about business time; none where no calendar counts, or too few have come that far."""
    words = {"median": _told(of.median), "p90": _told(of.p90)}
    return _("in business time %(median)s · p90 %(p90)s") % words if pace.counted and of.median is not None else ""


def _told(length: int | None) -> str:
    return "—" if length is None else seconds(length)


def _longer(now: Times, then: Times) -> Change | None:
    if now.median is None or then.median is None or now.median == then.median:
        return None
    longer = now.median - then.median
    return Change(text=_signed(longer, seconds(abs(longer))), better=longer < 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """A length by the clock on the wall and in business time, each with the rows that have it; the change is that of business time."""

    name: str
    wall: Times
    wall_length: Length
    business: Times
    business_length: Length
    change: Change | None


def beside_wall(found: Measures, pace: Paces, before: Paces) -> list[Beside]:
    """Return business time beside wall time for the answers and the resolution."""
    asked = (
        (_("First answer"), found.first, Length.FIRST_ANSWER, Length.FIRST_BUSINESS),
        (_("Next answer"), found.next, Length.NEXT_ANSWER, Length.NEXT_BUSINESS),
        (_("Resolved after"), found.ending, Length.ENDING, Length.ENDING_BUSINESS),
    )
    return [
        Beside(
            name=name,
            wall=wall,
            wall_length=on_wall,
            business=getattr(pace, business.value),
            business_length=business,
            change=_longer(getattr(pace, business.value), getattr(before, business.value)),
        )
        for name, wall, on_wall, business in asked
    ]


def _shared(name: str, figure: Figure, now: Measures, then: Measures) -> Tile:
    """Return the tile of a figure as a share of the episodes begun."""
    n, before = getattr(now, figure.value), getattr(then, figure.value)
    share, was = _share(n, now.begun), _share(before, then.begun)
    return Tile(
        name=name,
        figure=figure,
        value="—" if share is None else percent(share),
        note=_("%(n)s of %(all)s begun") % {"n": number(n), "all": number(now.begun)},
        change=_points(share, was, up=False),
    )


def _whole(name: str, figure: Figure, now: tuple[int, int], then: tuple[int, int]) -> Tile:
    """Return the tile of a share of which more is better: how many, of how many."""
    share, was = _share(*now), _share(*then)
    return Tile(
        name=name,
        figure=figure,
        value="—" if share is None else percent(share),
        note=_("%(n)s of %(all)s") % {"n": number(now[0]), "all": number(now[1])},
        change=_points(share, was, up=True),
    )


def _of(sentence: str, n: int, of: int) -> str:
    return sentence % {"n": number(n), "all": number(of)}


def _share(n: int, of: int) -> float | None:
    return n / of if of else None


def _points(now: float | None, then: float | None, *, up: bool) -> Change | None:
    """Return the change of a share in points; `up` says whether more is better."""
    if now is None or then is None or round((now - then) * POINTS, 1) == 0:
        return None
    points = round((now - then) * POINTS, 1)
    says = ngettext("%(points)s point", "%(points)s points", 1 if locale().plural_form(abs(points)) == "one" else 2)
    return Change(text=says % {"points": _signed(points, number(abs(points)))}, better=(points > 0) is up)


def _percent(now: int, then: int) -> Change | None:
    return Change(text=_signed(now - then, percent(abs(now - then) / then))) if then and now != then else None


def _signed(value: float, text: str) -> str:
    """Return a change with an arrow for its way."""
    return f"{'▲' if value > 0 else '▼'} {text}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """One bin of a distribution: seconds from `least` and below `below` (None: no end), how many, and the share that came so far."""

    least: int
    below: int | None
    n: int
    share: float
    so_far: float


def distribution_of(column: NDArray[np.integer], total: int) -> list[Bin]:
    """Return the bins of lengths, as shares of all `total` episodes; who has none yet is in no bin and stays in the denominator."""
    found, counted = list[Bin](), distribution(column)
    for place, n in enumerate(counted):
        least = EDGES[place - 1] if place else 0
        below = EDGES[place] if place < len(EDGES) else None
        so_far = sum(counted[: place + 1])
        found.append(Bin(least=least, below=below, n=n, share=n / total if total else 0, so_far=so_far / total if total else 0))
    return found
