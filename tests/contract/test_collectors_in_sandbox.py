"""The collectors against the sandbox networks: every post of a scenario is collected once, answered in public, and its changes followed.

Of all networks a scenario is collected; what else is asked of each is asked of X here, and of the others by
`./amends test -m soak tests/contract/test_collectors_in_sandbox.py`.
"""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta

import pytest

from amends.collectors import build
from amends.core.clock import utc_now
from amends.core.errors import NetworkError, RateLimited, ReplyRefused, Unreachable
from amends.core.ports import Account, Collector, Cursor, Draft
from amends.core.post import Post
from amends.core.watching import Watch, WatchKind
from tests.sandbox_server import Networks, sandbox_networks

NETWORKS = ("x", "reddit", "mastodon", "bluesky")
EACH = [pytest.param(name, marks=[] if name == "x" else pytest.mark.soak) for name in NETWORKS]
EDITS = ("x", "reddit", "mastodon")
CALLED = {"x": "@", "reddit": "u/", "mastodon": "@", "bluesky": "@"}
Key = tuple[str, str]


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Generator[Networks]:
    with sandbox_networks(tmp_path_factory.mktemp("sandbox")) as running:
        running.step(24 * 60)
        yield running


class Desk:
    """All default watches of all brands, with what they collected and their cursors."""

    def __init__(self, networks: Networks) -> None:
        self.networks = networks
        self.posts: dict[Key, Post] = {}
        self.cursors: dict[tuple[str, str, Watch], Cursor] = {}
        self.brands: list[str] = [brand["key"] for brand in networks.control.get("/control/watches").json()["brands"]]

    def collector(self, brand: str, network: str, **options: str) -> Collector:
        told = self.networks.source(brand, network)
        return build(network, Account(handle=told["handle"], credentials=told["credentials"], options=told["options"] | options))

    def visit(self, budget: int = 100) -> None:
        """Read every watch until it has no more."""
        for brand in self.brands:
            for network in NETWORKS:
                told = self.networks.source(brand, network)["watches"]
                for watch in [Watch(kind=WatchKind(found["kind"]), query=found["query"]) for found in told]:
                    self.read(brand, network, watch, budget)

    def read(self, brand: str, network: str, watch: Watch, budget: int) -> None:
        collector, key, more = self.collector(brand, network), (brand, network, watch), True
        while more:
            page = collector.fetch(watch, self.cursors.get(key), budget=budget)
            assert page.troubles == ()
            self.cursors[key], more = page.cursor, page.more
            self.posts |= {(network, post.external_id): post for post in page.posts}

    def missing(self) -> set[Key]:
        return {(post["network"], post["id"]) for post in self.networks.published()} - self.posts.keys()


@pytest.fixture(scope="module")
def desk(networks: Networks) -> Desk:
    desk = Desk(networks)
    desk.visit()
    return desk


def test_every_published_post_is_collected_with_its_time_and_public_address(desk: Desk) -> None:
    assert desk.missing() == set()
    published = {(post["network"], post["id"]): post for post in desk.networks.published()}
    assert len(published) > 50
    for key, told in published.items():
        post = desk.posts[key]
        assert abs(post.published_at - datetime.fromtimestamp(told["published_at"], tz=UTC)) <= timedelta(seconds=1)
        assert (post.permalink, post.author.handle, post.is_own) == (told["permalink"], told["author"], told["own"])
    assert desk.networks.control.get(desk.posts[next(iter(published))].permalink).status_code == 200


@pytest.mark.parametrize("network", EACH)
def test_a_flood_is_collected_whole_while_it_runs(desk: Desk, network: str) -> None:
    desk.networks.flood(network, desk.brands[0], count=250, per_second=1500, wait=False)
    desk.visit(budget=50)
    while desk.networks.state()["flooding"]:
        desk.visit(budget=50)
    desk.visit()
    assert desk.missing() == set()


@pytest.mark.parametrize("network", EACH)
def test_a_complaint_is_answered_in_public_once_and_its_changes_are_followed(desk: Desk, network: str) -> None:
    brand = desk.brands[0]
    collector, handle = desk.collector(brand, network), desk.networks.source(brand, network)["handle"]
    told = desk.networks.publish(network, f"{CALLED[network]}{handle} my bag & I are lost", brand=brand)
    desk.visit()
    post = desk.posts[network, told["id"]]
    assert post.can_reply
    draft = Draft(
        parent_id=post.external_id,
        root_id=post.root_id,
        text="Sorry! See https://help.example/?a=1&b=2 \U0001f9f3",
        key="k",
        since=utc_now(),
    )
    assert collector.find_reply(draft) is None
    published = collector.reply(draft)
    found = collector.find_reply(draft)
    assert found is not None
    assert (found.external_id, found.permalink) == (published.external_id, published.permalink)
    assert [reply["parent_id"] for reply in desk.networks.replies() if reply["id"] == published.external_id] == [post.external_id]
    assert {answer.external_id for answer in collector.thread(post.root_id) if answer.is_own} == {published.external_id}
    if network in EDITS:
        desk.networks.edit(network, post.external_id, "changed words")
        (edited,) = collector.refresh([post.external_id])
        assert (edited.external_id, edited.edited_at is not None) == (post.external_id, True)
        assert edited.text.endswith("changed words")
    desk.networks.delete(network, post.external_id)
    (deleted,) = collector.refresh([post.external_id])
    assert (deleted.external_id, deleted.deleted, deleted.text) == (post.external_id, True, "")


@pytest.mark.parametrize("network", EACH)
def test_a_reply_that_went_out_without_an_answer_is_found(desk: Desk, network: str) -> None:
    brand = desk.brands[1]
    collector, handle = desk.collector(brand, network), desk.networks.source(brand, network)["handle"]
    told = desk.networks.publish(network, f"{CALLED[network]}{handle} anybody there?", brand=brand)
    draft = Draft(parent_id=told["id"], root_id=told["id"], text="Yes, we are.", key="k", since=utc_now())
    collector.check()
    desk.networks.fault(network, "lost", method="POST", count=1, wait=0.05)
    with pytest.raises(Unreachable):
        collector.reply(draft)
    desk.networks.heal()
    assert collector.find_reply(draft) is not None


@pytest.mark.parametrize("network", EACH)
@pytest.mark.parametrize("mode", ["401", "402", "403", "429", "429-bare", "500", "503", "html", "half", "hang"])
def test_every_bad_day_of_a_network_is_a_network_error_and_passes(desk: Desk, network: str, mode: str) -> None:
    collector = desk.collector(desk.brands[0], network, **({"time_out": "0.3"} if mode == "hang" else {}))
    desk.networks.fault(network, mode, count=1, wait=1)
    with pytest.raises(NetworkError) as raised:
        collector.fetch(Watch(kind=WatchKind.MENTIONS), None, budget=100)
    desk.networks.heal()
    assert isinstance(raised.value, RateLimited) is mode.startswith("429")
    if mode == "hang":
        collector = desk.collector(desk.brands[0], network)
    assert collector.fetch(Watch(kind=WatchKind.MENTIONS), None, budget=100).posts


@pytest.mark.parametrize("network", EACH)
@pytest.mark.parametrize("mode", ["duplicates", "shuffled", "partial"])
def test_a_page_that_is_odd_loses_nothing(desk: Desk, network: str, mode: str) -> None:
    fresh = Desk(desk.networks)
    desk.networks.fault(network, mode, count=4)
    collector = fresh.collector(desk.brands[0], network)
    watch, cursor, got, more = Watch(kind=WatchKind.MENTIONS), None, set[str](), True
    while more:
        page = collector.fetch(watch, cursor, budget=20)
        cursor, more = page.cursor, page.more
        got |= {post.external_id for post in page.posts}
    desk.networks.heal()
    whole: set[str] = set()
    cursor, more = None, True
    while more:
        page = collector.fetch(watch, cursor, budget=20)
        cursor, more = page.cursor, page.more
        whole |= {post.external_id for post in page.posts}
    assert got == whole


def test_a_post_that_does_not_speak_to_us_is_refused_by_x_as_we_say(desk: Desk) -> None:
    post = next(
        post for (network, _), post in desk.posts.items() if network == "x" and "open on X" in post.why_no_reply and not post.parent_id
    )
    draft = Draft(parent_id=post.external_id, root_id=post.root_id, text="May we help?", key="k", since=utc_now())
    with pytest.raises(ReplyRefused):
        desk.collector(desk.brands[0], "x").reply(draft)


@pytest.mark.parametrize("network", EACH)
def test_our_standing_is_that_of_the_source(desk: Desk, network: str) -> None:
    told = desk.networks.source(desk.brands[2], network)
    standing = desk.collector(desk.brands[2], network).check()
    assert (standing.user_id, standing.handle, standing.can_reply, standing.warnings) == (told["user_id"], told["handle"], True, ())
