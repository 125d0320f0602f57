"""The follow-ups screen and its settings: who is asked, what shows it, who may say, and what is taken back."""

from datetime import timedelta
from typing import Any, LiteralString

from amends.core.database import fetch_values
from amends.inbox.actions.follow_up import conclude_due
from amends.inbox.actions.resolve import resolve
from tests.cast import POLICY
from tests.door import Door

DAY = timedelta(days=1)


def values(door: Door, query: LiteralString) -> list[Any]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, query)


def asked(door: Door) -> int:
    """Resolve a case whose source is not read, so that somebody is asked, and return the look."""
    with door.pool.transaction() as conn:
        resolve(conn, case_id=door.who.plain, agent_id=door.who.ada, policy=POLICY, now=door.now)
        conn.execute("update watches set last_ok_at = null")
    door.now += 8 * DAY
    with door.pool.transaction() as conn:
        conclude_due(conn, now=door.now)
    return values(door, "select id from follow_ups where asks")[0]


def test_whoever_is_asked_sees_it_says_it_and_takes_it_back(door: Door) -> None:
    look, ada = asked(door), door.visitor(door.who.ada)
    page = ada.get("/follow-ups")
    assert f'id="task-{look}"' in page.text
    assert ada.get("/follow-ups/count").text == "1"
    said = ada.post(f"/follow-ups/{look}/decide", data={"outcome": "held", "note": "She rang."})
    assert (said.status_code, f"/follow-ups/{look}/take-back" in said.headers["hx-trigger"]) == (200, True)
    assert ada.get("/follow-ups/count").text == ""
    assert "She rang." in ada.get("/follow-ups?show=concluded").text
    assert ada.post(f"/follow-ups/{look}/take-back").status_code == 200
    assert values(door, "select outcome from follow_ups order by days") == ["unknown", None]


def test_what_runs_stands_there_with_when_it_is_due_and_pages_go_on(door: Door) -> None:
    asked(door)
    ada = door.visitor(door.who.ada)
    running = ada.get("/follow-ups?show=running&mine=true").text
    assert "after 30 days" in running
    beyond = f"/follow-ups?show=running&at={(door.now + 60 * DAY).isoformat().replace('+', '%2B')}&after=1"
    assert "No look is planned" in ada.get(beyond).text


def test_an_auditor_looks_and_decides_nothing(door: Door) -> None:
    look, ori = asked(door), door.visitor(door.who.otto)
    assert "row-of-buttons decide" not in ori.get("/follow-ups").text
    assert ori.post(f"/follow-ups/{look}/decide", data={"outcome": "held"}).status_code == 403


def test_a_manager_sets_plans_and_words_and_sees_the_letter_first(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    made = mia.post("/settings/follow-up", data={"first": "3", "last": "14", "survey": "", "urgency": "50", "network": "true"})
    assert (made.status_code, "looks after 3 and 14 days" in made.text, "nobody is asked" in made.text) == (200, True, True)
    assert "looks after 7 d and 30 d · asks after 2 d" in made.text, "what no plan fits"
    [plan_id] = values(door, "select id from follow_up_plans")
    assert mia.post(f"/settings/follow-up/{plan_id}/remove").status_code == 200
    assert mia.post(f"/settings/follow-up/{plan_id}/restore").status_code == 200
    assert mia.post("/settings/follow-up", data={"first": "9", "last": "3"}).status_code == 422
    assert mia.post("/settings/follow-up", data={"first": "x", "last": "3"}).status_code == 422
    shown = mia.get("/settings/follow-up/preview", params={"language": "ta", "subject": "S {brand}", "body": "B {name}"}).text
    assert ("S Lanka Air" in shown, "B Cy" in shown, "?mark=5" in shown) == (True, True, True)
    assert mia.post("/settings/follow-up/words", data={"language": "ta", "subject": "S", "body": "B"}).status_code == 200
    assert mia.post("/settings/follow-up/words", data={"language": "ta", "subject": "S", "body": ""}).status_code == 422
    assert mia.post("/settings/follow-up/words", data={"language": "ta"}).status_code == 200
    assert values(door, "select count(*) from survey_texts") == [0]


def test_programs_read_the_evidence_and_the_headline_number(door: Door) -> None:
    look, program = asked(door), door.program(door.who.mia)
    program.post(f"/api/v1/follow_ups/{look}/decide", json={"outcome": "silent"})
    [told] = program.get(f"/api/v1/follow_ups/{look}/evidence").json()["evidence"]
    assert (told["kind"], told["says"]) == ("agent", "silent")
    span = {"since": (door.now - 30 * DAY).isoformat(), "until": door.now.isoformat()}
    found = program.get("/api/v1/follow_ups/held", params=span).json()
    assert (found["parts"]["resolved"], found["parts"]["silent"], found["share_held"], found["share_not_relapsed"]) == (1, 1, 0.0, 1.0)
    assert program.get("/api/v1/follow_ups/held", params=span | {"days": 12}).status_code == 422
    assert program.get("/api/v1/follow_ups/csat", params=span).json()["answered"] == 0
    assert program.post(f"/api/v1/follow_ups/{look}/take_back").status_code == 204
    plan_id = program.post("/api/v1/follow_up_plans", json={"first_days": 5, "last_days": 20}).json()["plan_id"]
    assert [plan["first_days"] for plan in program.get("/api/v1/follow_up_plans").json()["plans"]] == [5]
    for gone in ({"topic_id": 999}, {"brand_id": 999}):
        assert program.post("/api/v1/follow_up_plans", json=gone).status_code == 404, gone
    assert program.delete(f"/api/v1/follow_up_plans/{plan_id}").status_code == 204
    assert program.delete(f"/api/v1/follow_up_plans/{plan_id}").status_code == 404
