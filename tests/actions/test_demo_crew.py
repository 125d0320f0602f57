"""The invented company's teams: made once, and working."""

from amends.cli.running.cast import hire
from amends.cli.running.crew import CREWS, HOLDS, form_teams
from amends.cli.running.promised import keep_promises
from amends.core.database import Connection
from amends.inbox.store import sla_policies, staff, teams
from tests.cast import NOON, a_source


def test_the_demo_has_its_teams_once_with_people_who_speak_and_have_room(conn: Connection) -> None:
    a_source(conn)
    hire(conn, now=NOON)
    form_teams(conn, now=NOON)
    form_teams(conn, now=NOON)
    assert [team.name for team in teams.every(conn)] == sorted(crew.name for crew in CREWS)
    lin = next(person for person in staff.active(conn) if person.name.startswith("Lin"))
    assert (lin.capacity, "ta" in lin.languages, len(lin.turns)) == (HOLDS, True, 2)


def test_the_company_promises_resolutions_in_its_working_hours_once(conn: Connection) -> None:
    hire(conn, now=NOON)
    keep_promises(conn, now=NOON)
    keep_promises(conn, now=NOON)
    assert [(one.resolution_minutes, one.number) for one in sla_policies.every(conn)] == [(1440, 2)] * 3
