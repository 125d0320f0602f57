"""SQL of policies: in order, in versions that are never changed; the first whose condition a case fulfils says what is due when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.sla_policy import Written


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyRow(Written):
    """One version of a policy."""

    id: int
    policy_id: int
    number: int
    position: int
    created_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Which versions were in force, in order, for a clock that began `at`; `settled_at` is later where they were applied to it since."""

    at: datetime
    settled_at: datetime
    version_ids: Sequence[int]


def every(conn: Connection) -> list[PolicyRow]:
    """Return the newest version of each policy in force, in their order."""
    return fetch_all(
        conn,
        PolicyRow,
        """
        select v.id, v.policy_id, v.number, p.position, v.created_at, p.deleted_at, v.name, v.condition, v.calendar_id,
          v.first_minutes, v.first_business, v.next_minutes, v.next_business, v.resolution_minutes, v.resolution_business, v.pauses,
          v.warn_percent, v.warn_minutes, v.steps
        from sla_policies p
        cross join lateral (select * from sla_policy_versions where policy_id = p.id order by number desc limit 1) v
        where p.deleted_at is null order by p.position, p.id
        """,
    )


def versions(conn: Connection, ids: Sequence[int]) -> list[PolicyRow]:
    """Return these versions, those of removed policies too."""
    return fetch_all(
        conn,
        PolicyRow,
        """
        select v.id, v.policy_id, v.number, p.position, v.created_at, p.deleted_at, v.name, v.condition, v.calendar_id,
          v.first_minutes, v.first_business, v.next_minutes, v.next_business, v.resolution_minutes, v.resolution_business, v.pauses,
          v.warn_percent, v.warn_minutes, v.steps
        from sla_policy_versions v join sla_policies p on p.id = v.policy_id where v.id = any(%(ids)s::bigint[])
        """,
        {"ids": list(ids)},
    )


def find(conn: Connection, *, policy_id: int) -> PolicyRow | None:
    """Return the newest version of a policy, removed or not, ours until the transaction ends; or None."""
    return fetch_maybe(
        conn,
        PolicyRow,
        """
        select v.id, v.policy_id, v.number, p.position, v.created_at, p.deleted_at, v.name, v.condition, v.calendar_id,
          v.first_minutes, v.first_business, v.next_minutes, v.next_business, v.resolution_minutes, v.resolution_business, v.pauses,
          v.warn_percent, v.warn_minutes, v.steps
        from sla_policies p
        cross join lateral (select * from sla_policy_versions where policy_id = p.id order by number desc limit 1) v
        where p.id = %(id)s for update of p
        """,
        {"id": policy_id},
    )


def insert(conn: Connection, *, now: datetime) -> int:
    """Store a policy behind all others and return its id."""
    return fetch_values(
        conn,
        """
        insert into sla_policies (position, created_at) select 1 + coalesce(max(position), 0), %(now)s from sla_policies returning id
        """,
        {"now": now},
    )[0]


def add_version(conn: Connection, written: Written, *, policy_id: int, agent_id: AgentId | None, now: datetime) -> int:
    """Store the next version of a policy and return its id."""
    values = {name: getattr(written, name) for name in Written.__dataclass_fields__}
    values |= {"steps": Jsonb(list(written.steps)), "policy": policy_id, "agent": agent_id, "now": now}
    return fetch_values(
        conn,
        """
        insert into sla_policy_versions (policy_id, number, name, condition, calendar_id, first_minutes, first_business, next_minutes,
          next_business, resolution_minutes, resolution_business, pauses, warn_percent, warn_minutes, steps, agent_id, created_at)
        select %(policy)s, 1 + coalesce(max(number), 0), %(name)s, %(condition)s, %(calendar_id)s, %(first_minutes)s, %(first_business)s,
          %(next_minutes)s, %(next_business)s, %(resolution_minutes)s, %(resolution_business)s, %(pauses)s, %(warn_percent)s,
          %(warn_minutes)s, %(steps)s, %(agent)s, %(now)s
        from sla_policy_versions where policy_id = %(policy)s returning id
        """,
        values,
    )[0]


def set_deleted(conn: Connection, *, policy_id: int, at: datetime | None) -> None:
    """Put a policy away, or bring it back."""
    execute(conn, "update sla_policies set deleted_at = %(at)s where id = %(id)s", {"id": policy_id, "at": at})


def lock_order(conn: Connection) -> None:
    """Hold which policies stand in which order until the transaction ends; before any of them is locked, so that nobody waits crosswise."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('sla_policies', 0))")


def put_in_order(conn: Connection, policy_ids: Sequence[int]) -> None:
    """Give the policies this order."""
    execute(
        conn,
        """
        update sla_policies p set position = o.place
        from unnest(%(ids)s::bigint[]) with ordinality o(id, place) where p.id = o.id and p.position <> o.place
        """,
        {"ids": list(policy_ids)},
    )


def note_standing(conn: Connection, *, applied: bool = False, now: datetime) -> None:
    """Remember which policies stand from now on, in order; `applied` to all clocks that run, too."""
    execute(
        conn,
        """
        insert into sla_standings (created_at, applied, version_ids) select %(now)s, %(applied)s, array(
          select v.id from sla_policies p
          cross join lateral (select id from sla_policy_versions where policy_id = p.id order by number desc limit 1) v
          where p.deleted_at is null order by p.position, p.id)
        """,
        {"applied": applied, "now": now},
    )


def standings(conn: Connection, moments: Sequence[datetime]) -> list[Standing]:
    """Return which policies stood for clocks that began at these moments."""
    return fetch_all(
        conn,
        Standing,
        """
        select m.at, m.settled_at, coalesce(s.version_ids, '{}') as version_ids
        from (
          select at, greatest(at, (select max(created_at) from sla_standings where applied)) as settled_at
          from unnest(%(moments)s::timestamptz[]) u(at)) m
        left join lateral (
          select version_ids from sla_standings where created_at <= m.settled_at order by id desc limit 1) s on true
        """,
        {"moments": list(moments)},
    )
