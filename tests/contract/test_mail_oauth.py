"""A mailbox without a password: a token is made from what was entered, shown to IMAP and SMTP (XOAUTH2), kept while it lasts, renewed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest

from amends.collectors._mail_login import Login
from amends.collectors._mail_send import connected
from amends.collectors.mail import asked_at, build, grant
from amends.core.errors import CredentialsRefused, NetworkError, SourceUnfit, Unreachable
from amends.core.ports import Account, Draft
from amends.core.watching import Watch, WatchKind
from tests.imap_server import TOKEN, USER, Imap, imap_server
from tests.mailbox import Post, a_mailbox
from tests.replay_server import Answer, Replay, Request, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
MAILBOX = Watch(kind=WatchKind.MAILBOX)
ENTERED = {"client_id": "C", "client_secret": "S", "refresh_token": "R"}
MAIL = f"From: Cy <cy@shop.example>\r\nTo: {USER}\r\nSubject: Parcel\r\nMessage-ID: <m1@shop.example>\r\n\r\nWhere is my parcel?".encode()


@pytest.fixture(scope="module")
def imap() -> Iterator[Imap]:
    with imap_server() as server:
        server.deliver(MAIL, NOW - timedelta(hours=2))
        yield server


@pytest.fixture(scope="module")
def smtp() -> Iterator[Post]:
    with a_mailbox(token=TOKEN) as post:
        yield post


@pytest.fixture
def provider() -> Iterator[Replay]:
    with replay_server() as replay:
        replay.answer = lambda _request: granting(TOKEN)
        yield replay


def granting(token: str, **more: str) -> Answer:
    return Answer(body=json.dumps({"access_token": token, "expires_in": 3600, **more}).encode())


def account(provider: Replay, imap: Imap | None = None, smtp: Post | None = None) -> Account:
    reading = {"imap_host": "127.0.0.1", "imap_port": str(imap.port), "security": "plain"} if imap else {}
    sending = {"smtp_host": "127.0.0.1", "smtp_port": str(smtp.port), "smtp_security": "plain"} if smtp else {}
    return Account(handle=USER, credentials=ENTERED, options={"token_url": f"{provider.url}/token", **reading, **sending})


def asked(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode()))


def test_a_mail_is_read_and_answered_with_one_token_and_no_password(provider: Replay, imap: Imap, smtp: Post) -> None:
    mailbox = build(account(provider, imap, smtp), lambda: NOW)
    [post] = mailbox.fetch(MAILBOX, None, budget=10).posts
    draft = Draft(parent_id=post.external_id, root_id=post.root_id, text="We look for it.", key="k", since=NOW)
    mailbox.reply(draft)

    assert mailbox.find_reply(draft) is not None
    assert [letter["In-Reply-To"] for letter in smtp.letters] == ["<m1@shop.example>"]
    assert smtp.tokens[-1] == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01"
    assert [asked(request) for request in provider.requests] == [{**ENTERED, "grant_type": "refresh_token"}]


def test_a_token_that_the_mail_servers_refuse_asks_for_new_credentials(provider: Replay, imap: Imap, smtp: Post) -> None:
    provider.answer = lambda _request: granting("revoked")
    given = account(provider, imap, smtp)
    with pytest.raises(CredentialsRefused):
        build(given, lambda: NOW).fetch(MAILBOX, None, budget=10)
    with pytest.raises(CredentialsRefused, match="535"), connected(Login(given, lambda: NOW)):
        pass


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [(400, b'{"error": "invalid_grant"}', CredentialsRefused), (200, b"<html>", Unreachable), (503, b"", NetworkError)],
)
def test_a_provider_that_gives_no_token_says_why(provider: Replay, status: int, body: bytes, kind: type[NetworkError]) -> None:
    provider.answer = lambda _request: Answer(status=status, body=body)
    with pytest.raises(kind):
        Login(account(provider), lambda: NOW).token()


def test_a_token_is_renewed_before_it_ends_with_the_newest_refresh_token_which_is_remembered(provider: Replay) -> None:
    kept: list[str] = []
    now = [NOW]
    provider.answer = lambda _request: granting(TOKEN, refresh_token=f"R{len(provider.requests)}")
    login = Login(replace(account(provider), remember=kept.append), lambda: now[0])
    for minutes in (0, 30, 59):
        now[0] = NOW + timedelta(minutes=minutes)
        login.token()
    Login(replace(account(provider), memory=kept[-1]), lambda: NOW).token()

    shown = [asked(request)["refresh_token"] for request in provider.requests]
    assert shown == ["R", kept[0], kept[1]]


def test_an_app_without_a_persons_consent_asks_in_its_own_name(provider: Replay) -> None:
    app = replace(account(provider), credentials={"client_id": "C", "client_secret": "S"})
    assert Login(app, lambda: NOW).token() == TOKEN
    assert asked(provider.requests[0])["grant_type"] == "client_credentials"
    assert asked(provider.requests[0])["scope"].endswith("/.default")


@pytest.mark.parametrize("address", ["http://login.example/token", "login.example", "ftp://127.0.0.1/token", "https://[", "https://"])
def test_no_secret_goes_to_an_address_in_the_open(provider: Replay, address: str) -> None:
    given = account(provider)
    with pytest.raises(SourceUnfit):
        Login(replace(given, options={**given.options, "token_url": address}), lambda: NOW).token()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"imap_host": "imap.gmail.com"}, ("Google", "accounts.google.com")),
        ({"imap_host": "outlook.office365.com"}, ("Microsoft 365", "login.microsoftonline.com/common/")),
        ({"token_url": "https://login.microsoftonline.com/t1/oauth2/v2.0/token"}, ("Microsoft 365", "login.microsoftonline.com/t1/")),
        ({"token_url": "https://login.elsewhere.example/token", "imap_host": "imap.gmail.com"}, None),
        ({"token_url": "https://[/token"}, None),
        ({"token_url": "http://login.microsoftonline.com/t1/oauth2/v2.0/token"}, None),
        ({"token_url": "ftp://127.0.0.1/token"}, None),
        ({"imap_host": "imap.shop.example"}, None),
    ],
)
def test_who_is_asked_to_let_us_in_is_known_by_the_server_or_the_address_of_the_tokens(
    options: dict[str, str], told: tuple[str, str] | None
) -> None:
    given = Account(handle=USER, credentials={"client_id": "C", "client_secret": "S"}, options=options)
    assert asked_at(options) == (told[0] if told else "")
    if told:
        found = grant(given, lambda: NOW, "https://desk.example/grants/back")
        assert told[1] in found.authorize
        assert found.token.endswith("/token")
    else:
        with pytest.raises(CredentialsRefused, match="known for Gmail"):
            grant(given, lambda: NOW, "https://desk.example/grants/back")


def test_a_password_signs_in_where_no_app_of_ours_was_entered() -> None:
    gmail = Account(handle=USER, credentials={"password": "p"}, options={"imap_host": "imap.gmail.com"})
    assert not Login(gmail, lambda: NOW).by_token
    assert Login(replace(gmail, credentials={"client_id": "C"}), lambda: NOW).by_token


def test_what_is_missing_is_said(provider: Replay) -> None:
    for credentials in ({}, {"client_id": "C"}, {"client_secret": "S"}):
        with pytest.raises(CredentialsRefused, match="client"):
            Login(replace(account(provider), credentials=credentials), lambda: NOW).token()
