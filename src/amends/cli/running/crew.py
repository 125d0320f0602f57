"""The teams of the invented company: who is in them, what they speak, and how much each can hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.cli.running.cast import ADA, BO, LIN, MIA, Person
from amends.core.database import Connection
from amends.inbox.actions.teams import By, Draft, Skills, change_team, make_team, set_skills
from amends.inbox.rules.assigning import Gives
from amends.inbox.rules.ids import AgentId, SourceId
from amends.inbox.rules.working_hours import Hours
from amends.inbox.store import agents, source_page, teams

HOLDS = 8
"""How many open cases each gets by themselves: some stay for whoever tries the demo to take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Crew:
    """A team around the clock; without `networks` it works on all of them."""

    name: str
    people: Sequence[Person]
    gives: Gives
    networks: Sequence[str] = ()


CREWS = (
    Crew(name="Care", people=(ADA, BO, LIN), gives=Gives.LEAST_LOAD),
    Crew(name="Languages desk", people=(ADA, BO, LIN), gives=Gives.ROUND_ROBIN, networks=("mastodon", "bluesky")),
)


def form_teams(conn: Connection, *, now: datetime) -> None:
    """Make the teams where there are none yet."""
    if teams.every(conn):
        return
    mia = By(agent_id=_id(conn, MIA), role=MIA.role)
    for person in (ADA, BO, LIN):
        skills = Skills(languages=person.languages, topics=(), capacity=HOLDS)
        set_skills(conn, agent_id=_id(conn, person), skills=skills, by=mia, now=now)
    for crew in CREWS:
        team_id = make_team(conn, name=crew.name, by=mia, now=now)
        draft = Draft(
            name=crew.name,
            gives=crew.gives,
            hours=Hours(),
            members=[_id(conn, person) for person in crew.people],
            sources=[SourceId(source.id) for source in source_page.sources(conn) if source.network in crew.networks],
        )
        change_team(conn, team_id=team_id, draft=draft, by=mia, now=now)


def _id(conn: Connection, person: Person) -> AgentId:
    found = agents.find_by_email(conn, email=person.email)
    if found is None:
        raise LookupError(person.email)
    return found.id
