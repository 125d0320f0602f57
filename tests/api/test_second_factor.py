"""The second factor: set up, asked for, never twice the same code, recovered, required."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from amends.api.auth import SESSION_COOKIE
from amends.core.database import fetch_values
from amends.inbox.rules.words import Role
from tests.accounts import PASSWORD, code_at, eve, fill_in, knock, secret_on, set_up_second_factor
from tests.door import Answer, Door

EMAIL = "eve@amends.example"
HALF_MINUTE = timedelta(seconds=30)
CONFIRM = "/settings/security/second-factor/confirm"


def show(client: TestClient, code: str, *, back: str = "") -> Answer:
    return fill_in(client, "/login/code", code=code, next=back)


@pytest.fixture
def secret(door: Door) -> str:
    """Eve's app; her second factor is in force since half a minute."""
    found, _codes = set_up_second_factor(door, door.visitor(eve(door)))
    door.now += HALF_MINUTE
    return found


def test_it_counts_only_once_a_code_has_confirmed_it(door: Door) -> None:
    browser = door.visitor(eve(door))
    assert secret_on(browser) == secret_on(browser)
    assert "not right" in browser.post(CONFIRM, data={"code": "000000"}).text
    assert knock(door.stranger(), EMAIL).headers["location"] == "/inbox"
    _secret, codes = set_up_second_factor(door, browser)
    assert len(set(codes)) == 10
    assert "/login/code?next=" in knock(door.stranger(), EMAIL).headers["location"]


def test_the_picture_for_the_app_keeps_to_our_content_policy(door: Door) -> None:
    page = door.visitor(eve(door)).get("/settings/security/second-factor").text
    assert '<svg viewBox="0 0' in page
    assert " style=" not in page


def test_password_then_code_opens_the_page_that_was_wanted(door: Door, secret: str) -> None:
    client = door.stranger()
    first = knock(client, EMAIL, back="/numbers")
    assert SESSION_COOKIE not in client.cookies
    assert client.get("/inbox").status_code == 303
    assert "next=%2Fnumbers" in first.headers["location"]
    answer = show(client, f" {code_at(secret, door.now)[:3]} {code_at(secret, door.now)[3:]}", back="/numbers")
    assert (answer.status_code, answer.headers["location"]) == (303, "/numbers")
    assert client.get("/inbox").status_code == 200


def test_a_wrong_password_is_told_the_same_with_and_without_a_second_factor(door: Door, secret: str) -> None:
    answers = [knock(door.stranger(), email, "wrong password 123") for email in (EMAIL, "nobody@amends.example")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert all("The e-mail address or the password is wrong." in answer.text for answer in answers)


def test_a_wrong_code_stands_in_the_audit_log_since_whoever_showed_it_knows_the_password(door: Door, secret: str) -> None:
    client = door.stranger()
    knock(client, EMAIL)
    assert show(client, "000000").status_code == 401
    with door.pool.transaction() as conn:
        found = fetch_values(conn, "select about from audit_log where kind = 'sign_in_failed'")
    assert found == [EMAIL]


def test_a_code_is_taken_once(door: Door, secret: str) -> None:
    code = code_at(secret, door.now)
    first, second = door.stranger(), door.stranger()
    for client in (first, second):
        knock(client, EMAIL)
    assert show(first, code).status_code == 303
    assert show(second, code).status_code == 401
    assert show(second, code_at(secret, door.now - HALF_MINUTE)).status_code == 401
    door.now += HALF_MINUTE
    assert show(second, code_at(secret, door.now)).status_code == 303


def test_a_clock_that_is_half_a_minute_wrong_is_forgiven_and_more_is_not(door: Door, secret: str) -> None:
    door.now += 4 * HALF_MINUTE
    client = door.stranger()
    knock(client, EMAIL)
    assert show(client, code_at(secret, door.now - 2 * HALF_MINUTE)).status_code == 401
    assert show(client, code_at(secret, door.now - HALF_MINUTE)).status_code == 303


def test_guessing_codes_gets_slow_also_from_many_browsers(door: Door, secret: str) -> None:
    for _number in range(5):
        client = door.stranger()
        knock(client, EMAIL)
        assert show(client, "000000").status_code == 401
    client = door.stranger()
    knock(client, EMAIL)
    assert "Too many failed tries" in show(client, code_at(secret, door.now)).text
    door.now += timedelta(seconds=31)
    assert show(client, code_at(secret, door.now)).status_code == 303


def test_the_password_does_not_hold_for_ever(door: Door, secret: str) -> None:
    client = door.stranger()
    knock(client, EMAIL)
    token = client.get("/login/code") and client.cookies["amends_login"]
    door.now += timedelta(minutes=5, seconds=1)
    answer = client.post("/login/code", data={"code": code_at(secret, door.now), "csrf_token": token})
    assert answer.headers["location"] == "/login?trouble=late"
    assert "That took too long" in client.get("/login?trouble=late").text
    assert door.stranger().get("/login/code").headers["location"] == "/login?trouble=late"


def test_a_recovery_code_opens_once_and_is_kept_as_a_fingerprint(door: Door) -> None:
    _secret, codes = set_up_second_factor(door, door.visitor(eve(door)))
    for status in (303, 401):
        client = door.stranger()
        knock(client, EMAIL)
        assert show(client, codes[0].upper().replace("-", " ")).status_code == status
    with door.pool.transaction() as conn:
        stored = str(
            fetch_values(conn, "select c::text from recovery_codes c")
            + fetch_values(conn, "select encode(second_factor, 'escape') from agents")
        )
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_new_recovery_codes_need_the_password_and_replace_the_old_ones(door: Door) -> None:
    eve_id = eve(door)
    browser = door.visitor(eve_id)
    _secret, codes = set_up_second_factor(door, browser)
    assert "The password is wrong." in browser.post("/settings/security/second-factor/codes", data={"password": "wrong"}).text
    shown = browser.post("/settings/security/second-factor/codes", data={"password": PASSWORD})
    fresh = re.findall(r">([a-z2-9]{4}(?:-[a-z2-9]{4}){3})<", shown.text)
    client = door.stranger()
    knock(client, EMAIL)
    assert show(client, codes[1]).status_code == 401
    assert show(client, fresh[1]).status_code == 303


def test_it_is_removed_with_the_password_alone(door: Door, secret: str) -> None:
    client = door.stranger()
    knock(client, EMAIL)
    show(client, code_at(secret, door.now))
    client.headers["X-CSRF-Token"] = client.get("/login/again").json()["csrf_token"]
    assert "The password is wrong." in client.post("/settings/security/second-factor/remove", data={"password": ""}).text
    assert client.post("/settings/security/second-factor/remove", data={"password": PASSWORD}).status_code == 200
    assert knock(door.stranger(), EMAIL).headers["location"] == "/inbox"


def test_setting_it_up_ends_the_other_sessions(door: Door) -> None:
    eve_id = eve(door)
    elsewhere, here = door.visitor(eve_id), door.visitor(eve_id)
    set_up_second_factor(door, here)
    assert (elsewhere.get("/inbox").status_code, here.get("/inbox").status_code) == (303, 200)


def test_a_role_that_needs_it_is_led_to_set_it_up_and_nowhere_else(door: Door) -> None:
    strict = Door(pool=door.pool, who=door.who, more={"require_second_factor": ("admin",)})
    browser = strict.visitor(eve(door, Role.ADMIN))
    assert browser.get("/inbox").headers["location"] == "/settings/security/second-factor"
    assert browser.get("/stream").status_code == 403
    assert browser.post("/settings/tokens", data={"name": "x"}).status_code == 403
    assert "Your role needs a second factor" in browser.get("/settings/security/second-factor").text
    set_up_second_factor(strict, browser)
    assert browser.get("/inbox").status_code == 200
    assert strict.visitor(door.who.ada).get("/inbox").status_code == 200
