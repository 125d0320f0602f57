"""Which troubles of a source ring, once each, and for how long they last."""

from dataclasses import replace
from datetime import timedelta

import pytest

from amends.inbox.rules.alert_text import SourceAlertFacts, source_message_of
from amends.inbox.rules.ids import AlertId, SourceId
from amends.inbox.rules.source_alarms import SourceAlarm, SourceSeen, WatchSeen, alarms_of
from tests.cast import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WELL = WatchSeen(id=1, kind="mentions", query="", state="ok", note="", state_since=NOON - DAY, last_ok_at=NOON)
SOURCE = SourceSeen(watches=[WELL], expires_at=None, silent_since=None, paused=False)


def alarms(source: SourceSeen, *open_keys: str) -> list[SourceAlarm]:
    return alarms_of(source, open_keys=open_keys, now=NOON)


def with_watch(state: str, *, minutes: int = 0, note: str = "") -> SourceSeen:
    return replace(SOURCE, watches=[replace(WELL, state=state, state_since=NOON - minutes * MINUTE, note=note)])


@pytest.mark.parametrize("state", ["new", "ok", "waiting"])
def test_a_source_that_is_well_or_waits_rings_nobody(state: str) -> None:
    assert alarms(with_watch(state, minutes=1000)) == []


def test_a_watch_that_stopped_rings_at_once_with_what_to_do() -> None:
    [alarm] = alarms(with_watch("stopped", note="The network refuses our credentials: enter new ones."))
    assert (alarm.rule, alarm.severity) == ("stopped", "critical")
    assert alarm.reason == "It stopped reading mentions. The network refuses our credentials: enter new ones."


def test_a_watch_that_only_tries_rings_after_half_an_hour() -> None:
    assert alarms(with_watch("retrying", minutes=29)) == []
    [alarm] = alarms(with_watch("retrying", minutes=30, note="502"))
    assert (alarm.rule, alarm.severity, alarm.since) == ("retrying", "high", NOON - 30 * MINUTE)


def test_trying_by_hand_in_vain_is_the_same_trouble() -> None:
    before, after = alarms(with_watch("stopped", minutes=90)), alarms(with_watch("stopped", minutes=2))
    assert [one.key for one in before] == [one.key for one in after]


def test_a_silence_rings_where_reading_works_and_goes_on_whatever_reading_does() -> None:
    silent = replace(SOURCE, silent_since=NOON - 5 * HOUR)
    [alarm] = alarms(silent)
    assert (alarm.rule, alarm.since) == ("silent", NOON - 5 * HOUR)
    explained = replace(silent, watches=[replace(WELL, state="waiting")])
    assert alarms(explained) == []
    assert [one.key for one in alarms(explained, alarm.key)] == [alarm.key]


def test_what_somebody_paused_is_silent_on_purpose() -> None:
    assert alarms(replace(with_watch("stopped"), paused=True, silent_since=NOON - DAY)) == []


@pytest.mark.parametrize(
    ("left", "key"),
    [
        (15 * DAY, ""),
        (14 * DAY, "expiring:2026-03-16:14"),
        (3 * DAY + HOUR, "expiring:2026-03-05:14"),
        (3 * DAY, "expiring:2026-03-05:3"),
        (DAY, "expiring:2026-03-03:1"),
        (timedelta(0), "expired:2026-03-02"),
        (-DAY, "expired:2026-03-01"),
    ],
)
def test_credentials_are_announced_fourteen_three_and_one_days_before_they_end_and_then(left: timedelta, key: str) -> None:
    assert [one.key for one in alarms(replace(SOURCE, expires_at=NOON + left, paused=True))] == ([key] if key else [])


def test_a_networks_long_words_are_cut() -> None:
    [alarm] = alarms(with_watch("stopped", note="x" * 10_000))
    assert len(alarm.reason) <= 300


def test_the_message_leads_to_the_alarm_and_says_which_source() -> None:
    facts = SourceAlertFacts(
        alert_id=AlertId(7),
        source_id=SourceId(3),
        rule="silent",
        severity="high",
        reason="It is silent.",
        since=NOON,
        raised_at=NOON,
        brand="Lanka Air",
        network="x",
        handle="lankaair",
    )
    message = source_message_of(facts, public_url="https://desk.example/", seen_to="https://desk.example/alarm/1/s")
    assert (message.key, message.url) == ("alert-7", "https://desk.example/alarms#alarm-7")
    assert message.title == "Lanka Air, source lankaair on x: It is silent."
    assert message.facts["source_id"] == 3
