"""Telegram's own: updates that are forgotten once a later offset is asked for, UTF-16, private chats, and the webhook's secret."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from amends.collectors.telegram import Telegram, build
from amends.core.errors import HookRefused, RateLimited
from amends.core.ports import Account
from amends.core.post import Visibility
from amends.core.pushing import Hook
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Replay, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
INBOX = Watch(kind=WatchKind.INBOX)
SECRET = "x-telegram-bot-api-secret-token"


@pytest.fixture
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def bot(server: Replay) -> Telegram:
    credentials = {"token": "7001:t", "webhook_secret": "agreed"}
    return build(Account(handle="NorthPierBot", credentials=credentials, options={"base_url": server.url}), lambda: NOW)


def update(number: int, text: str, chat: Mapping[str, object]) -> dict[str, object]:
    sender = {"id": 71, "first_name": "Cy"}
    message = {"message_id": number, "from": sender, "chat": chat, "date": int(NOW.timestamp()), "text": text}
    return {"update_id": 100 + number, "message": message}


PRIVATE = {"id": 71, "type": "private", "first_name": "Cy"}


def test_only_what_was_stored_is_asked_to_be_forgotten(server: Replay) -> None:
    server.say(json.dumps({"ok": True, "result": [update(1, "one", PRIVATE), update(2, "two", PRIVATE)]}).encode())
    page = bot(server).fetch(INBOX, None, budget=100)
    assert json.loads(server.requests[0].body)["offset"] == 0
    bot(server).fetch(INBOX, page.cursor, budget=100)
    assert json.loads(server.requests[1].body)["offset"] == 103


def test_a_full_page_is_followed_by_the_next_one_at_once(server: Replay) -> None:
    server.say(json.dumps({"ok": True, "result": [update(1, "one", PRIVATE), update(2, "two", PRIVATE)]}).encode())
    first = bot(server).fetch(INBOX, None, budget=2)
    assert first.more
    assert not bot(server).fetch(INBOX, first.cursor, budget=2).more


def test_a_private_chat_is_one_thread_that_nobody_else_sees(server: Replay) -> None:
    server.say(json.dumps({"ok": True, "result": [update(1, "one", PRIVATE), update(2, "two", PRIVATE)]}).encode())
    posts = bot(server).fetch(INBOX, None, budget=100).posts
    assert {(post.root_id, post.visibility) for post in posts} == {("71", Visibility.DIRECT)}


def test_a_limit_in_the_body_is_obeyed(server: Replay) -> None:
    told = {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 17", "parameters": {"retry_after": 17}}
    server.say(json.dumps(told).encode(), 429)
    with pytest.raises(RateLimited, match="retry after 17") as raised:
        bot(server).fetch(INBOX, None, budget=100)
    assert raised.value.until == NOW + timedelta(seconds=17)


def test_the_length_is_counted_in_utf_16(server: Replay) -> None:
    assert [bot(server).reply_length(text) for text in ("abc", "é", "😀", "\ud83d")] == [3, 1, 2, 1]


def test_the_webhook_hears_whoever_shows_the_secret(server: Replay) -> None:
    body = json.dumps(update(1, "one", PRIVATE)).encode()
    heard = bot(server).hear(Hook(method="POST", headers={SECRET: "agreed"}, query={}, body=body))
    assert [post.text for post in heard.harvest.posts] == ["one"]
    assert heard.delivery_id == "101"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b'{"update_id": 1}'),
        ({SECRET: "guessed"}, b'{"update_id": 1}'),
        ({SECRET: ""}, b'{"update_id": 1}'),
        ({SECRET: "agreed"}, b"[]"),
    ],
)
def test_the_webhook_takes_nothing_else(server: Replay, headers: Mapping[str, str], body: bytes) -> None:
    with pytest.raises(HookRefused):
        bot(server).hear(Hook(method="POST", headers=headers, query={}, body=body))


def test_without_a_secret_of_ours_nobody_is_heard(server: Replay) -> None:
    silent = build(Account(handle="b", credentials={"token": "7001:t"}, options={"base_url": server.url}), lambda: NOW)
    with pytest.raises(HookRefused):
        silent.hear(Hook(method="POST", headers={SECRET: ""}, query={}, body=b'{"update_id": 1}'))
