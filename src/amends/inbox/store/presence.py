"""SQL of who is looking at or writing in a case right now: rows that live for seconds, told to every web process as they change."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_all
from amends.inbox.rules.ids import AgentId, CaseId, SourceId, TeamId

ALIVE = timedelta(seconds=15)
"""How long somebody is taken to be there after their last sign of life."""
STEP = timedelta(seconds=5)
"""A sign of life that says nothing new is stored no more often than this."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """Somebody at a case; `doing` is viewing, reply or note."""

    case_id: CaseId
    team_id: TeamId | None
    source_id: SourceId
    agent_id: AgentId
    name: str
    doing: str


def be(conn: Connection, *, case_id: CaseId, agent_id: AgentId, doing: str, now: datetime) -> int:
    """Store a sign of life and return how many rows that wrote; what is new about it is announced, the rest only kept."""
    return execute(
        conn,
        """
        with before as (
          select doing, seen_at from presence where case_id = %(case)s and agent_id = %(agent)s
        ), kept as (
          insert into presence (case_id, agent_id, doing, seen_at) select %(case)s, %(agent)s, %(doing)s, %(now)s
          where exists (select from cases where id = %(case)s)
          on conflict (case_id, agent_id) do update set doing = excluded.doing, seen_at = excluded.seen_at
          where presence.doing <> excluded.doing or presence.seen_at <= excluded.seen_at - %(step)s
          returning case_id
        )
        select pg_notify('amends_events', json_build_object('present', json_build_array(case_id))::text) from kept
        where not exists (select from before where doing = %(doing)s and seen_at > %(now)s::timestamptz - %(alive)s)
        """,
        {"case": case_id, "agent": agent_id, "doing": doing, "now": now, "step": STEP, "alive": ALIVE},
    )


def leave(conn: Connection, *, case_id: CaseId, agent_id: AgentId) -> None:
    """Forget that somebody was at a case, and announce it."""
    execute(
        conn,
        """
        with gone as (delete from presence where case_id = %(case)s and agent_id = %(agent)s returning case_id)
        select pg_notify('amends_events', json_build_object('present', json_build_array(case_id))::text) from gone
        """,
        {"case": case_id, "agent": agent_id},
    )


def drop_stale(conn: Connection, *, now: datetime) -> None:
    """Forget everybody who gave no sign of life for a while, and announce it."""
    execute(
        conn,
        """
        with gone as (delete from presence where seen_at <= %(before)s returning case_id)
        select pg_notify('amends_events', json_build_object('present', (select json_agg(distinct case_id) from gone))::text)
        where exists (select from gone)
        """,
        {"before": now - ALIVE},
    )


def everybody(conn: Connection, *, now: datetime) -> list[Present]:
    """Return everybody who is at a case now, by name."""
    return fetch_all(
        conn,
        Present,
        """
        select p.case_id, c.team_id, c.source_id, p.agent_id, g.name, p.doing
        from presence p join cases c on c.id = p.case_id join agents g on g.id = p.agent_id
        where p.seen_at > %(since)s order by lower(g.name), g.id
        """,
        {"since": now - ALIVE},
    )
