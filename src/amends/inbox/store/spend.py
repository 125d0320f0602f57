"""SQL of spend: what was read, by source, day, watch and purpose, added up in the transaction that stores what was read."""

from dataclasses import dataclass
from datetime import date, datetime

from amends.core.database import Connection, execute, fetch_all
from amends.inbox.rules.ids import SourceId, WatchId

LOOKS = "looks"
NO_WATCH = WatchId(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """What was read for one purpose; `dollars` at the price of the moment."""

    purpose: str
    reads: int
    dollars: float


@dataclass(frozen=True, kw_only=True, slots=True)
class DaySpent(Spent):
    """What was read for one purpose on one day."""

    day: date


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchSpent:
    """What one watch read today and in this month; `query` is None where the watch was removed, or it was no watch."""

    watch_id: WatchId
    purpose: str
    query: str | None
    today: int
    today_dollars: float
    month: int
    month_dollars: float


def add(  # noqa: PLR0913
    conn: Connection, source_id: SourceId, *, watch_id: WatchId, purpose: str, reads: int, dollars: float, day: date
) -> None:
    """Add to what was read on a day."""
    execute(
        conn,
        """
        insert into spend (source_id, day, watch_id, purpose, reads, dollars)
        values (%(source_id)s, %(day)s, %(watch_id)s, %(purpose)s, %(reads)s, %(dollars)s)
        on conflict (source_id, day, watch_id, purpose)
        do update set reads = spend.reads + excluded.reads, dollars = spend.dollars + excluded.dollars
        """,
        {"source_id": source_id, "day": day, "watch_id": watch_id, "purpose": purpose, "reads": reads, "dollars": dollars},
    )


def of_day(conn: Connection, source_id: SourceId, *, day: date) -> list[Spent]:
    """Return what was read on a day, by purpose."""
    return fetch_all(
        conn,
        Spent,
        """
        select purpose, sum(reads)::bigint as reads, sum(dollars) as dollars
        from spend where source_id = %(source_id)s and day = %(day)s group by purpose
        """,
        {"source_id": source_id, "day": day},
    )


def by_day(conn: Connection, source_id: SourceId, *, since: date) -> list[DaySpent]:
    """Return what was read from a day on, by day and purpose."""
    return fetch_all(
        conn,
        DaySpent,
        """
        select day, purpose, sum(reads)::bigint as reads, sum(dollars) as dollars
        from spend where source_id = %(source_id)s and day >= %(since)s group by day, purpose order by day, purpose
        """,
        {"source_id": source_id, "since": since},
    )


def by_watch(conn: Connection, source_id: SourceId, *, day: date) -> list[WatchSpent]:
    """Return what each watch read today and in the month up to it, the dearest first, also those that read nothing yet."""
    return fetch_all(
        conn,
        WatchSpent,
        """
        with counted as (
          select watch_id, purpose,
            coalesce(sum(reads) filter (where day = %(day)s), 0)::bigint as today,
            coalesce(sum(dollars) filter (where day = %(day)s), 0) as today_dollars,
            sum(reads)::bigint as month, sum(dollars) as month_dollars
          from spend where source_id = %(source_id)s and day between date_trunc('month', %(day)s::date)::date and %(day)s
          group by watch_id, purpose
        ), own as (select id, kind, query from watches where source_id = %(source_id)s)
        select coalesce(counted.watch_id, own.id) as watch_id, coalesce(own.kind, counted.purpose) as purpose, own.query,
          coalesce(today, 0) as today, coalesce(today_dollars, 0) as today_dollars,
          coalesce(month, 0) as month, coalesce(month_dollars, 0) as month_dollars
        from counted full join own on own.id = counted.watch_id
        order by coalesce(month, 0) desc, coalesce(counted.watch_id, own.id)
        """,
        {"source_id": source_id, "day": day},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kind of watch that a source has; `granted` is what visits under way there may read, without the asking one."""

    kind: str
    granted: int


def kinds(conn: Connection, source_id: SourceId, *, but: WatchId, now: datetime) -> list[Kind]:
    """Return the kinds of watches of a source, and what their visits under way may read; the watch `but` asks, and counts none."""
    return fetch_all(
        conn,
        Kind,
        """
        select kind, coalesce(sum(granted) filter (where claimed_until > %(now)s and id <> %(but)s), 0)::bigint as granted
        from watches where source_id = %(source_id)s and kind <> 'calls' group by kind
        """,
        {"source_id": source_id, "but": but, "now": now},
    )


def set_granted(conn: Connection, watch_id: WatchId, *, posts: int) -> None:
    """Keep what the visit that begins now may read."""
    execute(conn, "update watches set granted = %(posts)s where id = %(id)s", {"id": watch_id, "posts": posts})


def wake_waiting(conn: Connection, source_id: SourceId, *, note: str, now: datetime) -> int:
    """Make the watches due that wait with a note that begins so, save those that are being visited right now; return how many."""
    return execute(
        conn,
        """
        update watches set next_at = %(now)s
        where id in (
          select id from watches
          where source_id = %(source_id)s and state = 'waiting' and starts_with(state_note, %(note)s) order by id for update skip locked
        )
        """,
        {"source_id": source_id, "note": note, "now": now},
    )
