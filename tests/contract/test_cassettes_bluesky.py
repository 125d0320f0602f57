"""Every recorded answer of Bluesky's servers, through the real client library, from a loopback server that replays it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from amends.collectors import build
from amends.collectors.bluesky import posts_from
from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, QueryRefused, RateLimited, ReplyRefused, Unreachable
from amends.core.ports import Account, Collector, Draft, Page
from amends.core.post import Post
from amends.core.watching import Watch, WatchKind
from tests.contract.cassettes import ABSENT, Cassette, recorded
from tests.replay_server import Answer, Replay, Request, replay_server

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ALL = recorded("bluesky")
US, CY = "did:plc:xabgg2s3abldgdz4acusmf76", "did:plc:a2mjnzqj3oqbkejycrwmomou"
ROOT = f"at://{CY}/app.bsky.feed.post/3n2txhd2nas2p"
ANSWER = f"at://{CY}/app.bsky.feed.post/3n2txhd5ly22p"
DELETED = f"at://{CY}/app.bsky.feed.post/3n2txhdf6622p"
LISTS = {
    "app.bsky.notification.listNotifications": "notifications",
    "app.bsky.feed.searchPosts": "posts",
    "app.bsky.feed.getAuthorFeed": "feed",
}
WATCHES = {
    "app.bsky.notification.listNotifications": Watch(kind=WatchKind.MENTIONS),
    "app.bsky.feed.searchPosts": Watch(kind=WatchKind.SEARCH, query="acme"),
    "app.bsky.feed.getAuthorFeed": Watch(kind=WatchKind.OWN_POSTS),
}
STATUSES: dict[int, type[NetworkError]] = {
    401: CredentialsRefused,
    403: AccessDenied,
    404: QueryRefused,
    400: QueryRefused,
    429: RateLimited,
}
SESSION = f"acmecare.test:::{US}:::access:::refresh:::http://127.0.0.1"

pytestmark = pytest.mark.skipif(not ALL, reason=ABSENT)


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def method_of(tape: Cassette) -> str:
    return urlsplit(tape.url).path.rpartition("/")[2]


def account(server: Replay | None = None) -> Account:
    """Return our account, signed in already."""
    base = {"base_url": f"{server.url}/bluesky"} if server else {}
    return Account(handle="acmecare.test", options={"user_id": US, "first_days": "9000", **base}, memory=SESSION)


def play(server: Replay, tape: Cassette) -> Collector:
    """Let the server answer everything with the tape, but no login."""
    told = Answer(status=tape.status, body=tape.body, headers={"content-type": tape.headers.get("content-type", "application/json")})

    def answer(request: Request) -> Answer:
        return Answer(status=401, body=b'{"error": "AuthenticationRequired"}') if "com.atproto.server." in request.path else told

    server.answer = answer
    return build("bluesky", account(server), lambda: NOW)


def originals(body: Any) -> dict[str, dict[str, Any]]:
    """Return the posts in a body by their addresses, found without the code under test."""
    found: dict[str, dict[str, Any]] = {}
    for item in [body, *body.values()] if isinstance(body, dict) else body if isinstance(body, list) else []:
        if isinstance(item, dict) and isinstance(item.get("record"), dict) and "/app.bsky.feed.post/" in item.get("uri", ""):
            found[item["uri"]] = item
        elif item is not body and isinstance(item, dict | list):
            found |= originals(item)
    return found


def named(tapes: list[Cassette]) -> Any:
    return pytest.mark.parametrize("tape", tapes, ids=[tape.file for tape in tapes])


@named(ALL)
def test_a_recorded_body_gives_its_posts_whole_and_again_from_their_raw_bodies(tape: Cassette) -> None:
    harvest = posts_from(tape.body, account())
    wanted = originals(json.loads(tape.body))
    assert harvest.troubles == ()
    assert {post.external_id for post in harvest.posts} == wanted.keys()
    for post in harvest.posts:
        record = wanted[post.external_id]["record"]
        assert post.published_at == datetime.fromisoformat(record["createdAt"])
        assert post.text.startswith(record["text"])
        assert (post.author.external_id, post.is_own) == (wanted[post.external_id]["author"]["did"], US in post.external_id)
        assert post.permalink.startswith("https://bsky.app/profile/did:plc:")
        assert post.can_reply is (post.why_no_reply == "")
        assert posts_from(post.raw, account()).posts == (post,)


@named([tape for tape in ALL if tape.status < 400])
@pytest.mark.parametrize("method", WATCHES)
def test_a_recorded_answer_is_a_page_or_unreachable(server: Replay, tape: Cassette, method: str) -> None:
    collector, body = play(server, tape), json.loads(tape.body)
    if LISTS[method] not in body:
        with pytest.raises(Unreachable):
            collector.fetch(WATCHES[method], None, budget=100)
        return
    page: Page = collector.fetch(WATCHES[method], None, budget=100)
    assert {post.external_id for post in page.posts} == originals(body).keys()
    assert page.reads == len(body[LISTS[method]])
    assert page.troubles == ()


@named([tape for tape in ALL if tape.status >= 400])
def test_a_recorded_refusal_becomes_its_error(server: Replay, tape: Cassette) -> None:
    collector, told = play(server, tape), json.loads(tape.body)
    is_session = told["error"] in {"InvalidToken", "ExpiredToken"}
    kind = CredentialsRefused if is_session else STATUSES.get(tape.status, Unreachable)
    with pytest.raises(kind, match="missing" if is_session else told["message"].partition(" ")[0]):
        collector.fetch(Watch(kind=WatchKind.MENTIONS), None, budget=100)


def tape(number: int) -> Cassette:
    return next(found for found in ALL if found.file.startswith(f"{number:02d}."))


def only(posts: tuple[Post, ...]) -> Post:
    assert len(posts) == 1
    return posts[0]


def test_what_shares_its_time_with_the_end_of_a_page_is_asked_for_again(server: Replay) -> None:
    collector = play(server, tape(10))
    first = collector.fetch(WATCHES["app.bsky.notification.listNotifications"], None, budget=2)
    assert first.more
    collector.fetch(WATCHES["app.bsky.notification.listNotifications"], first.cursor, budget=2)
    assert server.requests[-1].asked["cursor"] == "2026-11-21T20:39:14.001Z"


def test_a_mention_a_reply_and_a_quote_know_whom_they_speak_to() -> None:
    posts = {post.text: post for post in posts_from(tape(12).body, account()).posts}
    quote, reply, mention = posts.values()
    assert mention.mentions == ("acmecare.test",)
    assert (mention.root_id, mention.parent_id, mention.quoted_id) == (ROOT, None, None)
    assert (reply.root_id, reply.parent_id) == (ROOT, f"at://{US}/app.bsky.feed.post/3n2txhd3mis2p")
    assert (quote.root_id, quote.quoted_id) == (quote.external_id, f"at://{US}/app.bsky.feed.post/3n2txhd3mis2p")
    assert mention.language_hint == "en"


def test_a_thread_is_read_upwards_and_downwards(server: Replay) -> None:
    posts = play(server, tape(15)).thread(ANSWER)
    assert [post.external_id for post in posts][-1] == ANSWER
    assert {post.root_id for post in posts} == {ROOT}
    assert len(posts) == 3
    assert play(server, tape(19)).thread(DELETED) == ()


def test_a_post_that_is_gone_from_the_answer_is_deleted_and_one_that_is_in_it_is_not(server: Replay) -> None:
    before = {post.external_id: post.deleted for post in play(server, tape(16)).refresh([ROOT, ANSWER, DELETED])}
    after = {post.external_id: post.deleted for post in play(server, tape(18)).refresh([ROOT, DELETED])}
    assert before == {ROOT: False, ANSWER: False, DELETED: False}
    assert after == {ROOT: False, DELETED: True}


def test_an_accepted_answer_is_published_at_the_time_of_its_commit_and_a_long_one_is_refused(server: Replay) -> None:
    draft = Draft(parent_id=ANSWER, root_id=ROOT, text="Sorry", key="k", since=NOW)
    thread, made, refused = tape(15), tape(2), tape(23)

    def answer(request: Request) -> Answer:
        return Answer(body=thread.body) if request.path.endswith("getPostThread") else Answer(body=made.body, status=made.status)

    server.answer = answer
    published = build("bluesky", account(server), lambda: NOW).reply(draft)
    assert published.external_id == json.loads(made.body)["uri"]
    assert published.published_at.replace(microsecond=0) == datetime(2026, 11, 21, 20, 39, 14, tzinfo=UTC)
    sent = json.loads(server.requests[-1].body)
    assert sent["record"]["reply"]["root"]["uri"] == ROOT
    made = refused
    with pytest.raises(ReplyRefused, match="grapheme too big"):
        build("bluesky", account(server), lambda: NOW).reply(draft)
