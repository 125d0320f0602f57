"""SQL of the feed of changes: complete and in one order, whatever commits late.

A transaction's number orders the feed, and only what is older than every transaction that still runs is shown. So nothing can appear
behind a place that a reader has passed.
"""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_one


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a reader stands: behind this row of this transaction. Transactions' numbers are beyond what JSON holds, so they are text."""

    xid: str = "0"
    id: int = 0

    @property
    def text(self) -> str:
        """The place as a reader keeps it."""
        return f"{self.xid}.{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fed:
    """One change; `origin` is the system that it came from."""

    xid: str
    id: int
    customer_id: int
    kind: str
    version: int
    merged_into: int | None
    origin: str
    at: datetime

    @property
    def place(self) -> Place:
        """Where a reader stands who has read this."""
        return Place(xid=self.xid, id=self.id)


def after(conn: Connection, place: Place, *, limit: int) -> list[Fed]:
    """Return the next changes behind a place."""
    return fetch_all(
        conn,
        Fed,
        """
        select xid::text, id, customer_id, kind, version, merged_into, origin, at from customer_feed
        where (xid, id) > (%(xid)s::xid8, %(id)s) and xid < pg_snapshot_xmin(pg_current_snapshot())
        order by customer_feed.xid, id limit %(limit)s
        """,
        {"xid": place.xid, "id": place.id, "limit": limit},
    )


def end(conn: Connection) -> Place:
    """Return the place behind everything that there is by now."""
    return fetch_one(conn, Place, "select pg_snapshot_xmin(pg_current_snapshot())::text as xid, 0::bigint as id")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Oldest:
    xid: str


def is_forgotten(conn: Connection, place: Place) -> bool:
    """Tell whether changes behind a place were cleared away, so that its reader must read everything anew."""
    found = fetch_all(
        conn,
        _Oldest,
        """
        select cleared_to::text as xid from customer_feed_cleared where (cleared_to, cleared_id) > (%(xid)s::xid8, %(id)s)
        """,
        {"xid": place.xid, "id": place.id},
    )
    return bool(found) and place != Place()


def clear_old(conn: Connection, *, before: datetime) -> int:
    """Forget changes from before `before`, and remember up to where; return how many there were."""
    return execute(
        conn,
        """
        with gone as (delete from customer_feed where at < %(before)s returning xid, id),
        last as (select xid, id from gone order by xid desc, id desc limit 1)
        update customer_feed_cleared c set cleared_to = last.xid, cleared_id = last.id from last
        where (last.xid, last.id) > (c.cleared_to, c.cleared_id)
        """,
        {"before": before},
    )
