"""Remember how far a walk through X's posts has come. Pure: the cursor in, the next cursor out.

A walk goes from the newest post back to `since_id`, page by page with `next_token`; `since_id` moves only when the last page is read, so a
crash in between repeats and loses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from amends.collectors._x_items import digits, posts_in
from amends.collectors._x_posts import id_at
from amends.core import reading
from amends.core.errors import QueryRefused
from amends.core.ports import Cursor, Page

REACH = timedelta(days=7)
MARGIN = timedelta(minutes=5)
SETTLING = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """How far a walk has come: from `newest_id` back towards `since_id` (or `start_time` before there is one), now at `next_token`."""

    since_id: str = ""
    start_time: datetime | None = None
    next_token: str = ""
    newest_id: str = ""

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
        )

    def cursor(self) -> Cursor:
        """Return the walk as it is kept in the database."""
        return {
            "since_id": self.since_id or None,
            "start_time": self.start_time.isoformat() if self.start_time else None,
            "next_token": self.next_token or None,
            "newest_id": self.newest_id or None,
        }

    def after(self, body: Mapping[str, object], now: datetime) -> "Walk":
        """Return the walk after a page; when it was the last one, the next walk begins where this one began.

        Ids of the last seconds are held back: X numbers posts in several places at once, and search shows them a little later, so
        a smaller id may still appear.
        """
        meta = reading.mapping(body.get("meta"))
        seen = [self.newest_id, digits(meta.get("newest_id")), *(digits(item.get("id")) for item in posts_in(body))]
        newest = max(filter(None, seen), key=int, default="")
        token = reading.text(meta.get("next_token"))
        if token:
            return replace(self, next_token=token, newest_id=newest)
        settled = min(filter(None, (newest, id_at(now - SETTLING))), key=int) if newest else ""
        since_id = max(filter(None, (self.since_id, settled)), key=int, default="")
        return Walk(since_id=since_id, start_time=None if since_id else self.start_time)


def begin_again(walk: Walk, refusal: QueryRefused, now: datetime) -> Page:
    """Answer a refused cursor: drop the part of it that X refuses; raise where it is the query itself."""
    words = str(refusal)
    if walk.next_token:
        fresh = Walk(since_id=walk.since_id, start_time=walk.start_time)
        return Page(
            posts=(),
            cursor=fresh.cursor(),
            more=True,
            troubles=(f"X no longer knows the place we stopped at; the walk begins again. {words}",),
        )
    if walk.since_id and "since_id" in words:
        fresh = Walk(start_time=now - REACH + MARGIN)
        return Page(
            posts=(),
            cursor=fresh.cursor(),
            more=True,
            troubles=(f"The last visit is over 7 days ago; what is older X no longer finds. {words}",),
        )
    raise refusal
