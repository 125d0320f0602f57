"""What another threshold would have done."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.inbox.rules.alarm_quality import Bad, Judged, preview, would_have
from amends.inbox.rules.alarm_thresholds import NEVER, Thresholds, wrong_in
from amends.inbox.rules.ids import CaseId, PostId
from tests.cast import NOON


def bad(case_id: int, urgency: int, *, minutes: int = 0, followers: int = 0, judged: str = "", post_id: int = 0) -> Bad:
    at = NOON + timedelta(minutes=minutes)
    rang, useless, missed = judged == "rang", judged == "useless", judged == "missed"
    return Bad(
        post_id=PostId(post_id),
        case_id=CaseId(case_id),
        published_at=at,
        urgency=urgency,
        followers=followers,
        rang=rang,
        useless=useless,
        missed=missed,
    )


def test_a_lower_threshold_catches_what_was_missed_and_rings_more_often() -> None:
    posts = [
        bad(1, 80, judged="rang"),
        bad(1, 90, minutes=10),
        bad(1, 90, minutes=31),
        bad(2, 65, judged="useless"),
        bad(3, 50, judged="missed"),
    ]
    high, low = (would_have(posts, Thresholds(urgency=one)) for one in (70, 50))
    assert (high.alarms, high.useful, high.useless, high.caught) == (2, 1, 0, 0)
    assert (low.alarms, low.useful, low.useless, low.caught) == (4, 1, 1, 1)


def test_what_became_critical_in_the_cool_down_would_have_rung_once_more() -> None:
    posts = [bad(1, urgency, minutes=at) for at, urgency in enumerate((70, 80, 90, 100, 70))]
    assert would_have(posts, Thresholds(urgency=60)).alarms == 2


def test_reach_rings_whatever_the_urgency() -> None:
    assert would_have([bad(1, 0, followers=20_000)], Thresholds(urgency=90)).alarms == 1


def test_precision_is_of_what_somebody_judged() -> None:
    assert Judged(rule="urgent", raised=9, useful=3, useless=1, open=5).precision == 0.75
    assert Judged(rule="urgent", raised=9, useful=0, useless=0, open=9).precision is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 100), st.integers(0, 60), st.integers(0, 20_000)), max_size=12),
    now=st.integers(0, 101),
    tried=st.integers(0, 101),
)
def test_a_preview_adds_up_and_names_what_rings_otherwise(rows: list[tuple[int, int, int, int]], now: int, tried: int) -> None:
    posts = sorted(
        (bad(case, urgency, minutes=at, followers=followers, post_id=n) for n, (case, urgency, at, followers) in enumerate(rows)),
        key=lambda one: one.published_at,
    )
    found = preview(posts, now=Thresholds(urgency=now), tried=Thresholds(urgency=tried))
    assert found.before == would_have(posts, Thresholds(urgency=now))
    assert found.after == would_have(posts, Thresholds(urgency=tried))
    if now == tried:
        assert (found.added, found.gone) == ((), ())
    if len(posts) < 11:
        assert found.after.alarms - found.before.alarms == len(found.added) - len(found.gone)


def test_thresholds_out_of_bounds_are_named() -> None:
    assert wrong_in(Thresholds()) == []
    assert wrong_in(Thresholds(urgency=102, followers=-1, cooldown=timedelta(days=8))) == ["urgency", "followers", "cooldown"]
    assert Thresholds(urgency=NEVER).ground(urgency=100, followers=None) is None
