"""The first administrator of a fresh installation, and nobody after them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from amends.core.database import Pool, fetch_values
from amends.core.secrets import set_up_code
from tests.accounts import PASSWORD, fill_in
from tests.cast import NOON, SECRET_KEY
from tests.door import Door
from tests.seed import NOBODY

CODE = set_up_code(SECRET_KEY)
ROOT = {"email": "root@amends.example", "name": "Root", "password": PASSWORD}


@pytest.fixture
def fresh(pool: Pool) -> Door:
    """The door of an installation where nobody is yet."""
    return Door(pool=pool, who=NOBODY)


def roles(door: Door) -> list[str]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select role from agents order by id")


def test_a_fresh_installation_leads_to_where_it_begins(fresh: Door) -> None:
    client = fresh.stranger()
    assert client.get("/").headers["location"] == "/inbox"
    assert client.get("/inbox").headers["location"].startswith("/login")
    assert client.get("/login").headers["location"] == "/welcome"
    assert "Set-up code" in client.get("/welcome").text


def test_whoever_has_the_code_becomes_administrator_and_is_in(fresh: Door) -> None:
    client = fresh.stranger()
    answer = fill_in(client, "/welcome", code=f" {CODE.upper()} ", **ROOT)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")
    page = client.get("/inbox").text
    assert "Root" in page
    assert 'href="/sources#t-source"' in page, "an inbox into which nothing can come says where that begins"
    assert "An administrator adds sources" not in page, "she is one"
    assert "Nobody waits for us" not in page
    assert roles(fresh) == ["admin"]
    assert client.get("/numbers").text.count("top: —") == 2, "what was never measured has no greatest value"
    assert "Outage in Jaffna" not in client.get("/incidents").text, "an incident is of a brand, and there is none"


def test_afterwards_the_page_is_gone(fresh: Door) -> None:
    fill_in(fresh.stranger(), "/welcome", code=CODE, **ROOT)
    late = fresh.stranger()
    assert late.get("/welcome").status_code == 404
    late.get("/login")
    token = late.cookies["amends_login"]
    again = late.post("/welcome", data={"code": CODE, **ROOT, "email": "second@amends.example", "csrf_token": token})
    assert again.status_code == 404
    assert roles(fresh) == ["admin"]


def test_without_the_code_nobody_gets_in_and_guessing_gets_slow(fresh: Door) -> None:
    client = fresh.stranger()
    for guess in ("", "bcdfg-bcdfg-bcdfg", "x", "ü", "0"):
        answer = fill_in(client, "/welcome", code=guess, **ROOT)
        assert (answer.status_code, "not the set-up code" in answer.text) == (422, True)
    assert "Too many failed tries" in fill_in(client, "/welcome", code=CODE, **ROOT).text
    assert roles(fresh) == []
    fresh.now = NOON + timedelta(seconds=31)
    assert fill_in(client, "/welcome", code=CODE, **ROOT).status_code == 303


def test_a_bad_password_is_told_and_what_was_entered_stays(fresh: Door) -> None:
    answer = fill_in(fresh.stranger(), "/welcome", code=CODE, **ROOT | {"password": "Password123!"})
    assert answer.status_code == 422
    assert "among the first that are tried" in answer.text
    assert 'value="root@amends.example"' in answer.text


def test_two_at_once_make_one_administrator(fresh: Door) -> None:
    def settle(number: int) -> int:
        return fill_in(fresh.stranger(), "/welcome", code=CODE, **ROOT | {"email": f"root{number}@amends.example"}).status_code

    with ThreadPoolExecutor(4) as crowd:
        answers = sorted(crowd.map(settle, range(4)))
    assert (answers.count(303), roles(fresh)) == (1, ["admin"])
