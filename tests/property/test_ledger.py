"""Whatever happens between two pages, wherever a visit breaks off: each post is stored once, and nothing unread is called covered."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.collectors import build
from amends.core.database import Connection, fetch_all, fetch_values
from amends.core.errors import Conflict, CredentialsRefused, NetworkError, RateLimited, Unreachable
from amends.core.ports import Account, Page
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.backfill import claim_backfill, record_backfill_page, record_backfill_trouble
from amends.inbox.actions.collect import due_watches, record_page, record_trouble
from amends.inbox.actions.sources import pause, resume_source, retry_now
from amends.inbox.rules.coverage import is_long
from tests.cast import a_source
from tests.network_models import Model, RedditModel, Thing, XModel
from tests.often import few
from tests.replay_server import Replay, replay_server

BEGIN = datetime(2026, 2, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=25)
POLL = timedelta(seconds=5)
WATCHES = {
    "x": Watch(kind=WatchKind.SEARCH, query="ferry"),
    "reddit": Watch(kind=WatchKind.SUBREDDIT_POSTS, query="northpier"),
}
CREDENTIALS = {"bearer_token": "b", "client_id": "c", "client_secret": "s", "username": "us", "password": "p"}

FATES = [*["well"] * 8, "killed before the fetch", "killed before the commit", "delivered twice", "away", "limited", "refused"]
VISITS = st.tuples(st.just("visit"), st.integers(3, 12), st.sampled_from(range(len(FATES))))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.integers(1, 60), st.integers(0, 8)),
        st.tuples(st.just("delete"), st.integers(0, 10_000), st.just(0)),
        st.tuples(st.just("edit"), st.integers(0, 10_000), st.just(0)),
        st.tuples(st.just("wait"), st.integers(5, 60), st.just(0)),
        st.tuples(st.just("pause"), st.integers(1, 60), st.just(0)),
        VISITS,
        VISITS,
        VISITS,
        st.tuples(st.just("read back"), st.integers(3, 30), st.sampled_from(range(len(FATES)))),
    ),
    min_size=20,
    max_size=50,
)


class Killed(Exception):
    """The worker is gone, and with it its transaction."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A stretch, as it stands in the database."""

    since: datetime
    until: datetime


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    with replay_server() as server:
        yield server


class World:
    """A network, its collector, and the desk that reads it; each step is done as the worker would do it, or breaks off."""

    def __init__(self, network: str, model: Model, replay: Replay, conn: Connection) -> None:
        account = Account(handle="us", credentials=CREDENTIALS, options={"base_url": replay.url, "user_id": "1"})
        self.collector = build(network, account, lambda: model.now)
        self.model, self.conn = model, conn
        self.source_id = a_source(conn, network=network, watches=[WATCHES[network]], now=model.now)
        replay.answer = model.hear

    def do(self, what: str, number: int, other: int) -> None:
        """Take one step; a killed worker takes its transaction along."""
        try:
            with self.conn.transaction():
                getattr(self, what.replace(" ", "_"))(number, other)
        except Killed:
            pass
        self.model.now += SECOND / 4
        self.is_true()

    def publish(self, count: int, late: int) -> None:
        self.model.publish(count, late * SECOND)

    def delete(self, number: int, _other: int) -> None:
        alive = [thing for thing in self.model.things if not thing.deleted]
        if alive:
            alive[number % len(alive)].deleted = True

    def edit(self, number: int, _other: int) -> None:
        alive = [thing for thing in self.model.things if not thing.deleted]
        if alive:
            self.model.edit(alive[number % len(alive)])

    def wait(self, number: int, _other: int) -> None:
        self.model.now += number * SECOND

    def pause(self, number: int, _other: int) -> None:
        pause(self.conn, source_id=self.source_id, agent_id=None, now=self.model.now)
        self.model.now += number * SECOND
        resume_source(self.conn, source_id=self.source_id, agent_id=None, now=self.model.now)

    def visit(self, budget: int, fate: int) -> bool:
        """Visit the watch, where it is due."""
        job = next(iter(due_watches(self.conn, now=self.model.now, lease=LEASE, limit=1)), None)
        if job:
            record = self._fated(FATES[fate], lambda error: record_trouble(self.conn, job, error, now=self.model.now))
            if record:
                page = self.collector.fetch(job.watch, job.cursor, budget=budget)
                parts = self.collector.split(page.cursor) if is_long(more=page.more, pages=job.walk_pages) else None
                record(lambda: record_page(self.conn, job, page, parts=parts, now=self.model.now, poll_every=POLL))
        return job is not None

    def read_back(self, budget: int, fate: int) -> bool:
        """Read a page of a backfill, where one may be read."""
        job = claim_backfill(self.conn, now=self.model.now, lease=LEASE)
        if job:
            record = self._fated(FATES[fate], lambda error: record_backfill_trouble(self.conn, job, error, now=self.model.now))
            if record:
                page: Page = self.collector.fetch(job.watch, job.cursor, budget=budget)
                record(lambda: record_backfill_page(self.conn, job, page, now=self.model.now))
        return job is not None

    def _fated(self, fate: str, trouble: Callable[[NetworkError], None]) -> Callable[[Callable[[], object]], None] | None:
        """Return how the page of this visit is recorded, None where it does not come so far."""
        errors: dict[str, NetworkError] = {
            "away": Unreachable(),
            "limited": RateLimited(until=self.model.now + 20 * SECOND),
            "refused": CredentialsRefused(),
        }
        if fate in errors:
            trouble(errors[fate])
        if fate == "killed before the fetch" or fate in errors:
            return None
        return {"killed before the commit": self._killed, "delivered twice": self._twice}.get(fate, self._once)

    def _once(self, record: Callable[[], object]) -> None:
        record()

    def _killed(self, record: Callable[[], object]) -> None:
        with suppress(Killed), self.conn.transaction():
            record()
            raise Killed

    def _twice(self, record: Callable[[], object]) -> None:
        record()
        with pytest.raises(Conflict), self.conn.transaction():
            record()

    def settle(self) -> None:
        """Mend what stopped, and read until nothing is left."""
        well = FATES.index("well")
        for _ in range(400):
            self.model.now += 10 * SECOND
            for watch_id in fetch_values(self.conn, "select id from watches where state = 'stopped'"):
                retry_now(self.conn, watch_id=watch_id, agent_id=None, now=self.model.now)
            self.visit(50, well)
            self.read_back(50, well)
            self.is_true()
            if not fetch_values(
                self.conn,
                """
                select 1 from backfills where done_at is null union all select 1 from watches
                where walk_began_at is not null or state <> 'ok' or last_ok_at < %(at)s
                """,
                {"at": self.model.now},
            ):
                return
        raise AssertionError("it does not come to an end")

    def listed_at(self, thing: Thing) -> datetime:
        """Return where a listing shows a post: an edit moves it to the top on X."""
        return (thing.edited_at if isinstance(self.model, XModel) else None) or thing.published_at

    def stored(self) -> list[str]:
        return fetch_values(self.conn, "select external_id from posts")

    def is_true(self) -> None:
        """Check that stretches do not touch, and hold no post that was not read."""
        rows = fetch_all(self.conn, Row, "select since, until from coverage order by since")
        assert all(before.until < after.since for before, after in pairwise(rows))
        stored = set(self.stored())
        unread = [thing for thing in self.model.things if not thing.deleted and thing.name not in stored]
        claimed = [thing for thing in unread if any(row.since <= self.listed_at(thing) <= row.until for row in rows)]
        assert claimed == []


@contextmanager
def world_of(network: str, conn: Connection, replay: Replay, *, forgets_anchors: bool = False) -> Generator[World]:
    model = XModel(now=BEGIN) if network == "x" else RedditModel(now=BEGIN, forgets_anchors=forgets_anchors)
    try:
        yield World(network, model, replay, conn)
    finally:
        conn.rollback()


@pytest.mark.parametrize("network", ["x", "reddit"])
@settings(max_examples=few(25), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=STEPS, forgets_anchors=st.booleans())
def test_in_any_order_of_things_each_post_is_stored_once_and_no_gap_stays(
    network: str, conn: Connection, replay: Replay, plan: list[tuple[str, int, int]], *, forgets_anchors: bool
) -> None:
    with world_of(network, conn, replay, forgets_anchors=forgets_anchors) as world:
        world.publish(3, 0)
        world.settle()
        for step in plan:
            world.do(*step)
        world.settle()
        world.settle()
        stored = world.stored()
        assert len(stored) == len(set(stored))
        assert {thing.name for thing in world.model.things if not thing.deleted} <= set(stored)
        assert fetch_values(world.conn, "select kind from gaps where filled_at is null and lost_note is null") == []
        assert len(fetch_values(world.conn, "select id from coverage")) == 1
        assert len(fetch_values(world.conn, "select id from events where kind = 'post_received'")) == len(stored)


@pytest.mark.parametrize("network", ["x", "reddit"])
def test_what_is_new_is_read_before_the_end_of_a_long_way_back(network: str, conn: Connection, replay: Replay) -> None:
    with world_of(network, conn, replay) as world:
        world.publish(1, 0)
        world.settle()
        world.wait(600, 0)
        world.publish(400, 0)
        world.wait(20, 0)
        for _ in range(3):
            world.do("visit", 20, 0)
        world.publish(1, 0)
        world.wait(2, 0)
        world.do("visit", 20, 0)

        newest = world.model.things[-1].name
        assert newest in world.stored()
        assert len(world.stored()) == 62
        [gap] = fetch_values(world.conn, "select kind || ' ' || (backfill_id is not null) from gaps where filled_at is null")
        assert gap in {"late true", "backlog true"}

        world.settle()
        assert len(world.stored()) == 402
        assert fetch_values(world.conn, "select count(*) from coverage") == [1]
        assert fetch_values(world.conn, "select count(*) from gaps where filled_at is null") == [0]
