"""A source keeps within its budget: reads are counted with their page, and a watch whose share is spent waits and says why."""

from datetime import date, timedelta

import pytest

from amends.core.database import Connection, Pool, fetch_values
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.ports import Page
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions import budget
from amends.inbox.actions.budget import NONE_ID, bring_back, set_budget
from amends.inbox.actions.collect import due_watches, record_page
from amends.inbox.actions.pricing import price_of
from amends.inbox.rules.budgeting import Budget, Unit
from amends.inbox.rules.ids import BudgetId, SourceId
from amends.inbox.store import budgets, spend
from amends.inbox.store.watches import WatchJob
from amends.worker.names import Task
from tests.cast import NOON, a_post, a_source, ada
from tests.workplace import Workplace

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TODAY = date(2026, 3, 2)
SEARCH = Watch(kind=WatchKind.SEARCH, query="lanka air")
BOTH = (Watch(kind=WatchKind.MENTIONS), SEARCH)


def limit(conn: Connection, source_id: SourceId, a_day: float | None, *, unit: Unit = Unit.READS, share: int = 70) -> BudgetId:
    return set_budget(conn, source_id, Budget(unit=unit, a_day=a_day, share=share), instead_of=None, agent_id=ada(conn), now=NOON)


def jobs(conn: Connection, *, at: timedelta = timedelta(0)) -> list[WatchJob]:
    return due_watches(conn, now=NOON + at, lease=MINUTE, limit=10)


def grant(conn: Connection, job: WatchJob, *, at: timedelta = timedelta(0)) -> int:
    return budget.grant(conn, job, page=100, poll_every=MINUTE, now=NOON + at)


def read(conn: Connection, job: WatchJob, reads: int) -> None:
    record_page(conn, job, Page(posts=(a_post(),), cursor={}, reads=reads), now=NOON, poll_every=MINUTE)


def test_reads_are_counted_by_source_watch_and_day_with_their_price(conn: Connection) -> None:
    source_id = a_source(conn)
    for _visit in range(2):
        [job] = jobs(conn, at=_visit * HOUR)
        read(conn, job, 4)
    [row] = spend.by_watch(conn, source_id, day=TODAY)
    assert (row.purpose, row.query, row.today, row.month, row.today_dollars) == ("mentions", "", 8, 8, 0.04)


def test_without_a_budget_a_watch_reads_whole_pages(conn: Connection) -> None:
    a_source(conn)
    [job] = jobs(conn)
    assert grant(conn, job) == 100


def test_a_watch_reads_no_more_than_its_share_and_then_waits_with_the_reason(conn: Connection) -> None:
    source_id = a_source(conn)
    limit(conn, source_id, 240)
    [job] = jobs(conn)
    read(conn, job, 100)
    [job] = jobs(conn, at=MINUTE)
    assert grant(conn, job, at=MINUTE) == 30
    record_page(conn, job, Page(posts=(), cursor={}, reads=30), now=NOON + MINUTE, poll_every=MINUTE)
    [job] = jobs(conn, at=2 * MINUTE)
    assert grant(conn, job, at=2 * MINUTE) == 0
    assert fetch_values(conn, "select state || ': ' || state_note from watches") == [
        "waiting: Today's budget is spent; the next reading is at 13:00 (UTC)"
    ]
    assert jobs(conn, at=HOUR - MINUTE) == []
    [job] = jobs(conn, at=HOUR)
    assert grant(conn, job, at=HOUR) == 10


def test_two_visits_at_once_do_not_both_take_what_is_left(conn: Connection) -> None:
    source_id = a_source(conn, watches=(SEARCH, Watch(kind=WatchKind.SEARCH, query="#lankaair")))
    limit(conn, source_id, 240)
    one, other = jobs(conn)
    assert [grant(conn, one), grant(conn, other)] == [100, 30]


def test_mentions_have_more_than_search_and_neither_takes_the_others_share(conn: Connection) -> None:
    source_id = a_source(conn, watches=BOTH)
    limit(conn, source_id, 120)
    mentions, search = sorted(jobs(conn), key=lambda job: job.kind)
    assert grant(conn, search) == 19
    assert grant(conn, mentions) == 45


def test_money_buys_reads_at_the_price_of_the_source(conn: Connection) -> None:
    dear = a_source(conn, options={"price_per_read": "0.10"})
    limit(conn, dear, 12, unit=Unit.MONEY)
    [job] = jobs(conn)
    assert grant(conn, job) == 65


@pytest.mark.parametrize(("given", "price"), [("0.01", 0.01), ("0", 0), ("", 0.005), ("dear", 0.005), ("-1", 0.005), ("inf", 0.005)])
def test_a_price_of_our_own_counts_and_nonsense_does_not(given: str, price: float) -> None:
    assert price_of("x", {"price_per_read": given}) == price
    assert price_of("nowhere", {}) == 0


def test_another_budget_ends_the_wait_at_once_and_can_be_taken_back(conn: Connection) -> None:
    source_id = a_source(conn)
    first = limit(conn, source_id, 1)
    [job] = jobs(conn)
    assert grant(conn, job) == 0
    second = limit(conn, source_id, None)
    [job] = jobs(conn)
    assert grant(conn, job) == 100
    assert first == NONE_ID
    bring_back(conn, source_id, second, instead_of=BudgetId(second + 1), agent_id=ada(conn), now=NOON)
    found = budgets.newest(conn, source_id)
    assert found is not None
    assert (found.a_day, found.agent) == (1, "Ada")
    with pytest.raises(Conflict, match="Ada has set another budget"):
        bring_back(conn, source_id, NONE_ID, instead_of=BudgetId(second + 1), agent_id=ada(conn), now=NOON)
    bring_back(conn, source_id, NONE_ID, instead_of=found.id, agent_id=ada(conn), now=NOON)
    assert fetch_values(conn, "select count(*) from events where kind = 'budget_set'") == [4]


@pytest.mark.parametrize("wrong", [Budget(a_day=0), Budget(a_day=-1), Budget(a_day=1e12), Budget(share=0), Budget(share=100), Budget()])
def test_a_budget_that_makes_no_sense_or_changes_nothing_is_refused(conn: Connection, wrong: Budget) -> None:
    source_id = a_source(conn)
    with pytest.raises(Refused):
        set_budget(conn, source_id, wrong, instead_of=None, agent_id=ada(conn), now=NOON)


def test_a_budget_set_meanwhile_is_not_overwritten_unseen(conn: Connection) -> None:
    source_id = a_source(conn)
    limit(conn, source_id, 5)
    with pytest.raises(Conflict):
        set_budget(conn, source_id, Budget(a_day=6), instead_of=NONE_ID, agent_id=ada(conn), now=NOON)
    with pytest.raises(NotFound, match="no source 404"):
        limit(conn, SourceId(404), 1)
    with pytest.raises(NotFound, match="no such budget"):
        bring_back(conn, source_id, BudgetId(404), instead_of=NONE_ID, agent_id=ada(conn), now=NOON)


def test_what_a_removed_watch_cost_stays_counted(conn: Connection) -> None:
    source_id = a_source(conn)
    [job] = jobs(conn)
    read(conn, job, 4)
    fetch_values(conn, "delete from watches returning id")
    assert [(row.query, row.month) for row in spend.by_watch(conn, source_id, day=TODAY)] == [(None, 4)]


@pytest.fixture
def work(pool: Pool) -> Workplace:
    with pool.transaction() as conn:
        a_source(conn)
        ada(conn)
    return Workplace(pool=pool)


def values(work: Workplace, query: str) -> list[object]:
    with work.pool.transaction() as conn:
        return fetch_values(conn, query)  # pyright: ignore[reportArgumentType] - a literal at every call


def test_the_worker_asks_the_network_for_no_more_than_is_left_and_then_not_at_all(work: Workplace) -> None:
    with work.pool.transaction() as conn:
        limit(conn, SourceId(int(str(fetch_values(conn, "select id from sources")[0]))), 48)
    work.network.pages = [Page(posts=(a_post(),), cursor={}, reads=26)]
    work.perform(Task.COLLECT_DUE)
    work.now += MINUTE
    work.perform(Task.COLLECT_DUE)
    assert work.network.calls == ["fetch"]
    assert work.network.budgets == [26]
    assert values(work, "select state from watches") == ["waiting"]


def test_looking_again_and_proofs_are_counted_too(work: Workplace) -> None:
    post = a_post("My bag is lost!")
    work.network.shown = {post.external_id: post}
    work.network.pages = [Page(posts=(post,), cursor={}, reads=1)]
    work.perform(Task.COLLECT_DUE, Task.TRIAGE)
    work.now += DAY
    work.perform(Task.LOOK_AGAIN)
    assert values(work, "select reads from spend where purpose = 'looks'") == [1]


def test_a_budget_is_set_while_a_visit_begins_and_neither_waits_for_the_other_for_ever(pool: Pool) -> None:
    with pool.transaction() as conn:
        source_id = a_source(conn)
        limit(conn, source_id, 1)
        [job] = jobs(conn)
        assert grant(conn, job) == 0
    with pool.transaction() as visit:
        [job] = jobs(visit, at=DAY)
        with pool.transaction() as administrator:
            limit(administrator, source_id, 2400)
        assert grant(visit, job, at=DAY) == 100
