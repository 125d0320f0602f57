"""Beside a post stands how it reached us, how often it was shared, and what it said before it was edited."""

from dataclasses import replace
from datetime import timedelta

from amends.api.pages._marks import shares
from amends.core.database import fetch_values
from amends.core.post import Author, Post, Visibility
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.ingest import ingest
from amends.inbox.rules.ids import SourceId
from amends.inbox.rules.ways import fetched, pushed
from amends.inbox.store import watches
from amends.inbox.store.post_marks import Shares
from tests.cast import NOON, a_post
from tests.door import Door

ROOT = a_post("My bag is lost and nobody answers!", external_id="talk-1")


def collect(door: Door, *posts: Post, way: int | None = None, minutes: int = 1) -> None:
    with door.pool.transaction() as conn:
        source_id = SourceId(door.who.source_id)
        ingest(conn, source_id=source_id, network="x", posts=posts, now=NOON + timedelta(minutes=minutes), watch_id=way)


def page(door: Door) -> str:
    return door.visitor(door.who.ada).get(f"/inbox/{door.who.talked}").text


def test_a_post_names_all_the_ways_it_was_seen(door: Door) -> None:
    with door.pool.transaction() as conn:
        source_id = SourceId(door.who.source_id)
        watches.add_missing(conn, source_id=source_id, watches=[Watch(kind=WatchKind.SEARCH, query="corvane")], now=NOON)
        [mentions] = fetch_values(conn, "select min(id) from watches where kind = 'mentions'")
        [search] = fetch_values(conn, "select id from watches where query = 'corvane'")
    for way in (fetched(mentions), fetched(search), fetched(mentions), pushed(search)):
        collect(door, ROOT, way=way)

    assert "Seen by Mentions, Search “corvane” and Search “corvane” (sent by the network)." in page(door)


def test_a_post_that_was_edited_shows_what_it_said_before(door: Door) -> None:
    collect(door, replace(ROOT, text="My bag is lost & found!", edited_at=NOON + timedelta(minutes=5)))

    shown = page(door)
    assert "My bag is lost &amp; found!" in shown
    assert "Edited: see what it said before" in shown
    assert "My bag is lost and nobody answers!" in shown.split("what it said before")[1]


def test_shares_are_counted_at_the_post_they_share_and_make_no_work(door: Door) -> None:
    for n in range(5):
        fan = Author(external_id=f"f{n}", handle=f"fan{n}", name=f"Fan {n}")
        collect(door, a_post("", author=fan, shared_id="talk-1", root_id="talk-1", published_at=NOON + timedelta(minutes=n)))

    shown = page(door)
    assert "Shared 5 times, by Fan 4, Fan 3, Fan 2 and others." in shown
    assert "fan0" not in shown


def test_a_few_shares_are_said_as_they_are() -> None:
    assert shares(None) == ""
    assert shares(Shares(external_id="1", times=1, names=["Cy"])) == "Shared 1 time, by Cy"
    assert shares(Shares(external_id="1", times=4, names=["Cy", "Dee", "Bo"])) == "Shared 4 times, by Cy, Dee, Bo and one more"
    assert shares(Shares(external_id="1", times=1001, names=["Cy", "Dee", "Bo"])).startswith("Shared more than 1,000 times")


def test_a_post_that_is_hidden_from_the_public_is_blanked_and_the_agent_is_told(door: Door) -> None:
    collect(door, replace(ROOT, visibility=Visibility.FOLLOWERS))

    shown = page(door)
    assert "A post is no longer public on the network; its text is gone here too" in shown
    assert "My bag is lost and nobody answers!" not in shown
