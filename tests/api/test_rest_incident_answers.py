"""The answers after an incident over REST: proposed, approved as seen, left out, let go, held, and who was told as CSV."""

import csv
from collections.abc import Generator
from io import StringIO

import pytest
from fastapi.testclient import TestClient

from amends.core.database import execute, fetch_values
from amends.inbox.rules.telling import PACES
from amends.inbox.rules.words import Role
from tests.databases import Server
from tests.desk import HOUR
from tests.door import Door, Furnished, door_of


@pytest.fixture(scope="module")
def desk(server: Server, furnished: Furnished) -> Generator[Door]:
    """The application on a desk of these tests."""
    with door_of(server, furnished) as opened:
        yield opened


@pytest.fixture(scope="module")
def lead(desk: Door) -> Generator[TestClient]:
    """A program of a lead."""
    with desk.program(desk.who.of_role(Role.LEAD)) as client:
        yield client


@pytest.fixture(scope="module")
def base(desk: Door, lead: TestClient) -> str:
    """Open an incident over two cases, write what people are told, say that it is fixed; return where the answers are."""
    with desk.pool.transaction() as conn:
        [brand] = fetch_values(conn, "select min(brand_id) from cases")
        execute(conn, "update authors set name = '=1+1' where id = (select author_id from cases where id = %(id)s)", {"id": who(desk)[0]})
        execute(
            conn,
            "update customers set name = '=1+1' where id = (select customer_id from cases where id = %(id)s)",
            {"id": who(desk)[0]},
        )
    told = {"name": "Outage", "brand_id": brand, "case_ids": who(desk)}
    incident = lead.post("/api/v1/incidents", json=told).json()["incident_id"]
    base = f"/api/v1/incidents/{incident}/answers"
    assert lead.get(base).json() == {"round": None, "tally": None, "texts": {}, "answers": [], "after": None}
    assert lead.post(base).status_code == 422, "nobody is told before it is fixed"
    lead.post(f"/api/v1/incidents/{incident}/status", json={"status": "fixed"})
    assert lead.post(f"{base}/text", json={"language": "xx", "text": "Hi"}).status_code == 422
    assert lead.post(f"{base}/text", json={"language": "en", "text": "{{ customer.shoe }}"}).status_code == 422
    assert lead.post(f"{base}/text", json={"language": "de", "text": "Es geht wieder."}).status_code == 200
    assert lead.post(f"{base}/text", json={"language": "en", "text": "{{ customer.first_name }}, it works again."}).status_code == 200
    desk.now += HOUR
    return base


def who(door: Door) -> list[int]:
    return [door.who.plain, door.who.talked]


def test_answers_are_proposed_approved_as_seen_changed_left_out_and_let_go(desk: Door, lead: TestClient, base: str) -> None:
    ada = desk.program(desk.who.ada)
    assert ada.post(base).status_code == 403
    assert ada.get(f"{base}/told.csv").status_code == 403
    begun = lead.post(base).json()
    assert (begun["round"]["state"], begun["tally"]["proposed"]) == ("paused", 2)
    first = ada.get(base, params={"limit": 1}).json()
    second = ada.get(base, params={"limit": 1, "after": first["after"]}).json()
    assert second["after"] is None
    one, other = first["answers"][0], second["answers"][0]
    assert one["text"].endswith("it works again.")

    seen = {"customer_posts": one["customer_posts"], "newest_reply": one["newest_reply"]}
    approved = ada.post(f"{base}/{one['id']}/approve", json={"text": "Dear you", "seen": seen}).json()
    assert (approved["state"], approved["outcome"], approved["text"]) == ("approved", "approved", "Dear you")
    assert ada.post(f"{base}/{one['id']}/approve", json={"text": "Dear you"}).status_code == 422, "who has seen nothing approves nothing"
    assert ada.post(f"{base}/{one['id']}/again").json()["state"] == "proposed"
    ada.post(f"{base}/{one['id']}/approve", json={"text": "Dear you", "seen": seen})
    left = ada.post(f"{base}/{other['id']}/skip", json={"note": "told by phone"}).json()
    assert (left["outcome"], left["why"], left["note"]) == ("untold", "by_hand", "told by phone")
    assert [one["id"] for one in ada.get(base, params={"show": "skipped"}).json()["answers"]] == [other["id"]]


def test_answers_are_let_go_held_and_stopped_by_a_lead(desk: Door, lead: TestClient, base: str) -> None:
    ada = desk.program(desk.who.ada)
    lead.post(base)
    assert ada.post(f"{base}/steer", json={"state": "running"}).status_code == 403
    assert lead.post(f"{base}/steer", json={"state": "running", "per_minute": 30}).json()["round"]["per_minute"] == 30
    assert lead.post(f"{base}/steer", json={"state": "running", "per_minute": 7}).status_code == 422
    assert lead.post(f"{base}/steer", json={"state": "flying"}).status_code == 422
    assert lead.post(f"{base}/steer", json={"state": "stopped"}).json()["round"]["state"] == "stopped"
    assert ada.post(f"{base}/999999/skip", json={}).status_code == 404


def test_who_was_told_and_who_not_is_a_file_that_runs_no_formula_and_is_audited(desk: Door, lead: TestClient, base: str) -> None:
    lead.post(base)
    answer = lead.get(f"{base}/told.csv")
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert {int(row["case_id"]) for row in rows} == set(who(desk))
    assert {row["customer"] for row in rows} >= {"'=1+1"}
    assert {row["outcome"] for row in rows} <= {"proposed", "approved", "untold"}
    page = desk.visitor(desk.who.of_role(Role.LEAD)).get(f"{base.removeprefix('/api/v1')}/told.csv")
    assert (page.status_code, page.text) == (200, answer.text)
    with desk.pool.transaction() as conn:
        assert set(fetch_values(conn, "select about from audit_log where kind = 'incident_exported'")) == {"Outage"}
        [team] = fetch_values(conn, "insert into teams (name, created_at) values ('Deep night', now()) returning id")
        execute(conn, "update cases set team_id = %(team)s where id = %(id)s", {"team": team, "id": desk.who.plain})
        other = fetch_values(conn, "insert into teams (name, created_at) values ('Broad day', now()) returning id")[0]
        execute(conn, "insert into team_members values (%(team)s, %(bo)s)", {"team": other, "bo": desk.who.bo})
    shown = [one["case_id"] for show in ("proposed", "approved", "skipped") for one in seen_by_bo(desk, base, show)]
    assert shown == [desk.who.talked]


def seen_by_bo(door: Door, base: str, show: str) -> list[dict[str, int]]:
    return door.program(door.who.bo).get(base, params={"show": show}).json()["answers"]


def test_the_schema_names_the_paces_that_there_are(shared_door: Door) -> None:
    schema = shared_door.app.openapi()["components"]["schemas"]["SteerBody"]
    assert schema["properties"]["per_minute"]["anyOf"][0]["enum"] == list(PACES)
