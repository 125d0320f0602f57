"""Watches are handed out once, and what came of a visit is kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from amends.collectors import abilities
from amends.core.database import Connection, Pool, fetch_values
from amends.core.errors import Conflict, CredentialsRefused, NotFound, RateLimited, SettingsWrong, Unreachable
from amends.core.ports import Page
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.accounts import open_account
from amends.inbox.actions.collect import due_watches, record_page, record_trouble
from amends.inbox.actions.sources import add_source, change_credentials, pause, resume_source, retry_now
from amends.inbox.rules.ids import WatchId
from amends.inbox.store.watches import WatchJob
from tests.cast import NOON, SECRET_KEY, a_post, a_source, ada

MINUTE = timedelta(minutes=1)
EMPTY = Page(posts=(), cursor={})


def _due(conn: Connection, *, at_minute: int = 0) -> list[WatchJob]:
    return due_watches(conn, now=NOON + at_minute * MINUTE, lease=MINUTE, limit=10)


def _state(conn: Connection) -> str:
    [state] = fetch_values(conn, "select state || ': ' || state_note from watches")
    return state


def test_a_claimed_watch_is_nobody_elses_until_the_lease_is_over(conn: Connection) -> None:
    a_source(conn)

    assert len(_due(conn)) == 1
    assert _due(conn) == []
    assert len(_due(conn, at_minute=1)) == 1


def test_two_workers_never_get_the_same_watch(pool: Pool) -> None:
    with pool.transaction() as conn:
        for n in range(10):
            a_source(conn, handle=f"brand{n}", network="x" if n % 2 else "reddit")

    def claim(_worker: int) -> list[WatchJob]:
        with pool.transaction() as conn:
            return due_watches(conn, now=NOON, lease=MINUTE, limit=1)

    with ThreadPoolExecutor(4) as workers:
        claimed = [job.watch_id for jobs in workers.map(claim, range(20)) for job in jobs]
    assert len(claimed) == len(set(claimed)) == sum(min(abilities(network).at_once, 5) for network in ("x", "reddit"))


def test_a_job_opens_only_with_the_key_that_sealed_it(conn: Connection) -> None:
    a_source(conn)
    [job] = _due(conn)

    assert open_account(job, secret_key=SECRET_KEY).credentials == {"token": "t-1"}
    assert "t-1" not in repr(job)
    with pytest.raises(SettingsWrong):
        open_account(job, secret_key="another key, sixteen")


def test_cursor_and_posts_are_kept_together(conn: Connection) -> None:
    a_source(conn)
    [job] = _due(conn)
    record_page(conn, job, Page(posts=(a_post(),), cursor={"since": "7"}, reads=3), now=NOON, poll_every=MINUTE)

    [again] = _due(conn, at_minute=1)
    assert (again.cursor, again.state) == ({"since": "7"}, "ok")
    assert fetch_values(conn, "select reads from watches where last_new_at is not null") == [3]


def test_a_page_with_more_behind_it_is_followed_at_once(conn: Connection) -> None:
    a_source(conn)
    [job] = _due(conn)
    record_page(conn, job, Page(posts=(), cursor={}, more=True), now=NOON, poll_every=MINUTE)

    assert len(_due(conn)) == 1


def test_a_worker_that_was_too_slow_stores_nothing(conn: Connection) -> None:
    a_source(conn)
    [slow] = _due(conn)
    [other] = _due(conn, at_minute=2)

    with pytest.raises(Conflict):
        record_page(conn, slow, Page(posts=(a_post(),), cursor={"since": "1"}), now=NOON + 2 * MINUTE, poll_every=MINUTE)
    record_trouble(conn, slow, CredentialsRefused(), now=NOON + 2 * MINUTE)
    record_page(conn, other, EMPTY, now=NOON + 2 * MINUTE, poll_every=MINUTE)

    assert _state(conn) == "ok: "
    assert fetch_values(conn, "select count(*) from posts") == [0]


def test_a_rate_limited_watch_waits_and_then_works_again(conn: Connection) -> None:
    a_source(conn)
    [job] = _due(conn)
    record_trouble(conn, job, RateLimited("429", until=NOON + 15 * MINUTE), now=NOON)

    assert _state(conn) == "waiting: 429"
    assert _due(conn, at_minute=14) == []
    [job] = _due(conn, at_minute=15)
    record_page(conn, job, EMPTY, now=NOON + 15 * MINUTE, poll_every=MINUTE)
    assert _state(conn) == "ok: "


def test_a_network_that_is_down_is_tried_again_and_its_recovery_is_told(conn: Connection) -> None:
    a_source(conn)
    [job] = _due(conn)
    record_trouble(conn, job, Unreachable("502"), now=NOON)
    assert _state(conn) == "retrying: 502"

    [job] = _due(conn, at_minute=1)
    record_page(conn, job, EMPTY, now=NOON + MINUTE, poll_every=MINUTE)
    assert _state(conn) == "ok: "
    assert fetch_values(conn, "select kind from events order by id") == ["source_added", "source_recovered"]


def test_refused_credentials_stop_the_watch_until_there_are_new_ones(conn: Connection) -> None:
    source_id = a_source(conn)
    [job] = _due(conn)
    record_trouble(conn, job, CredentialsRefused(), now=NOON)

    assert "enter new ones" in _state(conn)
    assert fetch_values(conn, "select kind from events where facts ? 'note'") == ["source_stopped"]
    assert _due(conn, at_minute=600) == []

    change_credentials(
        conn, source_id=source_id, credentials={"token": "t-2"}, secret_key=SECRET_KEY, agent_id=ada(conn), now=NOON + MINUTE
    )
    [job] = _due(conn, at_minute=1)
    assert open_account(job, secret_key=SECRET_KEY).credentials == {"token": "t-2"}


def test_a_stopped_watch_is_retried_by_hand(conn: Connection) -> None:
    a_source(conn)
    [job] = _due(conn)
    record_trouble(conn, job, CredentialsRefused(), now=NOON)
    retry_now(conn, watch_id=job.watch_id, agent_id=None, now=NOON + MINUTE)

    assert [again.watch_id for again in _due(conn, at_minute=1)] == [job.watch_id]


def test_a_paused_source_is_not_fetched_until_it_is_resumed(conn: Connection) -> None:
    source_id = a_source(conn)
    pause(conn, source_id=source_id, agent_id=None, now=NOON)
    assert _due(conn, at_minute=60) == []

    resume_source(conn, source_id=source_id, agent_id=None, now=NOON)
    assert len(_due(conn)) == 1


def test_adding_a_source_twice_changes_it_and_adds_only_what_it_lacked(conn: Connection) -> None:
    search = Watch(kind=WatchKind.SEARCH, query="lanka air")
    first = a_source(conn)
    again = add_source(
        conn,
        brand="Lanka Air",
        network="x",
        handle="lankaair",
        credentials={"token": "t-9"},
        options={},
        watches=[Watch(kind=WatchKind.MENTIONS), search],
        secret_key=SECRET_KEY,
        now=NOON,
    )

    assert again == first
    assert sorted(job.kind for job in _due(conn)) == ["mentions", "search"]
    assert fetch_values(conn, "select slug from brands") == ["lanka-air"]
    assert fetch_values(conn, "select count(*) from events where kind = 'source_added'") == [1]


def test_a_watch_that_is_not_there_cannot_be_retried(conn: Connection) -> None:
    with pytest.raises(NotFound):
        retry_now(conn, watch_id=WatchId(404), agent_id=None, now=NOON)
