"""SLA policies and calendars on screen and over REST: kept in versions, tried while one writes, put in order, taken back; who may not."""

import re
from typing import Any, LiteralString

from amends.core.database import fetch_values
from amends.inbox.rules.days_off import known_until
from tests.cast import a_post
from tests.desk import Desk
from tests.door import Door

HX = {"HX-Request": "true"}
DAYS = ["9-17"] * 5 + ["", ""]
WEEK: dict[str, Any] = {
    "name": "Care",
    "zone": "Asia/Colombo",
    "day": DAYS,
    "region": "LK, DE-BY",
    "days_off": "2026-12-24",
}
ICAL = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20260514
DTEND;VALUE=DATE:20260516
SUMMARY:Outing
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20240229
RRULE:FREQ=YEARLY
SUMMARY:Leap day
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART:20260601T100000Z
DTEND:20260601T110000Z
SUMMARY:A meeting
END:VEVENT
END:VCALENDAR
"""


def hear(door: Door) -> int:
    """Let Cy complain, and return the case."""
    with door.pool.transaction() as conn:
        Desk(conn=conn, source_id=door.who.source_id, agent_id=door.who.ada).hear(a_post("My bag is lost!"))
        return fetch_values(conn, "select max(id) from cases")[0]


def values(door: Door, query: LiteralString) -> list[Any]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, query)


def policy(**changes: Any) -> dict[str, Any]:
    return {"name": "Fast", "condition": "lang:en", "first": "30min", "pauses": "yes", "warn_percent": "80"} | changes


def test_a_calendar_is_made_changed_filled_from_a_file_and_taken_back(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    assert "None yet" in mia.get("/settings/calendars").text
    made = mia.post("/settings/calendars", data=WEEK)
    assert "LK, DE-BY" in made.text
    until = known_until("LK")
    assert until is not None
    assert (f"No public holidays of LK are known after {until}" in made.text) == (until <= door.now.year)
    taken = mia.post("/settings/calendars/1/import", files={"file": ("off.ics", ICAL, "text/calendar")})
    days = values(door, "select unnest(days_off)::text from calendar_versions where number = 2 order by 1")
    assert days == ["2026-05-14", "2026-05-15", "2026-12-24", "2028-02-29"]
    assert "events with a time of day that were passed over: 1" in taken.headers["hx-trigger"]
    for bad in (
        {"zone": "Mars"},
        {"day": [""] * 7},
        {"day": ["17-9"] * 7},
        {"day": ["9-17"]},
        {"region": "XX"},
        {"days_off": "xmas"},
        {"name": " "},
    ):
        answer = mia.post("/settings/calendars/1", data=WEEK | bad, headers=HX)
        assert answer.status_code == 422, bad
    assert mia.post("/settings/calendars/1/import", files={"file": ("x.ics", b"hello", "text/plain")}, headers=HX).status_code == 422
    assert mia.post("/settings/calendars/9", data=WEEK, headers=HX).status_code == 404
    removed = mia.post("/settings/calendars/1/remove")
    assert "/settings/calendars/1/restore" in removed.headers["hx-trigger"]
    mia.post("/settings/calendars/1/restore")
    assert "Care" in mia.get("/settings/calendars").text


def test_a_policy_is_tried_while_it_is_written_and_kept_in_versions(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    hear(door)
    mia.post("/settings/calendars", data=WEEK)
    tried = mia.post("/settings/sla/preview", data=policy(policy="1", condition="", first="1min")).text
    assert "last 30 days" in tried
    assert re.search(r'data-time="stamp"[^>]*>\d+ \w+ 20\d\d, \d\d:\d\d UTC<', tried), "with the day, though it is today"
    assert "last 30 days" in mia.post("/settings/sla/preview", data=policy(name="")).text, "the name comes when it is kept"
    assert mia.post("/settings/sla", data=policy(name=" "), headers=HX).status_code == 422
    assert "notice bad" not in mia.post("/settings/sla/preview", data=policy(name="", first="")).text, "nothing is promised yet"
    assert "no length of time" in mia.post("/settings/sla/preview", data=policy(first="soon")).text
    assert "in place of “me”" in mia.post("/settings/sla/preview", data=policy(condition="assignee:me")).text
    assert "needs a calendar" in mia.post("/settings/sla/preview", data=policy(first_by="business")).text
    kept = mia.post("/settings/sla", data=policy(calendar="1", first="8h", first_by="business", resolution="2d"))
    assert "Fast" in kept.text
    page = mia.get("/settings/sla/4")
    assert 'value="8h"' in page.text
    changed = mia.post(
        "/settings/sla/4", data=policy(first="1h 30min", step_deed=["urgency", ""], step_after=["10min", ""], step_points=["5", ""])
    )
    assert "version 2" in changed.text
    assert 'value="1h 30min"' in changed.text
    assert mia.post("/settings/sla/4", data=policy(first=""), headers=HX).status_code == 422
    assert mia.get("/settings/sla/99").status_code == 404


COMPARED = "Numbers of single agents are not compared here"


def test_what_a_policy_would_have_done_to_one_colleague_is_told_to_nobody_who_may_not_compare(door: Door) -> None:
    mia, program = door.visitor(door.who.mia), door.program(door.who.mia)
    ask = "/api/v1/sla-policies/preview"
    body: dict[str, Any] = {"name": "Fast", "first_minutes": 30}
    for condition in ("assignee:ada", "-assignee:ada", "lang:en OR assignee:none,ada"):
        assert COMPARED in mia.post("/settings/sla/preview", data=policy(condition=condition)).text, condition
    refused = program.post(ask, json=body | {"condition": "assignee:ada"})
    assert (refused.status_code, COMPARED in refused.text) == (422, True)
    for own in ("assignee:mia", "-assignee:none"):
        assert program.post(ask, json=body | {"condition": own}).status_code == 200

    made = program.post("/api/v1/sla-policies", json=body | {"condition": "assignee:ada"}).json()["policy_id"]
    assert COMPARED in mia.get(f"/settings/sla/{made}").text
    assert program.post(ask, json=body).status_code == 422  # behind it: what it leaves of the whole is Ada's
    assert program.post(f"{ask}?policy_id=1", json=body).status_code == 200
    with door.pool.transaction() as conn:
        conn.execute("update number_settings set compare_agents = '{manager}'")
    assert COMPARED not in mia.get(f"/settings/sla/{made}").text
    assert program.post(ask, json=body).status_code == 200


def test_a_policy_that_is_gone_is_not_tried(shared_door: Door) -> None:
    program = shared_door.program(shared_door.who.mia)
    assert program.post("/api/v1/sla-policies/preview?policy_id=99", json={"name": "Fast", "first_minutes": 30}).status_code == 404


def test_policies_are_moved_by_key_and_by_hand_removed_and_applied(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    first = mia.post("/settings/sla/3/move?by=-1")
    assert "/settings/sla/3/move?by=1" in first.headers["hx-trigger"]
    mia.post("/settings/sla/order", data={"policy": ["3", "2", "1"]})
    assert values(door, "select id from sla_policies order by position") == [3, 2, 1]
    assert mia.post("/settings/sla/order", data={"policy": ["3", "2"]}, headers=HX).status_code == 409
    gone = mia.post("/settings/sla/3/remove")
    assert "/settings/sla/3/restore" in gone.headers["hx-trigger"]
    assert mia.get("/settings/sla/3").status_code == 404
    mia.post("/settings/sla/3/restore")
    assert mia.get("/settings/sla/3").status_code == 200
    mia.post("/settings/sla/apply")
    assert values(door, "select kind from jobs") == ["clocks"]


def test_only_who_may_change_rules_sees_policies_and_calendars(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    for path in ("/settings/sla", "/settings/calendars", "/settings/sla/1"):
        assert ada.get(path).status_code == 403
    assert ada.post("/settings/sla/preview", data=policy()).status_code == 403


def test_the_head_of_a_case_says_what_is_left_and_how_it_is_counted(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    page = ada.get(f"/inbox/{hear(door)}").text
    assert "First answer" in page
    assert "4 h by the clock on the wall" in page


def test_programs_keep_policies_and_calendars_and_read_clocks(door: Door) -> None:
    program = door.program(door.who.mia)
    week = program.post("/api/v1/calendars", json={"name": "Care", "zone": "Asia/Colombo", "days": DAYS, "regions": ["LK"]})
    assert week.status_code == 201
    assert program.post("/api/v1/calendars", json={"name": "Which days?", "days": ["9-17"]}).status_code == 422
    body = {"name": "Fast", "condition": "", "calendar_id": week.json()["calendar_id"], "first_minutes": 30, "first_business": True}
    made = program.post("/api/v1/sla-policies", json=body).json()
    address = f"/api/v1/sla-policies/{made['policy_id']}"
    assert program.put(address, json=body | {"first_minutes": 20}).json()["number"] == 2
    assert program.post("/api/v1/sla-policies", json=body | {"first_minutes": 0}).status_code == 422
    order = [one["policy_id"] for one in program.get("/api/v1/sla-policies").json()["policies"]]
    moved = program.post("/api/v1/sla-policies/order", json={"policy_ids": [order[-1], *order[:-1]]}).json()
    assert moved["policies"][0]["name"] == "Fast"
    clocks = program.get(f"/api/v1/cases/{hear(door)}/clocks").json()["clocks"]
    told = [(one["kind"], one["state"], one["policy"]) for one in clocks]
    assert told == [("first", "running", "Fast"), ("resolution", "running", "Fast")]
    assert program.post("/api/v1/sla-policies/preview", json=body).json()["looked"] > 2
    assert program.post("/api/v1/sla-policies/apply").status_code == 202


def test_programs_take_policies_and_calendars_away_and_bring_them_back(door: Door) -> None:
    program = door.program(door.who.mia)
    week = program.post("/api/v1/calendars", json={"name": "Care", "days": DAYS}).json()["calendar_id"]
    body = {"name": "Fast", "calendar_id": week, "first_minutes": 30}
    made = program.post("/api/v1/sla-policies", json=body).json()["policy_id"]
    assert program.delete(f"/api/v1/calendars/{week}").status_code == 409
    program.delete(f"/api/v1/sla-policies/{made}")
    assert program.delete(f"/api/v1/calendars/{week}").status_code == 200
    assert program.post(f"/api/v1/calendars/{week}/restore").status_code == 200
    assert program.post(f"/api/v1/sla-policies/{made}/restore").status_code == 200
    assert program.get("/api/v1/cases/99/clocks").status_code == 404
    assert door.program(door.who.ada).get("/api/v1/sla-policies").status_code == 403


def test_a_promise_is_marked_in_the_answer_shown_on_the_case_and_settled(door: Door) -> None:
    ada, case = door.visitor(door.who.ada), hear(door)
    form = ada.post(
        f"/inbox/{case}/promises/suggest", data={"text": "Sorry! You have the refund by tomorrow.", "zone": "Asia/Colombo"}
    ).text
    assert 'value="You have the refund by tomorrow."' in form
    assert 'value="2026-03-03T18:00"' in form
    made = ada.post(
        f"/inbox/{case}/promises", data={"promised": "the refund", "at": "2026-03-03T18:00", "zone": "Asia/Colombo", "said": "yes"}
    )
    assert "the refund" in made.text
    assert ada.post(f"/inbox/{case}/promises", data={"promised": "x", "at": "soon"}, headers=HX).status_code == 422
    kept = ada.post(f"/inbox/{case}/promises/1/end", data={"state": "kept"})
    assert f"/inbox/{case}/promises/1/back" in kept.headers["hx-trigger"]
    ada.post(f"/inbox/{case}/promises/1/back")
    assert ada.post(f"/inbox/{case}/promises/9/end", data={"state": "kept"}, headers=HX).status_code == 404


def test_programs_make_and_settle_promises(door: Door) -> None:
    program, case = door.program(door.who.ada), hear(door)
    path = f"/api/v1/cases/{case}/promises"
    made = program.post(path, json={"text": "the refund", "due_at": "2026-03-05T12:00:00Z", "said": True})
    assert (made.status_code, made.json()["promises"][0]["state"]) == (201, "open")
    assert program.post(f"{path}/1/end", json={"state": "withdrawn"}).json()["promises"][0]["state"] == "withdrawn"
    assert program.post(f"{path}/1/end", json={"state": "kept"}).status_code == 409
    assert program.post(f"{path}/1/back").json()["promises"][0]["state"] == "open"
    assert program.get(path).json()["promises"][0]["text"] == "the refund"
    assert door.program(door.who.otto).post(path, json={"text": "x", "due_at": "2026-03-05T12:00:00Z"}).status_code == 403
