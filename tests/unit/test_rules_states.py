"""What may follow what: case states, retries, health, alarms, outcomes."""

from datetime import datetime, timedelta

import pytest

from amends.core.errors import (
    AccessDenied,
    Conflict,
    CredentialsRefused,
    NetworkError,
    PaymentRequired,
    QueryRefused,
    RateLimited,
    ReplyRefused,
    SourceUnfit,
    Unreachable,
)
from amends.core.ports import Sentiment
from amends.inbox.rules import alerting, reply_tries, source_health
from amends.inbox.rules.alarm_thresholds import Thresholds
from amends.inbox.rules.case_states import Step, after
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.text import preview, storable
from amends.inbox.rules.words import CaseStatus, ReplyState, WatchState
from tests.cast import NOON, a_verdict

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CASE, OTHER = CaseId(7), CaseId(8)


@pytest.mark.parametrize("status", [CaseStatus.RESOLVED, CaseStatus.DISMISSED])
@pytest.mark.parametrize("step", [Step.RESOLVE, Step.DISMISS])
def test_a_case_that_is_over_cannot_end_again(status: CaseStatus, step: Step) -> None:
    with pytest.raises(Conflict, match=str(status)):
        after(status, step)


def test_a_running_case_cannot_be_reopened() -> None:
    with pytest.raises(Conflict, match="open already"):
        after(CaseStatus.OPEN, Step.REOPEN)


def test_a_dismissed_case_is_reopened_before_it_is_resolved() -> None:
    with pytest.raises(Conflict, match="reopen it first"):
        after(CaseStatus.DISMISSED, Step.RESOLVE)


def test_a_good_page_is_followed_by_the_next_poll() -> None:
    health = source_health.after_page(more=False, troubles=(), come_back_at=None, now=NOON, poll_every=MINUTE)
    assert (health.state, health.next_at, health.failures) == (WatchState.OK, NOON + MINUTE, 0)


def test_a_page_with_more_behind_it_is_followed_at_once() -> None:
    assert source_health.after_page(more=True, troubles=(), come_back_at=None, now=NOON, poll_every=MINUTE).next_at == NOON


def test_the_time_that_the_network_names_wins() -> None:
    later = NOON + 5 * MINUTE
    assert source_health.after_page(more=True, troubles=(), come_back_at=later, now=NOON, poll_every=MINUTE).next_at == later


def test_troubles_on_a_good_page_are_told_not_hidden() -> None:
    health = source_health.after_page(more=False, troubles=("post 7 has no author", "x"), come_back_at=None, now=NOON, poll_every=MINUTE)
    assert health.note == "Not everything could be read: post 7 has no author (and 1 more)"


def test_a_rate_limit_waits_until_the_network_says() -> None:
    health = source_health.after_trouble(RateLimited(until=NOON + 15 * MINUTE), failures=0, now=NOON)
    assert (health.state, health.next_at) == (WatchState.WAITING, NOON + 15 * MINUTE)


def test_a_rate_limit_in_the_past_does_not_become_a_storm() -> None:
    assert source_health.after_trouble(RateLimited(until=NOON - DAY), failures=0, now=NOON).next_at > NOON


def test_an_unreachable_network_is_tried_ever_more_rarely_but_at_least_every_quarter_of_an_hour() -> None:
    pauses = [source_health.after_trouble(Unreachable(), failures=n, now=NOON).next_at - NOON for n in (0, 1, 2, 7, 8, 400)]
    assert pauses == [timedelta(seconds=s) for s in (5, 10, 20, 640, 900, 900)]


@pytest.mark.parametrize(
    ("error", "remedy"), [(CredentialsRefused(), "enter new ones"), (AccessDenied(), "missing right"), (PaymentRequired(), "balance")]
)
def test_what_only_a_person_can_mend_stops_and_says_what_to_do(error: NetworkError, remedy: str) -> None:
    health = source_health.after_trouble(error, failures=0, now=NOON)
    assert health.state is WatchState.STOPPED
    assert remedy in health.note


def test_what_the_network_said_is_kept_beside_the_remedy() -> None:
    assert source_health.after_trouble(CredentialsRefused("token expired"), failures=0, now=NOON).note.endswith("It said: token expired")


@pytest.mark.parametrize("error", [Unreachable(), RateLimited(until=NOON)])
def test_a_reply_is_tried_eight_times_and_then_given_up(error: NetworkError) -> None:
    assert reply_tries.after_trouble(error, attempts=7, now=NOON).state is ReplyState.QUEUED
    assert reply_tries.after_trouble(error, attempts=8, now=NOON).state is ReplyState.FAILED


def test_a_reply_waits_twice_as_long_after_each_try() -> None:
    pauses = [reply_tries.after_trouble(Unreachable(), attempts=n, now=NOON).at - NOON for n in (1, 2, 3)]
    assert pauses == [timedelta(seconds=s) for s in (10, 20, 40)]


@pytest.mark.parametrize("error", [ReplyRefused("duplicate"), CredentialsRefused(), AccessDenied(), PaymentRequired()])
def test_a_reply_that_the_network_will_never_take_fails_with_its_reason(error: NetworkError) -> None:
    next_try = reply_tries.after_trouble(error, attempts=1, now=NOON)
    assert next_try.state is ReplyState.FAILED
    assert next_try.reason == str(error)


def _alarm(
    urgency: int = 10,
    followers: int | None = 10,
    last: datetime | None = None,
    critical: datetime | None = None,
    published_at: datetime = NOON,
    mood: Sentiment = Sentiment.NEGATIVE,
) -> str | None:
    heard = alerting.Heard(published_at=published_at, followers=followers, rung=alerting.Rung(at=last, critical_at=critical))
    found = alerting.decide(a_verdict(urgency=urgency, sentiment=mood, reasons=("outage",)), heard, thresholds=Thresholds(), now=NOON)
    return found.rule if found else None


def test_urgency_and_reach_raise_the_alarm_from_their_thresholds_on() -> None:
    assert [_alarm(urgency=urgency) for urgency in (59, 60)] == [None, "urgent"]
    assert [_alarm(followers=followers) for followers in (None, 9_999, 10_000)] == [None, None, "reach"]


def test_what_is_not_negative_wakes_nobody() -> None:
    assert _alarm(urgency=100, followers=1_000_000, mood=Sentiment.NEUTRAL) is None


def test_a_case_raises_one_alarm_in_its_cooldown() -> None:
    assert _alarm(urgency=70, last=NOON - timedelta(minutes=29)) is None
    assert _alarm(urgency=70, last=NOON - timedelta(minutes=30)) == "urgent"


def test_what_becomes_critical_rings_in_its_cooldown_once_more() -> None:
    lately = NOON - timedelta(minutes=5)
    assert [_alarm(urgency=urgency, last=lately) for urgency in (84, 85)] == [None, "urgent"]
    assert _alarm(urgency=100, last=lately, critical=lately) is None


def test_old_news_wakes_nobody() -> None:
    assert _alarm(urgency=90, published_at=NOON - 2 * DAY) is None


def test_an_alarm_says_its_reasons() -> None:
    heard = alerting.Heard(published_at=NOON, followers=None)
    alarm = alerting.decide(a_verdict(urgency=90, reasons=("negative", "outage", "money lost")), heard, thresholds=Thresholds(), now=NOON)
    assert alarm is not None
    assert (alarm.severity, alarm.reason) == ("critical", "Negative, urgency 90: outage, money lost.")


@pytest.mark.parametrize(
    ("text", "stored"), [("a\0b", "ab"), ("\ud83d\ude00", "😀"), ("x\ud83dy", "x�y"), ("ශ්‍රී\0", "ශ්‍රී"), ("plain", "plain")]
)
def test_text_is_made_storable_and_otherwise_left_alone(text: str, stored: str) -> None:
    assert storable(text) == stored
    stored.encode()


def test_a_preview_is_one_short_line() -> None:
    assert preview("a\n\n b\t c ") == "a b c"
    assert len(preview("long " * 10_000)) <= 200
    assert preview("word " * 100).endswith("…")


def test_no_network_makes_us_wait_for_longer_than_a_day() -> None:
    limited = RateLimited("come back in the year 5000", until=NOON + 10_000 * DAY)
    page = source_health.after_page(more=False, troubles=(), come_back_at=limited.until, now=NOON, poll_every=timedelta(minutes=1))
    assert source_health.after_trouble(limited, failures=0, now=NOON).next_at == page.next_at == NOON + DAY
    assert reply_tries.after_trouble(limited, attempts=1, now=NOON).at == NOON + DAY


@pytest.mark.parametrize(
    ("error", "next_step"),
    [
        (ReplyRefused("no"), "open the post on the network"),
        (QueryRefused("404"), "The post may be gone"),
        (CredentialsRefused(), "new credentials"),
        (AccessDenied(), "the right to write"),
        (PaymentRequired(), "the balance"),
        (SourceUnfit(), "mend the source"),
        (NetworkError(), "try again"),
    ],
)
def test_a_reply_that_fails_for_good_fails_at_once_and_says_what_to_do(error: NetworkError, next_step: str) -> None:
    next_try = reply_tries.after_trouble(error, attempts=1, now=NOON)
    assert next_try.state is ReplyState.FAILED
    assert next_step in next_try.advice


def test_a_reply_given_up_after_many_tries_says_that_it_does_not_go_out_twice() -> None:
    assert "does not go out twice" in reply_tries.after_trouble(Unreachable(), attempts=8, now=NOON).advice
    assert reply_tries.after_trouble(Unreachable(), attempts=1, now=NOON).advice == ""
