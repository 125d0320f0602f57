"""Who is on call and who is told of which alarms, on the screens and over REST."""

import json
import re

from amends.core.database import execute, fetch_values
from amends.core.secrets import sign
from amends.inbox.actions.channels import add_channel
from tests.cast import SECRET_KEY
from tests.door import Door, as_fragment

NIGHTS = ["22:00-07:00"] * 7
ROUTE = {"name": "Night <b>crew</b>", "condition": "network:x", "digest_at": "07:30", "zone": "Asia/Colombo", "day": NIGHTS, "most": "20"}


def a_rota(door: Door) -> int:
    """Return a rota of Ada, then Bo, made by a manager."""
    form = {"name": "Nights <i>", "zone": "Asia/Colombo", "turn": "day", "clock": "09:00", "begins_on": "2026-03-01"}
    with as_fragment(door.visitor(door.who.mia)) as client:
        answer = client.post("/on-call/rotas", data=form | {"line": [f"1:{door.who.ada}", f"2:{door.who.bo}"]})
        assert answer.status_code == 200, answer.text
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select max(id) from rotas")[0]


def undo_of(answer: object) -> str:
    return json.loads(answer.headers["hx-trigger"])["toast"]["undo"]  # pyright: ignore[reportAttributeAccessIssue]


def test_a_manager_makes_a_rota_and_everybody_sees_who_is_on_call_and_what_lacks(door: Door) -> None:
    rota_id = a_rota(door)
    with as_fragment(door.visitor(door.who.ada)) as ada:
        page = ada.get("/on-call").text
        assert "Nights &lt;i&gt;" in page
        assert "cannot be called from" in page
        assert "On call now" in ada.get("/alarms").text
        assert ada.post(f"/on-call/rotas/{rota_id}/delete").status_code == 403
    with as_fragment(door.visitor(door.who.mia)) as mia:
        assert mia.post("/on-call/rotas", data={"name": "x", "begins_on": "soon"}).status_code == 422
        turns = [f"1:{door.who.bo}", f"1:{door.who.ada}", "1:x"]
        form = {"name": "Nights", "begins_on": "2026-03-01"}
        assert mia.post(f"/on-call/rotas/{rota_id}", data=form | {"line": turns}).status_code == 422
        page = mia.post(f"/on-call/rotas/{rota_id}", data=form | {"line": turns[:2]}).text
        places = [page.index(f'value="{turn}" checked') for turn in turns[:2]]
        assert places == sorted(places), "people stand in the order of their turns"
        assert f'value="1:{door.who.mia}"' not in page, "who takes no turn is offered by the search alone"
        assert mia.get("/on-call").text.count(f'data-id="{door.who.mia}"') == 1
        undo = undo_of(mia.post(f"/on-call/rotas/{rota_id}/delete"))
        assert "Nights" not in mia.get("/on-call").text
        assert "Nights" in mia.post(undo).text


def test_one_takes_over_for_oneself_and_back(door: Door) -> None:
    rota_id = a_rota(door)
    form = {"agent_id": door.who.bo, "layer": 1, "begins": "2026-03-02T10:00", "ends": "2026-03-05T10:00"}
    with as_fragment(door.visitor(door.who.bo)) as bo:
        answer = bo.post(f"/on-call/rotas/{rota_id}/swap", data=form)
        assert "swapped" in answer.text
        assert bo.post(f"/on-call/rotas/{rota_id}/swap", data=form | {"agent_id": door.who.ada}).status_code == 403
        assert bo.post(f"/on-call/rotas/{rota_id}/swap", data=form | {"ends": "2026-03-02T09:00"}).status_code == 422
        assert (
            bo.post(f"/on-call/rotas/{rota_id}/swap", data=form | {"begins": "9999-12-31T23:00", "ends": "9999-12-31T23:30"}).status_code
            == 422
        )
        again = undo_of(bo.post(undo_of(answer)))
        assert "swapped" in bo.post(again).text


def test_an_address_is_ones_own_and_its_key_is_on_no_page(door: Door) -> None:
    with as_fragment(door.visitor(door.who.ada)) as ada:
        assert "you cannot be called" in ada.get("/on-call").text
        assert ada.post("/on-call/addresses", data={"target": "webhook+http://127.0.0.1:1/S3CRET"}).status_code == 422
        answer = ada.post("/on-call/addresses", data={"target": "slack://T0P-S3CRET/B0P-S3CRET/abcdefghijklmnopqrstuvwx"})
        if answer.status_code == 200:
            assert "S3CRET" not in answer.text
    with as_fragment(door.visitor(door.who.ann)) as ann:
        page = ann.post("/on-call/addresses", data={"target": "webhook+http://127.0.0.1:1/S3CRET"}).text
        assert "S3CRET" not in page
        [number] = re.findall(r"/on-call/addresses/(\d+)/try", page)
        assert ann.post(f"/on-call/addresses/{number}/try").status_code == 422, "nobody listens there"
    with as_fragment(door.visitor(door.who.bo)) as bo:
        assert bo.post(f"/on-call/addresses/{number}/remove").status_code == 404
        assert bo.post("/on-call/addresses", data={"target": "json://1.1.1.1/x", "whose": str(door.who.ada)}).status_code == 403
    with as_fragment(door.visitor(door.who.ann)) as ann:
        assert ann.post("/on-call/addresses", data={"target": "json://127.0.0.1:1/x", "whose": str(door.who.bo)}).status_code == 200
        assert ann.post("/on-call/addresses", data={"target": "json://127.0.0.1:1/x", "whose": "999"}).status_code == 404
        assert "you cannot be called" in ann.post(f"/on-call/addresses/{number}/remove").text


def test_a_manager_settles_who_is_told_of_what(door: Door) -> None:
    with door.pool.transaction() as conn:
        channel = add_channel(conn, target="json://127.0.0.1/hook", label="Pager", secret_key=SECRET_KEY)
    with as_fragment(door.visitor(door.who.mia)) as mia:
        assert mia.post("/settings/alarm-routes", data=ROUTE).status_code == 422, "it leads nowhere"
        assert mia.post("/settings/alarm-routes", data=ROUTE | {"channel": channel, "condition": "mood:furious"}).status_code == 422
        page = mia.post("/settings/alarm-routes", data=ROUTE | {"channel": channel}).text
        assert "Night &lt;b&gt;crew" in page
        assert "22:00-07:00" in page
        [route_id] = set(re.findall(r"/settings/alarm-routes/(\d+)/rest", page))
        assert "rests" in mia.post(f"/settings/alarm-routes/{route_id}/rest").text
        mia.post(f"/settings/alarm-routes/{route_id}/work")
        assert mia.post(f"/settings/alarm-routes/{route_id}/move/up").status_code == 200
        undo = undo_of(mia.post(f"/settings/alarm-routes/{route_id}/delete"))
        assert "crew" not in mia.get("/settings/alarm-routes").text
        assert "crew" in mia.post(undo).text
        changed = mia.post(f"/settings/alarm-routes/{route_id}", data=ROUTE | {"channel": channel, "name": "Days"})
        assert "Saved" in changed.headers["hx-trigger"]


def of_a_case(door: Door) -> int:
    """Return the newest alarm of a case."""
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select max(id) from alerts where case_id is not null")[0]


def test_an_alarm_of_a_case_is_seen_to_and_judged(door: Door) -> None:
    alert_id = of_a_case(door)
    with as_fragment(door.visitor(door.who.ada)) as ada:
        assert "nobody sees to it yet" in ada.get("/alarms").text
        answer = ada.post(f"/alarms/{alert_id}/acknowledge")
        assert "Ada sees to it" in ada.get("/alarms/live").text
        ada.post(undo_of(answer))
        answer = ada.post(f"/alarms/{alert_id}/useless")
        assert "was no reason to ring" in ada.get("/alarms/live").text
        ada.post(undo_of(answer))
        assert "was no reason to ring" not in ada.get("/alarms/live").text
        assert ada.get("/alarms/cases?before=1").status_code == 200


def test_an_alarm_of_a_case_is_only_for_who_sees_the_case(door: Door) -> None:
    alert_id, program = of_a_case(door), door.program(door.who.bo)
    assert program.get("/api/v1/alarms/cases").json()["alarms"][0]["id"] == alert_id
    assert program.post(f"/api/v1/alarms/{alert_id}/judge", json={"useless": True}).json()["dismissed_at"]
    with door.pool.transaction() as conn:
        execute(conn, "insert into teams (name, created_at) values ('Other', now())")
        moved = "update cases set team_id = (select max(id) from teams) where id = (select case_id from alerts where id = %(id)s)"
        execute(conn, moved, {"id": alert_id})
    assert program.get(f"/api/v1/alarms/{alert_id}").status_code == 404
    assert door.visitor(door.who.bo).post(f"/alarms/{alert_id}/back").status_code == 404
    assert alert_id not in [one["id"] for one in program.get("/api/v1/alarms/cases").json()["alarms"]]
    link = f"/alarm/{alert_id}/{sign(f'alarm {alert_id}', SECRET_KEY)}"
    assert "Nobody is called any more" in door.stranger().get(link).text


def test_programs_ask_who_is_on_call_and_swap(door: Door) -> None:
    rota_id = a_rota(door)
    program = door.program(door.who.ada)
    [rota] = program.get("/api/v1/on-call").json()["rotas"]
    assert (rota["id"], rota["now"]) == (rota_id, [door.who.ada, door.who.bo])
    body = {"agent_id": door.who.ada, "line": 2, "begins": "2026-03-02T10:00:00Z", "ends": "2026-03-12T10:00:00Z"}
    swap_id = program.post(f"/api/v1/on-call/{rota_id}/swaps", json=body).json()["swap_id"]
    assert any(one["swapped"] for one in program.get("/api/v1/on-call").json()["rotas"][0]["turns"])
    assert program.delete(f"/api/v1/on-call/swaps/{swap_id}").status_code == 204


def test_whether_alarms_were_right_and_what_should_have_rung(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "update cases set urgency = 95, sentiment = 'negative' where id = %(id)s", {"id": door.who.plain})
        execute(conn, "delete from alerts where case_id = %(id)s", {"id": door.who.plain})
        [post_id] = fetch_values(conn, "select id from posts where case_id = %(id)s order by published_at limit 1", {"id": door.who.plain})
    with as_fragment(door.visitor(door.who.mia)) as mia:
        page = mia.get("/alarms/quality").text
        assert "Should have rung" in page
        assert "Precision" in page
        answer = mia.post(f"/alarms/quality/missed/{post_id}")
        assert "It need not" in answer.text
        assert "It need not" not in mia.post(undo_of(answer)).text
        assert mia.post("/alarms/quality/missed/999999").status_code == 404
    assert door.visitor(door.who.ada).get("/alarms/quality").status_code == 403


def test_a_lead_judges_the_alarms_of_their_own_teams_alone(door: Door) -> None:
    lea, mia = door.program(door.who.lea), door.program(door.who.mia)
    assert {one["precision"] for one in mia.get("/api/v1/alarms/quality").json()["rules"]} == {None}
    with door.pool.transaction() as conn:
        execute(conn, "update alerts set acknowledged_at = raised_at, dismissed_at = case when id % 2 = 0 then raised_at end")
    seen = mia.get("/api/v1/alarms/quality").json()
    assert seen["rules"]
    assert all(one["precision"] == one["useful"] / one["raised"] for one in seen["rules"])
    assert any(one["alarms"] for one in seen["thresholds"])
    with door.pool.transaction() as conn:
        execute(conn, "insert into teams (name, created_at) values ('Other', now())")
        execute(conn, "update cases set team_id = (select max(id) from teams)")
    assert mia.get("/api/v1/alarms/quality").json() == seen
    told = lea.get("/api/v1/alarms/quality").json()
    assert (told["rules"], told["missed"]) == ([], [])
    assert not any(one["alarms"] for one in told["thresholds"])
    page = door.visitor(door.who.lea).get("/alarms/quality").text
    assert "No alarm in four weeks" in page


def test_programs_say_what_should_have_rung(door: Door) -> None:
    mia, ada = door.program(door.who.mia), door.program(door.who.ada)
    with door.pool.transaction() as conn:
        [post_id] = fetch_values(conn, "select id from posts where case_id = %(id)s order by published_at limit 1", {"id": door.who.plain})
        execute(conn, "update cases set urgency = 95, sentiment = 'negative' where id = %(id)s", {"id": door.who.plain})
        execute(conn, "delete from alerts where case_id = %(id)s", {"id": door.who.plain})
    address = f"/api/v1/alarms/quality/missed/{post_id}"
    assert ada.get("/api/v1/alarms/quality").status_code == 403
    assert ada.put(address).status_code == 204
    assert [one["marked"] for one in mia.get("/api/v1/alarms/quality").json()["missed"] if one["post_id"] == post_id] == [True]
    assert ada.delete(address).status_code == 204
    assert ada.put("/api/v1/alarms/quality/missed/999999").status_code == 404


def test_programs_make_change_and_delete_rotas(door: Door) -> None:
    mia = door.program(door.who.mia)
    body = {"name": "Nights", "zone": "Asia/Colombo", "turn": "day", "clock": "21:30", "begins_on": "2026-03-01", "lines": [[door.who.ada]]}
    made = mia.post("/api/v1/on-call", json=body)
    assert made.status_code == 201, made.text
    rota = made.json()
    assert {key: rota[key] for key in body} == body
    assert mia.post("/api/v1/on-call", json=body).status_code == 409
    changed = mia.put(f"/api/v1/on-call/{rota['id']}", json=body | {"lines": [[door.who.bo, door.who.ada], [door.who.ada]]}).json()
    assert changed["lines"] == [[door.who.bo, door.who.ada], [door.who.ada]]
    for wrong in ({"lines": []}, {"lines": [[999_999]]}, {"clock": "25:00"}, {"zone": "Mars/Base"}, {"begins_on": "soon"}, {"name": " "}):
        assert mia.put(f"/api/v1/on-call/{rota['id']}", json=body | wrong).status_code == 422, wrong
    assert door.program(door.who.ada).post("/api/v1/on-call", json=body).status_code == 403
    assert mia.delete(f"/api/v1/on-call/{rota['id']}").status_code == 204
    assert mia.delete(f"/api/v1/on-call/{rota['id']}").status_code == 404


def test_programs_settle_who_is_told_of_what(door: Door) -> None:
    mia = door.program(door.who.mia)
    with door.pool.transaction() as conn:
        channel = add_channel(conn, target="json://127.0.0.1/hook", label="Pager", secret_key=SECRET_KEY)
    body = {"name": "Nights", "condition": "network:x", "channel_ids": [channel], "way": "daily", "digest_at": "07:30", "quiet": NIGHTS}
    made = mia.post("/api/v1/alarm-routes", json=body)
    assert made.status_code == 201, made.text
    route = made.json()
    assert {key: route[key] for key in body} == body
    assert (route["active"], route["severity"], route["most"]) == (True, "high", 30)
    address = f"/api/v1/alarm-routes/{route['id']}"
    assert mia.put(address, json=body | {"most": None, "severity": "critical"}).json()["most"] is None
    for wrong in (
        {"condition": "mood:furious"},
        {"condition": "team:mine"},
        {"channel_ids": []},
        {"channel_ids": [9_999]},
        {"quiet": ["soon"]},
        {"most": 0},
        {"x": 1},
    ):
        assert mia.put(address, json=body | wrong).status_code == 422, wrong
    second = mia.post("/api/v1/alarm-routes", json=body | {"name": "Days"}).json()
    moved = mia.post(f"/api/v1/alarm-routes/{second['id']}/move", json={"up": True}).json()["routes"]
    assert [one["name"] for one in moved] == ["Days", "Nights"]
    assert mia.post(f"{address}/switch", json={"active": False}).json()["active"] is False
    assert door.program(door.who.ada).get("/api/v1/alarm-routes").status_code == 403
    assert mia.delete(address).status_code == 204
    assert mia.get(address).status_code == 404
