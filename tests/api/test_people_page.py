"""Invitations, roles, teams, who leaves: the page People, the doors that it opens, and REST."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from amends.core.database import execute, fetch_values
from tests.accounts import BETTER, PASSWORD, eve, fill_in, knock, set_up_second_factor, told_link
from tests.cast import lin, ori
from tests.door import Door
from tests.mailbox import a_mailbox

ROUTES = [
    ("GET", "/settings/people"),
    ("POST", "/settings/people/invitations"),
    ("POST", "/settings/people/invitations/1/renew"),
    ("POST", "/settings/people/invitations/1/revoke"),
    ("POST", "/settings/people/1/role"),
    ("POST", "/settings/people/1/teams"),
    ("POST", "/settings/people/1/deactivate"),
    ("POST", "/settings/people/1/reactivate"),
    ("POST", "/settings/people/1/password-link"),
    ("POST", "/settings/people/1/second-factor/remove"),
]


@pytest.fixture
def admin(door: Door) -> TestClient:
    """Ann, an administrator, in her browser."""
    return door.visitor(door.who.ann)


def values(door: Door, query: Any) -> list[Any]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, query)


def a_team(door: Door, name: str = "Refunds") -> int:
    with door.pool.transaction() as conn:
        return fetch_values(conn, "insert into teams (name, created_at) values (%(name)s, now()) returning id", {"name": name})[0]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_the_page_is_for_administrators_alone(method: str, path: str, shared_door: Door) -> None:
    with shared_door.pool.transaction() as conn:
        others = (shared_door.who.ada, lin(conn), shared_door.who.mia, ori(conn))
    for one in others:
        assert shared_door.visitor(one).request(method, path, data={"role": "admin"}).status_code == 403


def test_an_invited_person_chooses_a_password_and_is_in_with_role_and_team(door: Door, admin: TestClient) -> None:
    team = a_team(door)
    shown = admin.post("/settings/people/invitations", data={"email": "new@amends.example", "role": "lead", "team": [team]})
    link = told_link(shown)
    client = door.stranger()
    assert "Ann invites new@amends.example" in client.get(link).text
    answer = fill_in(client, link, key=link.partition("key=")[2], name="  Neo \n New ", password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")
    assert "Neo New" in client.get("/inbox").text
    assert values(door, "select role from agents where email = 'new@amends.example'") == ["lead"]
    assert values(door, "select team_id from team_members") == [team]


def test_an_invitation_opens_once_for_a_week_and_only_its_fingerprint_is_kept(door: Door, admin: TestClient) -> None:
    link = told_link(admin.post("/settings/people/invitations", data={"email": "new@amends.example"}))
    key = link.partition("key=")[2]
    assert key not in str(values(door, "select i::text from invitations i"))
    door.now += timedelta(days=7, seconds=1)
    assert door.stranger().get(link).status_code == 404
    door.now -= timedelta(days=1)
    client = door.stranger()
    assert fill_in(client, link, key=key, name="Neo", password=PASSWORD).status_code == 303
    late = door.stranger()
    assert late.get(link).status_code == 404
    token = late.get("/login") and late.cookies["amends_login"]
    again = late.post("/invitation", data={"key": key, "name": "Two", "password": PASSWORD, "csrf_token": token})
    assert again.status_code == 404
    assert values(door, "select count(*) from agents where email = 'new@amends.example'") == [1]


def test_a_renewed_or_revoked_invitation_leaves_dead_links(door: Door, admin: TestClient) -> None:
    first = told_link(admin.post("/settings/people/invitations", data={"email": "new@amends.example"}))
    second = told_link(admin.post("/settings/people/invitations/1/renew"))
    assert [door.stranger().get(link).status_code for link in (first, second)] == [404, 200]
    assert admin.post("/settings/people/invitations/1/revoke").status_code == 200
    assert door.stranger().get(second).status_code == 404
    assert admin.post("/settings/people/invitations/1/renew").status_code == 404


@pytest.mark.parametrize(
    ("email", "status"),
    [("ada@AMENDS.example", 409), ("nobody", 422), ("a@b\r\nBcc: x@y.example", 422), ("a b@c.example", 422), ("", 422)],
)
def test_an_address_that_is_taken_or_none_is_not_invited(door: Door, admin: TestClient, email: str, status: int) -> None:
    answer = admin.post("/settings/people/invitations", data={"email": email}, headers={"HX-Request": "true"})
    assert answer.status_code == status
    assert values(door, "select count(*) from invitations") == [0]


def test_the_same_address_is_not_invited_twice(admin: TestClient) -> None:
    assert admin.post("/settings/people/invitations", data={"email": "new@amends.example"}).status_code == 200
    assert admin.post("/settings/people/invitations", data={"email": "NEW@amends.example"}).status_code == 409


def test_a_letter_goes_out_where_there_is_a_mail_server_and_the_link_is_shown_either_way(door: Door) -> None:
    with a_mailbox() as post:
        mailing = Door(pool=door.pool, who=door.who, more={"mail_url": f"smtp://127.0.0.1:{post.port}/?from=amends@corp.example"})
        link = told_link(mailing.visitor(door.who.ann).post("/settings/people/invitations", data={"email": "new@amends.example"}))
    [letter] = post.letters
    body = letter.get_body(("plain",))
    assert (letter["To"], letter["From"]) == ("new@amends.example", "amends@corp.example")
    assert body
    assert f"http://desk.example{link}" in body.get_content().replace("=\n", "")
    silent = mailing.visitor(door.who.ann).post("/settings/people/invitations/1/renew")
    assert "did not go out" in silent.text
    assert told_link(silent) != link


def test_the_last_administrator_can_be_neither_demoted_nor_deactivated(door: Door, admin: TestClient) -> None:
    ann = door.who.ann
    for path in (f"{ann}/role", f"{ann}/deactivate"):
        answer = admin.post(f"/settings/people/{path}", data={"role": "agent"}, headers={"HX-Request": "true"})
        assert (answer.status_code, "last administrator" in answer.json()["message"]) == (422, True)
    assert admin.post(f"/settings/people/{door.who.mia}/role", data={"role": "admin"}).status_code == 200
    assert admin.post(f"/settings/people/{ann}/role", data={"role": "agent"}).status_code == 200
    assert admin.get("/settings/people").status_code == 403
    kinds = values(
        door, "select facts->'before'->>'role' || ' -> ' || (facts->'after'->>'role') from events where kind = 'agent_role_changed'"
    )
    assert kinds == ["manager -> admin", "admin -> agent"]


def test_who_is_deactivated_is_out_at_once_and_leaves_no_case_behind(door: Door, admin: TestClient) -> None:
    who = door.who
    browser, program = door.visitor(who.ada), door.program(who.ada)
    with door.pool.transaction() as conn:
        execute(conn, "update cases set assignee_id = %(ada)s where id = %(id)s", {"ada": who.ada, "id": who.plain})
    assert "no agent now" in admin.post(f"/settings/people/{who.ada}/deactivate").headers["HX-Trigger"]
    assert browser.get("/inbox").status_code == 303
    assert program.get("/api/v1/me").status_code == 401
    assert values(door, "select count(*) from cases where assignee_id is not null and status in ('open', 'waiting')") == [0]
    told = "select facts->>'was' from events where kind = 'case_assigned' and facts->>'assignee_id' is null"
    assert set(values(door, told)) == {str(who.ada)}
    assert admin.post(f"/settings/people/{who.ada}/reactivate").status_code == 200
    assert (browser.get("/inbox").status_code, program.get("/api/v1/me").status_code) == (303, 401)
    assert door.visitor(who.ada).get("/inbox").status_code == 200


def test_an_administrator_makes_a_link_for_a_password_and_removes_a_lost_second_factor(door: Door, admin: TestClient) -> None:
    eve_id = eve(door)
    phone = door.visitor(eve_id)
    set_up_second_factor(door, phone)
    assert admin.post(f"/settings/people/{eve_id}/second-factor/remove").status_code == 200
    assert admin.post(f"/settings/people/{eve_id}/second-factor/remove").status_code == 404
    assert phone.get("/inbox").status_code == 303, "whoever held the lost phone is out"
    link = told_link(admin.post(f"/settings/people/{eve_id}/password-link"))
    assert fill_in(door.stranger(), link, key=link.partition("key=")[2], password=BETTER).headers["location"] == "/login"
    assert knock(door.stranger(), "eve@amends.example", BETTER).headers["location"] == "/inbox"
    assert values(door, "select agent_id from events where kind = 'second_factor_removed'") == [door.who.ann]


def test_teams_are_changed_and_a_team_that_is_gone_is_passed_over(door: Door, admin: TestClient) -> None:
    team = a_team(door)
    assert admin.post(f"/settings/people/{door.who.bo}/teams", data={"team": [team, 404]}).status_code == 200
    assert values(door, "select agent_id from team_members") == [door.who.bo]
    assert admin.post(f"/settings/people/{door.who.bo}/teams").status_code == 200
    assert values(door, "select agent_id from team_members") == []
    assert admin.post("/settings/people/404/teams").status_code == 404


def test_programs_of_administrators_list_invite_and_change_people(door: Door) -> None:
    program = door.program(door.who.ann)
    made = program.post("/api/v1/people/invitations", json={"email": "new@amends.example", "role": "auditor"})
    assert (made.status_code, made.json()["mailed"]) == (201, False)
    listed = program.get("/api/v1/people").json()
    assert {person["name"] for person in listed["people"]} >= {"Ada", "Ann"}
    assert listed["invitations"][0]["email"] == "new@amends.example"
    assert "hash" not in str(listed)
    changed = program.patch(f"/api/v1/people/{door.who.bo}", json={"role": "lead", "active": False})
    assert (changed.json()["role"], changed.json()["active"]) == ("lead", False)
    assert program.patch(f"/api/v1/people/{door.who.ann}", json={"role": "agent"}).status_code == 422
    assert program.patch("/api/v1/people/404", json={"role": "agent"}).status_code == 404
    assert program.delete("/api/v1/people/invitations/1").status_code == 204
    assert door.program(door.who.mia).get("/api/v1/people").status_code == 403
