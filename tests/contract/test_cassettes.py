"""Every recorded answer is read by the collectors, through the real client library, from a loopback server that replays it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from amends.collectors import build, load, networks
from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, QueryRefused, RateLimited, Unreachable
from amends.core.ports import Account, Collector, Draft, Harvest, Page
from amends.core.post import Post
from amends.core.watching import Watch, WatchKind
from tests.contract.cassettes import ABSENT, Cassette, recorded
from tests.replay_server import Replay, replay_server

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NETWORKS = ("x", "reddit")
ALL = [tape for network in NETWORKS for tape in recorded(network)]
GOOD = [tape for tape in ALL if tape.status < 400]
BAD = [tape for tape in ALL if tape.status >= 400]
KEPT = ("x-rate-limit-", "x-ratelimit-", "retry-after", "content-type", "www-authenticate")
ERRORS: dict[int, type[NetworkError]] = {
    400: QueryRefused,
    401: CredentialsRefused,
    403: AccessDenied,
    404: QueryRefused,
    429: RateLimited,
    451: AccessDenied,
}

pytestmark = pytest.mark.skipif(not ALL, reason=ABSENT)


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def account(network: str, server: Replay | None = None) -> Account:
    """Return our account; the recorded mentions are those of user 783214."""
    base = {"base_url": f"{server.url}/{network}"} if server else {}
    return Account(
        handle="Twitter" if network == "x" else "bboe",
        credentials={"bearer_token": "b", "client_id": "c", "client_secret": "s", "username": "bboe", "password": "p"},
        options={"user_id": "783214", "first_days": "9000", **base} if network == "x" else {"first_days": "9000", **base},
    )


def play(server: Replay, tape: Cassette) -> Collector:
    """Let the server answer everything with the tape."""
    headers = {name: value for name, value in tape.headers.items() if name.lower().startswith(KEPT)}
    server.say(tape.body, tape.status, headers)
    return build(tape.network, account(tape.network, server), lambda: NOW)


def watch_of(tape: Cassette) -> Watch:
    """Return the watch that would have asked for the tape."""
    if tape.network == "x":
        return Watch(kind=WatchKind.MENTIONS) if "/mentions" in tape.url else Watch(kind=WatchKind.SEARCH, query="Tweepy")
    if "/message/mentions" in tape.url:
        return Watch(kind=WatchKind.MENTIONS)
    found = re.search(r"/r/(\w+)/(new|comments|search)", tape.url)
    kinds = {"new": WatchKind.SUBREDDIT_POSTS, "comments": WatchKind.SUBREDDIT_COMMENTS, "search": WatchKind.SEARCH}
    return Watch(kind=kinds[found[2]], query=found[1]) if found else Watch(kind=WatchKind.SUBREDDIT_POSTS, query="all")


def read(tape: Cassette) -> Harvest:
    """Read the recorded body as `fetch` does."""
    return load(tape.network).posts_from(tape.body, account(tape.network))


def named(tapes: list[Cassette]) -> Any:
    return pytest.mark.parametrize("tape", tapes, ids=[f"{tape.network}-{tape.file}" for tape in tapes])


def originals(tape: Cassette) -> dict[str, dict[str, Any]]:
    """Return the posts in the raw JSON by their stable ids, found without the code under test."""
    found: dict[str, dict[str, Any]] = {}
    for line in [tape.body] if tape.file.endswith(".json") else tape.body.splitlines():
        try:
            body: Any = json.loads(line)
        except ValueError:
            continue
        if tape.network == "x":
            data = body.get("data") if isinstance(body.get("data"), list) else [body.get("data")]
            found |= {item.get("edit_history_tweet_ids", [item["id"]])[0]: item for item in data if "text" in item}
        else:
            found |= {thing["data"]["name"]: thing["data"] for thing in things(body)}
    return found


def things(body: Any) -> Iterator[dict[str, Any]]:
    """Return Reddit's submissions and comments, however deep."""
    if isinstance(body, list):
        for part in body:
            yield from things(part)
    elif isinstance(body, dict):
        if body.get("kind") in {"t1", "t3"}:
            yield body
        for part in body.values():
            yield from things(part) if isinstance(part, dict | list) else ()


def instant(network: str, stable_id: str, item: dict[str, Any]) -> datetime:
    """Return when the network says that it was published."""
    if network == "reddit":
        return datetime.fromtimestamp(item["created_utc"], tz=UTC)
    told = item.get("created_at") if item["id"] == stable_id else None
    return datetime.fromisoformat(told) if told else datetime.fromtimestamp(((int(stable_id) >> 22) + 1288834974657) // 1000, tz=UTC)


@named(ALL)
def test_a_recorded_body_gives_its_posts_with_their_ids_and_times(tape: Cassette) -> None:
    posts = {post.external_id: post for post in read(tape).posts}
    wanted = originals(tape)
    assert posts.keys() == wanted.keys()
    for external_id, item in wanted.items():
        assert posts[external_id].published_at == instant(tape.network, external_id, item)


@named(GOOD)
def test_a_recorded_page_comes_through_the_real_client_library(server: Replay, tape: Cassette) -> None:
    collector = play(server, tape)
    try:
        page = collector.fetch(watch_of(tape), None, budget=100)
    except Unreachable:
        assert not is_page(tape)
    else:
        assert is_page(tape)
        assert {post.external_id for post in page.posts} == originals(tape).keys()


def is_page(tape: Cassette) -> bool:
    """Tell whether the recorded body is a page of posts, or may be taken for one."""
    try:
        body: Any = json.loads(tape.body)
    except ValueError:
        return False
    if tape.network == "x":
        return "data" in body
    return isinstance(body, dict) and body.get("kind") == "Listing"


@named(BAD)
def test_a_recorded_refusal_becomes_its_error(server: Replay, tape: Cassette) -> None:
    collector = play(server, tape)
    asked_before = len(server.requests)
    with pytest.raises(ERRORS.get(tape.status, Unreachable)) as raised:
        collector.fetch(watch_of(tape), None, budget=100)
    assert type(raised.value) is ERRORS.get(tape.status, Unreachable)
    assert len(server.requests) == asked_before + 1
    if isinstance(raised.value, RateLimited):
        assert raised.value.until == NOW + timedelta(seconds=int(tape.headers["retry-after"]))


@named(GOOD)
def test_every_read_post_is_whole_and_can_be_read_again_from_its_raw_body(tape: Cassette) -> None:
    for post in read(tape).posts:
        assert post.author.external_id
        assert post.author.handle
        assert post.root_id
        assert post.permalink.startswith("https://")
        assert post.can_reply is (post.why_no_reply == "")
        assert "&amp;" not in post.text
        assert load(tape.network).posts_from(post.raw, account(tape.network)).posts == (post,)


def tape(network: str, file: str) -> Cassette:
    return next(found for found in recorded(network) if found.file == file)


def only(posts: tuple[Post, ...]) -> Post:
    assert len(posts) == 1
    return posts[0]


def test_an_edited_post_on_x_keeps_its_first_id_and_brings_its_newest_words() -> None:
    before, after = (only(read(tape("x", f"twarc-csv.edited_{when}.jsonl")).posts) for when in ("before", "after"))
    assert before.external_id == after.external_id == "1576994746135764992"
    assert before.text == after.text
    assert after.published_at == datetime(2022, 10, 3, 17, 57, 1, tzinfo=UTC)
    assert before.edited_at == after.edited_at == datetime(2022, 10, 3, 17, 57, 11, tzinfo=UTC)
    assert after.root_id == after.external_id


def test_a_share_on_x_names_what_it_shares_and_has_its_whole_text() -> None:
    post = only(read(tape("x", "twarc-csv.mentions_tweet.jsonl")).posts)
    assert post.shared_id == "1589671906718134272"
    assert not post.text.endswith("…")
    assert not post.can_reply


def test_the_good_lines_of_a_broken_stream_are_read_and_the_broken_one_is_named() -> None:
    harvest = read(tape("x", "twarc-csv.streaming_output_with_error.jsonl"))
    assert len(harvest.posts) == 7
    assert harvest.troubles == ("line 8: this is not JSON",)
    answers = [post for post in harvest.posts if post.parent_id]
    assert len(answers) == 3
    assert [post.quoted_id for post in harvest.posts if post.quoted_id] == ["1377640162566496258"]


def test_a_mention_on_x_may_be_answered_and_a_found_post_only_where_it_names_us() -> None:
    assert all(post.can_reply for post in read(tape("x", "test_client_get_users_mentions.00.json")).posts)
    assert not any(post.can_reply for post in read(tape("x", "test_client_search_recent_tweets.00.json")).posts)


def test_a_recorded_page_on_x_goes_on_where_x_says(server: Replay) -> None:
    found = tape("x", "test_client_get_users_mentions.00.json")
    collector = play(server, found)
    first: Page = collector.fetch(watch_of(found), None, budget=100)
    assert first.more
    assert first.reads == 10
    collector.fetch(watch_of(found), first.cursor, budget=100)
    assert server.requests[-1].asked["pagination_token"] == "7140dibdnow9c7btw423i3sy3u5zupmkcpofxcsmxj48j"


def test_a_deleted_comment_on_reddit_has_neither_author_nor_words() -> None:
    post = only(read(tape("reddit", "TestComment.test_delete.02.json")).posts)
    assert post.deleted
    assert post.text == ""
    assert (post.author.external_id, post.author.handle) == ("deleted", "[deleted]")
    assert post.root_id == post.parent_id == "t3_4b1tfm"


def test_an_edited_comment_on_reddit_says_when() -> None:
    post = only(read(tape("reddit", "TestComment.test_edit.01.json")).posts)
    assert post.edited_at == datetime.fromtimestamp(1458444463, tz=UTC)


def test_a_mention_on_reddit_finds_its_thread_and_the_account_of_its_author() -> None:
    posts = read(tape("reddit", "TestInbox.test_mentions.01.json")).posts
    assert posts[0].root_id == "t3_bb24k7"
    assert all(post.author.external_id.startswith("t2_") for post in posts if post.author.external_id != "deleted")
    assert all(post.root_id.startswith("t3_") for post in posts)


def test_a_whole_thread_on_reddit_is_read_down_to_the_last_answer(server: Replay) -> None:
    collector = play(server, tape("reddit", "TestComment.test_parent__submission.02.json"))
    posts = collector.thread("t3_2gmzqe")
    assert [post.external_id for post in posts] == ["t3_2gmzqe", "t1_cklfmye", "t1_cklhv0f"]
    assert [later.published_at >= earlier.published_at for earlier, later in pairwise(posts)] == [True, True]
    assert {post.root_id for post in posts} == {"t3_2gmzqe"}


def test_an_accepted_reply_on_reddit_is_published_and_a_hidden_one_unsure(server: Replay) -> None:
    draft = Draft(parent_id="t1_d1616q2", root_id="t3_4b1tfm", text="Comment reply", key="k", since=NOW)
    assert play(server, tape("reddit", "TestComment.test_reply.01.json")).reply(draft).external_id == "t1_d1680wu"
    with pytest.raises(Unreachable):
        play(server, tape("reddit", "TestComment.test_reply__none.01.json")).reply(draft)


def test_an_accepted_reply_on_x_is_published_at_the_time_in_its_id(server: Replay) -> None:
    draft = Draft(parent_id="1578516295611748353", root_id="1578516295611748353", text="Test Tweet", key="k", since=NOW)
    collector = play(server, tape("x", "test_client_create_and_delete_tweet.00.json"))
    collector = build("x", with_user_tokens(account("x", server)), lambda: NOW)
    assert collector.reply(draft).published_at.replace(microsecond=0) == datetime(2021, 11, 3, 21, 38, 39, tzinfo=UTC)


def with_user_tokens(ours: Account) -> Account:
    keys = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    return Account(handle=ours.handle, credentials=dict.fromkeys(keys, "k"), options=ours.options)


def test_we_learn_who_we_are_on_x(server: Replay) -> None:
    standing = play(server, tape("x", "test_client_get_me.00.json")).check()
    assert (standing.user_id, standing.handle) == ("1072250532645998596", "TweepyDev")


def test_networks_with_recordings_have_a_collector() -> None:
    assert set(NETWORKS) <= set(networks())
