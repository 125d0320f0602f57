"""API tokens that carry less than their owner, end by themselves, and say when and from where they were used."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from amends.inbox.actions.tokens import make_token
from amends.inbox.rules.rights import CARRIED, RIGHTS, Carries, Right, may
from amends.inbox.rules.words import Role
from tests.door import Door


def with_token(door: Door, carries: Carries, life: timedelta | None = None) -> TestClient:
    with door.pool.transaction() as conn:
        token = make_token(conn, agent_id=door.who.ann, name=f"to {carries}", carries=carries, life=life, now=door.now)
    client = door.stranger()
    client.headers["Authorization"] = f"Bearer {token}"
    return client


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("carries", Carries)
def test_a_token_never_carries_more_than_its_owner_may(role: Role, carries: Carries) -> None:
    for right in Right:
        assert may(role, right, carries) is (role in RIGHTS[right] and right in CARRIED[carries])


def test_a_token_to_read_changes_nothing(door: Door) -> None:
    reads = with_token(door, Carries.READ)
    assert reads.get("/api/v1/me").status_code == 200
    assert reads.get(f"/api/v1/cases/{door.who.plain}").status_code == 200
    answer = reads.post(f"/api/v1/cases/{door.who.plain}/note", json={"text": "Hello"})
    assert answer.status_code == 403
    assert "to read" in answer.json()["message"]


def test_a_token_to_work_answers_and_sets_nothing_up(door: Door) -> None:
    works = with_token(door, Carries.WORK)
    assert works.post(f"/api/v1/cases/{door.who.plain}/note", json={"text": "Hello"}).status_code == 201
    assert works.post("/api/v1/topics", json={"name": "Seats"}).status_code == 403
    assert with_token(door, Carries.EVERYTHING).post("/api/v1/topics", json={"name": "Seats"}).status_code == 201


def test_a_token_ends_by_itself(door: Door) -> None:
    client = with_token(door, Carries.READ, timedelta(days=30))
    door.now += timedelta(days=29)
    assert client.get("/api/v1/me").status_code == 200
    door.now += timedelta(days=1)
    answer = client.get("/api/v1/me")
    assert (answer.status_code, "revoked, has expired or never was one" in answer.json()["message"]) == (401, True)
    assert "Show an API token" in door.stranger().get("/api/v1/me").json()["message"]
    assert "expired" in door.visitor(door.who.ann).get("/settings/tokens").text


def test_the_page_makes_a_token_of_the_chosen_kind_and_says_from_where_it_was_used(door: Door) -> None:
    ann = door.visitor(door.who.ann)
    made = ann.post("/settings/tokens", data={"name": "Nightly", "carries": "read", "days": "30"}).text
    token = re.search(r"amends_[\w-]+", made)
    assert token
    program = door.stranger()
    program.headers["Authorization"] = f"Bearer {token[0]}"
    assert program.get("/api/v1/me").status_code == 200
    page = ann.get("/settings/tokens").text
    assert "from testclient" in page
    assert "Read only" in page
    assert token[0] not in page


@pytest.mark.parametrize("wrong", [{"carries": "root"}, {"days": "-1"}, {"days": "99999"}, {"name": "x" * 90}])
def test_a_token_that_makes_no_sense_is_not_made(shared_door: Door, wrong: dict[str, str]) -> None:
    ann = shared_door.visitor(shared_door.who.ann)
    assert ann.post("/settings/tokens", data={"name": "x", "carries": "read"} | wrong).status_code == 422
