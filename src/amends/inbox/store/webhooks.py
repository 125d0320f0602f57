"""SQL of webhooks: who is told of what, where each stands in the feed, and the calls that are due, one after the other for each."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId
from amends.inbox.store.customer_feed import Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """A receiver; `stopped_at` where it is told nothing, with why.

    `waiting` calls are due, `trouble` is what the first of them met, `delivered_at` was the last.
    """

    id: int
    name: str
    url: str
    kinds: list[str]
    stopped_at: datetime | None
    why: str
    created_at: datetime
    waiting: int
    trouble: str
    delivered_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A call to make; `inside` where it may lead inside our own network, `secret` is sealed, `attempts` counts this try."""

    id: int
    webhook_id: int
    url: str
    inside: bool
    secret: bytes = field(repr=False)
    kind: str
    customer_id: int | None
    version: int | None
    merged_into: int | None
    happened_at: datetime
    tried_since: datetime
    attempts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A call as the page shows it."""

    id: int
    kind: str
    customer_id: int | None
    state: str
    attempts: int
    status: int | None
    error: str
    happened_at: datetime
    next_at: datetime
    delivered_at: datetime | None


def insert(  # noqa: PLR0913
    conn: Connection,
    *,
    name: str,
    url: str,
    inside: bool,
    secret: bytes,
    kinds: list[str],
    place: Place,
    agent_id: AgentId | None,
    now: datetime,
) -> int:
    """Store a webhook that is told of what happens behind `place`, and return its id."""
    return fetch_values(
        conn,
        """
        insert into webhooks (name, url, inside, secret, kinds, after_xid, after_id, agent_id, created_at)
        values (%(name)s, %(url)s, %(inside)s, %(secret)s, %(kinds)s, %(xid)s::xid8, %(after)s, %(agent_id)s, %(now)s) returning id
        """,
        {
            "name": name,
            "url": url,
            "inside": inside,
            "secret": secret,
            "kinds": kinds,
            "xid": place.xid,
            "after": place.id,
            "agent_id": agent_id,
            "now": now,
        },
    )[0]


def every(conn: Connection) -> list[Webhook]:
    """Return the webhooks by name."""
    return fetch_all(
        conn,
        Webhook,
        """
        select w.id, w.name, w.url, w.kinds, w.stopped_at, w.why, w.created_at,
          (select count(*) from (
            select from webhook_deliveries d where d.webhook_id = w.id and d.state = 'queued' limit 1000) q) as waiting,
          (select d.delivered_at from webhook_deliveries d where d.webhook_id = w.id and d.state = 'delivered' order by d.id desc limit 1)
            as delivered_at,
          coalesce((select d.error from webhook_deliveries d where d.webhook_id = w.id and d.state = 'queued' order by d.id limit 1), '')
            as trouble
        from webhooks w where w.deleted_at is null order by lower(w.name), w.id
        """,
    )


def deliveries(conn: Connection, webhook_id: int, *, limit: int = 30) -> list[Delivery]:
    """Return the newest calls of a webhook."""
    return fetch_all(
        conn,
        Delivery,
        """
        select id, kind, customer_id, state, attempts, status, error, happened_at, next_at, delivered_at from webhook_deliveries
        where webhook_id = %(id)s order by id desc limit %(limit)s
        """,
        {"id": webhook_id, "limit": limit},
    )


def set_deleted(conn: Connection, webhook_id: int, *, at: datetime | None) -> int:
    """Put a webhook away, or with None bring it back; return whether there was one (0 or 1)."""
    return execute(
        conn,
        "update webhooks set deleted_at = %(at)s where id = %(id)s and (deleted_at is null) = (%(at)s::timestamptz is not null)",
        {"id": webhook_id, "at": at},
    )


def secret(conn: Connection, webhook_id: int) -> bytes | None:
    """Return the sealed secret of a webhook, which nobody else renews until the transaction ends; None where there is no such webhook."""
    found = fetch_values(conn, "select secret from webhooks where id = %(id)s and deleted_at is null for update", {"id": webhook_id})
    return found[0] if found else None


def set_secret(conn: Connection, webhook_id: int, sealed: bytes) -> None:
    """Keep a new secret of a webhook."""
    execute(conn, "update webhooks set secret = %(secret)s where id = %(id)s", {"id": webhook_id, "secret": sealed})


def set_stopped(conn: Connection, webhook_id: int, *, at: datetime | None, why: str = "") -> int:
    """Tell a webhook nothing, or with None go on; return whether there was one that was not so (0 or 1)."""
    return execute(
        conn,
        """
        update webhooks set stopped_at = %(at)s, why = %(why)s
        where id = %(id)s and deleted_at is null and (stopped_at is null) = (%(at)s::timestamptz is not null)
        """,
        {"id": webhook_id, "at": at, "why": why},
    )


def queue_failed_again(conn: Connection, webhook_id: int, *, now: datetime) -> int:
    """Try the calls that were given up again, and return how many there are; a call's day begins anew."""
    return execute(
        conn,
        """
        update webhook_deliveries set state = 'queued', attempts = 0, tried_since = null, next_at = %(now)s, claimed_until = null
        where webhook_id = %(id)s and state = 'failed'
        """,
        {"id": webhook_id, "now": now},
    )


def queue_test(conn: Connection, webhook_id: int, *, now: datetime) -> None:
    """Queue a call that only tries the receiver."""
    execute(
        conn,
        """
        insert into webhook_deliveries (webhook_id, kind, happened_at, next_at) values (%(id)s, 'test', %(now)s, %(now)s)
        """,
        {"id": webhook_id, "now": now},
    )


def lay_down(conn: Connection, *, now: datetime, limit: int) -> int:
    """Turn the next changes of the feed into calls of the webhook that is furthest behind; return how many changes were passed."""
    passed = fetch_values(
        conn,
        """
        with hook as (
          select w.id, w.kinds, w.after_xid, w.after_id from webhooks w
          where w.stopped_at is null and w.deleted_at is null and exists (
            select from customer_feed f
            where (f.xid, f.id) > (w.after_xid, w.after_id) and f.xid < pg_snapshot_xmin(pg_current_snapshot()))
          order by w.after_xid, w.id limit 1 for update skip locked
        ), news as materialized (
          select f.* from hook, lateral (
            select * from customer_feed f
            where (f.xid, f.id) > (hook.after_xid, hook.after_id) and f.xid < pg_snapshot_xmin(pg_current_snapshot())
            order by f.xid, f.id limit %(limit)s) f
        ), laid as (
          insert into webhook_deliveries (webhook_id, kind, customer_id, version, merged_into, happened_at, next_at)
          select hook.id, case n.kind when 'deleted' then 'erased' else n.kind end, n.customer_id, n.version, n.merged_into, n.at, %(now)s
          from news n, hook where case n.kind when 'deleted' then 'erased' else n.kind end = any(hook.kinds)
          order by n.xid, n.id
        ), moved as (
          update webhooks w set after_xid = l.xid, after_id = l.id
          from (select xid, id from news order by xid desc, id desc limit 1) l, hook where w.id = hook.id
        )
        select count(*) from news
        """,
        {"now": now, "limit": limit},
    )
    return int(passed[0])


def claim(conn: Connection, *, now: datetime, lease: timedelta) -> Call | None:
    """Take the oldest undelivered call of a webhook for which nobody else is calling, where it is due."""
    return fetch_maybe(
        conn,
        Call,
        """
        with due as (
          select w.id as webhook_id, w.url, w.inside, w.secret, d.id from webhooks w cross join lateral (
            select id, next_at, claimed_until from webhook_deliveries
            where webhook_id = w.id and state = 'queued' order by id limit 1
          ) d
          where w.stopped_at is null and w.deleted_at is null and d.next_at <= %(now)s
            and (d.claimed_until is null or d.claimed_until <= %(now)s)
          order by d.next_at, d.id limit 1 for update of w skip locked
        )
        update webhook_deliveries d set attempts = attempts + 1, claimed_until = %(until)s, tried_since = coalesce(d.tried_since, %(now)s)
        from due where d.id = due.id
        returning d.id, due.webhook_id, due.url, due.inside, due.secret, d.kind, d.customer_id, d.version, d.merged_into, d.happened_at,
          d.tried_since, d.attempts
        """,
        {"now": now, "until": now + lease},
    )


def set_delivered(conn: Connection, call_id: int, *, status: int, now: datetime) -> None:
    """Say that a call came through."""
    execute(
        conn,
        """
        update webhook_deliveries set state = 'delivered', status = %(status)s, error = '', delivered_at = %(now)s, claimed_until = null
        where id = %(id)s
        """,
        {"id": call_id, "status": status, "now": now},
    )


def set_again(conn: Connection, call_id: int, *, status: int | None, error: str, next_at: datetime) -> None:
    """Put a call back for `next_at`."""
    execute(
        conn,
        """
        update webhook_deliveries set status = %(status)s, error = %(error)s, next_at = %(next_at)s, claimed_until = null
        where id = %(id)s and state = 'queued'
        """,
        {"id": call_id, "status": status, "error": error, "next_at": next_at},
    )


def set_failed(conn: Connection, call_id: int, *, status: int | None, error: str) -> None:
    """Give a call up."""
    execute(
        conn,
        """
        update webhook_deliveries set state = 'failed', status = %(status)s, error = %(error)s, claimed_until = null where id = %(id)s
        """,
        {"id": call_id, "status": status, "error": error},
    )


def drop_old(conn: Connection, *, before: datetime) -> int:
    """Forget calls that are over from before `before`, and return how many there were."""
    return execute(conn, "delete from webhook_deliveries where happened_at < %(before)s and state <> 'queued'", {"before": before})
