"""Puts the pages of teams together, and reads their forms."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Form, Request

from amends.api.giving_words import GIVES
from amends.api.zones import zones
from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.give_out import as_team
from amends.inbox.actions.teams import By, Draft, mark_of, mark_of_skills
from amends.inbox.rules.assigning import Gives, at_work
from amends.inbox.rules.ids import AgentId, SourceId, TeamId
from amends.inbox.rules.working_hours import DAYS, read_hours
from amends.inbox.store import counts, source_page, staff, teams, topics
from amends.inbox.store.sessions import Visitor
from amends.inbox.store.staff import PersonRow
from amends.inbox.store.teams import TeamRow

MOST_TEXT = 400


def by(visitor: Visitor) -> By:
    """Return the visitor as the actions of teams take them."""
    return By(agent_id=visitor.agent_id, role=visitor.role)


def list_values(conn: Connection, visitor: Visitor, now: datetime) -> dict[str, Any]:
    """Return what the page of all teams shows: a lead sees her own."""
    who, crew, every = by(visitor), staff.listed(conn), teams.every(conn)
    shown = [team for team in every if who.everywhere or who.agent_id in team.members]
    work = teams.work_of(conn, [team.id for team in shown])
    return {
        "mark_of_skills": mark_of_skills,
        "teams": [(team, work[team.id]) for team in shown],
        "crew": _led(crew, shown, who),
        "here": _here(crew, every, now),
        "names": {person.id: person.name for person in crew},
        "team_names": {team.id: team.name for team in every},
        "open_now": {team.id for team in shown if team.week.at_work(now)},
        "all_topics": topics.every(conn),
        "gives": GIVES,
        "counts": counts.read(conn, visitor.scope),
    }


def team_values(conn: Connection, visitor: Visitor, team_id: TeamId, now: datetime) -> dict[str, Any]:
    """Return what the page of one team shows; `NotFound` where there is none."""
    team = teams.find(conn, team_id=team_id)
    if team is None or team.archived_at is not None:
        raise NotFound(_("There is no such team any more."))
    return {
        "team": team,
        "seen": mark_of(team),
        "work": teams.work_of(conn, [team_id])[team_id],
        "week": team.week,
        "opens": None if team.week.at_work(now) else team.week.next_opening(now),
        "days": DAYS,
        "crew": staff.active(conn),
        "sources": source_page.sources(conn),
        "gives": GIVES,
        "zones": zones(),
        "counts": counts.read(conn, visitor.scope),
    }


def drafted(  # noqa: PLR0913
    name: Annotated[str, Form(max_length=200)] = "",
    gives: Annotated[Gives, Form()] = Gives.NOBODY,
    zone: Annotated[str, Form(max_length=60)] = "UTC",
    day: Annotated[tuple[str, ...], Form()] = (),
    holidays: Annotated[str, Form(max_length=4000)] = "",
    member: Annotated[tuple[AgentId, ...], Form()] = (),
    source: Annotated[tuple[SourceId, ...], Form()] = (),
) -> Draft:
    """Return the team as the form has it; `day` comes once a weekday, Monday first."""
    if len(day) > len(DAYS) or any(len(text) > MOST_TEXT for text in day):
        raise Refused(_("A week has seven days, each with a few spans."))
    return Draft(name=name, gives=gives, hours=read_hours(zone.strip(), dict(enumerate(day)), holidays), members=member, sources=source)


def until_when(length: str, now: datetime) -> datetime | None:
    """Return when being away ends: after so many minutes, or (empty) when they say so."""
    if not length:
        return None
    if not length.isdecimal() or not 0 < int(length) <= 366 * 24 * 60:
        raise Refused(_("Choose until when; at most a year."))
    return (now + timedelta(minutes=int(length))).astimezone(UTC)


def is_asked_by_htmx(request: Request) -> bool:
    """Tell whether only the part that changes is asked for."""
    return "hx-request" in request.headers


def _led(crew: Sequence[PersonRow], shown: Sequence[TeamRow], who: By) -> list[PersonRow]:
    """Return the people whose work `who` may order."""
    own = {agent_id for team in shown for agent_id in team.members}
    return [person for person in crew if who.everywhere or person.id in own]


def _here(crew: Sequence[PersonRow], every: Sequence[TeamRow], now: datetime) -> set[int]:
    known = {team.id: as_team(team) for team in every}
    return {person.id for person in crew if at_work(person.as_person(now), known, now)}
