"""SQL of outside systems that are kept the same as ours: where each stands, both ways."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_one, fetch_values
from amends.inbox.rules.ids import AgentId
from amends.inbox.store.customer_feed import Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Sync:
    """One system: `pulled_to` is its cursor, and the token is sealed.

    `inside` where it may lie inside our own network; `untold` is how many merges and erasures it has still to hear of,
    `left_out` of how many people something could not be taken.
    """

    id: int
    kind: str
    system: str
    url: str
    inside: bool
    secret: bytes = field(repr=False)
    pulled_to: str
    every_seconds: int
    failures: int
    error: str
    pulled: int
    pushed: int
    synced_at: datetime | None
    stopped_at: datetime | None
    untold: int
    left_out: int
    agent_id: AgentId | None


_COLUMNS: LiteralString = """
  id, kind, system, url, inside, secret, pulled_to, every_seconds, failures, error,
  pulled, pushed, synced_at, stopped_at, agent_id, (select count(*) from sync_news n where n.sync_id = syncs.id) as untold,
  (select count(*) from sync_left_out l where l.sync_id = syncs.id) as left_out
"""


def insert(  # noqa: PLR0913
    conn: Connection, *, kind: str, system: str, url: str, inside: bool, secret: bytes, agent_id: AgentId | None, now: datetime
) -> int:
    """Store a system that is told of everybody from the beginning, and return its id."""
    return fetch_values(
        conn,
        """
        insert into syncs (kind, system, url, inside, secret, after_xid, after_id, walk_began, walked_to, next_at, agent_id, created_at)
        values (%(kind)s, %(system)s, %(url)s, %(inside)s, %(secret)s, pg_snapshot_xmin(pg_current_snapshot()), 0, %(now)s, 0, %(now)s,
          %(agent_id)s, %(now)s) returning id
        """,
        {"kind": kind, "system": system, "url": url, "inside": inside, "secret": secret, "agent_id": agent_id, "now": now},
    )[0]


def every(conn: Connection) -> list[Sync]:
    """Return the systems by name."""
    return fetch_all(conn, Sync, "select " + _COLUMNS + " from syncs order by system")


def claim(conn: Connection, *, now: datetime, lease: timedelta) -> Sync | None:
    """Take the system that has waited longest; until `now + lease` nobody else gets it."""
    return fetch_maybe(
        conn,
        Sync,
        """
        update syncs set claimed_until = %(until)s, next_at = %(until)s where id = (
          select id from syncs where stopped_at is null and next_at <= %(now)s and (claimed_until is null or claimed_until <= %(now)s)
          order by next_at, id limit 1 for update skip locked)
        returning """
        + _COLUMNS,
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How far a system was told of ours.

    `walked_to` is up to which customer it was told of everybody, since `walk_began`; None where it was of all, and the feed says the rest.
    """

    id: int
    system: str
    after_xid: str
    after_id: int
    walk_began: datetime | None
    walked_to: int | None

    @property
    def place(self) -> Place:
        """How far the system was told of our changes."""
        return Place(xid=self.after_xid, id=self.after_id)


_STANDING: LiteralString = "returning id, system, after_xid::text as after_xid, after_id, walk_began, walked_to"


def hold(conn: Connection, sync_id: int, *, until: datetime) -> Standing | None:
    """Keep a claimed system until then, and return how far it was told; None where somebody stopped or deleted it meanwhile."""
    return fetch_maybe(
        conn,
        Standing,
        "update syncs set claimed_until = %(until)s where id = %(id)s and stopped_at is null " + _STANDING,
        {"id": sync_id, "until": until},
    )


def walk(conn: Connection, sync_id: int, *, now: datetime) -> Standing:
    """Let a system be told of everybody, and behind them of what the feed says from now on."""
    return fetch_one(
        conn,
        Standing,
        """
        update syncs set walk_began = %(now)s, walked_to = 0, after_xid = pg_snapshot_xmin(pg_current_snapshot()), after_id = 0
        where id = %(id)s
        """
        + _STANDING,
        {"id": sync_id, "now": now},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Walked:
    """One of everybody; `told_us` where the system itself told of them since the walk began."""

    id: int
    told_us: bool


def beyond(conn: Connection, one: Standing, *, limit: int) -> list[Walked]:
    """Return the next of everybody."""
    return fetch_all(
        conn,
        Walked,
        """
        select c.id, exists (
          select from customer_refs f where f.customer_id = c.id and f.system = %(system)s and f.seen_at > %(began)s) as told_us
        from customers c where c.id > %(after)s and c.merged_into is null and c.erased_at is null order by c.id limit %(limit)s
        """,
        {"system": one.system, "began": one.walk_began, "after": one.walked_to, "limit": limit},
    )


def begin_again(conn: Connection, sync_id: int, *, now: datetime) -> int:
    """Read everything there anew and tell of everybody here, at once; return whether there is such a system that goes on (0 or 1)."""
    found = hurry(conn, sync_id, now=now)
    if found:
        walk(conn, sync_id, now=now)
        execute(conn, "update syncs set pulled_to = '' where id = %(id)s", {"id": sync_id})
    return found


def set_pulled(conn: Connection, sync_id: int, *, was: str, cursor: str, n: int) -> int:
    """Keep how far we have read there; return 0 where somebody had it read from the beginning since it `was` so far, else 1."""
    return execute(
        conn,
        "update syncs set pulled_to = %(to)s, pulled = pulled + %(n)s where id = %(id)s and pulled_to = %(was)s",
        {"id": sync_id, "was": was, "to": cursor, "n": n},
    )


def set_pushed(conn: Connection, one: Standing, *, place: Place | None, walked_to: int | None, n: int) -> None:
    """Keep how far the system was told: by the feed up to `place`, else of everybody up to `walked_to` (None: of all).

    Nothing, where somebody has everybody told anew since: that stays to be done.
    """
    execute(
        conn,
        """
        update syncs set after_xid = coalesce(%(xid)s::xid8, after_xid), after_id = coalesce(%(after)s, after_id), walked_to = %(to)s,
          pushed = pushed + %(n)s
        where id = %(id)s and walk_began is not distinct from %(began)s::timestamptz
        """,
        {"id": one.id, "began": one.walk_began, "xid": place and place.xid, "after": place and place.id, "to": walked_to, "n": n},
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


def field_times(conn: Connection, customer_id: int, *, system: str) -> dict[str, datetime]:
    """Return when each field of a customer was changed here last, save what came from this system: that it knows best."""
    rows = fetch_all(
        conn,
        _Time,
        """
        select field, at from (
          select distinct on (field) field, at, origin, origin_note from customer_changes where customer_id = %(id)s
          order by field, at desc, id desc
        ) newest where not (origin = 'program' and origin_note = %(system)s)
        """,
        {"id": customer_id, "system": system},
    )
    return {row.field: row.at for row in rows}
