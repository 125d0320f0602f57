"""A source in trouble rings once, over the same channels as a complaint, and the alarm ends by itself when the trouble is over."""

from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta

import pytest

from amends.core.database import Connection, Pool, fetch_values
from amends.core.errors import CredentialsRefused, NotFound, Unreachable
from amends.core.ports import Page, Standing
from amends.inbox.actions.alarms import acknowledge, unacknowledge
from amends.inbox.actions.channels import add_channel
from amends.inbox.actions.collect import due_watches, record_page, record_trouble
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.source_alarms import Changed, watch_over
from amends.inbox.actions.sources import change_credentials, drop_watch, pause, resume_source, retry_now
from amends.inbox.actions.standing import claim_check, record_standing
from amends.inbox.rules.ids import AlertId, SourceId, WatchId
from amends.inbox.store import rhythm, source_alerts, standings
from amends.worker.names import Task
from tests.cast import NOON, SECRET_KEY, US, a_post, a_source, ada, bo
from tests.receiver import Receiver, receiving
from tests.workplace import Workplace

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOTHING = Changed(raised=0, ended=0)
STANDING = Standing(user_id="us-0", handle="lankaair", can_reply=True, rights=("read",), cost="0.5 ct a post")


def visit(conn: Connection, *, at: timedelta, trouble: Exception | None = None) -> None:
    """Visit the watch, which ends in `trouble` or well."""
    now = NOON + at
    [job] = due_watches(conn, now=now, lease=MINUTE, limit=10)
    if isinstance(trouble, CredentialsRefused | Unreachable):
        record_trouble(conn, job, trouble, now=now)
    else:
        record_page(conn, job, Page(posts=(), cursor={}), now=now, poll_every=MINUTE)


def rules(conn: Connection) -> list[str]:
    return fetch_values(
        conn, "select rule || case when ended_at is null then '' else ' over' end from alerts where source_id is not null order by id"
    )


def with_habit(conn: Connection, source_id: SourceId) -> None:
    """Let the source have brought two posts an hour for eight weeks, the last one at noon."""
    posts = [NOON - place * timedelta(minutes=30) for place in range(8 * 7 * 48)]
    rhythm.add(conn, source_id=source_id, published=posts)


def test_a_watch_that_stops_rings_once_and_the_alarm_ends_when_it_works_again(conn: Connection) -> None:
    source_id = a_source(conn)
    visit(conn, at=0 * MINUTE, trouble=CredentialsRefused())
    assert watch_over(conn, now=NOON) == Changed(raised=1, ended=0)
    assert watch_over(conn, now=NOON + MINUTE) == NOTHING

    change_credentials(conn, source_id=source_id, credentials={"token": "t-2"}, secret_key=SECRET_KEY, agent_id=None, now=NOON + 2 * HOUR)
    visit(conn, at=2 * HOUR)
    assert watch_over(conn, now=NOON + 2 * HOUR) == Changed(raised=0, ended=1)
    [alarm] = source_alerts.listed(conn, limit=10)
    assert (alarm.rule, alarm.severity, alarm.since, alarm.ended_at) == ("stopped", "critical", NOON, NOON + 2 * HOUR)
    kinds = fetch_values(conn, "select kind from events where kind like 'alert%%' order by id", {})
    assert kinds == ["alert_raised", "alert_ended"]


def test_trying_in_vain_by_hand_rings_no_second_time_and_the_alarm_is_open_again(conn: Connection) -> None:
    a_source(conn)
    visit(conn, at=0 * MINUTE, trouble=CredentialsRefused())
    watch_over(conn, now=NOON)
    [watch_id] = fetch_values(conn, "select id from watches")
    retry_now(conn, watch_id=WatchId(watch_id), agent_id=None, now=NOON + MINUTE)
    watch_over(conn, now=NOON + MINUTE)
    visit(conn, at=MINUTE, trouble=CredentialsRefused())
    assert watch_over(conn, now=NOON + MINUTE).raised == 0
    assert rules(conn) == ["stopped"]


def test_a_network_that_is_down_rings_after_half_an_hour(conn: Connection) -> None:
    a_source(conn)
    visit(conn, at=0 * MINUTE, trouble=Unreachable("502"))
    assert watch_over(conn, now=NOON + 29 * MINUTE) == NOTHING
    assert watch_over(conn, now=NOON + 30 * MINUTE) == Changed(raised=1, ended=0)
    assert rules(conn) == ["retrying"]


def test_a_silent_source_rings_once_a_silence_and_says_how_long_it_was(conn: Connection) -> None:
    source_id = a_source(conn)
    with_habit(conn, source_id)
    visit(conn, at=0 * MINUTE)
    assert watch_over(conn, now=NOON + 2 * HOUR) == NOTHING
    assert watch_over(conn, now=NOON + 5 * HOUR) == Changed(raised=1, ended=0)
    assert watch_over(conn, now=NOON + 6 * HOUR) == NOTHING

    ingest(conn, source_id=source_id, network="x", posts=[a_post(published_at=NOON + 7 * HOUR)], now=NOON + 7 * HOUR)
    assert watch_over(conn, now=NOON + 7 * HOUR) == Changed(raised=0, ended=1)
    [alarm] = source_alerts.listed(conn, limit=10)
    assert alarm.ended_at is not None
    assert alarm.ended_at - alarm.since == 7 * HOUR

    assert watch_over(conn, now=NOON + 14 * HOUR) == Changed(raised=1, ended=0)
    assert rules(conn) == ["silent over", "silent"]


def test_what_we_wrote_ourselves_and_what_we_looked_up_breaks_no_silence(conn: Connection) -> None:
    source_id = a_source(conn)
    ours = a_post("We are sorry", author=US, is_own=True, published_at=NOON)
    ingest(conn, source_id=source_id, network="x", posts=[ours], now=NOON)
    ingest(conn, source_id=source_id, network="x", posts=[a_post(published_at=NOON)], now=NOON, beside=True)
    assert rhythm.last_posts(conn) == []


def test_posts_are_counted_once_by_the_hour_in_which_they_were_published(conn: Connection) -> None:
    source_id = a_source(conn)
    posts = [a_post(published_at=NOON - minutes * MINUTE) for minutes in (1, 2, 61)]
    for _again in range(2):
        ingest(conn, source_id=source_id, network="x", posts=posts, now=NOON)
    ingest(conn, source_id=source_id, network="x", posts=[a_post(published_at=NOON - 30 * MINUTE)], now=NOON)
    found = [(one.hour, one.posts, one.last_at) for one in rhythm.hours(conn, [source_id], since=NOON - DAY)]
    assert found == [(NOON - 2 * HOUR, 1, NOON - 61 * MINUTE), (NOON - HOUR, 3, NOON - MINUTE)]


def test_old_hours_are_forgotten_save_the_last_one(conn: Connection) -> None:
    source_id = a_source(conn)
    rhythm.add(conn, source_id=source_id, published=[NOON - 400 * DAY, NOON - 300 * DAY])
    assert rhythm.drop_old(conn, before=NOON) == 1
    assert [one.at for one in rhythm.last_posts(conn)] == [NOON - 300 * DAY]


def test_what_is_paused_or_removed_rings_no_longer(conn: Connection) -> None:
    source_id = a_source(conn)
    visit(conn, at=0 * MINUTE, trouble=CredentialsRefused())
    watch_over(conn, now=NOON)
    pause(conn, source_id=source_id, agent_id=None, now=NOON)
    assert watch_over(conn, now=NOON) == Changed(raised=0, ended=1)
    resume_source(conn, source_id=source_id, agent_id=None, now=NOON)
    visit(conn, at=MINUTE, trouble=CredentialsRefused())
    watch_over(conn, now=NOON + MINUTE)
    [watch_id] = fetch_values(conn, "select id from watches")
    drop_watch(conn, watch_id=WatchId(watch_id), agent_id=None, now=NOON + MINUTE)
    assert watch_over(conn, now=NOON + MINUTE).ended == 1


def test_credentials_that_end_are_announced_in_steps_until_there_are_new_ones(conn: Connection) -> None:
    source_id = a_source(conn)
    ends = NOON + 15 * DAY
    record_standing(conn, source_id, replace(STANDING, expires_at=ends), now=NOON)
    told = [watch_over(conn, now=ends - left * DAY).raised for left in (15, 14, 13, 4, 3, 2, 1, 0, -1)]
    assert told == [0, 1, 0, 0, 1, 0, 1, 1, 0]
    assert rules(conn) == ["expiring over", "expiring over", "expiring over", "expired"]

    change_credentials(conn, source_id=source_id, credentials={"token": "t-2"}, secret_key=SECRET_KEY, agent_id=None, now=ends)
    assert watch_over(conn, now=ends) == Changed(raised=0, ended=1)


def test_the_first_agent_who_sees_to_an_alarm_stays_the_one_until_it_is_taken_back(conn: Connection) -> None:
    a_source(conn)
    visit(conn, at=0 * MINUTE, trouble=CredentialsRefused())
    watch_over(conn, now=NOON)
    [alarm] = source_alerts.listed(conn, limit=10)
    acknowledge(conn, alarm.id, agent_id=ada(conn), now=NOON)
    acknowledge(conn, alarm.id, agent_id=bo(conn), now=NOON + HOUR)
    assert [(one.acknowledged_by, one.acknowledged_at) for one in source_alerts.listed(conn, limit=10)] == [("Ada", NOON)]
    unacknowledge(conn, alarm.id, agent_id=bo(conn), now=NOON)
    assert [one.acknowledged_by for one in source_alerts.listed(conn, limit=10)] == [None]
    for act in (acknowledge, unacknowledge):
        with pytest.raises(NotFound):
            act(conn, AlertId(404), agent_id=ada(conn), now=NOON)


def test_who_we_are_is_asked_for_once_a_day_and_at_once_for_new_credentials(conn: Connection) -> None:
    source_id = a_source(conn)
    account = claim_check(conn, now=NOON)
    assert account is not None
    assert claim_check(conn, now=NOON) is None
    record_standing(conn, account.source_id, STANDING, now=NOON)
    assert claim_check(conn, now=NOON + DAY - MINUTE) is None
    change_credentials(conn, source_id=source_id, credentials={"token": "t-2"}, secret_key=SECRET_KEY, agent_id=None, now=NOON + MINUTE)
    assert claim_check(conn, now=NOON + MINUTE) is not None
    [kept] = standings.every(conn)
    assert (kept.handle, kept.can_reply, kept.rights, kept.cost) == ("lankaair", True, ["read"], "0.5 ct a post")


@pytest.fixture
def work(pool: Pool) -> Workplace:
    with pool.transaction() as conn:
        a_source(conn)
    return Workplace(pool=pool)


@pytest.fixture
def pager() -> Generator[Receiver]:
    with receiving() as receiver:
        yield receiver


def values(work: Workplace, query: str) -> list[object]:
    with work.pool.transaction() as conn:
        return fetch_values(conn, query)  # pyright: ignore[reportArgumentType] - a literal at every call


def test_an_alarm_of_a_source_goes_the_way_of_every_alert(work: Workplace, pager: Receiver) -> None:
    with work.pool.transaction() as conn:
        add_channel(conn, target=f"webhook+{pager.url}/", secret_key=SECRET_KEY)
    work.network.pages = [CredentialsRefused()]
    work.perform(Task.COLLECT_DUE)
    work.woken.clear()
    work.perform(Task.RELAY)
    assert Task.WATCH_SOURCES in work.woken
    work.perform(Task.WATCH_SOURCES, Task.RELAY)
    assert Task.DELIVER_ALERTS in work.woken
    work.perform(Task.DELIVER_ALERTS)
    [request] = pager.received
    assert request.json["title"].startswith("lanka-air, source lankaair on x: It stopped reading mentions.")
    assert request.json["severity"] == "critical"
    assert request.json["facts"]["rule"] == "stopped"
    assert request.json["url"].startswith("http://desk.example/alarms#alarm-")
    assert values(work, "select kind from events where kind = 'alert_delivered' and source_id is not null") == ["alert_delivered"]


def test_a_channel_that_refuses_an_alarm_of_a_source_is_told_of(work: Workplace, pager: Receiver) -> None:
    with work.pool.transaction() as conn:
        add_channel(conn, target=f"webhook+{pager.url}/", secret_key=SECRET_KEY)
    pager.statuses = [410]
    work.network.pages = [CredentialsRefused()]
    work.perform(Task.COLLECT_DUE, Task.WATCH_SOURCES, Task.DELIVER_ALERTS)
    assert values(work, "select facts ->> 'reason' from events where kind = 'alert_failed'") == ["the receiver answers 410"]


def test_the_worker_asks_each_network_who_we_are(work: Workplace) -> None:
    work.perform(Task.CHECK_STANDINGS, Task.CHECK_STANDINGS)
    assert values(work, "select handle || ' ' || can_reply || ' ' || trouble from standings") == ["lankaair true "]
    assert work.network.calls == ["check"]


def test_a_network_that_does_not_tell_is_asked_again_in_an_hour_and_what_it_told_stays(work: Workplace) -> None:
    work.perform(Task.CHECK_STANDINGS)
    work.network.checks = [Unreachable("502"), Unreachable("503")]
    work.now += DAY
    work.perform(Task.CHECK_STANDINGS, Task.CHECK_STANDINGS)
    assert values(work, "select handle || ' ' || trouble from standings") == ["lankaair 502"]
    work.now += HOUR
    work.perform(Task.CHECK_STANDINGS)
    assert values(work, "select handle || ' ' || trouble from standings") == ["lankaair 503"]
    work.now += HOUR
    work.perform(Task.CHECK_STANDINGS)
    assert values(work, "select handle || ' ' || trouble from standings") == ["lankaair "]
