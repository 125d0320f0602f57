"""Organisations: kept with their members, how they are and why, whom an address suggests, and reminders that come once."""

import json
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from amends.core.database import Pool, execute, fetch_values
from amends.core.written import day
from amends.inbox.actions.customer_facts import count_batch
from amends.inbox.actions.notify import notify
from amends.inbox.actions.renewals import remind
from amends.inbox.rules.organisations import FREE_MAIL, Engagement, Health, health, why
from tests.cast import NOON
from tests.door import Answer, Door

TODAY = NOON.date()


def added(client: TestClient, **facts: object) -> str:
    """Add an organisation and return its address."""
    answer = client.post("/organisations", data={"name": "Union of Fishers", "kind": "association"} | facts)
    assert answer.status_code == 200, answer.text
    return answer.headers["HX-Redirect"]


def undo_of(answer: Answer) -> str:
    return json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]


def a_customer(pool: Pool, name: str = "Customer 3") -> int:
    with pool.transaction() as conn:
        return fetch_values(conn, "select id from customers where name = %(name)s", {"name": name})[0]


def join(client: TestClient, address: str, customer: int, **facts: object) -> Answer:
    return client.post(f"{address}/members", data={"customer": customer} | facts)


def test_an_organisation_is_added_changed_put_away_and_brought_back(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    address = added(ada, domain="https://www.Union.example/about", owner_id=door.who.bo)
    shown = ada.get(address).text
    assert "union.example" in shown
    assert "known to Bo" in shown
    assert "It has no members yet." in shown
    assert ada.post(address, data={"name": "Fishers", "kind": "company", "remind_days": "10"}).status_code == 200
    assert "Fishers" in ada.get("/organisations?q=fish").text
    back = undo_of(ada.post(f"{address}/archive"))
    assert "None is called so" in ada.get("/organisations?q=fish").text
    ada.post(back)
    assert "Fishers" in ada.get("/organisations?q=FISH").text
    assert "None is called so" in ada.get("/organisations?q=%25").text


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"name": " "}, "Give the organisation a name"),
        ({"name": "x" * 201}, "too long"),
        ({"domain": "gmail.com"}, "Anybody can have an address at gmail.com"),
        ({"domain": "no domain"}, "is no domain"),
        ({"owner_id": "4711"}, "There is no such colleague"),
        ({"remind_days": "9999"}, "between 0 and 365"),
        ({"name": "union OF fishers"}, "already"),
    ],
)
def test_an_organisation_that_cannot_be_is_refused_in_words(door: Door, facts: dict[str, str], says: str) -> None:
    ada = door.visitor(door.who.ada)
    added(ada)
    answer = ada.post("/organisations", data={"name": "Another", "kind": "company"} | facts)
    assert (answer.status_code in {404, 422}, says in answer.text) == (True, True)


def test_a_person_belongs_to_two_associations_and_to_one_of_them_twice_after_another(door: Door) -> None:
    ada, cy = door.visitor(door.who.ada), a_customer(door.pool)
    union, club = added(ada), added(ada, name="Club")
    over = join(ada, union, cy, role="Board", since="2020-01-01", until="2021-12-31")
    assert over.status_code == 200
    assert join(ada, union, cy, role="Member", since="2025-01-01").status_code == 200
    assert join(ada, club, cy, since="2025-06-01", renews_on=str(TODAY + timedelta(days=9))).status_code == 200
    assert "They belong to “Union of Fishers” within this time already" in join(ada, union, cy, since="2025-06-01").text
    assert "until 31 Dec 2021" in ada.get(union).text
    beside = ada.get(f"/customers/{cy}/signals").text
    assert "Renews soon" in beside
    assert beside.count("Union of Fishers") == 2
    assert (
        "1 customer" in ada.get("/segments", params={"q": 'organisation:"club" role:member is:member'}, headers={"HX-Request": "true"}).text
    )


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"since": "2026-02-31"}, "is no day"),
        ({"since": "0001-01-01"}, "is no day"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "cannot end before it begins"),
        ({"since": "2026-02-01", "renews_on": "2026-01-01"}, "cannot renew before it begins"),
        ({"role": "x" * 201}, "too long"),
        ({"customer": "4711"}, "There is no customer"),
    ],
)
def test_a_membership_that_cannot_be_is_refused_in_words(door: Door, facts: dict[str, str], says: str) -> None:
    ada = door.visitor(door.who.ada)
    answer = ada.post(f"{added(ada)}/members", data={"customer": str(a_customer(door.pool))} | facts)
    assert (answer.status_code in {404, 422}, says in answer.text) == (True, True)


def test_a_membership_ends_and_is_taken_back_as_it_was(door: Door) -> None:
    ada, cy = door.visitor(door.who.ada), a_customer(door.pool)
    union = added(ada)
    end = undo_of(join(ada, union, cy, role="<b>Board</b>", number="7", since="2020-01-01"))
    shown = ada.get(union).text
    assert shown.index("How it is") < shown.index("Add a member")
    assert "<bdi>&lt;b&gt;Board&lt;/b&gt;</bdi> · since 1 Jan 2020" in shown
    ended = ada.post(end)
    assert "until 1 Mar 2026" in ada.get(union).text
    ada.post(undo_of(ended))
    assert ada.post(undo_of(ended)).status_code == 409  # it is no more as the way back found it
    with door.pool.transaction() as conn:
        rows = fetch_values(conn, "select concat_ws('|', role, number, since, until) from memberships")
    assert rows == ["<b>Board</b>|7|2020-01-01"]
    assert "<b>Board" not in ada.get(union).text
    young = undo_of(join(ada, added(ada, name="Club"), cy, since=str(TODAY)))
    gone = ada.post(young)
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select count(*) from memberships") == [1]
    assert ada.post(undo_of(gone)).status_code == 200


def test_a_verified_address_suggests_a_member_and_adds_nobody(door: Door) -> None:
    ada, cy = door.visitor(door.who.ada), a_customer(door.pool)
    union = added(ada, domain="union.example")
    with door.pool.transaction() as conn:
        execute(
            conn,
            """
            insert into contact_ways (customer_id, kind, value, normal, verified_at, created_at)
            values (%(cy)s, 'email', 'Cy@union.example', 'cy@union.example', now(), now()),
                   (%(dee)s, 'email', 'dee@union.example', 'dee@union.example', null, now())
            """,
            {"cy": cy, "dee": a_customer(door.pool, "Customer 4")},
        )
    shown = ada.get(union).text
    assert "Cy@union.example" in shown
    assert "dee@union.example" not in shown
    assert "Nobody yet" in shown
    join(ada, union, cy)
    assert "Perhaps members" not in ada.get(union).text
    assert "gmail.com" in FREE_MAIL


def test_members_are_found_by_name_or_any_query(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    union = added(ada)
    assert "Customer 3" in ada.get(f"{union}/candidates", params={"q": 'name:"customer 3"'}).text
    assert "Nobody is called so" in ada.get(f"{union}/candidates", params={"q": "zzzzz"}).text
    assert "is not a field" in ada.get(f"{union}/candidates", params={"q": "xyzzy:1"}).text


def test_the_owner_is_reminded_of_a_renewal_once(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    union = added(ada, owner_id=door.who.bo)
    for name in ("Customer 3", "Customer 4"):
        join(ada, union, a_customer(door.pool, name), since="2025-01-01", renews_on=str(TODAY + timedelta(days=30)))
    with door.pool.transaction() as conn:
        assert [remind(conn, now=NOON - timedelta(days=1)), remind(conn, now=NOON), remind(conn, now=NOON)] == [0, 1, 0]
        while notify(conn, now=NOON):
            pass
    told = door.visitor(door.who.bo).get("/notifications").text
    assert f"2 memberships of “Union of Fishers” renew on {day(TODAY + timedelta(days=30))}" in told
    assert f'href="{union}"' in told


def test_how_an_organisation_is_has_reasons_and_no_score(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    union = added(ada)
    for name in ("Customer 3", "Customer 4"):
        join(ada, union, a_customer(door.pool, name))
    with door.pool.transaction() as conn:
        while count_batch(conn, now=NOON):
            pass
    shown = ada.get(union).text
    assert "2 members sound unhappy of late." in shown
    assert "2 members wait for us." in shown
    assert "Mar 2026: 2 cases" in shown
    assert [one.health for one in why(Engagement(members=0))] == [Health.UNKNOWN]
    assert health(why(Engagement(members=20, content=3))) is Health.WELL
    assert health(why(Engagement(members=20, silent=20))) is Health.WATCH
    assert health(why(Engagement(members=20, at_risk=2, open_cases=1))) is Health.UNWELL


def test_a_program_keeps_organisations_and_members(door: Door) -> None:
    program = door.program(door.who.ada)
    made = program.post("/api/v1/organisations", json={"name": "Union", "kind": "association", "domain": "union.example"})
    assert made.status_code == 201
    address, cy = f"/api/v1/organisations/{made.json()['id']}", a_customer(door.pool)
    member = program.post(f"{address}/members", json={"customer_id": cy, "role": "Board", "since": "2024-01-01"}).json()
    assert (member["role"], member["belongs"]) == ("Board", True)
    assert program.put(f"/api/v1/organisations/members/{member['membership_id']}", json={"role": "Chair"}).json()["role"] == "Chair"
    assert program.get(address).json()["engagement"]["members"] == 1
    assert len(program.get(f"{address}/members").json()["members"]) == 1
    assert program.delete(f"/api/v1/organisations/members/{member['membership_id']}").status_code == 204
    assert program.put(address, json={"name": "Union 2"}).json()["name"] == "Union 2"
    assert program.delete(address).status_code == 204
    assert program.get("/api/v1/organisations").json()["organisations"] == []


def test_an_auditor_looks_and_changes_nothing(door: Door) -> None:
    union = added(door.visitor(door.who.ada))
    otto = door.visitor(door.who.otto)
    assert "Add a member" not in otto.get(union).text
    assert otto.post("/organisations", data={"name": "x"}).status_code == 403
    assert join(otto, union, a_customer(door.pool)).status_code == 403
