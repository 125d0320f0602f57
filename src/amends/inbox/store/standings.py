"""SQL of standings: who we are on a source's network, what we may there, what it costs, and when our credentials end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_all, fetch_maybe
from amends.core.ports import Standing
from amends.inbox.rules.ids import SourceId
from amends.inbox.store.sources import SealedAccount


@dataclass(frozen=True, kw_only=True, slots=True)
class Standings:
    """The standing of one source as it was last told; `trouble` says why the last asking failed, empty where it did not."""

    source_id: SourceId
    checked_at: datetime | None
    user_id: str
    handle: str
    can_reply: bool
    rights: list[str]
    cost: str
    warnings: list[str]
    expires_at: datetime | None
    trouble: str


def claim_due(conn: Connection, *, now: datetime, lease: timedelta) -> SealedAccount | None:
    """Take the source that was not asked for longest, or never; until `now + lease` nobody else gets it."""
    return fetch_maybe(
        conn,
        SealedAccount,
        """
        with due as (
          select s.id from sources s left join standings t on t.source_id = s.id
          where s.paused_at is null and exists (select from watches w where w.source_id = s.id)
            and (t.next_at is null or t.next_at <= %(now)s)
          order by t.next_at nulls first, s.id limit 1 for no key update of s skip locked
        ), taken as (
          insert into standings (source_id, next_at) select id, %(until)s from due
          on conflict (source_id) do update set next_at = excluded.next_at
          returning source_id
        )
        select s.id as source_id, s.network, s.handle, s.credentials, s.options from taken join sources s on s.id = taken.source_id
        """,
        {"now": now, "until": now + lease},
    )


def save(conn: Connection, source_id: SourceId, standing: Standing, *, now: datetime, next_at: datetime) -> None:
    """Keep what the network told of us."""
    execute(
        conn,
        """
        insert into standings (source_id, next_at, checked_at, user_id, handle, can_reply, rights, cost, warnings, expires_at)
        values (%(source_id)s, %(next_at)s, %(now)s, %(user_id)s, %(handle)s, %(can_reply)s, %(rights)s, %(cost)s, %(warnings)s,
          %(expires_at)s)
        on conflict (source_id) do update
        set next_at = excluded.next_at, checked_at = excluded.checked_at, user_id = excluded.user_id, handle = excluded.handle,
          can_reply = excluded.can_reply, rights = excluded.rights, cost = excluded.cost, warnings = excluded.warnings,
          expires_at = excluded.expires_at, trouble = ''
        """,
        {
            "source_id": source_id,
            "next_at": next_at,
            "now": now,
            "user_id": standing.user_id,
            "handle": standing.handle,
            "can_reply": standing.can_reply,
            "rights": list(standing.rights),
            "cost": standing.cost,
            "warnings": list(standing.warnings),
            "expires_at": standing.expires_at,
        },
    )


def save_trouble(conn: Connection, source_id: SourceId, *, trouble: str, next_at: datetime) -> None:
    """Keep why the network did not tell; what it told before stays."""
    execute(
        conn,
        "update standings set trouble = %(trouble)s, next_at = %(next_at)s where source_id = %(source_id)s",
        {"source_id": source_id, "trouble": trouble, "next_at": next_at},
    )


def make_due(conn: Connection, source_id: SourceId, *, now: datetime) -> None:
    """Ask again at once, and forget when the old credentials were to end."""
    execute(
        conn,
        "update standings set next_at = %(now)s, expires_at = null, trouble = '' where source_id = %(source_id)s",
        {"source_id": source_id, "now": now},
    )


def every(conn: Connection) -> list[Standings]:
    """Return the standing of every source that was asked for."""
    return fetch_all(
        conn,
        Standings,
        """
        select source_id, checked_at, user_id, handle, can_reply, rights, cost, warnings, expires_at, trouble
        from standings order by source_id
        """,
    )
