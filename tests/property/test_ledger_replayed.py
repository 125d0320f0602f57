"""Whatever came from the networks, in whatever order: the posts that are rebuilt from the ledger are the same, byte for byte."""

import json
from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amends.cli.ledgering.rebuilding import Report, rebuild
from amends.collectors import load
from amends.core.database import connect, execute, fetch_values, snapshot
from amends.core.ports import Account
from amends.core.post import Post, Visibility
from amends.core.rows.posts import RowDefaults, post_of
from amends.inbox.actions.import_posts import ImportPlace, import_posts
from amends.inbox.actions.ingest import ingest
from tests.cast import NOON, SECRET_KEY, a_source
from tests.databases import Server
from tests.desk import MINUTE
from tests.often import few

OURS = Account(handle="lankaair", options={"user_id": "900"})
TEXTS = ("my bag is lost", "  @LankaAir \u202e refund\u200b! ", "🤬 &amp; ලඟ", "x" * 3_000, "")
PEOPLE = ("7", "8", "900")
Several = list[tuple[int, int, int]]
Step = tuple[str, int, int | None, Several]
SEVERAL = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(0, 2)), max_size=7)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("page"), st.integers(0, 1), st.sampled_from([None, 1, 2, -2]), SEVERAL),
        st.tuples(st.just("around"), st.integers(0, 1), st.none(), SEVERAL),
        st.tuples(st.just("gone"), st.integers(0, 1), st.none(), SEVERAL),
        st.tuples(st.just("hidden"), st.integers(0, 1), st.none(), SEVERAL),
        st.tuples(st.just("import"), st.just(0), st.none(), SEVERAL),
        st.tuples(st.just("renamed"), st.integers(0, 1), st.none(), st.just([])),
    ),
    max_size=12,
)


def x_post(number: int, words: int, version: int, account: Account = OURS) -> Post:
    """Return a post as X shows it: `version` is how often it was edited since, and how its author and its counters stand by then."""
    first = 2_024_777_293_624_246_272 + number * 2**32
    author = PEOPLE[number % 3]
    item: dict[str, object] = {
        "id": str(first + version * 1000),
        "text": TEXTS[words],
        "author_id": author,
        "created_at": "2026-02-20T09:25:00.000Z",
        "edit_history_tweet_ids": [str(first + step * 1000) for step in range(version + 1)],
        "public_metrics": {"like_count": words, "retweet_count": 0, "reply_count": version, "quote_count": 0},
        "lang": "en",
    }
    user = {"id": author, "username": f"name{words}", "name": f"Name {version}", "public_metrics": {"followers_count": words * 10}}
    body = {"data": [item], "includes": {"users": [user]}, "meta": {}}
    [post] = load("x").posts_from(json.dumps(body).encode(), account).posts
    return post


def imported(number: int, words: int) -> Post:
    row = {"author_handle": f"cy{number}", "text": TEXTS[words], "published_at": "2026-02-03 04:05", "likes": str(words)}
    return post_of(row, defaults=RowDefaults(network="x"), now=NOON)


class World:
    """Two sources on one network, and a clock that may stand still."""

    def __init__(self, url: str) -> None:
        self.conn = connect(url)
        self.now = NOON
        self.accounts = [OURS, OURS]
        self.sources = [
            a_source(self.conn, handle=handle, options=dict(OURS.options), watches=()) for handle in ("lankaair", "lankaair_help")
        ]

    def do(self, step: str, source: int, way: int | None, several: Several) -> None:
        self.now += timedelta(seconds=len(several) % 3)
        posts = [x_post(*one, self.accounts[source]) for one in several]
        where = {"source_id": self.sources[source], "network": "x", "now": self.now}
        if step == "import":
            place = ImportPlace(handle="lankaair", brand=None, secret_key=SECRET_KEY)
            import_posts(self.conn, [imported(number, words) for number, words, _ in several], place=place, now=self.now)
        elif step == "renamed":
            self.accounts[source] = replace(OURS, options={**OURS.options, "web_url": "https://x.example"})
            execute(
                self.conn, 'update sources set options = options || \'{"web_url": "https://x.example"}\' where id = %(source_id)s', where
            )
        else:
            shown = {
                "page": posts,
                "around": posts,
                "gone": [replace(post, deleted=True) for post in posts],
                "hidden": [replace(post, visibility=Visibility.FOLLOWERS) for post in posts if post.external_id in self._known(where)],
            }
            ingest(self.conn, posts=shown[step], beside=step == "around", watch_id=way, **where)  # pyright: ignore[reportArgumentType]
        self.conn.commit()

    def _known(self, where: Mapping[str, object]) -> list[str]:
        """Only a post that we have can be hidden from us: X's bodies do not tell who may see them."""
        return fetch_values(self.conn, "select external_id from posts where source_id = %(source_id)s", where)


@pytest.fixture(scope="module")
def two(server: Server) -> Generator[tuple[str, str]]:
    """A database to live in and one to rebuild in; each example empties both."""
    yield server.clone("lived"), server.clone("rebuilt")
    server.drop("lived")
    server.drop("rebuilt")


def emptied(url: str) -> str:
    with connect(url) as conn:
        execute(conn, "truncate brands, authors, posts, raw_bodies, events restart identity cascade")
    return url


def replayed(live_url: str, rebuilt_url: str) -> Report:
    """Rebuild the posts of one database in the other, and compare."""
    with snapshot(live_url) as live:
        return rebuild(live, emptied(rebuilt_url), progress=lambda _done, _total: None)


@settings(max_examples=few(6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
@example(steps=[("around", 0, None, [(0, 0, 0)]), ("page", 0, None, [(0, 0, 0), (3, 0, 1)])])
def test_what_was_stored_is_rebuilt_byte_for_byte(two: tuple[str, str], steps: list[Step]) -> None:
    world = World(emptied(two[0]))
    for step in steps:
        world.do(*step)
    world.conn.close()
    report = replayed(*two)
    assert report.good, report.sentences()


def test_a_row_that_was_tampered_with_is_found_and_named(two: tuple[str, str]) -> None:
    world = World(emptied(two[0]))
    world.do("page", 0, 1, [(0, 0, 0), (1, 1, 1), (2, 2, 2)])
    first, second, third = (x_post(*one).external_id for one in [(0, 0, 0), (1, 1, 1), (2, 2, 2)])
    execute(world.conn, "update posts set text = text || ' ' where external_id = %(id)s", {"id": first})
    execute(world.conn, "delete from posts where external_id = %(id)s", {"id": second})
    execute(world.conn, "delete from raw_bodies where external_id = %(id)s", {"id": third})
    world.conn.commit()
    world.conn.close()

    found = replayed(*two).posts

    assert (found.same, found.differ, found.missing, found.extra) == (0, 1, 1, 1)
    assert any(first in line and "text is 'my bag is lost '" in line for line in found.differences)


def test_a_body_that_cannot_be_read_is_counted_and_named(two: tuple[str, str]) -> None:
    world = World(emptied(two[0]))
    world.do("page", 0, 1, [(0, 0, 0), (1, 1, 1)])
    execute(world.conn, "update raw_bodies set body = 'not zlib' where external_id = %(id)s", {"id": x_post(0, 0, 0).external_id})
    world.conn.commit()
    world.conn.close()

    report = replayed(*two)

    assert (report.unreadable, report.posts.same, report.posts.missing, report.good) == (1, 1, 1, False)
    assert x_post(0, 0, 0).external_id in report.troubles[0]


def test_a_batch_keeps_its_bounds_when_one_of_it_is_deleted(two: tuple[str, str]) -> None:
    world = World(emptied(two[0]))
    world.do("page", 0, 1, [(0, 0, 0)])
    world.now += MINUTE
    world.do("page", 0, 2, [(1, 0, 0), (2, 0, 0)])
    world.do("gone", 0, None, [(1, 0, 0)])
    world.conn.close()

    assert replayed(*two).good
