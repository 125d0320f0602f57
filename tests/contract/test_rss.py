"""What is peculiar to feeds: they show their newest entries only, and their dates are anybody's."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from amends.collectors import rss
from amends.core.ports import Account, Missed, Page
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Replay, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
FEED = Watch(kind=WatchKind.FEED, query="https://blog.example/feed")


@pytest.fixture
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def feed(*entries: tuple[str, datetime]) -> bytes:
    items = "".join(
        f"<item><guid>{guid}</guid><title>late</title><pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>" for guid, at in entries
    )
    return f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()


def visited_twice(server: Replay, *later: datetime) -> Page:
    """Return what the second visit of a feed brings that shows nothing of the first any more, but entries with these times."""
    now = [NOW - timedelta(hours=1)]
    collector = rss.build(Account(handle="Blog", options={"base_url": server.url}), lambda: now[0])
    server.say(feed(("old", NOW - timedelta(days=1))))
    first = collector.fetch(FEED, None, budget=100)
    server.say(feed(*((f"new {number}", at) for number, at in enumerate(later))))
    now[0] = NOW
    return collector.fetch(FEED, first.cursor, budget=100)


@pytest.mark.parametrize(
    ("times", "until"),
    [
        ((NOW - timedelta(minutes=5), NOW - timedelta(minutes=20)), NOW - timedelta(minutes=20)),
        ((NOW - timedelta(minutes=5), datetime(1970, 1, 1, tzinfo=UTC)), NOW - timedelta(minutes=5)),
        ((NOW + timedelta(hours=1), NOW + timedelta(hours=2)), NOW),
    ],
)
def test_a_feed_that_turned_over_has_lost_what_lies_since_the_last_visit_whatever_its_dates(
    server: Replay, times: tuple[datetime, ...], until: datetime
) -> None:
    page = visited_twice(server, *times)
    assert len(page.posts) == 2
    assert page.missed == Missed(since=NOW - timedelta(hours=1), until=until, reason=rss.TURNED_OVER)
