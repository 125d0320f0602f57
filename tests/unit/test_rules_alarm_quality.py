"""What another threshold would have done."""

from datetime import timedelta

from amends.inbox.rules.alarm_quality import Bad, Judged, would_have
from tests.cast import NOON

HALF_AN_HOUR = timedelta(minutes=30)


def bad(case_id: int, urgency: int, *, minutes: int = 0, followers: int = 0, judged: str = "") -> Bad:
    at = NOON + timedelta(minutes=minutes)
    rang, useless, missed = judged == "rang", judged == "useless", judged == "missed"
    return Bad(case_id=case_id, published_at=at, urgency=urgency, followers=followers, rang=rang, useless=useless, missed=missed)


def test_a_lower_threshold_catches_what_was_missed_and_rings_more_often() -> None:
    posts = [
        bad(1, 80, judged="rang"),
        bad(1, 90, minutes=10),
        bad(1, 90, minutes=31),
        bad(2, 65, judged="useless"),
        bad(3, 50, judged="missed"),
    ]
    high, low = (would_have(posts, urgency=one, followers=10_000, cooldown=HALF_AN_HOUR) for one in (70, 50))
    assert (high.alarms, high.useful, high.useless, high.caught) == (2, 1, 0, 0)
    assert (low.alarms, low.useful, low.useless, low.caught) == (4, 1, 1, 1)


def test_reach_rings_whatever_the_urgency() -> None:
    assert would_have([bad(1, 0, followers=20_000)], urgency=90, followers=10_000, cooldown=HALF_AN_HOUR).alarms == 1


def test_precision_is_of_what_somebody_judged() -> None:
    assert Judged(rule="urgent", raised=9, useful=3, useless=1, open=5).precision == 0.75
    assert Judged(rule="urgent", raised=9, useful=0, useless=0, open=9).precision is None
