"""The App Store without a key: its public feed, read-only."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest

from amends.collectors import build
from amends.collectors.app_store import posts_from
from amends.core.errors import ReplyRefused, Unreachable
from amends.core.ports import Account, Collector, Draft
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Replay, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
REVIEWS = Watch(kind=WatchKind.REVIEWS, query="7001")


def entry(number: int, words: str) -> Mapping[str, object]:
    told = {"id": str(number), "title": "Late", "content": words, "im:rating": "1", "updated": f"2026-02-20T0{number}:00:00-07:00"}
    author = {"uri": {"label": f"https://itunes.apple.com/reviews/id{number}"}, "name": {"label": "cy_waits"}}
    return {name: {"label": value} for name, value in told.items()} | {"author": author}


@pytest.fixture
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def collector(server: Replay) -> Collector:
    account = Account(handle="NorthPier", options={"base_url": server.url, "app_id": "7001", "country": "lk"})
    return build("app_store", account, lambda: NOW)


def test_the_feed_is_read_page_by_page_until_what_is_known(server: Replay) -> None:
    reading = collector(server)
    server.say(json.dumps({"feed": {"entry": [entry(4, "Two hours late"), entry(3, "Three hours late")]}}).encode())
    first = reading.fetch(REVIEWS, None, budget=100)
    assert [post.text for post in first.posts] == ["★☆☆☆☆\n\nLate\n\nTwo hours late", "★☆☆☆☆\n\nLate\n\nThree hours late"]
    assert {post.region for post in first.posts} == {"LK"}
    assert first.more
    server.say(json.dumps({"feed": {"author": {}}}).encode())
    last = reading.fetch(REVIEWS, first.cursor, budget=100)
    assert (last.posts, last.more) == ((), False)
    assert [request.path.split("/")[4] for request in server.requests] == ["page=1", "page=2"]
    assert server.requests[0].path.startswith("/lk/rss/customerreviews/")


def test_a_single_entry_is_a_page_too(server: Replay) -> None:
    server.say(json.dumps({"feed": {"entry": entry(4, "Late")}}).encode())
    assert len(collector(server).fetch(REVIEWS, None, budget=100).posts) == 1


def test_without_a_key_nothing_can_be_answered_and_the_post_says_so(server: Replay) -> None:
    server.say(json.dumps({"feed": {"entry": [entry(4, "Late")]}}).encode())
    reading = collector(server)
    [post] = reading.fetch(REVIEWS, None, budget=100).posts
    assert not post.can_reply
    assert "App Store Connect" in post.why_no_reply
    with pytest.raises(ReplyRefused, match="App Store Connect"):
        reading.reply(Draft(parent_id="4", root_id="4", text="Sorry", key="k", since=NOW))
    assert reading.check().warnings
    assert reading.refresh(["4"]) == ()


def test_what_is_no_feed_is_no_page(server: Replay) -> None:
    server.say(b'{"data": []}')
    with pytest.raises(Unreachable):
        collector(server).fetch(REVIEWS, None, budget=100)


def test_a_review_of_connect_comes_from_the_store_it_was_written_in() -> None:
    told = {"rating": 1, "title": "Late", "body": "Two hours", "createdDate": "2026-02-20T09:00:00Z", "territory": "LKA"}
    [post] = posts_from({"data": [{"type": "customerReviews", "id": "r1", "attributes": told}]}, Account(handle="NorthPier")).posts
    assert post.region == "LK"
