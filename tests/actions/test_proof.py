"""Our answer is looked for in public after a minute, an hour and a day; the case says what was seen, and an alarm what is gone."""

from datetime import timedelta

import pytest

from amends.core.database import Pool, fetch_values
from amends.core.errors import CredentialsRefused, RateLimited, Unreachable
from amends.core.ports import Page
from amends.inbox.actions import alert_routing
from amends.inbox.actions.channels import add_channel
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.reply import Manner, queue_reply
from amends.inbox.rules.ids import CaseId, SourceId
from amends.inbox.store.raised_alerts import last_raised
from amends.worker.names import Task
from tests.cast import NOON, POLICY, SECRET_KEY, a_post, a_source, ada
from tests.workplace import Workplace

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
COMPLAINT = a_post("My bag is lost!", external_id="bag")


@pytest.fixture
def work(pool: Pool) -> Workplace:
    """A desk whose answer to the complaint has just gone out."""
    with pool.transaction() as conn:
        a_source(conn)
        add_channel(conn, target="webhook+http://127.0.0.1:9/hook", secret_key=SECRET_KEY)
    made = Workplace(pool=pool)
    made.network.shown = {"bag": COMPLAINT}
    made.network.pages = [Page(posts=(COMPLAINT,), cursor={"at": 1}, reads=1)]
    made.perform(Task.COLLECT_DUE, Task.TRIAGE)
    answer(made, "We look for it.")
    return made


def answer(work: Workplace, text: str, manner: Manner | None = None) -> None:
    [case_id] = values(work, "select id from cases")
    with work.pool.transaction() as conn:
        queue_reply(
            conn, case_id=CaseId(int(str(case_id))), agent_id=ada(conn), text=text, now=work.now, policy=POLICY, manner=manner or Manner()
        )
    work.perform(Task.SEND_REPLIES)


def values(work: Workplace, query: str) -> list[object]:
    with work.pool.transaction() as conn:
        return fetch_values(conn, query)  # pyright: ignore[reportArgumentType] - a literal at every call


def look(work: Workplace, *, after: timedelta) -> list[object]:
    """Let time pass since noon, look, and return what every look so far found."""
    work.now = NOON + after
    work.perform(Task.PROVE_REPLIES)
    return values(work, "select seen from reply_looks order by id")


def steps(work: Workplace) -> list[object]:
    return values(work, "select kind from events where kind like 'reply%%' and kind not in ('reply_queued', 'reply_sent') order by id")


def alarms(work: Workplace) -> list[object]:
    return values(work, "select reason from alerts where rule = 'reply_vanished' order by id")


def test_an_answer_is_looked_for_three_times_and_each_look_is_kept(work: Workplace) -> None:
    assert look(work, after=59 * SECOND) == []
    assert look(work, after=MINUTE) == ["visible"]
    assert look(work, after=59 * MINUTE) == ["visible"]
    assert look(work, after=HOUR) == ["visible"] * 2
    assert look(work, after=DAY - SECOND) == ["visible"] * 2
    assert look(work, after=DAY) == ["visible"] * 3
    assert look(work, after=9 * DAY) == ["visible"] * 3
    assert values(work, "select at from reply_looks order by id") == [NOON + MINUTE, NOON + HOUR, NOON + DAY]
    assert values(work, "select visible and seen = 'visible' and look_at is null from replies") == [True]
    assert steps(work) == ["reply_proven", "reply_looked_at", "reply_looked_at"]
    assert alarms(work) == []


def test_the_look_goes_to_the_thread_and_needs_no_second_request_where_our_answer_stands_there(work: Workplace) -> None:
    work.network.calls.clear()
    look(work, after=MINUTE)
    assert work.network.calls == ["thread"]


def test_what_a_thread_does_not_show_is_asked_for_by_its_id(work: Workplace) -> None:
    work.network.apart = {0}
    work.network.calls.clear()
    assert look(work, after=MINUTE) == ["apart"]
    assert work.network.calls == ["thread", "refresh"]
    assert alarms(work) == []


def test_a_worker_that_slept_a_week_looks_once_for_all_looks_it_missed(work: Workplace) -> None:
    assert look(work, after=7 * DAY) == ["visible"]
    assert values(work, "select look_at from replies") == [None]


def test_not_seen_is_believed_only_after_three_looks_and_then_alarms_once(work: Workplace) -> None:
    work.network.hidden = {0}
    assert look(work, after=MINUTE) == ["hidden"]
    assert values(work, "select seen from replies") == [None]
    assert look(work, after=3 * MINUTE) == ["hidden"] * 2
    assert alarms(work) == []
    assert look(work, after=7 * MINUTE) == ["hidden"] * 3
    assert values(work, "select seen from replies") == ["hidden"]
    assert steps(work)[-1] == "reply_not_visible"
    assert len(alarms(work)) == 1
    look(work, after=HOUR)
    look(work, after=DAY)
    assert len(alarms(work)) == 1


def test_one_look_that_misses_it_between_two_that_see_it_is_no_news(work: Workplace) -> None:
    look(work, after=MINUTE)
    work.network.hidden = {0}
    look(work, after=HOUR)
    work.network.hidden = set()
    assert look(work, after=HOUR + 2 * MINUTE) == ["visible", "hidden", "visible"]
    assert "reply_vanished" not in steps(work)
    assert values(work, "select stage from replies") == [2]


def test_an_answer_that_vanishes_raises_an_alert_for_its_case_on_every_channel(work: Workplace) -> None:
    look(work, after=MINUTE)
    work.network.hidden = {0}
    for minutes in (60, 62, 66):
        look(work, after=minutes * MINUTE)
    assert steps(work)[-1] == "reply_vanished"
    assert values(work, "select visible from replies") == [False]
    assert alarms(work) == ["our answer was visible under the complaint and is not any more."]
    alerts = "alerts a join alert_deliveries d on d.alert_id = a.id where a.rule = 'reply_vanished'"
    with work.pool.transaction() as conn:
        alert_routing.route_pending(conn, now=work.now)
    assert values(work, f"select d.state || ' ' || a.case_id from {alerts}") == [f"queued {values(work, 'select id from cases')[0]}"]  # noqa: S608
    assert values(work, "select facts ->> 'rule' from events where kind = 'alert_raised' order by id desc limit 1") == ["reply_vanished"]


def test_an_answer_that_vanished_is_watched_on_and_its_coming_back_is_told(work: Workplace) -> None:
    look(work, after=MINUTE)
    look(work, after=HOUR)
    work.network.hidden = {0}
    for when in (DAY, DAY + 2 * MINUTE, DAY + 6 * MINUTE):
        look(work, after=when)
    assert steps(work)[-1] == "reply_vanished"
    work.network.hidden = set()
    look(work, after=2 * DAY + 6 * MINUTE)
    assert steps(work)[-1] == "reply_came_back"
    assert values(work, "select visible from replies") == [True]
    assert len(alarms(work)) == 1


def test_a_second_answer_that_vanishes_raises_its_own_alert(work: Workplace) -> None:
    answer(work, "It is in Doha.")
    work.network.hidden = {0, 1}
    for minutes in (1, 3, 7):
        look(work, after=minutes * MINUTE)
    assert len(alarms(work)) == 2


def test_an_alert_about_our_answer_does_not_silence_one_about_the_customer(work: Workplace) -> None:
    work.network.hidden = {0}
    for minutes in (1, 3, 7):
        look(work, after=minutes * MINUTE)
    with work.pool.transaction() as conn:
        [case_id] = fetch_values(conn, "select id from cases")
        assert last_raised(conn, [case_id]) == {}


@pytest.mark.parametrize("error", [Unreachable(), CredentialsRefused(), RateLimited(until=NOON + 2 * HOUR)])
def test_a_network_that_does_not_answer_says_nothing_about_our_answer(work: Workplace, error: Exception) -> None:
    look(work, after=MINUTE)
    work.network.down = error
    for hours in range(1, 24):
        assert look(work, after=hours * HOUR) == ["visible"]
    assert values(work, "select visible from replies") == [True]
    assert alarms(work) == []
    work.network.down = None
    assert look(work, after=40 * HOUR) == ["visible", "visible"]


def test_a_network_that_is_away_is_asked_ever_more_rarely_and_not_for_ever(work: Workplace) -> None:
    work.network.down = Unreachable()
    work.network.calls.clear()
    for hours in range(1, 9 * 24):
        look(work, after=hours * HOUR)
    assert 20 <= work.network.calls.count("thread") <= 45
    assert values(work, "select look_at from replies") == [None]


def test_where_the_customer_deleted_the_complaint_our_answer_did_not_vanish(work: Workplace) -> None:
    look(work, after=MINUTE)
    work.network.shown = {"bag": a_post(external_id="bag", deleted=True)}
    work.network.hidden = {0}
    look(work, after=HOUR)
    assert values(work, "select seen from replies") == ["complaint_gone"]
    assert steps(work)[-1] == "reply_left_alone"
    assert alarms(work) == []


def test_a_complaint_that_we_know_to_be_deleted_explains_what_is_not_seen(work: Workplace) -> None:
    with work.pool.transaction() as conn:
        [source_id] = fetch_values(conn, "select id from sources")
        ingest(conn, source_id=SourceId(source_id), network="x", posts=[a_post(external_id="bag", deleted=True)], now=NOON)
    work.network.shown = {}
    work.network.hidden = {0}
    assert look(work, after=MINUTE) == ["complaint_gone"]


def test_a_private_answer_is_not_looked_for_in_public(work: Workplace) -> None:
    look(work, after=DAY)
    answer(work, "Your booking is safe.", Manner(private=True))
    assert work.network.drafts[-1].private
    look(work, after=9 * DAY)
    assert values(work, "select seen from replies order by id") == ["visible", None]


def test_an_answer_of_several_posts_is_seen_when_all_of_them_are(work: Workplace) -> None:
    look(work, after=DAY)
    answer(work, "One. Two.", Manner(parts=("One. 1/2", "Two. 2/2")))
    assert look(work, after=DAY + MINUTE)[-1] == "visible"
    work.network.hidden = {2}
    assert look(work, after=DAY + HOUR)[-1] == "hidden"


def test_the_sweep_finds_a_look_that_is_due(work: Workplace) -> None:
    work.perform(Task.RELAY)
    work.woken.clear()
    work.perform(Task.SWEEP)
    assert Task.PROVE_REPLIES not in work.woken
    work.now += MINUTE
    work.perform(Task.SWEEP)
    assert Task.PROVE_REPLIES in work.woken
