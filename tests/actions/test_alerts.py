"""Alerts reach their channels at least once, over dead, slow and refusing receivers, and a case rings once in its cool-down."""

from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from amends.core.database import Connection, Pool, execute, fetch_values
from amends.core.errors import DeliveryError, NotFound
from amends.core.post import Post
from amends.inbox.actions import alert_routing, alerts
from amends.inbox.actions.channels import add_channel, open_channel, remove_channel, trial_message
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.triage import triage_pending
from amends.inbox.rules.ids import SourceId
from amends.inbox.store import channels
from amends.worker import alerting
from amends.worker.names import Task
from tests.cast import DEE, NOON, POLICY, SECRET_KEY, a_post, a_source, an_answer_to
from tests.desk import asked, claimed
from tests.fakes import FakeClassifier
from tests.mailbox import a_mailbox
from tests.receiver import Receiver, receiving
from tests.workplace import Workplace

MINUTE = timedelta(minutes=1)
BAD = a_post("The app is down, this is the worst!", external_id="bad-1", author=DEE)


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


def with_channel(work: Workplace, target: str) -> int:
    with work.pool.transaction() as conn:
        return add_channel(conn, target=target, secret_key=SECRET_KEY)


def ring(work: Workplace, *posts: object) -> None:
    """Collect and triage posts of an author with reach, which raises the alarm."""
    with work.pool.transaction() as conn:
        [source_id] = fetch_values(conn, "select id from sources")
        given = posts or (BAD,)
        ingest(conn, source_id=SourceId(source_id), network="x", posts=given, now=work.now)  # pyright: ignore[reportArgumentType]
        while triage_pending(conn, classifier=FakeClassifier(), policy=POLICY, clock=lambda: work.now):
            pass


def test_an_alert_reaches_every_channel(work: Workplace, pager: Receiver) -> None:
    with a_mailbox() as box:
        with_channel(work, f"webhook+{pager.url}/hook?secret=s3")
        with_channel(work, f"smtp://127.0.0.1:{box.port}/?from=amends@shop.example&to=care@shop.example")
        ring(work)
        work.perform(Task.RELAY, Task.DELIVER_ALERTS)
        [letter] = box.letters
    [request] = pager.received
    assert request.json["facts"]["case_id"] == values(work, "select id from cases")[0]
    assert request.json["url"].startswith("http://desk.example/inbox/")
    assert "outage" in str(letter["subject"])
    assert values(work, "select state from alert_deliveries") == ["delivered", "delivered"]
    assert values(work, "select count(*) from events where kind = 'alert_delivered'") == [2]


def test_an_alert_carries_the_first_words_of_one_post_and_no_more(work: Workplace, pager: Receiver) -> None:
    with_channel(work, f"webhook+{pager.url}/")
    ring(work, a_post("down " * 8_000, author=DEE))
    work.perform(Task.DELIVER_ALERTS)
    [request] = pager.received
    assert len(request.json["facts"]["text"]) <= 200
    assert len(request.body) < 3_000


def test_a_dead_receiver_gets_the_alert_when_it_is_back(work: Workplace) -> None:
    with receiving() as receiver:
        port = receiver.port
    with_channel(work, f"webhook+http://127.0.0.1:{port}/")
    ring(work)
    work.perform(Task.DELIVER_ALERTS, Task.DELIVER_ALERTS)
    assert values(work, "select attempts || ' ' || state from alert_deliveries") == ["1 queued"]
    with receiving(port) as again:
        work.now += timedelta(seconds=5)
        work.perform(Task.SWEEP)
        assert Task.DELIVER_ALERTS in work.woken
        work.perform(Task.DELIVER_ALERTS)
        assert [request.json["key"] for request in again.received] == ["alert-1"]
    assert values(work, "select state from alert_deliveries") == ["delivered"]


def test_every_try_carries_the_same_key(work: Workplace, pager: Receiver) -> None:
    with_channel(work, f"webhook+{pager.url}/")
    pager.statuses = [500, 503, 204]
    ring(work)
    for wait in (0, 5, 30):
        work.now += timedelta(seconds=wait)
        work.perform(Task.DELIVER_ALERTS)
    assert [request.headers["webhook-id"] for request in pager.received] == ["alert-1"] * 3
    assert values(work, "select state from alert_deliveries") == ["delivered"]


def test_a_receiver_that_is_gone_for_good_is_not_called_again(work: Workplace, pager: Receiver) -> None:
    with_channel(work, f"webhook+{pager.url}/")
    pager.statuses = [410]
    ring(work)
    work.perform(Task.DELIVER_ALERTS)
    work.now += timedelta(days=1)
    work.perform(Task.DELIVER_ALERTS)
    assert len(pager.received) == 1
    assert values(work, "select state || ': ' || error from alert_deliveries") == ["failed: the receiver answers 410"]
    assert values(work, "select count(*) from events where kind = 'alert_failed'") == [1]


def test_after_a_day_a_dead_receiver_is_given_up(work: Workplace, pager: Receiver) -> None:
    with_channel(work, f"webhook+{pager.url}/")
    pager.statuses = [500]
    ring(work)
    for _hour in range(30):
        work.perform(Task.DELIVER_ALERTS)
        work.now += timedelta(hours=1)
    assert values(work, "select state from alert_deliveries") == ["failed"]
    assert 20 <= len(pager.received) <= 26


def test_a_slow_receiver_does_not_hold_up_another(work: Workplace, pager: Receiver) -> None:
    with receiving() as slow:
        slow.delay = 0.5
        with_channel(work, f"webhook+{slow.url}/")
        with_channel(work, f"webhook+{pager.url}/")
        ring(work)
        with work.pool.transaction() as conn:
            first = claimed(conn, now=work.now)
        assert first is not None
        work.perform(Task.DELIVER_ALERTS)
    assert len(pager.received) == 1


def test_a_worker_that_died_while_delivering_leaves_the_alert_to_the_next(work: Workplace, pager: Receiver) -> None:
    with_channel(work, f"webhook+{pager.url}/")
    ring(work)
    with work.pool.transaction() as conn:
        assert claimed(conn, now=work.now)
    work.perform(Task.DELIVER_ALERTS)
    assert pager.received == []
    work.now += MINUTE
    work.perform(Task.DELIVER_ALERTS)
    assert len(pager.received) == 1


def ring_more(work: Workplace, n: int) -> None:
    """Let so many more rules ring at the one alarm's post, at once."""
    with work.pool.transaction() as conn:
        execute(
            conn,
            """
            insert into alerts (case_id, post_id, rule, severity, reason, raised_at)
            select case_id, post_id, 'rule ' || copy, severity, reason, raised_at from alerts, generate_series(1, %(n)s) copy
            """,
            {"n": n},
        )


def of_different_people(n: int) -> list[Post]:
    """Return so many posts that ring, each of somebody else."""
    return [a_post("The app is down!", external_id=f"many-{k}", author=replace(DEE, external_id=f"d{k}", handle=f"d{k}")) for k in range(n)]


def test_what_is_left_of_a_batch_when_its_time_is_up_is_given_back(work: Workplace, pager: Receiver) -> None:
    with_channel(work, f"webhook+{pager.url}/")
    ring(work, *of_different_people(3))
    alerting.deliver_batch(work.context, haste=timedelta(0))
    assert values(work, "select attempts || ' ' || state from alert_deliveries order by id") == ["1 delivered", "0 queued", "0 queued"]
    work.perform(Task.DELIVER_ALERTS)
    assert values(work, "select attempts || ' ' || state from alert_deliveries") == ["1 delivered"] * 3
    assert len({request.json["key"] for request in pager.received}) == len(pager.received) == 3


def test_who_leaves_nothing_due_calls_nobody_and_looks_no_second_time(work: Workplace, pager: Receiver) -> None:
    with_channel(work, f"webhook+{pager.url}/a")
    ring(work)
    work.woken.clear()
    assert alerting.deliver_batch(work.context) is False
    assert (len(pager.received), Task.DELIVER_ALERTS in work.woken) == (1, False)
    with_channel(work, f"webhook+{pager.url}/b")
    ring(work, *of_different_people(1))
    work.woken.clear()
    assert [alerting.deliver_batch(work.context), Task.DELIVER_ALERTS in work.woken] == [True, True]
    assert alerting.deliver_batch(work.context) is False
    assert len(pager.received) == 3


def test_of_many_alarms_that_are_told_to_nobody_now_none_waits_for_the_sweep(work: Workplace) -> None:
    ring(work)
    ring_more(work, alert_routing.BATCH)
    work.perform(Task.DELIVER_ALERTS)
    assert values(work, "select count(*) from alerts where routed_at is null") == [0]


def test_a_batch_is_for_one_channel_so_that_one_that_hangs_holds_up_no_other(work: Workplace, pager: Receiver) -> None:
    first, second = with_channel(work, f"webhook+{pager.url}/a"), with_channel(work, f"webhook+{pager.url}/b")
    ring(work, *of_different_people(2))
    with work.pool.transaction() as conn:
        jobs = [alerts.claim_deliveries(conn, now=work.now, lease=MINUTE, limit=8) for _time in range(3)]
    assert [[job.channel_id for job in one] for one in jobs] == [[first, first], [second, second], []]


def test_much_that_waits_for_a_channel_that_hangs_holds_up_nothing_for_another(work: Workplace, pager: Receiver) -> None:
    with receiving(status=503) as dead:
        with_channel(work, f"webhook+{dead.url}/")
        ring(work, *of_different_people(9))
        work.perform(Task.DELIVER_ALERTS)
        work.now += MINUTE
        with_channel(work, f"webhook+{pager.url}/")
        ring(work)
        alerting.deliver_batch(work.context)
        assert (len(pager.received), len(dead.received)) == (1, 9)
        alerting.deliver_batch(work.context)
        assert len(dead.received) > 9


def test_what_a_batch_asks_does_not_grow_with_its_alerts(work: Workplace) -> None:
    with_channel(work, "webhook+http://127.0.0.1:9/")
    ring(work, *of_different_people(9))
    with work.pool.transaction() as conn:
        alert_routing.route_pending(conn, now=work.now)
        assert asked(conn, lambda: deliver(work, conn, 2)) == asked(conn, lambda: deliver(work, conn, 7))


def deliver(work: Workplace, conn: Connection, limit: int) -> None:
    """Claim so many deliveries, put them into words, and keep that they were taken."""
    jobs = alerts.claim_deliveries(conn, now=work.now, lease=MINUTE, limit=limit)
    assert len(jobs) == limit
    alerts.messages_for(conn, jobs, public_url="http://desk.example", secret_key=SECRET_KEY, now=work.now)
    alerts.record_delivered(conn, jobs, now=work.now)


def test_a_case_rings_once_in_its_cool_down(work: Workplace, pager: Receiver) -> None:
    with_channel(work, f"webhook+{pager.url}/")
    ring(work)
    work.now += 5 * MINUTE
    ring(work, an_answer_to(BAD, "Still down, the worst!", published_at=work.now))
    work.now += 60 * MINUTE
    ring(work, an_answer_to(BAD, "Down again, never fixed!", published_at=work.now))
    work.perform(Task.DELIVER_ALERTS)
    assert [request.json["facts"]["text"] for request in pager.received] == [BAD.text, "Down again, never fixed!"]


def test_recording_a_late_result_twice_changes_nothing(work: Workplace, pager: Receiver) -> None:
    with_channel(work, f"webhook+{pager.url}/")
    ring(work)
    with work.pool.transaction() as conn:
        job = claimed(conn, now=work.now)
        assert job is not None
        alerts.record_delivered(conn, [job], now=work.now)
        alerts.record_delivered(conn, [job], now=work.now)
        alerts.record_delivery_trouble(conn, job, DeliveryError("too late"), now=work.now)
    assert values(work, "select state from alert_deliveries") == ["delivered"]
    assert values(work, "select count(*) from events where kind = 'alert_delivered'") == [1]


def test_a_removed_channel_gets_nothing_more_and_can_come_back(work: Workplace, pager: Receiver) -> None:
    channel_id = with_channel(work, f"webhook+{pager.url}/")
    ring(work)
    with work.pool.transaction() as conn:
        remove_channel(conn, channel_id=channel_id)
        assert channels.active(conn) == []
        with pytest.raises(NotFound):
            remove_channel(conn, channel_id=channel_id)
    work.perform(Task.DELIVER_ALERTS)
    assert pager.received == []
    assert with_channel(work, f"webhook+{pager.url}/") == channel_id


def test_a_channel_lies_sealed_and_is_shown_masked(work: Workplace) -> None:
    with_channel(work, "webhook+https://hooks.shop.example/T0P-S3CRET")
    with_channel(work, "webhook+https://hooks.shop.example/OTHER-S3CRET")
    with work.pool.transaction() as conn:
        shown = channels.active(conn)
        [stored] = fetch_values(conn, "select string_agg(convert_from(target, 'utf8') || label, '') from alert_channels")
    assert len(shown) == 2
    assert all(channel.label.startswith("webhook+https://hooks.shop.example/… (") for channel in shown)
    assert "S3CRET" not in stored


def test_a_channel_can_be_tried_out(work: Workplace, pager: Receiver) -> None:
    channel_id = with_channel(work, f"webhook+{pager.url}/")
    with work.pool.transaction() as conn:
        notifier = open_channel(conn, channel_id=channel_id, secret_key=SECRET_KEY)
    notifier.deliver(trial_message(public_url="http://desk.example", now=NOON))
    assert pager.received[0].json["facts"] == {"trial": True}


def test_the_channels_page_tells_how_deliveries_went(work: Workplace, pager: Receiver) -> None:
    with ExitStack() as stack:
        dead = stack.enter_context(receiving())
        dead.statuses = [500]
        with_channel(work, f"webhook+{pager.url}/")
        with_channel(work, f"webhook+{dead.url}/")
        ring(work)
        work.perform(Task.DELIVER_ALERTS)
    with work.pool.transaction() as conn:
        well, ill = channels.active(conn)
    assert (well.delivered, well.waiting, well.failed, well.last_error) == (1, 0, 0, "")
    assert (ill.delivered, ill.waiting, ill.failed, ill.last_error) == (0, 1, 0, "the receiver answers 500")


def test_many_alarms_that_are_over_do_not_wait_for_the_clock_by_the_hundred(work: Workplace) -> None:
    ring(work)
    ring_more(work, 450)
    with work.pool.transaction() as conn:
        execute(conn, "update alerts set ended_at = raised_at")
    work.perform(Task.ESCALATE)
    assert values(work, "select count(*) from alerts where ended_at is not null and end_told_at is null") == [0]
