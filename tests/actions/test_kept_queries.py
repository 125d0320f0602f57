"""Queries that are kept follow the new name of a topic, a team, a colleague or an incident, and nothing else in them changes."""

from dataclasses import replace

import pytest

from amends.core.database import execute, fetch_values
from amends.inbox.actions import incidents, people, topics
from amends.inbox.actions.kept_queries import follow
from amends.inbox.actions.teams import By, Draft, change_team
from amends.inbox.rules.assigning import Gives
from amends.inbox.rules.words import Role
from amends.inbox.rules.working_hours import Hours
from amends.inbox.store import kept_queries
from amends.inbox.store import people as people_rows
from amends.inbox.store.incidents import NewIncident
from tests.cast import NOON, ada, mia
from tests.crew import a_team
from tests.desk import Desk

PLACES = ("view", "rule", "policy", "rate", "report", "route", "segment")


def keep(desk: Desk, text: str) -> None:
    """Let every rule of rates ask this."""
    execute(desk.conn, "update surge_rules set condition = %(text)s", {"text": text})


def kept(desk: Desk) -> str:
    return fetch_values(desk.conn, "select min(condition) from surge_rules")[0]


def test_a_topic_that_is_called_otherwise(desk: Desk) -> None:
    seats = topics.create(desk.conn, name="Seats", brand_id=None, agent_id=mia(desk.conn), now=NOON)
    keep(desk, "topic:seats,Lost -(lang:ta OR topic:SEATS) seats")
    topics.rename(desk.conn, topic_id=seats, name="Seats, on board", agent_id=mia(desk.conn), now=NOON)
    assert kept(desk) == 'topic:"Seats, on board",Lost -(lang:ta OR topic:"Seats, on board") seats'


def test_a_team_that_is_called_otherwise(desk: Desk) -> None:
    team_id = a_team(desk.conn, "Baggage", members=[ada(desk.conn)])
    keep(desk, "team:baggage")
    draft = Draft(name="Luggage", gives=Gives.LEAST_LOAD, hours=Hours(), members=[ada(desk.conn)], sources=())
    change_team(desk.conn, team_id=team_id, draft=draft, by=By(agent_id=mia(desk.conn), role=Role.MANAGER), now=NOON)
    assert kept(desk) == "team:Luggage"


def test_a_colleague_who_is_called_otherwise(desk: Desk) -> None:
    keep(desk, "assignee:Ada")
    execute(
        desk.conn,
        "insert into segments (agent_id, name, query, created_at) values (%(ada)s, 'Hers', 'owner:ada', now())",
        {"ada": ada(desk.conn)},
    )
    own = people_rows.profile(desk.conn, ada(desk.conn))
    people.change_profile(desk.conn, agent_id=ada(desk.conn), new=replace(own, name="Ada Lovelace"), now=NOON)
    assert kept(desk) == 'assignee:"Ada Lovelace"'
    assert fetch_values(desk.conn, "select query from segments where name = 'Hers'") == ['owner:"Ada Lovelace"']


def test_an_incident_that_is_called_otherwise(desk: Desk) -> None:
    brand = fetch_values(desk.conn, "select min(id) from brands")[0]
    incident = incidents.open(desk.conn, NewIncident(name="Outage", brand_id=brand), agent_id=desk.agent_id, now=NOON)
    keep(desk, "incident:outage")
    incidents.change(desk.conn, incident, NewIncident(name="Blackout", brand_id=brand), agent_id=desk.agent_id, now=NOON)
    assert kept(desk) == "incident:Blackout"


def test_who_still_is_called_so_is_still_asked_for(desk: Desk) -> None:
    execute(desk.conn, "update agents set name = 'Ada' where id = %(mia)s", {"mia": mia(desk.conn)})
    keep(desk, "assignee:Ada")
    own = people_rows.profile(desk.conn, ada(desk.conn))
    people.change_profile(desk.conn, agent_id=ada(desk.conn), new=replace(own, name="Ada Lovelace"), now=NOON)
    assert kept(desk) == "assignee:Ada"


def test_what_cannot_be_read_any_more_stays_as_it_is(desk: Desk) -> None:
    keep(desk, "topic:Seats (")
    follow(desk.conn, "topic", "Seats", "Chairs")
    assert kept(desk) == "topic:Seats ("


@pytest.mark.parametrize("place", PLACES)
def test_every_place_is_written_to_unless_somebody_was_faster(desk: Desk, place: str) -> None:
    keep(desk, "topic:Seats")
    found = kept_queries.asking(desk.conn, "topic")
    assert found
    kept_queries.put(desk.conn, replace(found[0], place=place, text="another by now"), "topic:New")
    assert kept_queries.asking(desk.conn, "topic") == found
    kept_queries.put(desk.conn, found[0], "topic:New")
    assert "topic:New" in fetch_values(desk.conn, "select condition from surge_rules")
