"""Sessions, password and profile of one's own; a password forgotten; a session that ended under an open page."""

import time
from datetime import timedelta

import pytest

from amends.api.frame import LANGUAGE_COOKIE
from amends.api.looks import THEME_COOKIE
from amends.core.database import fetch_values
from amends.inbox.actions.password_links import make_link
from tests.accounts import BETTER, PASSWORD, eve, fill_in, knock
from tests.door import Door
from tests.mailbox import Post, a_mailbox

EMAIL = "eve@amends.example"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def mailing(door: Door, post: Post) -> Door:
    """The same desk with a mail server."""
    return Door(pool=door.pool, who=door.who, now=door.now, more={"mail_url": f"smtp://127.0.0.1:{post.port}/?from=amends@corp.example"})


def link_in(post: Post) -> str:
    body = post.letters[-1].get_body(("plain",))
    assert body
    assert "and your API tokens unless you say otherwise" in body.get_content()
    return "/new-password?key=" + body.get_content().replace("=\n", "").partition("/new-password?key=")[2].split()[0]


def test_sessions_are_told_apart_and_ended_one_by_one(door: Door) -> None:
    eve_id = eve(door)
    elsewhere = door.stranger()
    elsewhere.headers["User-Agent"] = FIREFOX
    knock(elsewhere, EMAIL)
    here = door.visitor(eve_id)
    page = here.get("/settings/security").text
    assert "Firefox · Windows" in page
    assert "from testclient" in page
    assert page.count("this one") == 1
    with door.pool.transaction() as conn:
        [first, _own] = fetch_values(conn, "select id from sessions order by id")
    assert door.visitor(door.who.ada).post(f"/settings/security/sessions/{first}/end").status_code == 404
    assert here.post(f"/settings/security/sessions/{first}/end").status_code == 200
    assert (elsewhere.get("/inbox").status_code, here.get("/inbox").status_code) == (303, 200)


def test_all_other_sessions_end_at_once(door: Door) -> None:
    others, here = [door.visitor(door.who.ada) for _ in range(3)], door.visitor(door.who.ada)
    assert "3 other sessions have ended" in here.post("/settings/security/sessions/end-others").headers["HX-Trigger"]
    assert [one.get("/inbox").status_code for one in (*others, here)] == [303, 303, 303, 200]
    assert door.visitor(door.who.bo).get("/inbox").status_code == 200


def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(door: Door) -> None:
    eve_id = eve(door)
    other, here = door.visitor(eve_id), door.visitor(eve_id)
    assert "present password is wrong" in here.post("/settings/security/password", data={"old": "wrong", "new": BETTER}).text
    assert "at least 10" in here.post("/settings/security/password", data={"old": PASSWORD, "new": "short"}).text
    assert here.post("/settings/security/password", data={"old": PASSWORD, "new": BETTER}).status_code == 200
    assert (other.get("/inbox").status_code, here.get("/inbox").status_code) == (303, 200)
    assert knock(door.stranger(), EMAIL, BETTER).status_code == 303


@pytest.mark.parametrize(("ticked", "status"), [("", 200), ("yes", 401)])
def test_api_tokens_end_with_a_new_password_where_that_is_wished(door: Door, ticked: str, status: int) -> None:
    here, wish = door.visitor(eve_id := eve(door)), {"old": PASSWORD, "new": BETTER, "tokens_too": ticked}
    assert "tokens_too" not in here.get("/settings/security").text, "there is none to end"
    program = door.program(eve_id)
    assert 'name="tokens_too" value="yes">' in here.get("/settings/security").text
    for mistyped in ({"old": "mistyped"}, {"new": "short"}):
        again = here.post("/settings/security/password", data=wish | mistyped).text
        assert ('name="tokens_too" value="yes" checked>' in again) == bool(ticked), "a wish outlives a slip of the keys"
    assert here.post("/settings/security/password", data=wish).status_code == 200
    assert program.get("/api/v1/me").status_code == status


@pytest.mark.parametrize(("ticked", "status"), [({}, 200), ({"tokens_too": "yes"}, 401)])
def test_who_forgot_their_password_is_offered_to_end_their_api_tokens(door: Door, ticked: dict[str, str], status: int) -> None:
    program = door.program(eve_id := eve(door))
    with door.pool.transaction() as conn:
        key = make_link(conn, agent_id=eve_id, by=None, now=door.now)[1]
    client, link = door.stranger(), f"/new-password?key={key}"
    assert 'name="tokens_too" value="yes" checked>' in client.get(link).text
    again = fill_in(client, link, key=key, password="short", **ticked)
    assert ('name="tokens_too" value="yes" checked>' in again.text) == bool(ticked)
    assert program.get("/api/v1/me").status_code == 200
    assert fill_in(client, link, key=key, password=BETTER, **ticked).headers["location"] == "/login"
    assert program.get("/api/v1/me").status_code == status


def test_guessing_the_present_password_in_a_stolen_session_gets_slow(door: Door) -> None:
    here = door.visitor(eve(door))
    for _ in range(5):
        here.post("/settings/security/password", data={"old": "wrong", "new": BETTER})
    assert "Too many failed tries" in here.post("/settings/security/password", data={"old": PASSWORD, "new": BETTER}).text


def test_when_somebody_was_last_seen_is_noted_once_a_minute(door: Door) -> None:
    client = door.visitor(door.who.ada)
    for seconds, expected in ((30, 0), (61, 61), (90, 61)):
        started = door.now
        door.now = started + timedelta(seconds=seconds)
        client.get("/inbox")
        with door.pool.transaction() as conn:
            [seen] = fetch_values(conn, "select last_seen_at from agents where name = 'Ada'")
        assert seen == started + timedelta(seconds=expected)
        door.now = started


def test_a_forgotten_password_is_mended_by_a_letter_once_within_an_hour(door: Door) -> None:
    eve_id = eve(door)
    with a_mailbox() as post:
        desk = mailing(door, post)
        session = desk.visitor(eve_id)
        assert "If there is an account" in fill_in(desk.stranger(), "/forgot", email=EMAIL.upper()).text
        link = link_in(post)
        assert post.letters[-1]["To"] == "Eve@amends.example".lower()
        client = desk.stranger()
        assert fill_in(client, link, key=link.partition("key=")[2], password="Eve-1234567").status_code == 422
        assert fill_in(client, link, key=link.partition("key=")[2], password=BETTER).headers["location"] == "/login"
        assert session.get("/inbox").status_code == 303
        assert desk.stranger().get(link).status_code == 404
        assert knock(desk.stranger(), EMAIL).status_code == 401
        assert knock(desk.stranger(), EMAIL, BETTER).status_code == 303
        desk.now += timedelta(hours=1)
        fill_in(desk.stranger(), "/forgot", email=EMAIL)
        first = link_in(post)
        fill_in(desk.stranger(), "/forgot", email=EMAIL)
        assert desk.stranger().get(first).status_code == 404, "the newer link replaces it"
        desk.now += timedelta(hours=1, seconds=1)
        assert desk.stranger().get(link_in(post)).status_code == 404


def test_nobody_learns_who_has_an_account_neither_from_the_words_nor_from_how_long_it_takes(door: Door) -> None:
    eve(door)
    with a_mailbox() as post:
        desk = mailing(door, post)
        known, unknown = (fill_in(desk.stranger(), "/forgot", email=email) for email in (EMAIL, "nobody@amends.example"))

    def words(text: str) -> str:
        return text.partition("<main")[2]

    assert words(known.text) == words(unknown.text)
    assert known.status_code == unknown.status_code == 200
    assert len(post.letters) == 1


def test_the_answer_does_not_wait_for_the_mail_server(door: Door) -> None:
    """The look-up and the letter come after the answer; a server that nobody reaches changes nothing for whoever asks."""
    eve(door)
    desk = Door(pool=door.pool, who=door.who, more={"mail_url": "smtp://127.0.0.1:9/?from=amends@corp.example"})
    began = time.perf_counter()
    assert "If there is an account" in fill_in(desk.stranger(), "/forgot", email=EMAIL).text
    assert time.perf_counter() - began < 30


def test_asking_for_letters_again_and_again_is_slowed_down_for_any_address(door: Door) -> None:
    with a_mailbox() as post:
        desk = mailing(door, post)
        answers = [fill_in(desk.stranger(), "/forgot", email="nobody@amends.example").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_a_letter_names_our_own_address_whatever_the_request_says(door: Door) -> None:
    eve(door)
    with a_mailbox() as post:
        client = mailing(door, post).stranger()
        client.headers["Host"] = "evil.example"
        fill_in(client, "/forgot", email=EMAIL)
    body = post.letters[-1].get_body(("plain",))
    assert body
    assert "and your API tokens unless you say otherwise" in body.get_content()
    assert "evil" not in body.get_content()


def test_a_made_up_key_opens_nothing_and_many_of_them_must_wait(door: Door) -> None:
    client = door.stranger()
    assert client.get("/new-password?key=made-up").status_code == 404
    assert client.get("/invitation?key=").status_code == 404
    for number in range(98):
        client.get(f"/new-password?key={number}")
    assert client.get("/invitation?key=another").status_code == 429


def test_who_enters_the_address_of_the_settings_comes_to_their_own(shared_door: Door) -> None:
    assert shared_door.visitor(shared_door.who.ada).get("/settings").headers["location"] == "/settings/profile"
    assert shared_door.stranger().get("/settings").headers["location"] == "/login?next=%2Fsettings"


def test_the_profile_is_kept_and_speaks_at_once_and_at_the_next_sign_in(door: Door) -> None:
    client = door.visitor(eve(door))
    chosen = {"name": "Eve  Tesfaye", "interface_language": "ta", "language": ["ta", "en"], "theme": "dark", "time_zone": "Asia/Colombo"}
    answer = client.post("/settings/profile", data=chosen)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/profile?saved=true")
    assert client.cookies[LANGUAGE_COOKIE] == "ta"
    page = client.get("/settings/profile").text
    assert '<html lang="ta" data-theme="dark"' in page
    assert "Eve Tesfaye" in page
    elsewhere = door.stranger()
    knock(elsewhere, EMAIL)
    assert (elsewhere.cookies[LANGUAGE_COOKIE], elsewhere.cookies[THEME_COOKIE]) == ("ta", "dark")
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select array_to_string(languages, ',') || time_zone from agents where name = 'Eve Tesfaye'") == [
            "en,taAsia/Colombo"
        ]


@pytest.mark.parametrize(
    "odd",
    [
        {"time_zone": "Mars/Base"},
        {"interface_language": "xx"},
        {"theme": "pink"},
        {"language": ["klingon"]},
        {"name": " "},
        {"name": "x" * 101},
    ],
)
def test_a_profile_that_makes_no_sense_is_told_and_changes_nothing(shared_door: Door, odd: dict[str, object]) -> None:
    client = shared_door.visitor(shared_door.who.ada)
    answer = client.post("/settings/profile", data={"name": "Other"} | odd)
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    with shared_door.pool.transaction() as conn:
        assert fetch_values(conn, "select count(*) from agents where name = 'Other'") == [0]


def test_a_page_that_outlived_its_session_gets_401_and_then_the_new_token(door: Door) -> None:
    client = door.visitor(door.who.ada)
    door.now += timedelta(hours=13)
    typed = client.post(f"/inbox/{door.who.plain}/note", data={"text": "half a"}, headers={"HX-Request": "true"})
    assert (typed.status_code, typed.json()["error"]) == (401, "not_signed_in")
    assert client.get("/login/again", headers={"HX-Request": "true"}).status_code == 401
    again = door.visitor(door.who.ada)
    told = again.get("/login/again").json()
    assert told == {"agent_id": door.who.ada, "csrf_token": again.headers["X-CSRF-Token"]}
    assert "You are signed in" in again.get("/login/done").text
