"""Incidents on screen and over REST: opened from a selection, said once on every case, and everybody told, one approved answer each."""

import json
import re
from collections.abc import Generator

import pytest
from fastapi.testclient import TestClient

from amends.core.database import execute, fetch_values
from amends.inbox.rules.words import Role
from tests.desk import HOUR
from tests.door import Door, as_fragment


@pytest.fixture
def ada(door: Door) -> Generator[TestClient]:
    """Ada's browser, as htmx asks."""
    with as_fragment(door.visitor(door.who.ada)) as client:
        yield client


def opened(door: Door, case_ids: list[int] | None = None) -> int:
    """Open an incident over these cases (the plain and the talked-about one), as a program of Ada's, and return its id."""
    brand = value(door, "select min(brand_id) from cases")
    body = {"name": "Outage <b>Jaffna</b>", "brand_id": brand, "case_ids": case_ids or [door.who.plain, door.who.talked], "reason": "tower"}
    answer = door.program(door.who.ada).post("/api/v1/incidents", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["incident_id"]


def value(door: Door, query: str) -> int:
    with door.pool.transaction() as conn:
        return fetch_values(conn, query)[0]  # pyright: ignore[reportArgumentType]


def toast(answer: object) -> dict[str, str]:
    return json.loads(answer.headers["hx-trigger"])["toast"]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]


def test_it_is_opened_by_hand_described_and_moved_on_with_undo(door: Door, ada: TestClient) -> None:
    brand = value(door, "select min(id) from brands")
    made = ada.post("/incidents", data={"name": "Outage <b>Jaffna</b>", "brand_id": brand, "severity": "critical"})
    address = made.headers["hx-redirect"]
    page = door.visitor(door.who.ada).get(address).text
    assert "Outage &lt;b&gt;Jaffna&lt;/b&gt;" in page
    assert "No post belongs to it yet" in page

    moved = ada.post(f"{address}/status", data={"status": "fixed"})
    assert 'aria-pressed="true">Fixed' in moved.text
    assert "Taken back" in toast(ada.post(toast(moved)["undo"]))["text"]
    assert value(door, "select count(*) from incidents where status = 'investigating' and fixed_at is null") == 1
    assert ada.post(f"{address}/status", data={"status": "gone"}).status_code == 422
    assert ada.post(address, data={"name": "x", "brand_id": brand, "severity": "high", "started_at": "tomorrow"}).status_code == 422
    ada.post(address, data={"name": "Outage of the North", "brand_id": brand, "severity": "minor", "started_at": "2026-03-01T10:00"})
    assert "Outage of the North" in ada.get("/incidents").text
    assert "None is closed yet" in door.visitor(door.who.ada).get("/incidents?closed=true").text


def test_the_loudest_posts_are_listed_without_personal_data(door: Door, ada: TestClient) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "update posts set text = 'Lost, call 077 123 4567' where case_id = %(id)s and not is_own", {"id": door.who.talked})
    page = ada.get(f"/incidents/{opened(door, [door.who.talked])}").text
    assert ("Lost, call [phone number]" in page, "077 123" in page) == (True, False)


def test_a_language_is_one_chip_in_whatever_letters_and_words_may_be_in_any(door: Door, ada: TestClient) -> None:
    incident = opened(door)
    with door.pool.transaction() as conn:
        execute(conn, "update cases set language = 'ta-Latn' where id = %(id)s", {"id": door.who.plain})
        execute(conn, "update cases set language = 'ta' where id = %(id)s", {"id": door.who.talked})
    board = ada.get(f"/incidents/{incident}").text
    assert re.findall(r'href="([^"]+)">Tamil ([0-9]+)<', board) == [(f"/inbox?q=incident%3A{incident}%20lang%3Ata%2Cta-Latn", "2")]
    assert f'id="row-{door.who.plain}"' in ada.get(f"/inbox?q=incident:{incident}+lang:ta,ta-Latn").text
    assert "தமிழ்" not in board
    assert ada.post(f"/incidents/{incident}/notes", data={"language": ["qx"], "text": ["?"]}).status_code == 422
    ada.post(f"/incidents/{incident}/answers/text", data={"language": "de", "text": "Es geht wieder."})
    answers = ada.get(f"/incidents/{incident}/answers").text
    assert re.findall(r'name="language" value="([a-z-]+)"', answers) == ["de", "ta", "en"]
    assert '<option value="fr">French' in answers


def test_a_note_stands_on_every_case_in_the_language_of_its_customer(door: Door, ada: TestClient) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "update cases set language = 'ta' where id = %(id)s", {"id": door.who.talked})
    incident = opened(door)
    said = ada.post(f"/incidents/{incident}/notes", data={"language": ["en", "ta"], "text": ["A tower is down", "கோபுரம் பழுது"]})
    plain, talked = (ada.get(f"/inbox/{one}").text for one in (door.who.plain, door.who.talked))
    assert "A tower is down" in plain
    assert "கோபுரம் பழுது" in talked
    assert "A tower is down" not in talked
    assert "Outage &lt;b&gt;Jaffna" in plain
    back = ada.post(toast(said)["undo"])
    assert "A tower is down" not in ada.get(f"/inbox/{door.who.plain}").text
    ada.post(toast(back)["undo"])
    assert "A tower is down" in ada.get(f"/inbox/{door.who.plain}").text


def test_cases_of_a_selection_join_a_new_incident_and_one_is_taken_out_and_put_back(door: Door, ada: TestClient) -> None:
    assert ada.get("/bulk?q=status:open").status_code == 200
    started = ada.post("/bulk", data={"deed": "new_incident", "name": "Down", "ids": f"{door.who.plain},{door.who.talked}"})
    assert "put into the incident Down" in toast(started)["text"]
    incident = opened(door)
    out = f"/incidents/{incident}/cases/{door.who.plain}/leave"
    assert "Say why" in ada.post(out, data={"reason": " "}).text
    left = ada.post(out, data={"reason": "another matter"})
    assert value(door, "select count(*) from incident_cases where left_at is not null and left_reason = 'another matter'") == 1
    ada.post(toast(left)["undo"])
    assert value(door, "select count(*) from incident_cases where left_at is null and how = 'hand' and reason = 'tower'") == 2
    found = ada.get(f"/inbox?q=incident:{incident}")
    assert f'id="row-{door.who.plain}"' in found.text
    unnamed = {"deed": "unincident", "ids": f"{door.who.plain}", "text": "a note that was typed before"}
    assert "Say why" in ada.post("/bulk", data=unnamed).text
    assert ada.post("/bulk", data=unnamed | {"why": "another matter"}).status_code == 200
    joins = {"deed": "incident", "incident": f"{incident}", "ids": f"{door.who.plain}"}
    assert "Say why it belongs here" in ada.post("/bulk", data=joins).text
    assert ada.post("/bulk", data=joins | {"why": "the same tower"}).status_code == 200
    asleep = {"deed": "snooze", "preset": "over", "ids": f"{door.who.plain}"}
    assert "until “Outage <b>Jaffna</b>” is over" in toast(ada.post("/bulk", data=asleep | {"incident": str(incident)}))["text"]
    assert ada.post("/bulk", data=asleep | {"incident": "999"}).status_code == 404


def proposed(door: Door, ada: TestClient, lead: TestClient) -> tuple[str, list[str]]:
    """Say that an incident is fixed, write what people are told, and propose; return the address of the answers, and what is shown."""
    base = f"/incidents/{opened(door)}/answers"
    assert lead.post(f"{base}/propose").status_code == 422
    ada.post(f"{base.removesuffix('/answers')}/status", data={"status": "fixed"})
    assert ada.post(f"{base}/text", data={"language": "en", "text": "{{ customer.shoe }}"}).status_code == 422
    ada.post(f"{base}/text", data={"language": "en", "text": "Hi {{ customer.first_name }}, it works again."})
    assert ada.post(f"{base}/propose").status_code == 403
    door.now += HOUR
    return base, re.findall(r'name="seen" value="([\d:]+)"', lead.post(f"{base}/propose").text)


def test_everybody_is_told_one_by_one_or_as_shown_and_who_is_not_stands_there_with_why(door: Door, ada: TestClient) -> None:
    with as_fragment(door.visitor(door.who.of_role(Role.LEAD))) as lead:
        base, seen = proposed(door, ada, lead)
        first = min(seen)
        one = f"{base}/{first.partition(':')[0]}"
        approved = ada.post(f"{one}/approve", data={"text": "Dear you", "seen": first})
        assert toast(approved)["text"] == "Approved"
        assert ada.post(toast(approved)["undo"]).status_code == 200
        for wrong in ({"text": "x" * 20_001, "seen": first}, {"text": "x", "seen": "1:x"}):
            assert ada.post(f"{one}/approve", data=wrong).status_code == 422
        ada.post(f"{one}/skip", data={"note": "told by phone"})
        assert "told by phone" in ada.get(f"{base}?show=skipped").text
        lead.post(f"{base}/approve", data={"seen": seen})
        assert "goes out" in lead.post(f"{base}/steer", data={"state": "running", "per_minute": 30}).text
        assert lead.post(f"{base}/steer", data={"state": "flying", "per_minute": 30}).status_code == 422
    assert ada.post(f"{base}/999999/skip").status_code == 404
    with door.pool.transaction() as conn:
        assert set(fetch_values(conn, "select state from incident_answers")) <= {"approved", "skipped"}


def test_nobody_lets_an_answer_go_that_is_not_what_they_saw(door: Door, ada: TestClient) -> None:
    with as_fragment(door.visitor(door.who.of_role(Role.LEAD))) as lead:
        base, seen = proposed(door, ada, lead)
        ada.post(f"{base}/text", data={"language": "en", "text": "Other words."})
        assert toast(lead.post(f"{base}/approve", data={"seen": seen}))["text"] == "0 answers approved"
        one = f"{base}/{seen[0].partition(':')[0]}"
        ada.post(f"{one}/skip", data={"note": "told by phone"})
        assert lead.post(f"{one}/approve", data={"text": "Hi", "seen": seen[0]}).status_code == 409
        assert lead.post(f"{one}/skip", data={"note": "no"}).status_code == 409
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select note from incident_answers where state = 'skipped' and why = 'by_hand'") == ["told by phone"]


@pytest.mark.parametrize(("given", "status"), [("2026-03-01", 200), ("x", 422), ("9999-12-31T23:59-14:00", 422), ("0001-01-01", 422)])
def test_a_beginning_is_a_day_or_a_moment_that_can_be(door: Door, ada: TestClient, given: str, status: int) -> None:
    incident = opened(door)
    brand = value(door, "select min(id) from brands")
    told = {"name": "Outage", "brand_id": brand, "severity": "high", "started_at": given}
    assert ada.post(f"/incidents/{incident}", data=told).status_code == status


def test_programs_read_the_board_and_the_cases_and_say_where_it_stands(door: Door) -> None:
    incident, program = opened(door), door.program(door.who.ada)
    assert [one["id"] for one in program.get("/api/v1/incidents").json()["incidents"]] == [incident]
    shown = program.get(f"/api/v1/incidents/{incident}").json()
    assert (shown["board"]["cases"], shown["incident"]["status"]) == (2, "investigating")
    page = program.get(f"/api/v1/incidents/{incident}/cases?limit=1").json()
    rest = program.get(f"/api/v1/incidents/{incident}/cases", params={"limit": 1, "at": page["at"], "after": page["after"]}).json()
    assert {page["cases"][0]["case_id"], rest["cases"][0]["case_id"]} == {door.who.plain, door.who.talked}
    assert program.post(f"/api/v1/incidents/{incident}/status", json={"status": "mending"}).json()["incident"]["status"] == "mending"
    assert program.post(f"/api/v1/incidents/{incident}/notes", json={"texts": {"en": "Soon"}}).status_code == 201
    assert program.post(f"/api/v1/incidents/{incident}/notes", json={"texts": {"not a code": "Soon"}}).status_code == 422
    assert program.post(f"/api/v1/incidents/{incident}/notes", json={"texts": {"en": "Soon", "qx": "Soon"}}).status_code == 422
    left = program.post(f"/api/v1/incidents/{incident}/cases/{door.who.plain}/leave", json={"reason": "no"})
    assert left.status_code == 200
    joined = program.post(f"/api/v1/incidents/{incident}/cases", json={"case_ids": [door.who.plain], "reason": "the same tower"})
    assert joined.json()["case_ids"] == [door.who.plain]
    assert program.get("/api/v1/incidents/999999").status_code == 404
    query = {"name": "By a query", "brand_id": shown["incident"]["brand_id"], "query": "status:open incident:none"}
    assert len(program.post("/api/v1/incidents", json=query).json()["case_ids"]) > 1
    assert value(door, "select count(*) from incident_cases where how = 'query' and reason = 'status:open incident:none'") > 1


def test_no_program_lets_a_case_join_or_leave_without_a_reason(door: Door) -> None:
    incident, program, case_ids = opened(door), door.program(door.who.ada), [door.who.plain]
    asked = [
        program.post(f"/api/v1/incidents/{incident}/cases/{door.who.plain}/leave", json={}),
        program.post(f"/api/v1/incidents/{incident}/cases", json={"case_ids": case_ids}),
        program.post("/api/v1/bulk", json={"deed": "unincident", "case_ids": case_ids}),
        program.post("/api/v1/bulk", json={"deed": "incident", "facts": {"incident": f"{incident}"}, "case_ids": case_ids}),
    ]
    assert [(answer.status_code, answer.json()["message"][:7]) for answer in asked] == [(422, "Say why")] * len(asked)


def test_who_sees_none_of_its_cases_does_not_see_the_incident(door: Door) -> None:
    incident = opened(door)
    with door.pool.transaction() as conn:
        team = fetch_values(conn, "insert into teams (name, created_at) values ('Night', now()) returning id")[0]
        execute(conn, "update cases set team_id = %(team)s", {"team": team})
        other = fetch_values(conn, "insert into teams (name, created_at) values ('Day', now()) returning id")[0]
        execute(conn, "insert into team_members values (%(team)s, %(bo)s)", {"team": other, "bo": door.who.bo})
    assert door.visitor(door.who.bo).get(f"/incidents/{incident}").status_code == 404
    assert "None goes on" in door.visitor(door.who.bo).get("/incidents").text
    assert door.program(door.who.bo).get(f"/api/v1/incidents/{incident}").status_code == 404
