"""Mastodon's streams: what they bring, how they fail, where our token goes."""

import json
import threading
from collections.abc import Iterator

import pytest

from amends.core.errors import (
    AccessDenied,
    CredentialsRefused,
    QueryRefused,
    RateLimited,
    Unreachable,
)
from amends.core.ports import Page
from amends.core.watching import Watch
from tests.contract.mastodon_talk import (
    MENTIONS,
    MISSING,
    NOW,
    SEARCH,
    TAG,
    answer,
    collector,
    mention,
    status,
)
from tests.replay_server import Answer, Fault, Replay, replay_server


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def events(*told: tuple[str, object]) -> bytes:
    lines = [f"event: {kind}\ndata: {data if isinstance(data, str) else json.dumps(data)}\n\n" for kind, data in told]
    return (":)\n" + "".join(lines)).encode()


def heard(server: Replay, body: bytes, watch: Watch = TAG) -> list[Page]:
    """Return what a stream brought before it ended."""
    stream = Answer(body=body, headers={"content-type": "text/event-stream"})
    server.answer = lambda request: stream if "streaming" in request.path else MISSING
    pages: list[Page] = []
    with pytest.raises(Unreachable, match="ended"):
        pages.extend(collector(server).listen(watch, None, stopping=lambda: False))
    return pages


def test_a_stream_brings_what_is_new_what_is_changed_and_what_is_deleted_of_it(server: Replay) -> None:
    edited = status("11", "<p>other</p>", edited_at=NOW.isoformat())
    pages = heard(server, events(("update", status("11")), ("status.update", edited), ("delete", "11"), ("delete", "12")))
    assert [[(post.external_id, post.text, post.deleted) for post in page.posts] for page in pages] == [
        [("11", "words", False)],
        [("11", "other", False)],
        [("11", "", True)],
        [],
    ]
    assert server.requests[-1].path == "/api/v1/streaming/hashtag"
    assert (server.requests[-1].asked, server.requests[-1].headers["authorization"]) == ({"tag": "NorthPier"}, "Bearer k")


def test_a_stream_of_notifications_brings_mentions_in_their_threads(server: Replay) -> None:
    pages = heard(server, events(("notification", mention(1, status("13", in_reply_to_id="12")))), MENTIONS)
    assert [(post.external_id, post.root_id) for page in pages for post in page.posts] == [("13", "12")]


def test_what_cannot_be_read_in_a_stream_is_named_and_the_rest_is_good(server: Replay) -> None:
    told = events(("update", "{half"), ("filters_changed", "{}"), ("update", {**status("11"), "content": None}), ("update", status("12")))
    pages = heard(server, told + b"\xff\xfe\n\ndata\nevent\n:thump\n\n")
    assert [post.external_id for page in pages for post in page.posts] == ["12"]
    assert [page.troubles for page in pages if page.troubles] == [("update: not to be read",)]


@pytest.mark.parametrize(
    ("code", "kind"), [(401, CredentialsRefused), (403, AccessDenied), (429, RateLimited), (500, Unreachable), (302, QueryRefused)]
)
def test_a_stream_that_is_refused_is_the_error_of_any_request(server: Replay, code: int, kind: type[Exception]) -> None:
    server.answer = lambda request: Answer(status=code, body=b"no") if "streaming" in request.path else MISSING
    with pytest.raises(kind):
        next(collector(server).listen(MENTIONS, None, stopping=lambda: False))


def test_a_stream_stops_when_it_is_told_to(server: Replay) -> None:
    server.answer = lambda request: Answer(fault=Fault.HANG) if "streaming" in request.path else MISSING
    with pytest.raises(Unreachable):
        list(collector(server, time_out="0.2").listen(MENTIONS, None, stopping=lambda: True))
    stopping = threading.Event()
    server.say(b"")
    server.answer = lambda request: Answer(body=events(("update", status("11"))) * 50) if "streaming" in request.path else MISSING
    for page in collector(server).listen(TAG, None, stopping=stopping.is_set):
        assert page.posts
        stopping.set()


def test_a_token_goes_to_no_host_beyond_the_server_s_own(server: Replay) -> None:
    elsewhere = {"configuration": {"urls": {"streaming": "wss://collect.example"}}}
    server.answer = lambda request: Answer(body=events()) if "streaming" in request.path else answer(elsewhere)
    with pytest.raises(Unreachable, match="ended"):
        list(collector(server).listen(MENTIONS, None, stopping=lambda: False))
    assert server.requests[-1].path == "/api/v1/streaming/user/notification"


def test_other_watches_have_no_stream(server: Replay) -> None:
    with pytest.raises(QueryRefused):
        next(collector(server).listen(SEARCH, None, stopping=lambda: False))
