"""Remember how far a walk through X's posts has come. Pure: the cursor in, the next cursor out.

A walk goes from the newest post back to `since_id`, page by page with `next_token`; `since_id` moves only when the last page is read, so a
crash in between repeats and loses nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.collectors._x_items import digits, posts_in
from amends.collectors._x_view import id_at, taken_at
from amends.core import reading
from amends.core.clock import CLOCKS_APART
from amends.core.errors import QueryRefused
from amends.core.network_words import Said
from amends.core.ports import Cursor, Missed, Page
from amends.core.translating import N_

REACH = timedelta(days=7)
MARGIN = timedelta(minutes=5)
SETTLING = timedelta(seconds=10)
YOUNG = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """How far a walk has come: from `newest_id` back towards `since_id` (or `start_time` before there is one), now at `next_token`.

    `newest_id` becomes the next `since_id`. It stays behind the last seconds before the walk began: X numbers posts in several places
    at once and shows them a little later, so a smaller id may still appear. `young` are the ids read from those seconds; the next walk
    gets them again and passes them over.
    """

    since_id: str = ""
    start_time: datetime | None = None
    next_token: str = ""
    newest_id: str = ""
    young: tuple[str, ...] = ()

    @classmethod
    def resume(cls, cursor: Cursor | None, first: datetime) -> "Walk":
        """Return the walk that `cursor` describes; without one, a walk back to `first`."""
        told = reading.mapping(cursor)
        since_id = digits(told.get("since_id"))
        return cls(
            since_id=since_id,
            start_time=None if since_id else reading.moment(told.get("start_time")) or first,
            next_token=reading.text(told.get("next_token")),
            newest_id=digits(told.get("newest_id")),
            young=tuple(filter(None, map(digits, reading.sequence(told.get("young"))))),
        )

    def cursor(self) -> Cursor:
        """Return the walk as it is kept in the database."""
        return {
            "since_id": self.since_id or None,
            "start_time": self.start_time.isoformat() if self.start_time else None,
            "next_token": self.next_token or None,
            "newest_id": self.newest_id or None,
            "young": [*self.young],
        }

    def split(self) -> "tuple[Walk, Walk] | None":
        """Part a walk under way: a new one down to where this one began, and this one."""
        if not self.next_token or not self.newest_id:
            return None
        return Walk(since_id=self.newest_id, young=self.young), self

    def unread(self, body: Mapping[str, object]) -> dict[str, object]:
        """Return a page without the posts that the last walk has read already."""
        data = body.get("data")
        items = data if isinstance(data, list) else [data] if data is not None else []
        return {**body, "data": [item for item in items if digits(reading.mapping(item).get("id")) not in self.young]}

    def after(self, body: Mapping[str, object], now: datetime) -> "Walk":
        """Return the walk after a page; when it was the last one, the next walk begins where this one began."""
        meta = reading.mapping(body.get("meta"))
        ids = [found for found in (digits(item.get("id")) for item in posts_in(body)) if found]
        newest = self.newest_id or _settled([*ids, digits(meta.get("newest_id"))], now)
        token = reading.text(meta.get("next_token"))
        since_id = self.since_id if token else max(filter(None, (self.since_id, newest)), key=int, default="")
        return Walk(
            since_id=since_id,
            start_time=None if since_id else self.start_time,
            next_token=token,
            newest_id=newest if token else "",
            young=_above(newest or since_id, (*ids, *self.young)),
        )


def _above(floor: str, ids: Iterable[str]) -> tuple[str, ...]:
    """Return the ids that the next walk will meet again."""
    return tuple(found for found in dict.fromkeys(ids) if int(found) > int(floor or 0))[:YOUNG]


def _settled(ids: list[str], now: datetime) -> str:
    """Return the newest of the ids, held back to where no smaller one can appear any more."""
    newest = max(filter(None, ids), key=int, default="")
    return min(newest, id_at(now - SETTLING), key=int) if newest else ""


def begin_again(walk: Walk, refusal: QueryRefused, now: datetime) -> Page:
    """Answer a refused cursor: drop the part of it that X refuses; raise where it is the query itself."""
    words = str(refusal)
    if walk.next_token:
        fresh = Walk(since_id=walk.since_id, start_time=walk.start_time, young=walk.young)
        return Page(
            posts=(),
            cursor=fresh.cursor(),
            more=True,
            troubles=(Said.X_FORGOT_THE_PLACE % {"said": words},),
        )
    if walk.since_id and "since_id" in words:
        fresh = Walk(start_time=now - REACH + MARGIN)
        return Page(
            posts=(),
            cursor=fresh.cursor(),
            more=True,
            missed=Missed(since=taken_at(walk.since_id), until=now - REACH + MARGIN, reason=N_("X finds only the last seven days.")),
            troubles=(Said.X_FINDS_NO_OLDER % {"said": words},),
        )
    later = now - REACH + MARGIN + CLOCKS_APART
    if walk.start_time and walk.start_time < later and "start_time" in words:
        trouble = Said.X_IS_AHEAD % {"said": words}
        return Page(posts=(), cursor=Walk(start_time=later).cursor(), more=True, troubles=(trouble,))
    raise refusal
