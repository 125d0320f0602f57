"""SQL of outside systems that are kept the same as ours: where each stands, both ways."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId
from amends.inbox.store.customer_feed import Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Sync:
    """One system: `pulled_to` is its cursor, `after_xid`/`after_id` how far it was told of ours. The token is sealed.

    `inside` where it may lie inside our own network; `untold` is how many merges and erasures it has still to hear of.
    """

    id: int
    kind: str
    system: str
    url: str
    inside: bool
    secret: bytes = field(repr=False)
    pulled_to: str
    after_xid: str
    after_id: int
    every_seconds: int
    failures: int
    error: str
    pulled: int
    pushed: int
    synced_at: datetime | None
    stopped_at: datetime | None
    untold: int

    @property
    def place(self) -> Place:
        """How far the system was told of our changes."""
        return Place(xid=self.after_xid, id=self.after_id)


def insert(  # noqa: PLR0913
    conn: Connection, *, kind: str, system: str, url: str, inside: bool, secret: bytes, agent_id: AgentId | None, now: datetime
) -> int:
    """Store a system that is told of everybody from the beginning, and return its id."""
    return fetch_values(
        conn,
        """
        insert into syncs (kind, system, url, inside, secret, after_xid, after_id, next_at, agent_id, created_at)
        values (%(kind)s, %(system)s, %(url)s, %(inside)s, %(secret)s, '0', 0, %(now)s, %(agent_id)s, %(now)s) returning id
        """,
        {"kind": kind, "system": system, "url": url, "inside": inside, "secret": secret, "agent_id": agent_id, "now": now},
    )[0]


def every(conn: Connection) -> list[Sync]:
    """Return the systems by name."""
    return fetch_all(
        conn,
        Sync,
        """
        select id, kind, system, url, inside, secret, pulled_to, after_xid::text as after_xid, after_id, every_seconds, failures, error,
          pulled, pushed, synced_at, stopped_at, (select count(*) from sync_news n where n.sync_id = syncs.id) as untold
        from syncs order by system
        """,
    )


def claim(conn: Connection, *, now: datetime, lease: timedelta) -> Sync | None:
    """Take the system that has waited longest; until `now + lease` nobody else gets it."""
    return fetch_maybe(
        conn,
        Sync,
        """
        update syncs set claimed_until = %(until)s, next_at = %(until)s where id = (
          select id from syncs where stopped_at is null and next_at <= %(now)s and (claimed_until is null or claimed_until <= %(now)s)
          order by next_at, id limit 1 for update skip locked)
        returning id, kind, system, url, inside, secret, pulled_to, after_xid::text as after_xid, after_id, every_seconds, failures, error,
          pulled, pushed, synced_at, stopped_at, (select count(*) from sync_news n where n.sync_id = syncs.id) as untold
        """,
        {"now": now, "until": now + lease},
    )


def set_stopped(conn: Connection, sync_id: int, *, at: datetime | None) -> int:
    """Stop a system, or let it go on (None), and return whether there is one that was not so (0 or 1)."""
    return execute(
        conn,
        "update syncs set stopped_at = %(at)s where id = %(id)s and (stopped_at is null) = (%(at)s::timestamptz is not null)",
        {"id": sync_id, "at": at},
    )


def delete(conn: Connection, sync_id: int) -> int:
    """Forget a system, its token and what it has still to hear of, and return whether there is one (0 or 1)."""
    return execute(conn, "delete from syncs where id = %(id)s", {"id": sync_id})


def hurry(conn: Connection, sync_id: int, *, now: datetime) -> int:
    """Let the next round of a system that goes on begin now, and return whether there is one (0 or 1)."""
    return execute(conn, "update syncs set next_at = %(now)s where id = %(id)s and stopped_at is null", {"id": sync_id, "now": now})


def set_pulled(conn: Connection, sync_id: int, *, cursor: str, n: int) -> None:
    """Keep how far we have read there."""
    execute(conn, "update syncs set pulled_to = %(to)s, pulled = pulled + %(n)s where id = %(id)s", {"id": sync_id, "to": cursor, "n": n})


def set_pushed(conn: Connection, sync_id: int, *, place: Place, n: int) -> None:
    """Keep how far the system was told of ours."""
    execute(
        conn,
        "update syncs set after_xid = %(xid)s::xid8, after_id = %(after)s, pushed = pushed + %(n)s where id = %(id)s",
        {"id": sync_id, "xid": place.xid, "after": place.id, "n": n},
    )


def set_over(conn: Connection, sync_id: int, *, error: str, next_at: datetime, now: datetime) -> None:
    """End a round, and say when the next begins."""
    execute(
        conn,
        """
        update syncs set error = %(error)s, claimed_until = null, next_at = %(next_at)s,
          failures = case when %(error)s = '' then 0 else failures + 1 end,
          synced_at = case when %(error)s = '' then %(now)s else synced_at end
        where id = %(id)s
        """,
        {"id": sync_id, "error": error, "next_at": next_at, "now": now},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Time:
    field: str
    at: datetime


def field_times(conn: Connection, customer_id: int) -> dict[str, datetime]:
    """Return when each field of a customer was changed here last."""
    rows = fetch_all(
        conn,
        _Time,
        "select field, max(at) as at from customer_changes where customer_id = %(id)s group by field",
        {"id": customer_id},
    )
    return {row.field: row.at for row in rows}
