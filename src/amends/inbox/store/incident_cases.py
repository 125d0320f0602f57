"""SQL of which cases belong to an incident, how they came, and how they went. A case belongs to one incident that goes on at most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, CaseId, IncidentId
from amends.inbox.rules.incidents import How
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming:
    """How cases come to an incident, and why."""

    how: How
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A case of an incident, as a list shows it."""

    case_id: CaseId
    customer: str
    network: str
    language: str
    status: str
    preview: str
    how: str
    reason: str
    agent: str | None
    joined_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Belonging:
    """The incident that a case belongs to."""

    incident_id: IncidentId
    name: str
    severity: str
    status: str
    how: str
    reason: str
    joined_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class _Of:
    case_id: CaseId


def lock(conn: Connection, case_ids: Sequence[int]) -> list[CaseId]:
    """Return those of the cases that there are, ours alone until the transaction ends."""
    return fetch_values(
        conn, "select id from cases where id = any(%(ids)s::bigint[]) order by id for no key update", {"ids": sorted(set(case_ids))}
    )


def elsewhere(conn: Connection, case_ids: Sequence[CaseId], *, but: IncidentId | None) -> list[CaseId]:
    """Return those of the cases that belong to another incident which is not closed."""
    return fetch_values(
        conn,
        """
        select m.case_id from incident_cases m join incidents i on i.id = m.incident_id
        where m.case_id = any(%(ids)s::bigint[]) and m.left_at is null and i.closed_at is null and m.incident_id is distinct from %(but)s
        """,
        {"ids": list(case_ids), "but": but},
    )


def join(
    conn: Connection, incident_id: IncidentId, case_ids: Sequence[CaseId], coming: Coming, *, agent_id: AgentId | None, now: datetime
) -> list[CaseId]:
    """Let locked cases belong to it, and return those that did not yet."""
    found = fetch_all(
        conn,
        _Of,
        """
        insert into incident_cases as m (incident_id, case_id, how, reason, agent_id, joined_at)
        select %(incident)s, id, %(how)s, %(reason)s, %(agent)s, %(now)s from unnest(%(ids)s::bigint[]) as asked(id) order by id
        on conflict (incident_id, case_id) do update
          set how = excluded.how, reason = excluded.reason, agent_id = excluded.agent_id, joined_at = excluded.joined_at,
              left_at = null, left_reason = ''
          where m.left_at is not null
        returning m.case_id
        """,
        {
            "incident": incident_id,
            "how": coming.how,
            "reason": coming.reason,
            "agent": agent_id,
            "now": now,
            "ids": list(case_ids),
        },
    )
    return sorted(one.case_id for one in found)


def came(conn: Connection, incident_id: int, case_id: int) -> Coming | None:
    """Return how a case came to an incident that it belongs to, or left; None where it never did."""
    query = "select how, reason from incident_cases where incident_id = %(incident)s and case_id = %(case)s"
    return fetch_maybe(conn, Coming, query, {"incident": incident_id, "case": case_id})


def leave(conn: Connection, incident_id: IncidentId, case_ids: Sequence[CaseId], *, reason: str, now: datetime) -> list[CaseId]:
    """Take cases out, and return those that belonged to it."""
    found = fetch_values(
        conn,
        """
        update incident_cases set left_at = %(now)s, left_reason = %(reason)s
        where incident_id = %(incident)s and case_id = any(%(cases)s::bigint[]) and left_at is null returning case_id
        """,
        {"incident": incident_id, "cases": list(case_ids), "reason": reason, "now": now},
    )
    return sorted(found)


def every(conn: Connection, incident_id: IncidentId) -> list[CaseId]:
    """Return the cases that belong to it."""
    return fetch_values(conn, "select case_id from incident_cases where incident_id = %(id)s and left_at is null", {"id": incident_id})


def has_any(conn: Connection, incident_id: IncidentId) -> bool:
    """Tell whether a case belongs to it."""
    query = "select exists (select from incident_cases where incident_id = %(id)s and left_at is null)"
    return bool(fetch_values(conn, query, {"id": incident_id})[0])


def of_case(conn: Connection, case_id: int) -> Belonging | None:
    """Return the incident that a case belongs to, the newest where an earlier one is closed; None for none."""
    return fetch_maybe(
        conn,
        Belonging,
        """
        select m.incident_id, i.name, i.severity, i.status, m.how, m.reason, m.joined_at
        from incident_cases m join incidents i on i.id = m.incident_id
        where m.case_id = %(id)s and m.left_at is null order by i.closed_at is not null, m.incident_id desc limit 1
        """,
        {"id": case_id},
    )


def brand_of(conn: Connection, case_ids: Sequence[int]) -> int | None:
    """Return the brand that most of the cases are about; None where there is none of them."""
    found = fetch_values(
        conn,
        """
        select brand_id from cases where id = any(%(ids)s::bigint[]) group by brand_id order by count(*) desc, brand_id limit 1
        """,
        {"ids": list(case_ids)},
    )
    return found[0] if found else None


def first_published(conn: Connection, case_ids: Sequence[int]) -> datetime | None:
    """Return when the first customer's post of these cases was published."""
    return fetch_values(
        conn,
        "select min(published_at) from posts where case_id = any(%(ids)s::bigint[]) and case_number is not null",
        {"ids": list(case_ids)},
    )[0]


def page(
    conn: Connection, scope: Scope, incident_id: IncidentId, *, before: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Member]:
    """Return the cases of an incident within the scope, who joined last first, behind the moment and id `before`."""
    behind: LiteralString = " and (m.joined_at, m.case_id) < (%(at)s, %(id)s)" if before else ""
    query: LiteralString = (
        """
        select m.case_id, coalesce(nullif(a.name, ''), a.handle) as customer, c.network, c.language, c.status, c.preview,
          m.how, m.reason, g.name as agent, m.joined_at
        from incident_cases m join cases c on c.id = m.case_id join authors a on a.id = c.author_id left join agents g on g.id = m.agent_id
        where m.incident_id = %(incident)s and m.left_at is null
        """
        + scopes.within(scope)
        + behind
        + " order by m.joined_at desc, m.case_id desc limit %(limit)s"
    )
    at, row = before or (None, None)
    return fetch_all(conn, Member, query, {"incident": incident_id, "at": at, "id": row, "limit": limit} | scopes.params(scope))
