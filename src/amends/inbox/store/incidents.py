"""SQL of incidents: what they are, where they stand, and who is on them. `store.incident_cases` has what belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, IncidentId
from amends.inbox.rules.incidents import NewIncident, Stage, Times
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """An incident as it stands; `agent` is who said that it is one."""

    id: IncidentId
    name: str
    brand_id: int
    brand: str
    severity: str
    status: str
    started_at: datetime
    fixed_at: datetime | None
    closed_at: datetime | None
    agent_id: AgentId
    agent: str
    created_at: datetime

    @property
    def times(self) -> Times:
        """Since when it is fixed, and since when closed."""
        return Times(fixed_at=self.fixed_at, closed_at=self.closed_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed(Incident):
    """An incident in the list, with how many of its cases are seen, how many of those still go on, and the names of who is on it."""

    cases: int
    going_on: int
    people: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class OnIt:
    """Somebody who is on an incident."""

    agent_id: AgentId
    name: str
    since: datetime


_COLUMNS: LiteralString = """
select i.id, i.name, i.brand_id, b.name as brand, i.severity, i.status, i.started_at, i.fixed_at, i.closed_at, i.agent_id,
  g.name as agent, i.created_at
"""
_FROM: LiteralString = " from incidents i join brands b on b.id = i.brand_id join agents g on g.id = i.agent_id "

_SEEN: LiteralString = """
 and (n.cases > 0 or not exists (select from incident_cases m where m.incident_id = i.id and m.left_at is null))
"""


def insert(conn: Connection, new: NewIncident, *, started_at: datetime, agent_id: AgentId, now: datetime) -> IncidentId:
    """Store an incident that is being looked into, and return its id."""
    return fetch_values(
        conn,
        """
        insert into incidents (brand_id, name, severity, status, started_at, agent_id, created_at)
        values (%(brand)s, %(name)s, %(severity)s, 'investigating', %(started)s, %(agent)s, %(now)s) returning id
        """,
        {
            "brand": new.brand_id,
            "name": new.name,
            "severity": new.severity,
            "started": started_at,
            "agent": agent_id,
            "now": now,
        },
    )[0]


def find(conn: Connection, incident_id: int) -> Incident | None:
    """Return an incident, or None."""
    return fetch_maybe(conn, Incident, _COLUMNS + _FROM + "where i.id = %(id)s", {"id": incident_id})


def lock(conn: Connection, incident_id: int) -> Incident | None:
    """Return an incident, ours alone until the transaction ends, or None."""
    return fetch_maybe(conn, Incident, _COLUMNS + _FROM + "where i.id = %(id)s for update of i", {"id": incident_id})


def hold(conn: Connection, incident_id: int) -> Incident | None:
    """Return an incident that nobody changes until the transaction ends, or None; several may join it, or wait for its end."""
    return fetch_maybe(conn, Incident, _COLUMNS + _FROM + "where i.id = %(id)s for share of i", {"id": incident_id})


def page(conn: Connection, scope: Scope, *, closed: bool, below: int | None, limit: int) -> list[Listed]:
    """Return the newest incidents, closed ones or the others, beginning below the id `below`, of which the scope sees something."""
    mine: LiteralString = "" if scope == EVERYTHING else _SEEN
    query: LiteralString = (
        _COLUMNS
        + """
        , coalesce(n.cases, 0)::int as cases, coalesce(n.going_on, 0)::int as going_on,
          array(
            select g.name from incident_people p join agents g on g.id = p.agent_id where p.incident_id = i.id order by p.since
          ) as people
        """
        + _FROM
        + """
        cross join lateral (
          select count(*) as cases, count(*) filter (where c.status in ('open', 'waiting', 'snoozed')) as going_on
          from incident_cases m join cases c on c.id = m.case_id where m.incident_id = i.id and m.left_at is null
        """
        + scopes.within(scope)
        + """
        ) n where (i.closed_at is not null) = %(closed)s and (%(below)s::bigint is null or i.id < %(below)s)
        """
        + mine
        + " order by i.id desc limit %(limit)s"
    )
    return fetch_all(conn, Listed, query, {"closed": closed, "below": below, "limit": limit} | scopes.params(scope))


def going_on(conn: Connection, scope: Scope, *, limit: int = 100) -> list[Incident]:
    """Return the incidents that are not closed and of which the scope sees something, the newest first: what a case can join."""
    query: LiteralString = (
        _COLUMNS
        + _FROM
        + """
        where i.closed_at is null and (
          not exists (select from incident_cases m where m.incident_id = i.id and m.left_at is null)
          or exists (
            select from incident_cases m join cases c on c.id = m.case_id where m.incident_id = i.id and m.left_at is null
        """
        + scopes.within(scope)
        + """
          )
        ) order by i.id desc limit %(limit)s
        """
    )
    return fetch_all(conn, Incident, query, {"limit": limit} | scopes.params(scope))


def update(conn: Connection, incident_id: IncidentId, new: NewIncident) -> None:
    """Describe it anew."""
    execute(
        conn,
        """
        update incidents set name = %(name)s, brand_id = %(brand)s, severity = %(severity)s, started_at = coalesce(%(started)s, started_at)
        where id = %(id)s
        """,
        {"id": incident_id, "name": new.name, "brand": new.brand_id, "severity": new.severity, "started": new.started_at},
    )


def set_status(conn: Connection, incident_id: IncidentId, stage: Stage, times: Times) -> None:
    """Let it stand so, and keep since when it was fixed where it was."""
    execute(
        conn,
        """
        update incidents set status = %(status)s, fixed_at = %(fixed)s, closed_at = %(closed)s,
          fixed_before = case when status in ('fixed', 'closed') then fixed_at else fixed_before end
        where id = %(id)s
        """,
        {"id": incident_id, "status": stage, "fixed": times.fixed_at, "closed": times.closed_at},
    )


def fixed_before(conn: Connection, incident_id: IncidentId) -> datetime | None:
    """Return since when it was fixed before it went on again; None where it was not."""
    return fetch_values(conn, "select fixed_before from incidents where id = %(id)s", {"id": incident_id})[0]


def people(conn: Connection, incident_id: IncidentId) -> list[OnIt]:
    """Return who is on it, the first first."""
    return fetch_all(
        conn,
        OnIt,
        """
        select p.agent_id, g.name, p.since from incident_people p join agents g on g.id = p.agent_id
        where p.incident_id = %(id)s order by p.since, p.agent_id
        """,
        {"id": incident_id},
    )


def put_on(conn: Connection, incident_id: IncidentId, agent_id: AgentId, *, now: datetime) -> bool:
    """Put an active colleague on it; False where they are already, or cannot be."""
    return bool(
        execute(
            conn,
            """
            insert into incident_people (incident_id, agent_id, since)
            select %(id)s, id, %(now)s from agents where id = %(agent)s and active on conflict do nothing
            """,
            {"id": incident_id, "agent": agent_id, "now": now},
        )
    )


def take_off(conn: Connection, incident_id: IncidentId, agent_id: AgentId) -> bool:
    """Take somebody off it; False where they were not on it."""
    return bool(
        execute(
            conn,
            "delete from incident_people where incident_id = %(id)s and agent_id = %(agent)s",
            {"id": incident_id, "agent": agent_id},
        )
    )


def let_wake(conn: Connection, incident_id: IncidentId, *, now: datetime) -> int:
    """Let the cases wake that sleep until this incident is over, and return how many those are."""
    return execute(conn, "update snoozes set until = %(now)s where incident_id = %(id)s and until is null", {"id": incident_id, "now": now})
