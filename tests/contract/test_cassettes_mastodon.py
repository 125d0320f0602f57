"""Every recorded answer of a real Mastodon server is read by the collector, through Mastodon.py, from a loopback server that replays it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.collectors._mastodon_stream import parsed
from amends.collectors.mastodon import Mastodon, build, posts_from
from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, QueryRefused, RateLimited, ReplyRefused, Unreachable
from amends.core.ports import Account, Draft
from amends.core.post import Visibility
from amends.core.watching import Watch, WatchKind
from tests.contract.cassettes import ABSENT, Cassette, recorded
from tests.replay_server import Answer, Replay, Request, replay_server

NOW = datetime(2026, 8, 2, 12, tzinfo=UTC)
ALL = recorded("mastodon")
GOOD = [tape for tape in ALL if tape.status < 400]
BAD = [tape for tape in ALL if tape.status >= 400]
KEPT = ("x-ratelimit-", "retry-after", "content-type", "link")
ERRORS: dict[int, type[NetworkError]] = {
    401: CredentialsRefused,
    403: AccessDenied,
    404: QueryRefused,
    410: QueryRefused,
    422: QueryRefused,
    429: RateLimited,
    451: AccessDenied,
}
KINDS = {"/notifications": WatchKind.MENTIONS, "/timelines/tag/": WatchKind.HASHTAG, "/api/v2/search": WatchKind.SEARCH}

pytestmark = pytest.mark.skipif(not ALL, reason=ABSENT)


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def account(server: Replay | None = None) -> Account:
    base = {"base_url": server.url} if server else {}
    return Account(
        handle="mastodonpy_test@localhost", credentials={"access_token": "k"}, options={"user_id": "1", "first_days": "9000", **base}
    )


def play(server: Replay, tape: Cassette) -> Mastodon:
    """Let the server answer everything with the tape; what stands around a status it does not know."""
    headers = {name: value for name, value in tape.headers.items() if name.lower().startswith(KEPT)}
    told, unknown = Answer(status=tape.status, body=tape.body, headers=headers), Answer(status=404, body=b'{"error": "Record not found"}')
    alone = "/context" in tape.url
    server.answer = lambda request: unknown if request.path.endswith("/context") and not alone else told
    return build(account(server), lambda: NOW)


def watch_of(tape: Cassette) -> Watch:
    kind = next((kind for part, kind in KINDS.items() if part in tape.url), WatchKind.OWN_POSTS)
    return Watch(kind=kind, query="hoot" if kind.takes_words else "")


def named(tapes: list[Cassette]) -> Any:
    return pytest.mark.parametrize("tape", tapes, ids=[tape.file for tape in tapes])


def is_status(item: object) -> bool:
    return isinstance(item, dict) and {"id", "content", "account", "visibility"} <= item.keys()


def statuses(body: Any, inside: str = "") -> Iterator[dict[str, Any]]:
    """Return the statuses in the raw JSON, boosts and quotes of others left inside them; found without the code under test."""
    if is_status(body):
        yield body
        return
    parts = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, part in parts:
        yield from statuses(part, str(name))


def read_json(tape: Cassette) -> Any:
    if tape.file.endswith(".txt"):
        return [json.loads(line[5:]) for line in tape.body.splitlines() if line.startswith(b"data:")]
    try:
        return json.loads(tape.body)
    except ValueError:
        return None


@named(ALL)
def test_a_recorded_body_gives_every_status_in_it_with_its_time_and_its_words(tape: Cassette) -> None:
    posts = {post.external_id: post for post in posts_from(tape.body, account()).posts}
    wanted = {item["id"]: item for item in statuses(read_json(tape))}
    assert posts.keys() == wanted.keys()
    for external_id, item in wanted.items():
        post = posts[external_id]
        assert post.published_at == datetime.fromisoformat(item["created_at"])
        assert post.edited_at == (datetime.fromisoformat(item["edited_at"]) if item["edited_at"] else None)
        assert (post.permalink, post.author.handle, post.parent_id) == (item["url"], item["account"]["acct"], item["in_reply_to_id"])
        assert "<" not in post.text
        assert post.can_reply is (post.why_no_reply == "")
        assert posts_from(post.raw, account()).posts == (post,)


@named(GOOD)
def test_a_recorded_page_comes_through_the_real_client_library(server: Replay, tape: Cassette) -> None:
    collector, watch, body = play(server, tape), watch_of(tape), read_json(tape)
    entries = body.get("statuses") if watch.kind is WatchKind.SEARCH and isinstance(body, dict) else body
    if isinstance(entries, list) and not tape.file.endswith(".txt"):
        page = collector.fetch(watch, None, budget=100)
        assert {post.external_id for post in page.posts} == {item["id"] for item in statuses(entries)}
    else:
        with pytest.raises(Unreachable):
            collector.fetch(watch, None, budget=100)


@named(BAD)
def test_a_recorded_refusal_becomes_its_error_after_one_request(server: Replay, tape: Cassette) -> None:
    collector, before = play(server, tape), len(server.requests)
    wanted = ERRORS.get(tape.status, Unreachable)
    with pytest.raises(wanted) as raised:
        collector.fetch(watch_of(tape), None, budget=100)
    assert type(raised.value) is wanted
    assert len(server.requests) == before + 1


def tape(file: str) -> Cassette:
    return next(found for found in ALL if found.file == file)


def test_a_page_by_the_link_header_goes_on_below_what_it_says(server: Replay) -> None:
    found = tape("test_home_tl.01.json")
    first = play(server, found).fetch(Watch(kind=WatchKind.HASHTAG, query="hoot"), None, budget=100)
    assert first.more
    play(server, found).fetch(Watch(kind=WatchKind.HASHTAG, query="hoot"), first.cursor, budget=100)
    assert server.requests[-1].asked["max_id"] == "117020574694606796"


def test_a_mention_names_us_as_the_source_calls_us() -> None:
    (post,) = posts_from(tape("test_notifications_types.02.json").body, account()).posts
    assert post.text == "@mastodonpy_test hello!"
    assert post.mentions == ("mastodonpy_test",)


def test_a_status_that_is_missing_is_deleted_and_one_of_a_refused_token_is_not(server: Replay) -> None:
    (post,) = play(server, tape("test_status_missing.00.json")).refresh(["0"])
    assert post.deleted
    with pytest.raises(CredentialsRefused):
        play(server, tape("test_unauthed_home_tl_throws.01.json")).refresh(["0"])


def test_an_edited_status_says_when_and_keeps_its_id() -> None:
    (before,) = posts_from(tape("test_status_edit.00.json").body, account()).posts
    (after,) = posts_from(tape("test_status_edit.03.json").body, account()).posts
    assert before.external_id == after.external_id
    assert (before.edited_at, after.edited_at) == (None, datetime(2026, 8, 1, 13, 54, 0, 695000, tzinfo=UTC))
    assert "Kate" in after.text


def test_the_history_of_an_edit_is_no_list_of_posts() -> None:
    harvest = posts_from(tape("test_status_edit.04.json").body, account())
    assert harvest.posts == ()
    assert harvest.troubles == ("post 0: no id", "post 1: no id")


def test_an_accepted_reply_is_published_and_an_empty_one_refused(server: Replay) -> None:
    draft = Draft(parent_id="117020583245459824", root_id="117020583245459824", text="same!", key="k", since=NOW - timedelta(days=2))
    parent, made = tape("test_status_reply.00.json"), tape("test_status_reply.02.json")
    collector = play(server, made)
    server.answer = lambda request: Answer(body=(parent if request.method == "GET" else made).body)
    assert collector.reply(draft).external_id == "117020583258292382"
    assert server.requests[-1].asked["status"] == "@mastodonpy_test_2 same!"
    refused = tape("test_status_empty.00.json")
    server.answer = lambda request: answer_of(request, parent, refused)
    with pytest.raises(ReplyRefused, match="Text"):
        collector.reply(draft)


def answer_of(request: Request, parent: Cassette, refused: Cassette) -> Answer:
    return Answer(body=parent.body) if request.method == "GET" else Answer(status=refused.status, body=refused.body)


def test_we_learn_who_we_are_and_that_nothing_is_wrong(server: Replay) -> None:
    collector = play(server, tape("test_verify_credentials.00.json"))
    standing = collector.check()
    assert (standing.user_id, standing.handle, standing.can_reply, standing.warnings) == (
        "117020457910412882",
        "mastodonpy_test",
        True,
        (),
    )


def test_the_recorded_stream_tells_of_one_private_conversation(server: Replay) -> None:
    stream = tape("test_stream_direct.06.txt")
    (event,) = parsed(iter(stream.body.split(b"\n")))
    assert event.kind == "conversation"
    instance = tape("test_stream_direct.02.json")
    server.answer = lambda request: Answer(
        body=(instance if request.path == "/api/v2/instance" else stream).body, headers={"content-type": "text/event-stream"}
    )
    pages = build(account(server), lambda: NOW).listen(Watch(kind=WatchKind.MENTIONS), None, stopping=lambda: False)
    (post,) = next(pages).posts
    assert (post.text, post.visibility) == ("@mastodonpy_test todo funny text here", Visibility.DIRECT)
    with pytest.raises(Unreachable, match="ended"):
        list(pages)
