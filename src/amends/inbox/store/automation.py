"""SQL of the rules that work for the team, as people keep them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule: when `trigger` (after `hours`) and `condition`, then `deeds`, each with its name and its facts."""

    id: int
    name: str
    position: int
    active: bool
    stops: bool
    trigger: str
    hours: float | None
    condition: str
    deeds: Sequence[Mapping[str, object]]
    agent_id: AgentId
    agent: str
    failures: int
    trouble: str
    active_since: datetime
    changed_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What of a rule is written by who keeps it."""

    name: str
    stops: bool
    trigger: str
    hours: float | None
    condition: str
    deeds: Sequence[Mapping[str, object]]


_RULE: LiteralString = """
select r.id, r.name, r.position, r.active, r.stops, r.trigger, r.hours, r.condition, r.deeds, r.agent_id, a.name as agent,
  r.failures, r.trouble, r.active_since, r.changed_at, r.deleted_at
from automation_rules r join agents a on a.id = r.agent_id"""


def every(conn: Connection) -> list[Rule]:
    """Return the rules in their order, those that are off too."""
    return fetch_all(conn, Rule, _RULE + " where r.deleted_at is null order by r.position, r.id")


def removed(conn: Connection) -> list[Rule]:
    """Return the rules that were removed, the last one first."""
    return fetch_all(conn, Rule, _RULE + " where r.deleted_at is not null order by r.deleted_at desc, r.id desc")


def find(conn: Connection, *, rule_id: int) -> Rule | None:
    """Return the rule, ours until the transaction ends, one that was removed too; or None."""
    return fetch_maybe(conn, Rule, _RULE + " where r.id = %(id)s for update of r", {"id": rule_id})


def _params(kept: Kept, agent_id: AgentId, now: datetime) -> dict[str, object]:
    return {
        "name": kept.name,
        "stops": kept.stops,
        "trigger": kept.trigger,
        "hours": kept.hours,
        "condition": kept.condition,
        "deeds": Jsonb([dict(deed) for deed in kept.deeds]),
        "agent_id": agent_id,
        "now": now,
    }


def insert(conn: Connection, kept: Kept, *, agent_id: AgentId, now: datetime) -> int:
    """Store a rule behind all others, switched on, and return its id."""
    return fetch_values(
        conn,
        """
        insert into automation_rules (name, position, active, stops, trigger, hours, condition, deeds, agent_id, active_since, changed_at)
        select %(name)s, coalesce(max(position), 0) + 1, true, %(stops)s, %(trigger)s, %(hours)s, %(condition)s, %(deeds)s, %(agent_id)s,
          %(now)s, %(now)s from automation_rules
        returning id
        """,
        _params(kept, agent_id, now),
    )[0]


def update(conn: Connection, kept: Kept, *, rule_id: int, agent_id: AgentId, now: datetime) -> None:
    """Store a rule that was changed; what was wrong with it before is forgotten."""
    execute(
        conn,
        """
        update automation_rules set name = %(name)s, stops = %(stops)s, trigger = %(trigger)s, hours = %(hours)s,
          condition = %(condition)s, deeds = %(deeds)s, agent_id = %(agent_id)s, changed_at = %(now)s, active_since = %(now)s,
          failures = 0, trouble = ''
        where id = %(id)s
        """,
        _params(kept, agent_id, now) | {"id": rule_id},
    )


def switch(conn: Connection, *, rule_id: int, active: bool, trouble: str = "", now: datetime) -> None:
    """Switch a rule on or off; `trouble` is why it was switched off by itself."""
    execute(
        conn,
        """
        update automation_rules set active = %(active)s, trouble = %(trouble)s, failures = 0,
          active_since = case when %(active)s then %(now)s else active_since end
        where id = %(id)s
        """,
        {"id": rule_id, "active": active, "trouble": trouble, "now": now},
    )


def set_failures(conn: Connection, *, rule_id: int, failures: int) -> None:
    """Keep how often in a row the rule failed."""
    execute(conn, "update automation_rules set failures = %(n)s where id = %(id)s", {"id": rule_id, "n": failures})


def set_deleted(conn: Connection, *, rule_id: int, at: datetime | None) -> None:
    """Remove a rule, or (None) bring it back; its log stays."""
    execute(conn, "update automation_rules set deleted_at = %(at)s where id = %(id)s", {"id": rule_id, "at": at})


def put_in_order(conn: Connection, rule_ids: Sequence[int]) -> None:
    """Give the rules this order."""
    execute(
        conn,
        """
        update automation_rules r set position = o.position
        from unnest(%(ids)s::bigint[]) with ordinality o(id, position) where r.id = o.id
        """,
        {"ids": list(rule_ids)},
    )


def lock_order(conn: Connection) -> None:
    """Wait until nobody else changes the order."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('order of rules', 0))")
