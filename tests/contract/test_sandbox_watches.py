"""What the sandbox says must be collected is exactly what the collectors find by the default watches."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from amends.collectors import build
from amends.core.ports import Account, Collector, Draft
from amends.core.post import Post
from amends.core.watching import Watch, WatchKind
from tests.sandbox_server import Networks, sandbox_networks

FIVE_DAYS = 5 * 24 * 60


def collector_of(source: dict[str, Any]) -> Collector:
    return build(source["network"], Account(handle=source["handle"], credentials=source["credentials"], options=source["options"]))


def everything(networks: Networks) -> Iterator[Post]:
    for brand in networks.control.get("/control/watches").json()["brands"]:
        for source in brand["sources"]:
            for watch in source["watches"]:
                yield from drained(collector_of(source), Watch(kind=WatchKind(watch["kind"]), query=watch["query"]))


def drained(collector: Collector, watch: Watch) -> Iterator[Post]:
    page = collector.fetch(watch, None, budget=100)
    yield from page.posts
    while page.more:
        page = collector.fetch(watch, page.cursor, budget=100)
        yield from page.posts


def test_the_collectors_find_all_of_five_days_and_nothing_else(tmp_path: Path) -> None:
    with sandbox_networks(tmp_path) as networks:
        networks.step(FIVE_DAYS)
        found = {(post.network, post.external_id): post for post in everything(networks)}
        published = {(post["network"], post["id"]): post for post in networks.published()}
        assert {key for key, post in published.items() if post["must_be_collected"]} <= found.keys() <= published.keys()
        assert len(found) == networks.state()["must_be_collected"] > 300
        assert all(post.is_own == published[key]["own"] for key, post in found.items())
        assert all(bool(post.shared_id) == published[key]["share"] for key, post in found.items())


def test_a_collectors_reply_is_seen_by_the_public_and_found_again(tmp_path: Path) -> None:
    with sandbox_networks(tmp_path) as networks:
        asked = networks.publish("x", "@VeloriaAir where is my bag?", author="cy")
        networks.publish("reddit", "Nine days.", title="My bag", subreddit="VeloriaAir", author="cyan")
        for network in ("x", "reddit"):
            source = networks.source("veloria", network)
            collector = collector_of(source)
            post = next(drained(collector, Watch(kind=WatchKind(source["watches"][0]["kind"]), query=source["watches"][0]["query"])))
            draft = Draft(parent_id=post.external_id, root_id=post.root_id, text="We have found it.", key="k", since=post.published_at)
            sent = collector.reply(draft)
            again = collector.find_reply(draft)
            assert again is not None
            assert again.external_id == sent.external_id
            assert sent.external_id in {one.external_id for one in collector.thread(post.root_id)}
            assert networks.control.get(sent.permalink).status_code == networks.control.get(post.permalink).status_code == 200
        networks.delete("x", asked["id"])
        assert [one.deleted for one in collector_of(networks.source("veloria", "x")).refresh([asked["id"]])] == [True]
