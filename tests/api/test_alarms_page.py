"""Alarms of sources on their own page and on the source's: everyone sees them, and whoever sees to one says so."""

import json
from datetime import timedelta
from html import escape

from amends.core.errors import Unreachable
from amends.core.translating import speaking
from amends.inbox.actions.collect import due_watches, record_trouble
from amends.inbox.actions.source_alarms import watch_over
from amends.inbox.actions.sources import pause
from tests.cast import NOON
from tests.door import Door
from tests.troubles import known, refused


def in_trouble(door: Door) -> int:
    with door.pool.transaction() as conn:
        return refused(conn, now=NOON)


def test_without_trouble_the_page_says_what_would_stand_there(door: Door) -> None:
    page = door.visitor(door.who.ada).get("/alarms").text
    assert "All sources are well" in page
    assert "/sources#t-alerts" not in page


def test_an_agent_sees_an_alarm_and_sees_to_it(door: Door) -> None:
    alarm_id = in_trouble(door)
    client = door.visitor(door.who.ada)
    page = client.get("/alarms").text
    assert "It stopped reading mentions." in page
    assert "<script>alert" not in page
    answer = client.post(f"/alarms/{alarm_id}/acknowledge")
    assert "Ada</span> sees to it" in client.get("/alarms/live").text
    undo = json.loads(answer.headers["hx-trigger"])["toast"]["undo"]
    client.post(undo)
    assert "Ada</span> sees to it" not in client.get("/alarms/live?rows=9999").text
    assert client.post("/alarms/404/acknowledge").status_code == 404

    assert client.post("/alarms/404/back").status_code == 404


def test_an_alarm_that_is_over_says_after_how_long(door: Door) -> None:
    in_trouble(door)
    with door.pool.transaction() as conn:
        pause(conn, source_id=door.who.source_id, agent_id=None, now=NOON)
        watch_over(conn, now=NOON + timedelta(hours=5))
    door.now = NOON + timedelta(hours=6)
    page = door.visitor(door.who.ada).get("/alarms").text
    assert "None going on" in page
    assert "back after 5 h" in page


def test_the_source_shows_its_alarm(door: Door) -> None:
    in_trouble(door)
    assert 'aria-label="Alarms of this source"' in door.visitor(door.who.mia).get("/sources").text


def test_what_is_wrong_is_told_in_the_readers_language(door: Door) -> None:
    with door.pool.transaction() as conn:
        [job, *_] = due_watches(conn, now=NOON, lease=timedelta(minutes=1), limit=9)
        record_trouble(conn, job, Unreachable(), now=NOON)
        watch_over(conn, now=NOON + timedelta(hours=1))
    with speaking("ta"):
        told = escape(str(Unreachable()))
    mia = door.visitor(door.who.mia)
    for page in ("/alarms", "/sources"):
        assert told in mia.get(page, headers={"Accept-Language": "ta"}).text, page
        assert told not in mia.get(page).text


def test_the_source_shows_who_we_are_what_we_may_and_what_it_costs(door: Door) -> None:
    before = door.visitor(door.who.mia).get("/sources").text
    assert "The network has not told yet who we are there" in before
    with door.pool.transaction() as conn:
        known(conn, door.who.source_id, now=NOON)
    page = door.visitor(door.who.mia).get("/sources").text
    for told in ("@lankaair", "read, not reply", "tweet.read, users.read", "Half a cent a post", "The app may not write.", "in 3 d"):
        assert told in page


def test_programs_list_alarms_and_see_to_them(door: Door) -> None:
    in_trouble(door)
    program = door.program(door.who.bo)
    [alarm] = program.get("/api/v1/alarms").json()["alarms"]
    assert (alarm["rule"], alarm["severity"], alarm["acknowledged_by"]) == ("stopped", "critical", None)
    [seen] = program.post(f"/api/v1/alarms/{alarm['id']}/acknowledge").json()["alarms"]
    assert seen["acknowledged_by"] == "Bo"
    assert program.post("/api/v1/alarms/404/acknowledge").status_code == 404
