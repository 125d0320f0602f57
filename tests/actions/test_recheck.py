"""Posts of closed cases and of no case are asked for again, ever more rarely, until they are old; deletions reach them too."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from amends.core.database import Pool, execute, fetch_values
from amends.core.errors import RateLimited
from amends.core.post import Post
from amends.inbox.actions.ingest import Ingested, ingest
from amends.inbox.actions.recheck import PAUSE, Batch, claim, next_batch, record, record_trouble
from amends.inbox.rules.ids import SourceId
from amends.inbox.rules.rechecking import EVERY
from amends.worker.names import Task
from tests.cast import NOON, US, a_post, a_source
from tests.desk import DAY, MINUTE, Desk
from tests.fakes import FakeNetwork
from tests.workplace import Workplace


def due(desk: Desk, *, largest: int = 100, thorough: bool = False) -> list[str]:
    """Return the posts of the next round, asked for batch by batch."""
    asked: list[str] = []
    while job := claim(desk.conn, now=desk.now):
        batch = next_batch(desk.conn, job, largest=largest, thorough=thorough)
        assert len(batch.external_ids) <= largest
        asked += batch.external_ids
        record(desk.conn, job, batch, [], now=desk.now)
    return asked


def rounds(desk: Desk, days: int, **how: bool) -> list[list[str]]:
    """Return what was asked for on each of the next days."""
    found: list[list[str]] = []
    for _ in range(days):
        desk.now += DAY
        found.append(due(desk, **how))
    return found


def test_a_post_is_asked_for_ever_more_rarely_and_not_for_ever(desk: Desk) -> None:
    due(desk)
    desk.now += MINUTE
    desk.collect(a_post("hello there", external_id="old"))

    asked = rounds(desk, 40)

    assert [day + 1 for day, ids in enumerate(asked) if ids] == [1, 2, 4, 8, 16]


def test_where_asking_costs_little_every_post_is_asked_for_every_day(desk: Desk) -> None:
    due(desk, thorough=True)
    desk.collect(a_post("hello there", external_id="old"))

    assert [len(ids) for ids in rounds(desk, 33, thorough=True)] == [1] * 29 + [0] * 4


def test_many_posts_are_asked_for_in_batches_and_each_once(desk: Desk) -> None:
    due(desk)
    desk.now += MINUTE
    desk.collect(*(a_post("hello", external_id=f"m{n}") for n in range(25)))
    desk.now += DAY + MINUTE

    asked = due(desk, largest=10)

    assert sorted(asked) == sorted(f"m{n}" for n in range(25))


def test_posts_that_are_worked_on_gone_or_our_own_are_left_out(desk: Desk) -> None:
    due(desk)
    desk.now += MINUTE
    gone = a_post("hi", external_id="gone")
    desk.hear(a_post("My bag is lost!", external_id="open"), a_post("hi", external_id="none"), a_post("hi", author=US, is_own=True), gone)
    desk.collect(replace(gone, deleted=True))
    desk.now += DAY

    assert due(desk) == ["none"]


def test_a_source_may_say_how_far_back_and_nothing_odd_hurts(desk: Desk) -> None:
    due(desk)
    desk.collect(a_post("hi", external_id="old"))
    for days, asked in (("0", 0), ("many", 1)):
        execute(desk.conn, "update sources set options = jsonb_build_object('recheck_days', %(days)s::text)", {"days": days})
        execute(desk.conn, "update rechecks set span = null, began_at = %(then)s, next_at = %(now)s", {"then": NOON - DAY, "now": desk.now})
        desk.now += DAY
        assert len(due(desk)) == asked


def test_trouble_puts_the_round_off_and_it_goes_on_where_it_was(desk: Desk) -> None:
    due(desk)
    desk.now += EVERY
    job = claim(desk.conn, now=desk.now)
    assert job is not None
    record_trouble(desk.conn, job, RateLimited(until=desk.now + 5 * MINUTE), now=desk.now)
    assert claim(desk.conn, now=desk.now + 4 * MINUTE) is None
    again = claim(desk.conn, now=desk.now + 5 * MINUTE)
    assert again is not None
    assert (again.began_at, again.span) == (job.began_at, job.span)
    assert PAUSE > 5 * MINUTE


def test_what_was_not_asked_for_is_not_stored(desk: Desk) -> None:
    due(desk)
    desk.now += EVERY
    job = claim(desk.conn, now=desk.now)
    assert job is not None
    assert record(desk.conn, job, Batch(external_ids=["a"], span=None, position=job.position), [a_post()], now=desk.now) == Ingested()


class Compliant(FakeNetwork):
    """A network that tells of thousands at once."""

    largest = 5_000

    def recheck(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        self.calls.append(f"recheck {len(external_ids)}")
        return tuple(self.shown[wanted] for wanted in external_ids if wanted in self.shown)


@pytest.mark.parametrize("network", [FakeNetwork(), Compliant()])
def test_a_deletion_reaches_a_post_that_nobody_works_on(pool: Pool, network: FakeNetwork) -> None:
    work = Workplace(pool=pool, network=network)
    posts = [a_post("hello there", external_id=f"q{n}") for n in range(150)]
    with pool.transaction() as conn:
        source_id = SourceId(a_source(conn))
    work.perform(Task.RECHECK)
    with pool.transaction() as conn:
        ingest(conn, source_id=source_id, network="x", posts=posts, now=work.now + MINUTE)
    network.shown = {"q7": replace(posts[7], deleted=True)}
    work.now += 2 * DAY + timedelta(hours=1)
    work.perform(Task.RECHECK)

    with pool.transaction() as conn:
        assert fetch_values(conn, "select external_id from posts where deleted_at is not null") == ["q7"]
    assert network.calls == (["recheck 150"] if isinstance(network, Compliant) else ["refresh", "refresh"])


def blanked(pool: Pool) -> int:
    with pool.transaction() as conn:
        return len(fetch_values(conn, "select external_id from posts where deleted_at is not null"))


@pytest.mark.parametrize("network", [FakeNetwork(), Compliant()])
def test_a_network_that_calls_most_posts_gone_is_believed_only_when_it_still_does_so_hours_later(pool: Pool, network: FakeNetwork) -> None:
    work = Workplace(pool=pool, network=network)
    posts = [a_post("hello there", external_id=f"q{n}") for n in range(150)]
    with pool.transaction() as conn:
        source_id = SourceId(a_source(conn))
    work.perform(Task.RECHECK)
    with pool.transaction() as conn:
        ingest(conn, source_id=source_id, network="x", posts=posts, now=work.now + MINUTE)
    network.shown = {post.external_id: replace(post, deleted=True) for post in posts}
    work.now += 2 * DAY + timedelta(hours=1)
    for _ in range(6):
        work.perform(Task.RECHECK)
        assert blanked(pool) == 0
        work.now += PAUSE
    work.perform(Task.RECHECK)

    assert blanked(pool) == 150


def test_an_outage_that_calls_all_posts_gone_blanks_none(pool: Pool) -> None:
    network = FakeNetwork()
    work = Workplace(pool=pool, network=network)
    posts = [a_post("hello there", external_id=f"q{n}") for n in range(150)]
    with pool.transaction() as conn:
        source_id = SourceId(a_source(conn))
    work.perform(Task.RECHECK)
    with pool.transaction() as conn:
        ingest(conn, source_id=source_id, network="x", posts=posts, now=work.now + MINUTE)
    network.shown = {post.external_id: replace(post, deleted=True) for post in posts}
    work.now += 2 * DAY + timedelta(hours=1)
    work.perform(Task.RECHECK)
    network.shown = {post.external_id: post for post in posts}
    work.now += PAUSE
    work.perform(Task.RECHECK)
    work.now += DAY
    work.perform(Task.RECHECK)

    assert blanked(pool) == 0
