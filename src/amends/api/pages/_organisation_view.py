"""Puts the screens of organisations together, and reads their forms."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Form

from amends.api.desk import Desk
from amends.api.looking import asker_of
from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.actions import segments as asking
from amends.inbox.actions.customer_figures import as_seen, engagement_seen
from amends.inbox.actions.organisations import TermsWish, Wish, mark_of, mark_of_terms, there
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.organisations import OrganisationKind, health, why
from amends.inbox.rules.query import NotAQuery
from amends.inbox.store import agents, counts, engagement, memberships, organisations, segment_members
from amends.inbox.store.matching import TooBroad
from amends.inbox.store.memberships import Membership
from amends.inbox.store.sessions import Visitor

CANDIDATES = 8


def wished(
    name: Annotated[str, Form(max_length=300)] = "",
    kind: Annotated[OrganisationKind, Form()] = OrganisationKind.COMPANY,
    domain: Annotated[str, Form(max_length=300)] = "",
    note: Annotated[str, Form(max_length=10_000)] = "",
    owner_id: Annotated[str, Form(pattern=r"^[0-9]{0,15}$")] = "",
    remind_days: Annotated[int, Form()] = 30,
) -> Wish:
    """Return what the form of an organisation asks for."""
    owner = AgentId(int(owner_id)) if owner_id else None
    return Wish(name=name, kind=kind, domain=domain, note=note, owner_id=owner, remind_days=remind_days)


def terms(
    role: Annotated[str, Form(max_length=300)] = "",
    number: Annotated[str, Form(max_length=300)] = "",
    since: Annotated[str, Form(max_length=40)] = "",
    until: Annotated[str, Form(max_length=40)] = "",
    renews_on: Annotated[str, Form(max_length=40)] = "",
) -> TermsWish:
    """Return on what terms the form lets somebody belong."""
    return TermsWish(role=role, number=number, since=since, until=until, renews_on=renews_on)


def list_values(desk: Desk, conn: Connection, visitor: Visitor, part: str, after: int | None = None) -> dict[str, Any]:
    """Return a page of the list of organisations, by name."""
    rows = organisations.page(conn, part, now=desk.clock(), after=after, limit=organisations.PAGE + 1)
    shown = rows[: organisations.PAGE]
    more = shown[-1].id if len(rows) > len(shown) else None
    return {"organisations": shown, "more": more, "part": part, "people": agents.everyone(conn), "counts": counts.read(conn, visitor.scope)}


def one_values(desk: Desk, conn: Connection, visitor: Visitor, organisation_id: int, below: int | None = None) -> dict[str, Any]:
    """Return what the page of an organisation shows."""
    now = desk.clock()
    organisation = there(conn, organisation_id, now=now)
    rows = memberships.page(conn, organisation_id, visitor.scope, now=now, below=below)
    at = engagement_seen(conn, organisation_id, visitor.scope, now=now)
    reasons = why(at)
    return {
        "organisation": organisation,
        "seen": mark_of(organisation),
        "mark_of_terms": mark_of_terms,
        "members": as_seen(conn, rows[: memberships.PAGE], visitor.scope, now=now),
        "more": rows[memberships.PAGE - 1].membership_id if len(rows) > memberships.PAGE else None,
        "engagement": at,
        "looked_at": engagement.LOOKED_AT,
        "reasons": reasons,
        "health": health(reasons),
        "months": engagement.months(conn, organisation_id, visitor.scope, now=now),
        "perhaps": memberships.perhaps(conn, organisation_id, organisation.domain, visitor.scope),
        "people": agents.everyone(conn),
        "counts": counts.read(conn, visitor.scope),
    }


def candidate_values(conn: Connection, organisation_id: int, text: str, asker: Asker) -> dict[str, Any]:
    """Return some customers whom a query finds, for the list under the box that adds members."""
    values: dict[str, Any] = {"organisation_id": organisation_id, "candidates": [], "trouble": "", "typed": text}
    if not text.strip():
        return values
    try:
        found = segment_members.page(conn, asking.asked(conn, text, asker), limit=CANDIDATES)
        if found.fell_short and not found.members:
            return values | {"trouble": _("This query would look at too many cases; add a status, a day or another condition.")}
        return values | {"candidates": as_seen(conn, found.members, asker.scope, now=asker.now)}
    except (NotAQuery, TooBroad) as error:
        return values | {"trouble": str(error)}


def way_back(conn: Connection, one: Membership, *, now: datetime) -> str:
    """Return the address that lets a membership be as it was, as long as it stays as it is now."""
    seen = mark_of_terms(memberships.find(conn, one.membership_id, now=now))
    facts = {"membership": one.membership_id, "customer": one.id, "role": one.role, "number": one.number}
    days = {name: day.isoformat() for name, day in (("since", one.since), ("until", one.until), ("renews_on", one.renews_on)) if day}
    return f"/organisations/{one.organisation_id}/members/back?{urlencode(facts | days | {'seen': seen})}"


def asker(visitor: Visitor, desk: Desk) -> Asker:
    """Return who asks, now."""
    return asker_of(visitor, desk.clock())
