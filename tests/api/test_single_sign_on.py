"""Single sign-on against a provider on loopback: who comes in, and everything that must not be believed."""

import re
from collections.abc import Generator
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from amends.api.auth import SESSION_COOKIE
from amends.core.clock import utc_now
from amends.core.database import execute, fetch_values
from tests.accounts import knock
from tests.databases import Server
from tests.door import Answer, Door, Furnished, door_of
from tests.provider import Liar, a_liar, a_provider, sign_on

ADA = {"email": "ada@amends.example", "email_verified": True, "name": "Ada at home"}
NEW = {"email": "new@amends.example", "email_verified": True, "name": "Neo New"}


@pytest.fixture
def now_door(server: Server, furnished_now: Furnished) -> Generator[Door]:
    """A furnished desk at this very moment, since the provider's clock is the real one."""
    with door_of(server, furnished_now) as opened:
        opened.now = utc_now()
        yield opened


def signing_on(door: Door, issuer: str, **more: Any) -> Door:
    """The same desk with single sign-on."""
    given = {"oidc_issuer": issuer, "oidc_client_id": "amends", "oidc_client_secret": "s", "oidc_name": "Corp ID"} | more
    return Door(pool=door.pool, who=door.who, now=door.now, more=given)


@pytest.fixture
def liar() -> Generator[Liar]:
    """A provider that says what the test wants."""
    with a_liar() as found:
        yield found


def trouble(answer: Answer) -> str:
    assert answer.status_code == 303
    return answer.headers["location"].removeprefix("/login?trouble=")


def test_a_known_address_comes_in_and_stays_tied_when_it_changes_at_the_provider(now_door: Door) -> None:
    with a_provider(ADA) as issuer:
        desk = signing_on(now_door, issuer)
        client = desk.stranger()
        assert "Sign in with Corp ID" in client.get("/login").text
        assert sign_on(client, back="/inbox?view=mine").headers["location"] == "/inbox?view=mine"
        assert ">Ada<" in client.get("/inbox").text
    with now_door.pool.transaction() as conn:
        assert fetch_values(conn, "select sign_on_subject from agents where name = 'Ada'") == [f"{issuer} u-17"]
        assert fetch_values(conn, "select way from sessions") == ["single_sign_on"]


def test_who_was_invited_comes_in_as_invited_also_where_single_sign_on_is_the_only_way(now_door: Door) -> None:
    with a_provider(NEW) as issuer:
        desk = signing_on(now_door, issuer, oidc_only=True, oidc_role="agent")
        ann = desk.visitor(desk.who.ann)
        invited = ann.post("/settings/people/invitations", data={"email": "NEW@amends.example", "role": "lead"})
        [key] = re.findall(r"/invitation\?key=([\w-]+)", invited.text)[:1]
        client = desk.stranger()
        assert client.get(f"/invitation?key={key}").headers["location"] == "/login"
        assert sign_on(client).headers["location"] == "/inbox"
        with now_door.pool.transaction() as conn:
            assert fetch_values(conn, "select name || role from agents where email ilike 'new@amends.example'") == ["Neo Newlead"]
            assert fetch_values(conn, "select accepted_at is not null from invitations") == [True]


def test_without_a_role_for_new_people_only_known_addresses_come_in(now_door: Door) -> None:
    with a_provider(NEW) as issuer:
        client = signing_on(now_door, issuer).stranger()
        assert trouble(sign_on(client)) == "unknown"
        assert "You have no account here yet" in client.get("/login?trouble=unknown").text
        assert SESSION_COOKIE not in client.cookies
        made = signing_on(now_door, issuer, oidc_role="agent")
        assert sign_on(made.stranger()).headers["location"] == "/inbox"
    with now_door.pool.transaction() as conn:
        assert fetch_values(conn, "select name || role from agents where email = 'new@amends.example'") == ["Neo Newagent"]


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_the_provider_does_not_vouch_for_counts_for_nothing(now_door: Door, liar: Liar, verified: object) -> None:
    desk = signing_on(now_door, liar.issuer, oidc_role="agent")
    liar.now, liar.claims = int(desk.now.timestamp()), {"email_verified": verified}
    assert trouble(liar.come_back(desk.stranger())) == "unverified"


def test_who_is_deactivated_does_not_come_in_this_way_either(now_door: Door) -> None:
    with a_provider(ADA) as issuer:
        desk = signing_on(now_door, issuer)
        assert sign_on(desk.stranger()).headers["location"] == "/inbox"
        with now_door.pool.transaction() as conn:
            execute(conn, "update agents set active = false where name = 'Ada'")
        assert trouble(sign_on(desk.stranger())) == "left"


def test_an_address_that_went_to_somebody_else_at_the_provider_opens_nothing(now_door: Door, liar: Liar) -> None:
    desk = signing_on(now_door, liar.issuer)
    liar.now = int(desk.now.timestamp())
    assert liar.come_back(desk.stranger()).headers["location"] == "/inbox"
    liar.claims = {"sub": "another"}
    assert trouble(liar.come_back(desk.stranger())) == "other"


def test_saying_no_at_the_provider_leads_back_with_a_word(now_door: Door, liar: Liar) -> None:
    client = signing_on(now_door, liar.issuer).stranger()
    state = client.get("/login/sign-on").headers["location"].partition("state=")[2].partition("&")[0]
    assert trouble(client.get(f"/login/sign-on/back?error=access_denied&state={state}")) == "denied"


def test_we_ask_with_pkce_and_come_back_to_our_own_address(now_door: Door, liar: Liar) -> None:
    desk = signing_on(now_door, liar.issuer)
    liar.now = int(desk.now.timestamp())
    liar.come_back(desk.stranger())
    assert liar.seen["code_challenge_method"] == ["S256"]
    assert liar.seen["redirect_uri"] == ["http://desk.example/login/sign-on/back"]
    assert "openid" in liar.seen["scope"][0]


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "made-up"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "somebody-else"},
    "two audiences, meant for the other": {"aud": ["amends", "other"], "azp": "other"},
    "another issuer": {"iss": "https://evil.example"},
    "no end": {"exp": None},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_token_that_does_not_hold_opens_nothing(now_door: Door, liar: Liar, lie: dict[str, Any]) -> None:
    desk = signing_on(now_door, liar.issuer, oidc_role="admin")
    liar.now, liar.claims = int(desk.now.timestamp()), lie
    client = desk.stranger()
    assert trouble(liar.come_back(client)) == "untrue"
    assert SESSION_COOKIE not in client.cookies


@pytest.mark.parametrize(("late", "comes_in"), [(-59, True), (-61, False), (359, True), (361, False)])
def test_clocks_may_be_a_minute_apart_and_no_more(now_door: Door, liar: Liar, late: int, *, comes_in: bool) -> None:
    desk = signing_on(now_door, liar.issuer)
    liar.now = int(desk.now.timestamp()) - late
    location = liar.come_back(desk.stranger()).headers["location"]
    assert location == ("/inbox" if comes_in else "/login?trouble=untrue")


def test_a_token_of_another_key_or_of_none_opens_nothing(now_door: Door, liar: Liar) -> None:
    desk = signing_on(now_door, liar.issuer)
    liar.now, liar.key = int(desk.now.timestamp()), RSAKey.generate_key(2048)
    assert trouble(liar.come_back(desk.stranger())) == "untrue"


def test_a_state_that_was_not_given_to_this_browser_opens_nothing(now_door: Door, liar: Liar) -> None:
    desk = signing_on(now_door, liar.issuer)
    liar.now = int(desk.now.timestamp())
    victim, attacker = desk.stranger(), desk.stranger()
    attacker.get("/login/sign-on")
    assert trouble(victim.get("/login/sign-on/back?code=c&state=made-up")) == "state"
    victim.get("/login/sign-on")
    assert trouble(victim.get("/login/sign-on/back?code=c&state=made-up")) == "state"
    back = f"/login/sign-on/back?code=c&state={liar.seen.get('state', ['x'])[0]}"
    assert trouble(victim.get(back)) == "state"


def test_what_was_begun_is_used_once_and_for_ten_minutes(now_door: Door, liar: Liar) -> None:
    desk = signing_on(now_door, liar.issuer)
    liar.now = int(desk.now.timestamp())
    client = desk.stranger()
    assert liar.come_back(client).headers["location"] == "/inbox"
    assert trouble(client.get(f"/login/sign-on/back?code=c&state={liar.seen['state'][0]}")) == "state"
    late = desk.stranger()
    state = late.get("/login/sign-on").headers["location"].partition("state=")[2].partition("&")[0]
    desk.now += timedelta(minutes=10, seconds=1)
    assert trouble(late.get(f"/login/sign-on/back?code=c&state={state}")) == "state"


def test_a_provider_that_is_away_or_calls_itself_otherwise_is_told(now_door: Door, liar: Liar) -> None:
    assert trouble(signing_on(now_door, "http://127.0.0.1:9").stranger().get("/login/sign-on")) == "away"
    assert trouble(signing_on(now_door, "http://desk.example").stranger().get("/login/sign-on")) == "away"
    liar.about = {"issuer": "https://evil.example"}
    assert trouble(signing_on(now_door, liar.issuer).stranger().get("/login/sign-on")) == "away"


def test_there_is_no_such_door_where_no_provider_is_set(door: Door) -> None:
    client = door.stranger()
    assert client.get("/login/sign-on").status_code == 404
    assert "Sign in with" not in client.get("/login").text


def test_where_it_is_the_only_way_passwords_open_nothing(door: Door) -> None:
    desk = signing_on(door, "http://127.0.0.1:9", oidc_only=True)
    client = desk.stranger()
    assert 'type="password"' not in client.get("/login").text
    token = client.cookies["amends_login"]
    assert client.post("/login", data={"email": "a@b.example", "password": "x", "csrf_token": token}).status_code == 403
    assert client.get("/forgot").status_code == 404
    ann = desk.visitor(desk.who.ann)
    assert "password-link" not in ann.get("/settings/people").text
    assert ann.post(f"/settings/people/{desk.who.ada}/password-link").status_code == 422
    assert ann.post("/settings/security/password", data={"old": "x", "new": "tortoise under a lampshade"}).status_code == 404
    assert knock(door.stranger(), "ada@amends.example").status_code == 401


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_coming_back_leads_nowhere_but_to_our_own_pages(now_door: Door, back: str) -> None:
    with a_provider(ADA) as issuer:
        assert sign_on(signing_on(now_door, issuer).stranger(), back=back).headers["location"] == "/inbox"
