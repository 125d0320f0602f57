"""The invented company's teams: made once, and working."""

from amends.cli.running.cast import hire
from amends.cli.running.crew import CREWS, HOLDS, form_teams
from amends.cli.running.promised import keep_promises
from amends.cli.running.regulars import REGULARS, know_regulars
from amends.cli.running.reported import keep_reports
from amends.cli.running.watches import LINES, OUTAGE, keep_watch, suffer_an_outage
from amends.core.database import Connection, fetch_values
from amends.inbox.actions import plan_occasions
from amends.inbox.store import rotas, sla_policies, staff, teams
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


def test_the_company_knows_its_regulars_once_and_wishes_them_a_happy_birthday(conn: Connection) -> None:
    hire(conn, now=NOON)
    know_regulars(conn, now=NOON)
    know_regulars(conn, now=NOON)
    assert fetch_values(conn, "select count(*) from customers") == [len(REGULARS)]
    assert plan_occasions.plan(conn, now=NOON) >= 1


def test_the_company_keeps_its_reports_once(conn: Connection) -> None:
    hire(conn, now=NOON)
    keep_reports(conn, now=NOON)
    keep_reports(conn, now=NOON)
    assert fetch_values(conn, "select next_at is not null from reports order by id") == [True, False]


def test_the_company_takes_turns_once_and_suffers_one_outage(conn: Connection) -> None:
    a_source(conn)
    hire(conn, now=NOON)
    [brand] = fetch_values(conn, "select name from brands")
    for _twice in range(2):
        keep_watch(conn, pager="webhook+http://127.0.0.1:1/pager", now=NOON)
        suffer_an_outage(conn, brand=brand, now=NOON)
    assert [[len(line) for line in rota.layers] for rota in rotas.every(conn)] == [[len(line) for line in LINES]]
    assert fetch_values(conn, "select name from incidents") == [OUTAGE]
