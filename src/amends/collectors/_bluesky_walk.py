"""Walk through Bluesky's listings, which show the newest first. Pure: the cursor and a page in, what is new and the next cursor out.

Two things make such a walk lose posts, and are met here. A listing is ordered by the time that an author claims, so that a post by a slow
clock appears below what was read before: the walk overlaps its mark by an hour, as long as it meets anything new there. And the place
where notifications go on is a bare time: whatever shares it with the last item of a page would be skipped, so the walk goes on a
millisecond above it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.collectors._bluesky_items import FIRST, Item
from amends.core import reading
from amends.core.ports import Cursor, Missed
from amends.core.translating import N_
from amends.core.walk import Walk

OVERLAP = timedelta(hours=1)
BEFORE = timedelta(days=1)
STEP = timedelta(milliseconds=1)
TAIL = 3
AT_ONE_MOMENT = N_("More notifications came in the same millisecond than Bluesky lists on one page.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One page of a walk: the items on it that are `new`, how the walk goes on, and what it had to leave out."""

    new: tuple[Item, ...]
    onward: Walk
    missed: Missed | None = None


def mark(moment: datetime) -> str:
    """Return a moment as marks are written: they sort as the moments do."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def begun(cursor: Cursor | None, first: datetime) -> Walk:
    """Return the walk that `cursor` describes; without one, a walk back to `first`."""
    return Walk.resume(cursor, mark(first))


def since(walk: Walk) -> str:
    """Return how far down a walk goes at most: to its mark, and an hour of overlap."""
    return mark((reading.moment(walk.mark) or FIRST) - OVERLAP)


def step(walk: Walk, page: Sequence[Item], following: str, limit: int, now: datetime) -> Step:
    """Take a page that was asked for with `limit`; `following` is where the network says that the listing goes on, empty at its end."""
    reached = reading.moment(walk.mark) or now
    unknown = [item for item in page if not walk.knows(item.uri)]
    times = [item.stands_at for item in page if item.stands_at is not None]
    is_over = not following or _is_below(times, reached - OVERLAP) or (_is_below(times, reached) and not unknown)
    place = "" if is_over else _onward(following, walk.place)
    stuck = place == following and _time_in(following) is not None and len(page) >= limit
    return Step(
        new=tuple(item for item in unknown if item.is_after(reached - BEFORE)),
        onward=walk.after([mark(min(time, now)) for time in times], place, (item.uri for item in page)),
        missed=_left_out(following) if stuck else None,
    )


def _is_below(times: Sequence[datetime], moment: datetime) -> bool:
    """Tell whether a page has come down to `moment`; one time alone may lie."""
    return bool(times) and all(time <= moment for time in times[-TAIL:])


def _onward(following: str, place: str) -> str:
    """Return where to go on: a little above a place that is a bare time, unless we have just been there."""
    time = _time_in(following)
    above = following if time is None else mark(time + STEP)
    return following if above == place else above


def _left_out(following: str) -> Missed | None:
    time = _time_in(following)
    return Missed(since=time, until=time + STEP, reason=AT_ONE_MOMENT) if time else None


def _time_in(place: str) -> datetime | None:
    """Return the moment that a place is; other listings count, or name an item."""
    return reading.moment(place) if "T" in place else None
