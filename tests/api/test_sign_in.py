"""In and out: passwords, sessions, and how guessing gets slow."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from amends.api.auth import LOGIN_COOKIE, SESSION_COOKIE
from amends.inbox.actions import tries
from amends.inbox.actions.agents import add_agent
from amends.inbox.rules.sign_in import FREE_TRIES_FROM_ONE_PLACE
from amends.inbox.rules.words import Role
from tests.accounts import PASSWORD, knock
from tests.door import Door
from tests.seed import NOON


@pytest.fixture
def eve(door: Door) -> str:
    """An agent with a password."""
    with door.pool.transaction() as conn:
        add_agent(conn, email="Eve@amends.example", name="Eve", role=Role.AGENT, password=PASSWORD, now=NOON)
    return "eve@amends.example"


def test_the_right_password_opens_the_inbox(door: Door, eve: str) -> None:
    client = door.stranger()
    answer = knock(client, eve.upper())
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")
    assert "Eve" in client.get("/inbox").text


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(door: Door, eve: str) -> None:
    cookie = next(value for value in knock(door.stranger(), eve).headers.get_list("set-cookie") if value.startswith(SESSION_COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_where_we_are_reached_by_https_the_cookie_insists_on_it(door: Door, eve: str) -> None:
    behind_https = Door(pool=door.pool, who=door.who, public_url="https://desk.example")
    client = TestClient(behind_https.app, base_url="https://desk.example", follow_redirects=False)
    cookies = knock(client, eve).headers.get_list("set-cookie")
    assert [("Secure" in cookie) for cookie in cookies if cookie.startswith(SESSION_COOKIE)] == [True]


def test_a_wrong_password_and_an_unknown_address_are_told_alike(door: Door, eve: str) -> None:
    client = door.stranger()
    wrong, unknown = knock(client, eve, "wrong password 123"), knock(client, "nobody@amends.example")
    assert wrong.status_code == unknown.status_code == 401
    assert "The e-mail address or the password is wrong." in wrong.text
    assert "The e-mail address or the password is wrong." in unknown.text
    assert SESSION_COOKIE not in client.cookies


def test_after_five_failures_even_the_right_password_must_wait(door: Door, eve: str) -> None:
    client = door.stranger()
    for _ in range(5):
        assert knock(client, eve, "wrong password 123").status_code == 401
    assert knock(client, eve).status_code == 429
    door.now += timedelta(seconds=31)
    assert knock(client, eve).status_code == 303


def test_tries_from_a_whole_network_of_addresses_are_counted_together(door: Door) -> None:
    with door.pool.transaction() as conn:
        for number in range(FREE_TRIES_FROM_ONE_PLACE):
            tries.failed(conn, [tries.place(f"2001:db8:1:2::{number:x}")], door.now)
        wait = [bool(tries.must_wait(conn, [tries.place(address)], door.now)) for address in ("2001:db8:1:2:3::9", "2001:db8:1:3::9")]
    assert wait == [True, False]


def test_a_success_forgets_the_failures(door: Door, eve: str) -> None:
    client = door.stranger()
    for _ in range(4):
        knock(client, eve, "wrong password 123")
    knock(client, eve)
    assert [knock(client, eve, "wrong password 123").status_code for _ in range(5)] == [401] * 5


def test_the_sign_in_form_cannot_be_sent_by_another_site(door: Door, eve: str) -> None:
    client = door.stranger()
    assert client.post("/login", data={"email": eve, "password": PASSWORD, "csrf_token": "made up"}).status_code == 403
    client.cookies.set(LOGIN_COOKIE, "planted")
    crossed = client.post(
        "/login", data={"email": eve, "password": PASSWORD, "csrf_token": "planted"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert crossed.status_code == 403


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/inbox\n"])
def test_signing_in_leads_nowhere_but_to_our_own_pages(door: Door, eve: str, back: str) -> None:
    assert knock(door.stranger(), eve, back=back).headers["location"] == "/inbox"


def test_who_was_sent_to_sign_in_comes_back_to_the_same_page(door: Door, eve: str) -> None:
    client = door.stranger()
    asked = client.get("/inbox?view=mine&sort=urgency")
    assert "next=%2Finbox%3Fview%3Dmine%26sort%3Durgency" in asked.headers["location"]
    assert knock(client, eve, back="/inbox?view=mine&sort=urgency").headers["location"] == "/inbox?view=mine&sort=urgency"


@pytest.mark.parametrize("path", ["/inbox", "/numbers?q=a&b=c"])
def test_a_forged_host_leads_nobody_away(door: Door, path: str) -> None:
    led = door.stranger().get(path, headers={"Host": "evil.example"}).headers["location"]
    assert led.startswith("/login?next=%2F")


def test_a_session_ends_when_it_is_not_used(door: Door) -> None:
    client = door.visitor(door.who.ada)
    door.now += timedelta(hours=12, seconds=1)
    assert client.get("/inbox").status_code == 303


def test_a_session_in_use_goes_on(door: Door) -> None:
    client = door.visitor(door.who.ada)
    for _ in range(3):
        door.now += timedelta(hours=8)
        assert client.get("/inbox").status_code == 200


def test_signing_out_ends_the_session_on_the_server(door: Door) -> None:
    client = door.visitor(door.who.ada)
    token = client.cookies[SESSION_COOKIE]
    assert client.post("/logout").headers["location"] == "/login"
    client.cookies.set(SESSION_COOKIE, token)
    assert client.get("/inbox").status_code == 303


def test_only_fingerprints_of_tokens_are_stored(door: Door) -> None:
    browser, program = door.visitor(door.who.ada), door.program(door.who.ada)
    with door.pool.transaction() as conn:
        stored = str(conn.execute("select * from sessions, api_tokens").fetchall())
    assert browser.cookies[SESSION_COOKIE] not in stored
    assert program.headers["Authorization"].removeprefix("Bearer ") not in stored
