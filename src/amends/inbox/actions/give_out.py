"""Gives cases to people by itself. Place in the path: triage opened or reopened a case (`want`) -> worker -> here -> event.

What wants somebody is a row that says so; a team whose people are all full, away or at home is looked at again later. Nothing is ever
taken from a person, save a reopened case from somebody who is not at work while a colleague is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.inbox.actions.assign import assign_team
from amends.inbox.actions.found import locked_case
from amends.inbox.rules.assigning import Choice, Gives, Method, Person, Team, Wanting, choose, choose_by, given, ready, team_of
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, SourceId, TeamId
from amends.inbox.store import events, staff, teams, wanting
from amends.inbox.store.teams import TeamRow

BATCH = 100
AGAIN_AFTER = timedelta(seconds=15)


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """A case and who got it."""

    case: Wanting
    choice: Choice


def want(conn: Connection, sources: Mapping[CaseId, SourceId]) -> None:
    """Give opened and reopened cases the team that works on their source, and let them want somebody."""
    known = [as_team(row) for row in teams.every(conn)] if sources else []
    if known:
        wanting.set_teams(conn, {case_id: team_of(source_id, known) for case_id, source_id in sources.items()})


def give_out(conn: Connection, *, now: datetime, limit: int = BATCH) -> int:
    """Give out at most `limit` cases, the most urgent of each team first, and return how many that were; any number of workers may."""
    wanting.one_at_a_time(conn)
    rows = teams.every(conn)
    known = {row.id: as_team(row) for row in rows}
    crew = [row.as_person(now) for row in staff.active(conn)]
    done = 0
    for row in rows:
        if row.gives != Gives.NOBODY and (row.look_at is None or row.look_at <= now):
            crew, here = _of_team(conn, known[row.id], crew, known, now=now, limit=limit - done)
            done += here
    return done


def deal(conn: Connection, *, case_id: CaseId, team_id: TeamId, by: Method, agent_id: AgentId, now: datetime) -> None:
    """Make an open case of nobody the team's, and give it to whom the method finds there; where nobody can take it now, it stays."""
    wanting.one_at_a_time(conn)
    if locked_case(conn, case_id).assignee_id is not None:
        return
    assign_team(conn, case_id=case_id, team_id=team_id, agent_id=agent_id, now=now)
    known, case = {row.id: as_team(row) for row in teams.every(conn)}, wanting.free(conn, case_id=case_id)
    if case is None or team_id not in known:
        return
    crew = [row.as_person(now) for row in staff.active(conn)]
    choice = choose_by(by, case, crew, known, now)
    if choice.agent:
        turn = 1 + max((person.turns.get(team_id, 0) for person in crew), default=0)
        crew = [given(one, team_id, turn) if one.id == choice.agent.id else one for one in crew]
        _store(conn, known[team_id], [Given(case=case, choice=choice)], crew, now)


def as_team(row: TeamRow) -> Team:
    """Return a stored team as a rule takes it."""
    return Team(id=row.id, name=row.name, gives=Gives(row.gives), hours=row.week, sources=frozenset(row.sources))


def _of_team(
    conn: Connection, team: Team, crew: list[Person], known: Mapping[TeamId, Team], *, now: datetime, limit: int
) -> tuple[list[Person], int]:
    """Give out cases of one team; return the people as they are then, and how many cases that were."""
    room = sum(person.capacity - person.load for person in ready(crew, team, now))
    if not room:
        teams.look_again(conn, [team.id], at=_later(team, now))
        return crew, 0
    claimed = wanting.claim(conn, team_id=team.id, limit=min(limit, room))
    crew, choices = _deal(claimed, crew, known, now)
    _store(conn, team, choices, crew, now)
    if len(claimed) < limit or not choices:
        teams.look_again(conn, [team.id], at=now + AGAIN_AFTER if len(choices) < len(claimed) else None)
    return crew, len(choices)


def _later(team: Team, now: datetime) -> datetime:
    """Return when to look at a team again in which nobody can take a case now."""
    opens = team.hours.next_opening(now)
    return opens if opens and opens > now else now + AGAIN_AFTER


def _deal(cases: Sequence[Wanting], crew: list[Person], known: Mapping[TeamId, Team], now: datetime) -> tuple[list[Person], list[Given]]:
    """Choose for one case after the other, each with the loads and turns that the one before left."""
    done: list[Given] = []
    for case in cases:
        choice = choose(case, crew, known, now)
        if choice.agent is None:
            continue
        done.append(Given(case=case, choice=choice))
        if choice.agent.id != case.assignee_id:
            turn = 1 + max((person.turns.get(case.team_id, 0) for person in crew), default=0)
            crew = [given(one, case.team_id, turn) if one.id == choice.agent.id else one for one in crew]
    return crew, done


def _store(conn: Connection, team: Team, done: Sequence[Given], crew: Sequence[Person], now: datetime) -> None:
    if not done:
        return
    agents = {one.case.id: one.choice.agent.id for one in done if one.choice.agent}
    wanting.give(conn, agents)
    wanting.set_turns(conn, team_id=team.id, turns={one.id: one.turns[team.id] for one in crew if team.id in one.turns})
    events.add_all(conn, [_event(one, agents[one.case.id]) for one in done if one.case.assignee_id != agents[one.case.id]], now=now)


def _event(one: Given, assignee_id: AgentId) -> events.Event:
    facts = {
        "assignee_id": assignee_id,
        "was": one.case.assignee_id,
        "team_id": one.choice.team,
        "chosen": [why.value for why in one.choice.why],
        "language": one.case.language,
    }
    return events.Event(kind=EventKind.CASE_ASSIGNED, case_id=one.case.id, facts=facts)
