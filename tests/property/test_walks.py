"""Whatever arrives, vanishes, changes or appears late between two pages: a collector that goes on reading gets every post."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.collectors import build
from amends.core.ports import Account, Cursor
from amends.core.watching import Watch, WatchKind
from tests.network_models import MastodonModel, Model, RedditModel, XModel
from tests.often import few
from tests.replay_server import Replay, replay_server

BEGIN = datetime(2026, 2, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WATCHES = {
    "x": (Watch(kind=WatchKind.MENTIONS), Watch(kind=WatchKind.SEARCH, query="ferry"), Watch(kind=WatchKind.OWN_POSTS)),
    "reddit": (
        Watch(kind=WatchKind.SUBREDDIT_POSTS, query="northpier"),
        Watch(kind=WatchKind.SEARCH, query="ferry"),
        Watch(kind=WatchKind.INBOX),
    ),
    "mastodon": (Watch(kind=WatchKind.MENTIONS), Watch(kind=WatchKind.HASHTAG, query="ferry")),
}

steps = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.integers(1, 40), st.integers(0, 8)),
        st.tuples(st.just("delete newest"), st.integers(1, 6), st.just(0)),
        st.tuples(st.just("delete"), st.integers(0, 10_000), st.just(0)),
        st.tuples(st.just("edit"), st.integers(0, 10_000), st.just(0)),
        st.tuples(st.just("wait"), st.integers(1, 200), st.just(0)),
        st.tuples(st.just("fetch"), st.integers(1, 30), st.just(0)),
    ),
    max_size=40,
)


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


class Visitor:
    """Reads one watch of one network, and keeps what it got and the cursor, as the database does."""

    def __init__(self, network: str, watch: Watch, model: Model, server: Replay) -> None:
        credentials = {"bearer_token": "b", "client_id": "c", "client_secret": "s", "username": "us", "password": "p", "access_token": "t"}
        account = Account(handle="us", credentials=credentials, options={"base_url": server.url, "user_id": "1"})
        self.collector = build(network, account, lambda: model.now)
        self.watch, self.model = watch, model
        self.cursor: Cursor | None = None
        self.got: dict[str, datetime | None] = {}
        self.repeated = 0
        server.answer = model.hear

    def fetch(self, budget: int) -> bool:
        """Read one page; tell whether there is more."""
        page = self.collector.fetch(self.watch, self.cursor, budget=budget)
        assert not page.troubles
        self.repeated += sum(self.got.get(post.external_id, self) == post.edited_at for post in page.posts)
        self.got |= {post.external_id: post.edited_at for post in page.posts}
        self.cursor = page.cursor
        return page.more

    def drain(self, budget: int = 100) -> None:
        """Read until nothing more is waiting."""
        for _ in range(200):
            if not self.fetch(budget):
                return
        raise AssertionError("the walk does not end")


def play(step: tuple[str, int, int], visitor: Visitor) -> None:
    model, (what, number, late) = visitor.model, step
    if what == "publish":
        model.publish(number, late * SECOND)
    elif what == "fetch":
        visitor.fetch(number)
    elif what == "wait":
        model.now += number * SECOND
    else:
        disturb(model, what, number)
    model.now += SECOND / 4


def disturb(model: Model, what: str, number: int) -> None:
    """Delete or edit a post that stands there."""
    alive = [thing for thing in model.things if not thing.deleted]
    if what == "edit" and alive:
        model.edit(alive[number % len(alive)])
    for thing in alive[-number:] if what == "delete newest" else alive[number % len(alive) :][:1] if what == "delete" and alive else []:
        thing.deleted = True


def model_of(network: str, *, forgets_anchors: bool) -> Model:
    if network == "reddit":
        return RedditModel(now=BEGIN, forgets_anchors=forgets_anchors)
    return XModel(now=BEGIN) if network == "x" else MastodonModel(now=BEGIN)


@pytest.mark.parametrize(("network", "place"), [(network, place) for network, watches in WATCHES.items() for place in range(len(watches))])
@settings(max_examples=few(40), deadline=None, derandomize=True)
@given(plan=steps, forgets_anchors=st.booleans())
def test_every_post_that_stays_is_collected(
    network: str, place: int, server: Replay, plan: list[tuple[str, int, int]], *, forgets_anchors: bool
) -> None:
    visitor = Visitor(network, WATCHES[network][place], model_of(network, forgets_anchors=forgets_anchors), server)
    for step in plan:
        play(step, visitor)
    visitor.model.now += 9 * SECOND
    visitor.drain()
    visitor.drain()
    assert {thing.name for thing in visitor.model.things if not thing.deleted} <= visitor.got.keys()


@pytest.mark.parametrize("network", ["x", "reddit", "mastodon"])
def test_a_flood_between_two_visits_is_read_page_by_page(network: str, server: Replay) -> None:
    visitor = Visitor(network, WATCHES[network][0], model_of(network, forgets_anchors=False), server)
    visitor.model.publish(30, 0 * SECOND)
    visitor.drain()
    visitor.model.now += 600 * SECOND
    visitor.model.publish(730, 0 * SECOND)
    assert visitor.fetch(100)
    visitor.model.publish(70, 0 * SECOND)
    visitor.model.now += 30 * SECOND
    visitor.drain()
    visitor.drain()
    assert len(visitor.got) == 830


@pytest.mark.parametrize("network", ["x", "reddit", "mastodon"])
def test_a_steady_trickle_is_read_once_each(network: str, server: Replay) -> None:
    visitor = Visitor(network, WATCHES[network][0], model_of(network, forgets_anchors=False), server)
    for _ in range(40):
        visitor.model.publish(1, 0 * SECOND)
        visitor.model.now += 3 * SECOND
        visitor.drain()
    assert len(visitor.got) == 40
    assert visitor.repeated == 0


@pytest.mark.parametrize("network", ["x", "reddit", "mastodon"])
def test_an_edit_of_a_young_post_is_read_again(network: str, server: Replay) -> None:
    visitor = Visitor(network, WATCHES[network][0], model_of(network, forgets_anchors=False), server)
    visitor.model.publish(3, 0 * SECOND)
    visitor.drain()
    visitor.model.now += 60 * SECOND
    visitor.model.edit(visitor.model.things[1])
    visitor.drain()
    assert visitor.got[visitor.model.things[1].name] == visitor.model.now
    assert visitor.got[visitor.model.things[0].name] is None


@pytest.mark.parametrize("budget", [3, 100])
@pytest.mark.parametrize("network", ["x", "reddit", "mastodon"])
def test_a_post_that_appears_after_younger_ones_were_read_is_not_passed_over(network: str, budget: int, server: Replay) -> None:
    visitor = Visitor(network, WATCHES[network][0], model_of(network, forgets_anchors=False), server)
    for _ in range(15):
        visitor.model.publish(1, 0 * SECOND)
        visitor.model.now += SECOND / 2
    visitor.model.publish(1, 8 * SECOND)
    for _ in range(12):
        visitor.model.now += SECOND / 2
        visitor.model.publish(1, 0 * SECOND)
    visitor.drain(budget)
    assert len(visitor.got) == 27
    visitor.model.now += 3 * SECOND
    visitor.model.publish(1, 0 * SECOND)
    visitor.drain(budget)
    assert len(visitor.got) == 29


@pytest.mark.parametrize("forgets_anchors", [False, True])
def test_a_walk_goes_on_where_the_last_posts_of_a_page_were_deleted(server: Replay, *, forgets_anchors: bool) -> None:
    visitor = Visitor("reddit", WATCHES["reddit"][0], model_of("reddit", forgets_anchors=forgets_anchors), server)
    visitor.model.publish(30, 0 * SECOND)
    visitor.fetch(10)
    for thing in visitor.model.things[20:23]:
        thing.deleted = True
    visitor.drain(10)
    assert len(visitor.got) == 30


def test_more_than_reddit_lists_is_said(server: Replay) -> None:
    visitor = Visitor("reddit", WATCHES["reddit"][0], model_of("reddit", forgets_anchors=False), server)
    visitor.model.publish(1, 0 * SECOND)
    visitor.drain()
    visitor.model.now += 600 * SECOND
    visitor.model.publish(1100, 0 * SECOND)
    for _ in range(9):
        assert visitor.fetch(100)
    page = visitor.collector.fetch(visitor.watch, visitor.cursor, budget=100)
    assert "1000" in page.troubles[0]
    assert not page.more
