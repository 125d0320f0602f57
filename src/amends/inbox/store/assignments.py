"""SQL of who was given a case: the last time, and what somebody handed over at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, CaseId


@dataclass(frozen=True, kw_only=True, slots=True)
class Assigned:
    """A case was given: by whom (None: by itself), `whom` names who got it (None: nobody)."""

    at: datetime
    agent_id: AgentId | None
    whom: str | None
    facts: dict[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOver:
    """Cases that were taken from somebody at once."""

    id: int
    from_agent_id: AgentId
    by_agent_id: AgentId
    case_ids: Sequence[CaseId]
    at: datetime
    undone_at: datetime | None


def last(conn: Connection, *, case_id: CaseId) -> Assigned | None:
    """Return the last time the case was given to somebody or taken from them, or None."""
    return fetch_maybe(
        conn,
        Assigned,
        """
        select e.at, e.agent_id, w.name as whom, e.facts
        from events e left join agents w on w.id = (e.facts ->> 'assignee_id')::bigint
        where e.case_id = %(case_id)s and e.kind = 'case_assigned' order by e.id desc limit 1
        """,
        {"case_id": case_id},
    )


def take_all(conn: Connection, *, agent_id: AgentId) -> list[CaseId]:
    """Take every case that is going on from somebody, and return them; their teams give them to others where they give out."""
    return fetch_values(
        conn,
        """
        with theirs as (
          select id from cases where assignee_id = %(agent)s and status in ('open', 'waiting', 'snoozed') order by id for no key update
        )
        update cases c set assignee_id = null,
          wanted = coalesce((select t.gives <> 'nobody' from teams t where t.id = c.team_id and t.archived_at is null), false)
        from theirs where c.id = theirs.id returning c.id
        """,
        {"agent": agent_id},
    )


def note_hand_over(conn: Connection, *, agent_id: AgentId, by: AgentId, case_ids: Sequence[CaseId], now: datetime) -> int:
    """Keep which cases were taken from somebody, and return the number under which that can be taken back."""
    return fetch_values(
        conn,
        """
        insert into hand_overs (from_agent_id, by_agent_id, case_ids, at) values (%(agent)s, %(by)s, %(cases)s::bigint[], %(now)s)
        returning id
        """,
        {"agent": agent_id, "by": by, "cases": list(case_ids), "now": now},
    )[0]


def hand_over(conn: Connection, *, hand_over_id: int) -> HandOver | None:
    """Return what was handed over, locked until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        HandOver,
        "select id, from_agent_id, by_agent_id, case_ids, at, undone_at from hand_overs where id = %(id)s for update",
        {"id": hand_over_id},
    )


def give_back(conn: Connection, found: HandOver, *, now: datetime) -> list[CaseId]:
    """Give back those cases on which no person did anything since, and return them."""
    execute(conn, "update hand_overs set undone_at = %(now)s where id = %(id)s", {"id": found.id, "now": now})
    return fetch_values(
        conn,
        """
        with free as (
          select c.id from cases c
          where c.id = any(%(cases)s::bigint[]) and c.status in ('open', 'waiting', 'snoozed') and not exists (
            select from events e where e.case_id = c.id and e.agent_id is not null and e.kind <> 'case_read' and e.id > (
              select max(id) from events h
              where h.case_id = c.id and h.kind = 'case_assigned' and (h.facts ->> 'hand_over')::bigint = %(id)s
            )
          )
          order by c.id for no key update
        )
        update cases c set assignee_id = %(agent)s, wanted = false from free where c.id = free.id returning c.id
        """,
        {"cases": list(found.case_ids), "agent": found.from_agent_id, "id": found.id},
    )
