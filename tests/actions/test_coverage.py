"""The ledger of a watch: what it covered, its gaps with their reasons, and the ways back."""

from datetime import datetime, timedelta

import pytest

from amends.api import gap_words
from amends.core.database import Connection, fetch_all, fetch_values
from amends.core.errors import Conflict, CredentialsRefused, RateLimited, Unreachable
from amends.core.ports import Cursor, Missed, Page
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.backfill import claim_backfill, record_backfill_page, record_backfill_trouble
from amends.inbox.actions.collect import due_watches, record_page, record_trouble
from amends.inbox.actions.cover import note_gap
from amends.inbox.actions.ledger import ledger
from amends.inbox.actions.sources import pause, resume_source
from amends.inbox.rules.coverage import SETTLING, GapKind, Stretch
from amends.inbox.store.backfills import BackfillJob
from amends.inbox.store.watches import WatchJob
from tests.cast import NOON, a_post, a_source

MINUTE = timedelta(minutes=1)
POLL = timedelta(minutes=1)
LEASE = timedelta(seconds=25)
PARTS: tuple[Cursor, Cursor] = ({"walk": "new"}, {"walk": "back"})


def at(minute: float) -> datetime:
    return NOON + minute * MINUTE


def claim(conn: Connection, minute: float) -> WatchJob:
    [job] = due_watches(conn, now=at(minute), lease=LEASE, limit=1)
    return job


def visit(conn: Connection, minute: float, page: Page | None = None, *, parts: tuple[Cursor, Cursor] | None = None) -> None:
    """Visit the watch at a minute after noon, where it shows `page`."""
    record_page(conn, claim(conn, minute), page or Page(posts=(), cursor={}), parts=parts, now=at(minute), poll_every=POLL)


def covered(conn: Connection) -> list[Stretch]:
    return fetch_all(conn, Stretch, "select since, until from coverage order by since")


def gaps(conn: Connection, minute: float) -> list[str]:
    """Return the gaps as people read them a minute after noon, the latest first."""
    return [gap_words.gap(gap, at(minute)) for gap in ledger(conn, now=at(minute), poll_every=POLL).gaps]


def test_a_hundred_quiet_visits_are_one_stretch(conn: Connection) -> None:
    a_source(conn)
    for minute in range(100):
        visit(conn, minute)
    assert covered(conn) == [Stretch(since=NOON - SETTLING, until=at(99) - SETTLING)]
    assert gaps(conn, 100) == []


def test_an_outage_is_a_gap_that_grows_and_is_filled_by_the_next_walk(conn: Connection) -> None:
    a_source(conn)
    visit(conn, 0)
    record_trouble(conn, claim(conn, 1), Unreachable("502"), now=at(1))
    assert gaps(conn, 2) == []
    record_trouble(conn, claim(conn, 16), Unreachable("502"), now=at(16))
    assert gaps(conn, 20) == ["Since 2 Mar 11:59, 20 min: the network was unreachable; filled as soon as a visit succeeds"]

    visit(conn, 98.25, Page(posts=(), cursor={}, more=True))
    assert gaps(conn, 99)[0].endswith("filled at the end of the walk that is under way")
    assert covered(conn) == [Stretch(since=NOON - SETTLING, until=NOON - SETTLING)]
    visit(conn, 99)
    assert gaps(conn, 100) == ["2 Mar 11:59–13:38, 1 h 38 min: the network was unreachable; filled at 13:39"]
    assert covered(conn) == [Stretch(since=NOON - SETTLING, until=at(98))]


def test_a_visit_that_fails_once_is_no_gap(conn: Connection) -> None:
    a_source(conn)
    visit(conn, 0)
    record_trouble(conn, claim(conn, 1), Unreachable("502"), now=at(1))
    visit(conn, 2)
    assert gaps(conn, 3) == []
    assert fetch_values(conn, "select id from gaps") == []


def test_each_reason_has_its_own_part_of_the_time(conn: Connection) -> None:
    source_id = a_source(conn)
    visit(conn, 0)
    record_trouble(conn, claim(conn, 1), RateLimited("429", until=at(16)), now=at(1))
    pause(conn, source_id=source_id, agent_id=None, now=at(10))
    resume_source(conn, source_id=source_id, agent_id=None, now=at(30))
    record_trouble(conn, claim(conn, 30), CredentialsRefused("401"), now=at(30))
    assert [line.partition(": ")[2] for line in gaps(conn, 40)] == [
        "the network refused our credentials; filled as soon as a visit succeeds",
        "paused by an administrator; filled at the end of the walk that is under way",
        "the network asked us to wait; filled at the end of the walk that is under way",
    ]


def test_a_pause_is_filled_when_the_source_is_resumed(conn: Connection) -> None:
    source_id = a_source(conn)
    visit(conn, 0)
    pause(conn, source_id=source_id, agent_id=None, now=at(0.5))
    resume_source(conn, source_id=source_id, agent_id=None, now=at(60))
    visit(conn, 60.25)
    assert gaps(conn, 61) == ["2 Mar 11:59–13:00, 1 h: paused by an administrator; filled at 13:00"]
    assert len(covered(conn)) == 1


def test_a_budget_that_is_spent_is_a_gap_too(conn: Connection) -> None:
    a_source(conn)
    visit(conn, 0)
    note_gap(conn, watch_id=claim(conn, 1).watch_id, kind=GapKind.BUDGET, note="100 reads a day", now=at(1))
    assert "the budget was spent" in gaps(conn, 30)[0]


def test_a_time_in_which_nobody_looked_is_said(conn: Connection) -> None:
    a_source(conn)
    visit(conn, 0)
    assert "Amends did not look" in gaps(conn, 60)[0]
    visit(conn, 120.25)
    assert gaps(conn, 121) == ["2 Mar 11:59–14:00, 2 h: Amends did not look: it was not running, or too busy; filled at 14:00"]


def test_a_long_wait_that_the_network_asks_for_after_a_page_has_that_reason(conn: Connection) -> None:
    a_source(conn)
    visit(conn, 0, Page(posts=(), cursor={}, come_back_at=at(15)))
    assert "the network asked us to wait" in gaps(conn, 10)[0]
    visit(conn, 15)
    assert "filled" in gaps(conn, 16)[0]


def test_what_the_network_no_longer_shows_stays_visible_for_ever_with_the_cause(conn: Connection) -> None:
    a_source(conn)
    visit(conn, 0)
    record_trouble(conn, claim(conn, 1), Unreachable("502"), now=at(1))
    missed = Missed(since=at(-30), until=at(60), reason="X finds only the last seven days.")
    visit(conn, 100.25, Page(posts=(), cursor={}, more=True, missed=missed))
    visit(conn, 101)

    assert gaps(conn, 60 * 24 * 300)[1:] == [
        "2 Mar 11:59–13:00, 1 h: the network was unreachable; cannot be filled: X finds only the last seven days."
    ]
    assert gaps(conn, 102)[0] == "2 Mar 13:00–13:40, 40 min: the network was unreachable; filled at 13:41"
    assert covered(conn) == [Stretch(since=NOON - SETTLING, until=NOON - SETTLING), Stretch(since=at(60), until=at(100))]


def test_what_is_lost_without_any_trouble_is_said_too(conn: Connection) -> None:
    a_source(conn)
    visit(conn, 0)
    visit(conn, 1.25, Page(posts=(), cursor={}, missed=Missed(since=None, until=at(0.5), reason="Only a thousand are listed.")))
    assert gaps(conn, 2) == ["2 Mar 11:59–12:00, 45 s: the network did not show it; cannot be filled: Only a thousand are listed."]


def begin_backfill(conn: Connection) -> None:
    """Let a walk of three pages be parted."""
    a_source(conn)
    visit(conn, 0)
    for minute in (1, 1.1):
        visit(conn, minute, Page(posts=(a_post(published_at=at(0.9)),), cursor={}, more=True))
    visit(conn, 1.2, Page(posts=(a_post(published_at=at(0.8)),), cursor={"walk": "whole"}, more=True), parts=PARTS)


def claim_back(conn: Connection, minute: float) -> BackfillJob:
    job = claim_backfill(conn, now=at(minute), lease=LEASE)
    assert job is not None
    return job


def test_a_parted_walk_goes_on_with_what_is_new_and_reads_back_in_a_lane_of_its_own(conn: Connection) -> None:
    begin_backfill(conn)
    assert claim(conn, 1.2).cursor == {"walk": "new"}
    back = claim_back(conn, 2)
    assert (back.cursor, back.since, back.until) == ({"walk": "back"}, NOON - SETTLING, at(0.75))
    assert gaps(conn, 2) == ["2 Mar 11:59–12:00, 1 min: more was published than a few pages hold; being filled now"]

    record_backfill_page(conn, back, Page(posts=(a_post(published_at=at(0.2)),), cursor={"walk": "b2"}, more=True, reads=7), now=at(2))
    [way] = ledger(conn, now=at(3), poll_every=POLL).backfills
    assert gap_words.way_back(way) == "Reading back to 2 Mar 11:59 beside what is new. 1 post so far; read down to 2 Mar 12:00 (55%)."
    record_backfill_page(conn, claim_back(conn, 3), Page(posts=(), cursor={}), now=at(3))
    assert gaps(conn, 4) == ["2 Mar 11:59–12:00, 1 min: more was published than a few pages hold; filled at 12:03"]
    assert covered(conn) == [Stretch(since=NOON - SETTLING, until=at(0.75))]
    assert claim_backfill(conn, now=at(9), lease=LEASE) is None
    assert fetch_values(conn, "select reads from watches") == [7]


def test_what_a_way_back_loses_stays_visible(conn: Connection) -> None:
    begin_backfill(conn)
    missed = Missed(since=None, until=at(0.5), reason="Only a thousand are listed.")
    record_backfill_page(conn, claim_back(conn, 2), Page(posts=(), cursor={}, missed=missed), now=at(2))
    assert gaps(conn, 3) == [
        "2 Mar 12:00–12:00, 15 s: more was published than a few pages hold; filled at 12:02",
        "2 Mar 11:59–12:00, 45 s: more was published than a few pages hold; cannot be filled: Only a thousand are listed.",
    ]
    assert covered(conn)[1:] == [Stretch(since=at(0.5), until=at(0.75))]


def test_a_way_back_that_fails_is_tried_again_later_and_its_worker_may_be_too_slow(conn: Connection) -> None:
    begin_backfill(conn)
    slow = claim_back(conn, 2)
    other = claim_back(conn, 3)
    with pytest.raises(Conflict):
        record_backfill_page(conn, slow, Page(posts=(a_post(),), cursor={}), now=at(3))
    record_backfill_trouble(conn, slow, CredentialsRefused(), now=at(3))
    record_backfill_trouble(conn, other, Unreachable("502"), now=at(3))
    assert claim_backfill(conn, now=at(3.05), lease=LEASE) is None
    assert claim_back(conn, 4).failures == 1
    assert fetch_values(conn, "select note from backfills") == ["502"]


def test_a_walk_that_meets_what_was_read_before_is_not_parted(conn: Connection) -> None:
    a_source(conn)
    visit(conn, 0)
    visit(conn, 1, Page(posts=(a_post(published_at=at(-5)),), cursor={"walk": "whole"}, more=True), parts=PARTS)
    assert claim(conn, 1).cursor == {"walk": "whole"}
    assert claim_backfill(conn, now=at(2), lease=LEASE) is None


def test_a_first_visit_may_be_parted_and_promises_nothing(conn: Connection) -> None:
    a_source(conn)
    visit(conn, 0, Page(posts=(a_post(),), cursor={}, more=True), parts=PARTS)
    assert gaps(conn, 1) == []
    [way] = ledger(conn, now=at(1), poll_every=POLL).backfills
    assert gap_words.way_back(way) == "Reading as far back as a first visit goes beside what is new. 0 posts so far."
    visit(conn, 0.1)
    record_backfill_page(conn, claim_back(conn, 0.9), Page(posts=(), cursor={}), now=at(1))
    assert covered(conn) == [Stretch(since=NOON - SETTLING, until=at(0.1) - SETTLING)]


def test_a_paused_source_reads_nothing_back(conn: Connection) -> None:
    begin_backfill(conn)
    visit(conn, 1.3)
    [source_id] = fetch_values(conn, "select id from sources")
    pause(conn, source_id=source_id, agent_id=None, now=at(2))
    assert claim_backfill(conn, now=at(3), lease=LEASE) is None
    resume_source(conn, source_id=source_id, agent_id=None, now=at(4))
    assert claim_backfill(conn, now=at(4), lease=LEASE) is not None


def test_what_only_hears_keeps_no_way_back_waiting(conn: Connection) -> None:
    a_source(conn, network="reddit")
    visit(conn, 0, Page(posts=(a_post(),), cursor={}, more=True), parts=PARTS)
    record_page(conn, claim(conn, 0.1), Page(posts=(), cursor={}), now=at(0.1), poll_every=POLL)
    a_source(conn, network="reddit", handle="called", watches=[Watch(kind=WatchKind.CALLS)])
    assert claim_backfill(conn, now=at(0.2), lease=LEASE) is not None


def test_a_watch_that_is_removed_takes_its_ledger_along(conn: Connection) -> None:
    begin_backfill(conn)
    conn.execute("delete from watches")
    assert [fetch_values(conn, "select id from gaps"), fetch_values(conn, "select id from coverage")] == [[], []]


def sources(conn: Connection, count: int, network: str) -> None:
    for n in range(count):
        a_source(conn, network=network, handle=f"brand{n}", watches=[Watch(kind=WatchKind.SEARCH, query=f"q{q}") for q in range(3)])


def test_no_network_is_asked_more_at_once_than_it_allows_and_none_waits_for_another(conn: Connection) -> None:
    sources(conn, 6, "x")
    sources(conn, 6, "reddit")
    jobs = due_watches(conn, now=NOON, lease=LEASE, limit=20)
    assert sorted(job.network for job in jobs) == ["reddit", "x", "x", "x", "x"]
    assert due_watches(conn, now=NOON, lease=LEASE, limit=20) == []
    assert len(due_watches(conn, now=NOON + LEASE, lease=LEASE, limit=20)) == 5


def test_sources_take_turns(conn: Connection) -> None:
    sources(conn, 4, "x")
    order = [job.source_id for job in due_watches(conn, now=NOON, lease=LEASE, limit=20)]
    assert len(set(order)) == 4


def test_a_source_with_ever_more_pages_keeps_nobody_waiting(conn: Connection) -> None:
    """With one thread: whoever was due before the busy source's next page goes first."""
    a_source(conn, handle="busy")
    for n in range(5):
        a_source(conn, handle=f"quiet{n}", now=NOON + MINUTE)
    order: list[str] = []
    for step in range(24):
        now = NOON + MINUTE + step * timedelta(seconds=1)
        for job in due_watches(conn, now=now, lease=LEASE, limit=1):
            order.append(job.handle)
            page = Page(posts=(), cursor={}, more=job.handle == "busy")
            record_page(conn, job, page, now=now, poll_every=6 * timedelta(seconds=1))
    assert min(order.count(f"quiet{n}") for n in range(5)) >= 2
    assert {*order[:7]} == {"busy", *(f"quiet{n}" for n in range(5))}
    assert order.count("busy") < len(order) / 2


def test_a_way_back_takes_no_place_that_something_new_wants(conn: Connection) -> None:
    a_source(conn, network="reddit")
    visit(conn, 0, Page(posts=(a_post(),), cursor={}, more=True), parts=PARTS)
    assert claim_backfill(conn, now=at(0.1), lease=LEASE) is None
    job = claim(conn, 0.1)
    assert claim_backfill(conn, now=at(0.1), lease=LEASE) is None
    record_page(conn, job, Page(posts=(), cursor={}), now=at(0.1), poll_every=POLL)
    assert claim_backfill(conn, now=at(0.2), lease=LEASE) is not None
    assert due_watches(conn, now=at(0.2), lease=LEASE, limit=1) == []
