"""An answer that was given on the network itself, as the screens and programs tell of it."""

import json
from uuid import uuid4
from zoneinfo import ZoneInfo

from amends.core.database import execute, fetch_values
from tests.door import Answer, Door, as_fragment

SAID = "Answered where it was written"


def _close(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "update posts set can_reply = false, why_no_reply = 'This source is only read.'")


def _tell(door: Door, **fields: str) -> Answer:
    with as_fragment(door.visitor(door.who.ada)) as client:
        given = {"text": "Rang you back.", "key": str(uuid4())} | fields
        return client.post(f"/inbox/{door.who.plain}/answered-there", data=given)


def test_it_stands_in_the_thread_and_claims_no_proof(door: Door) -> None:
    _close(door)
    answer = _tell(door, link="https://shop.example/reviews/7")

    assert answer.status_code == 200
    assert SAID in answer.text
    assert 'href="https://shop.example/reviews/7"' in answer.text
    assert "Visible" not in answer.text
    assert "said that it was answered where it was written" in answer.text
    assert 'data-status="waiting"' in answer.text


def test_its_toast_makes_it_a_draft_again(door: Door) -> None:
    told = json.loads(_tell(door, and_resolve="true").headers["HX-Trigger"])
    undo = next(str(value["undo"]) for value in told.values() if isinstance(value, dict) and value.get("undo"))
    with as_fragment(door.visitor(door.who.ada)) as client:
        back = client.post(undo)

    assert "Taken back; it is a draft again" in json.loads(back.headers["HX-Trigger"])["toast"]["text"]
    assert SAID not in back.text
    assert 'data-status="open"' in back.text
    assert "Rang you back." in back.headers["HX-Trigger"]


def test_the_box_offers_it_in_place_of_sending(door: Door) -> None:
    _close(door)
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").text

    assert 'data-can-reply="no"' in page
    assert f'hx-post="/inbox/{door.who.plain}/answered-there"' in page


def test_the_time_is_that_of_the_browsers_own_zone(door: Door) -> None:
    here = door.now.astimezone(ZoneInfo("Pacific/Kiritimati")).strftime("%Y-%m-%dT%H:%M")
    assert _tell(door, at=here).status_code == 422  # by the clock of UTC it is to come
    assert _tell(door, at=here, zone="Mars/Olympus").status_code == 422
    assert _tell(door, at="yesterday", zone="Pacific/Kiritimati").status_code == 422
    assert _tell(door, at=here, zone="Pacific/Kiritimati").status_code == 200


def test_a_program_tells_once_under_its_idempotency_key_and_takes_it_back(door: Door) -> None:
    program, at, said = door.program(door.who.ada), f"/api/v1/cases/{door.who.plain}", {"text": "Rang you back."}
    key = {"Idempotency-Key": "rang 17"}
    first, again = (program.post(f"{at}/answered_there", json=said, headers=key) for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    case = program.get(at).json()
    assert [(one["state"], one["elsewhere"], one["seen"]) for one in case["replies"]] == [("sent", True, None)]
    assert case["case"]["status"] == "waiting"
    assert program.post(f"{at}/answered_there", json=said | {"text": "Else"}, headers=key).status_code == 409

    back = program.post(f"{at}/replies/{first.json()['reply_id']}/take_back")
    assert (back.status_code, back.json()["replies"], back.json()["case"]["status"]) == (200, [], "open")
    assert program.post(f"{at}/replies/{first.json()['reply_id']}/take_back").status_code == 404


def test_only_who_works_on_the_case_tells_of_it(door: Door) -> None:
    bare = {"text": "x", "answered_at": "2026-03-02T12:00:00"}
    assert door.program(door.who.ada).post(f"/api/v1/cases/{door.who.plain}/answered_there", json=bare).status_code == 422
    with door.pool.transaction() as conn:
        execute(conn, "update agents set role = 'auditor' where id = %(id)s", {"id": door.who.ada})
    assert _tell(door).status_code == 403
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select count(*) from replies where elsewhere") == [0]
