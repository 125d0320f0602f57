"""Teams on screen and over REST: made, changed, removed and brought back; who leads what; being away; the picker of a case."""

import json
from datetime import timedelta
from typing import Any, LiteralString

from amends.core.database import execute, fetch_values
from amends.inbox.actions.give_out import give_out
from amends.inbox.rules.assigning import Gives
from tests.crew import a_lead, a_team
from tests.door import Door
from tests.seed import a_second_source

HX = {"HX-Request": "true"}


def execute_in(door: Door, query: LiteralString, **params: object) -> None:
    with door.pool.transaction() as conn:
        execute(conn, query, params)


def form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Care",
        "gives": "least_load",
        "zone": "Asia/Colombo",
        "day": ["9-17:30"] * 5 + ["", ""],
        "holidays": "2026-12-25",
    } | changes


def test_each_team_says_how_much_of_its_work_is_open_and_keeps_it(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    for name in ("Care", "Billing"):
        mia.post("/settings/teams", data={"name": name})
    execute_in(door, "update cases set team_id = 1, assignee_id = %(bo)s where id = %(case)s", bo=door.who.bo, case=door.who.plain)
    execute_in(door, "update cases set team_id = 1, assignee_id = null where id = %(case)s", case=door.who.talked)
    shown = mia.get("/settings/teams").text
    assert "2 going on, 1 with nobody" in shown
    assert "0 going on, 0 with nobody" in shown
    assert "2 cases of “Care” are going on" in mia.post("/settings/teams/1/remove", headers=HX).json()["message"]


def test_a_manager_makes_a_team_gives_it_hours_and_people_and_takes_its_removal_back(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    assert "None yet" in mia.get("/settings/teams").text
    mia.post("/settings/teams", data={"name": "Care"})
    path = "/settings/teams/1"
    saved = mia.post(path, data=form(member=[door.who.ada, door.who.bo], source=[door.who.source_id]))
    assert "09:00-17:30" in saved.text
    for bad in ({"zone": "Mars"}, {"day": ["17-9"]}, {"day": [""] * 9}, {"holidays": "xmas"}, {"name": " "}, {"gives": "magic"}):
        answer = mia.post(path, data=form(**bad), headers=HX)
        assert (answer.status_code, answer.json()["error"]) == (422, "refused"), bad
    assert "2 people" in mia.get("/settings/teams").text
    removed = mia.post(f"{path}/remove")
    assert f"{path}/restore" in removed.headers["hx-trigger"]
    assert mia.get(path).status_code == 404
    assert "is back" in mia.post(f"{path}/restore").headers["hx-trigger"]
    assert mia.post("/settings/teams", data={"name": "CARE"}, headers=HX).status_code == 409
    skilled = mia.post(f"/settings/teams/people/{door.who.ada}", data={"capacity": 7, "languages": "ta, EN"}).text
    assert "0 of 7 open" in skilled or "of 7 open" in skilled
    assert mia.post(f"/settings/teams/people/{door.who.ada}", data={"capacity": -1}, headers=HX).status_code == 422


def test_agents_have_no_business_with_teams_and_a_lead_only_with_her_own(door: Door) -> None:
    with door.pool.transaction() as conn:
        lead = a_lead(conn)
        own, other = a_team(conn, "Night", members=[lead, door.who.bo]), a_team(conn, "Care", members=[door.who.ada])
    assert door.visitor(door.who.ada).get("/settings/teams").status_code == 403
    assert door.program(door.who.ada).get("/api/v1/teams").status_code == 403
    lea, program = door.visitor(lead), door.program(lead)
    shown = lea.get("/settings/teams").text
    assert "Night" in shown
    assert "Care</b>" not in shown
    assert lea.get(f"/settings/teams/{own}").status_code == 200
    for path in (f"/settings/teams/{other}", f"/settings/teams/{other}/remove", f"/settings/teams/people/{door.who.ada}/away"):
        assert lea.post(path, data=form(member=[lead]), headers=HX).status_code == 403
    assert program.delete(f"/api/v1/teams/{other}").status_code == 403
    assert lea.post(f"/settings/teams/{own}", data=form(member=[door.who.bo]), headers=HX).status_code == 422
    assert [team["name"] for team in program.get("/api/v1/teams").json()["teams"]] == ["Night"]


def test_a_lead_takes_nobody_out_of_the_team_that_bounds_their_sight(door: Door) -> None:
    with door.pool.transaction() as conn:
        lead, second = a_lead(conn), a_second_source(conn)
        team = a_team(conn, "Night", members=[lead, door.who.bo], sources=[door.who.source_id])
        execute(conn, "update cases set source_id = %(id)s where id = %(case)s", {"id": second, "case": door.who.plain})
    lea, program = door.visitor(lead), door.program(lead)
    tried = [
        lea.post(f"/settings/teams/{team}/remove", headers=HX),
        program.delete(f"/api/v1/teams/{team}"),
        lea.post(f"/settings/teams/{team}", data=form(member=[lead], source=[door.who.source_id]), headers=HX),
    ]
    assert [(one.status_code, "would see more sources" in one.json()["message"]) for one in tried] == [(403, True)] * 3
    assert lea.get(f"/inbox/{door.who.plain}").status_code == 404
    assert door.visitor(door.who.mia).post(f"/settings/teams/{team}/remove", headers=HX).status_code == 200


def test_one_says_oneself_that_one_is_away_and_hands_over_and_takes_it_back(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    assert "Be away" in ada.get("/me/away").text
    assert "I am back" in ada.post("/me/away", data={"length": "60"}).text
    assert ada.post("/me/away", data={"length": "-5"}, headers=HX).status_code == 422
    undo = ada.post("/me/hand-over")
    assert "1 case is handed over" in undo.headers["hx-trigger"]
    assert ada.post("/me/hand-over", headers=HX).status_code == 422
    assert door.visitor(door.who.bo).post("/me/hand-over/1/undo", headers=HX).status_code == 403
    assert "1 case is back" in ada.post("/me/hand-over/1/undo").headers["hx-trigger"]
    door.now += timedelta(hours=2)
    assert "Be away" in ada.get("/me/away").text


def test_the_picker_shows_who_is_there_with_load_and_languages_and_says_who_was_faster(door: Door) -> None:
    with door.pool.transaction() as conn:
        team_id = a_team(conn, members=[door.who.bo], gives=Gives.ROUND_ROBIN)
        conn.execute("update agents set languages = '{ta}', away_since = now() - interval '1 year' where id = %s", [door.who.bo])
    ada, bo, path = door.visitor(door.who.ada), door.visitor(door.who.bo), f"/inbox/{door.who.plain}/assign"
    shown = ada.get(path).text
    assert "Ada (me)" in shown
    assert "Tamil" in shown
    assert "of 20 open" in shown
    assert f"team-{team_id}" in shown
    assert bo.post(path, data={"to": "me", "expected": "nobody"}).status_code == 200
    door.now += timedelta(seconds=2)
    late = ada.post(path, data={"to": "me", "expected": "nobody"}, headers=HX)
    assert (late.status_code, late.json()["message"]) == (409, "Bo took it 2 s ago.")
    taken = ada.post(path, data={"to": f"team-{team_id}", "expected": str(door.who.bo)})
    assert "Ada gave the case to the team Care" in taken.text
    mia = door.visitor(door.who.mia)  # the case is out of the sight of Ada, who is not in that team
    assert mia.post(json.loads(taken.headers["hx-trigger"])["toast"]["undo"]).status_code == 200
    for wrong in ("team-99", "nobody-at-all", "99", "team-", "²"):
        assert ada.post(path, data={"to": wrong}, headers=HX).status_code == 422
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select assignee_id from cases where id = %(id)s", {"id": door.who.plain}) == [door.who.bo]


def test_a_program_gives_cases_to_teams_and_is_told_why_somebody_got_them(door: Door) -> None:
    mia = door.program(door.who.mia)
    team = mia.post("/api/v1/teams", json={"name": "Care"}).json()
    body = {"name": "Care", "gives": "round_robin", "members": [door.who.ada, door.who.bo], "hours": ["9-17"]}
    assert mia.put(f"/api/v1/teams/{team['id']}", json=body).json()["hours"] == [[0, 540, 1020]]
    mia.put(f"/api/v1/teams/people/{door.who.ada}/skills", json={"languages": ["en"], "capacity": 9})
    given = mia.post(f"/api/v1/cases/{door.who.plain}/assign", json={"team_id": team["id"], "expected_assignee_id": None})
    assert given.status_code == 200
    with door.pool.transaction() as conn:
        assert give_out(conn, now=door.now) == 1
    assert "Given to Ada: speaks English" in door.visitor(door.who.mia).get(f"/inbox/{door.who.plain}").text
    late = mia.post(f"/api/v1/cases/{door.who.plain}/assign", json={"assignee_id": door.who.bo, "expected_assignee_id": None})
    assert (late.status_code, late.json()["message"]) == (409, "It was given to Ada 0 s ago.")
    mia.post(f"/api/v1/teams/people/{door.who.ada}/away", json={"until": None})
    assert mia.post(f"/api/v1/teams/people/{door.who.ada}/hand_over").json()["cases"] == 2
    assert mia.post(f"/api/v1/teams/people/{door.who.ada}/back").json()["away_since"] is None
