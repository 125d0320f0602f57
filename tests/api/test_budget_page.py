"""The page Budget: spent, forecast, and what a change would cost before it is kept; managers look, administrators change."""

import json
from datetime import timedelta

import pytest

from amends.core.database import fetch_values
from amends.inbox.actions.budget import set_budget
from amends.inbox.rules.budgeting import Budget
from tests.cast import NOON
from tests.door import Answer, Door, as_fragment
from tests.troubles import spent


def toast(answer: Answer) -> dict[str, str]:
    return json.loads(answer.headers["hx-trigger"])["toast"]


def at(door: Door, rest: str = "") -> str:
    return f"/sources/{door.who.source_id}/budget{rest}"


def having_spent(door: Door) -> None:
    with door.pool.transaction() as conn:
        spent(conn, door.who.source_id, now=NOON)


def test_it_shows_what_was_spent_today_and_this_month_and_where_that_leads(door: Door) -> None:
    having_spent(door)
    page = door.visitor(door.who.mia).get(at(door)).text
    assert '110 <span class="muted">reads</span>' in page
    assert '1,510 <span class="muted">reads</span>' in page
    assert "$7.55" in page
    assert "by midnight about 810, $4.05" in page
    assert "Searched" in page
    assert "(removed)" in page
    assert "looked at again" in page
    assert "<svg" in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_an_empty_source_teaches_what_will_stand_there(door: Door) -> None:
    page = door.visitor(door.who.mia).get(at(door)).text
    assert "Nothing was read in the last 30 days" in page
    assert "no limit" in page


def test_a_change_is_told_before_it_is_kept(door: Door) -> None:
    having_spent(door)
    with as_fragment(door.visitor(door.who.mia), "preview") as client:
        told = client.get(at(door, "/preview"), params={"unit": "reads", "a_day": "500", "share": "80"}).text
    assert "as you are trying it" in told
    assert "The change costs this month" in told
    assert "−$" in told
    assert "21 h 36 min a day" in told
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select count(*) from budgets") == [0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"a_day": "-3"}, "a number above 0"),
        ({"a_day": "nan"}, "a number above 0"),
        ({"a_day": "much"}, "a number above 0"),
        ({"share": "100"}, "from 1 to 99"),
        ({"share": "٣"}, "from 1 to 99"),
        ({"unit": "rupees"}, "in reads or in money"),
    ],
)
def test_what_makes_no_sense_is_told_in_place_and_refused(shared_door: Door, given: dict[str, str], told: str) -> None:
    with as_fragment(shared_door.visitor(shared_door.who.ann)) as client:
        assert told in client.get(at(shared_door, "/preview"), params=given).text
        answer = client.post(at(shared_door), data={"instead_of": "0"} | given)
    assert (answer.status_code, told in answer.json()["message"]) == (422, True)


def test_an_administrator_sets_a_budget_and_takes_it_back(door: Door) -> None:
    client = door.visitor(door.who.ann)
    answer = client.post(at(door), data={"instead_of": "0", "unit": "money", "a_day": "12.5", "share": "60"})
    assert "$12.50" in answer.text
    assert toast(answer) == {"text": "It counts from now on", "undo": at(door, "/0/back?instead_of=1")}
    assert door.woken
    assert "no limit" in client.post(toast(answer)["undo"]).text
    assert client.post(toast(answer)["undo"]).status_code == 409
    with as_fragment(client):
        again = client.post(at(door), data={"instead_of": "0", "unit": "money", "a_day": "9", "share": "60"})
        assert again.status_code == 409
        assert client.post(at(door), data={"a_day": "9"}).status_code == 422


def test_a_watch_that_waits_for_its_budget_says_so_on_the_source(door: Door) -> None:
    with door.pool.transaction() as conn:
        note = "Today's budget is spent; the next reading is at 14:20 (UTC)"
        conn.execute("update watches set state = 'waiting', state_note = %s, next_at = %s", [note, NOON + timedelta(minutes=140)])
    page = door.visitor(door.who.mia).get("/sources").text
    assert "waits for its share of the budget; we go on in 2 h 20 min" in page
    assert "asked us to wait" not in page


def test_an_unknown_source_has_no_budget(door: Door) -> None:
    client, program = door.visitor(door.who.ann), door.program(door.who.ann)
    assert client.get("/sources/987654/budget").status_code == 404
    assert client.post("/sources/987654/budget", data={"instead_of": "0", "a_day": "3"}).status_code == 404
    assert program.get("/api/v1/sources/987654/budget").status_code == 404
    assert client.post(at(door, "/987654/back?instead_of=0")).status_code == 404


def test_programs_read_try_and_set_it(door: Door) -> None:
    having_spent(door)
    program, address = door.program(door.who.ann), f"/api/v1/sources/{door.who.source_id}/budget"
    assert program.get(address).json()["today"] == {"reads": 110, "dollars": 0.55}
    tried = program.post(f"{address}/preview", json={"a_day": 50}).json()
    assert (tried["now"]["budget"]["a_day"], tried["then"]["budget"]["a_day"]) == (None, 50)
    assert program.put(address, json={"a_day": 50, "share": 90}).json()["now"]["budget"] == {"unit": "reads", "a_day": 50, "share": 90}
    assert program.put(address, json={"a_day": 0}).status_code == 422
    assert program.put(address, json={"a_day": 50, "share": 90}).status_code == 422


def test_only_administrators_set_budgets(door: Door) -> None:
    with door.pool.transaction() as conn:
        set_budget(conn, door.who.source_id, Budget(a_day=10), instead_of=None, agent_id=door.who.ann, now=NOON)
    manager = door.visitor(door.who.mia)
    assert "Keep this budget" not in manager.get(at(door)).text
    assert manager.post(at(door), data={"instead_of": "1", "a_day": "3"}).status_code == 403
    assert manager.post(at(door, "/0/back?instead_of=1")).status_code == 403
    assert door.program(door.who.mia).put(f"/api/v1/sources/{door.who.source_id}/budget", json={"a_day": 3}).status_code == 403
    assert door.visitor(door.who.ada).get(at(door)).status_code == 403
    assert door.program(door.who.ada).get(f"/api/v1/sources/{door.who.source_id}/budget").status_code == 403
