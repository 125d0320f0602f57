"""What other weights would make of posts: the same numbers as the judge's, counted, and the farthest moves first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.api.pages._histogram import histogram
from amends.api.reasons import TOLD
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.rules.urgency_preview import BINS, SHOWN, Weighable, preview
from amends.triage.urgency import score
from amends.triage.urgency_weights import HEAVIEST, SHIPPED_WEIGHTS, Reason, UrgencyWeights

SHARES = st.lists(st.integers(0, 1000).map(lambda part: part / 1000), min_size=len(Reason), max_size=len(Reason))
WEIGHTS = st.builds(UrgencyWeights, **{reason.key: st.integers(0, HEAVIEST) for reason in Reason})
POSTS = st.lists(st.tuples(SHARES, st.sampled_from(["negative", "neutral"]), st.integers(0, 5)), max_size=20)


def weighable(place: int, shares: list[float], sentiment: str = "negative", waited: int = 0) -> Weighable:
    return Weighable(post_id=PostId(place), case_id=CaseId(place), sentiment=sentiment, shares=shares, waited=waited)


def dangerous(place: int, share: float = 1.0) -> Weighable:
    """Return a post of which nothing but safety counts."""
    return weighable(place, [share if reason is Reason.SAFETY else 0.0 for reason in Reason])


@given(POSTS, WEIGHTS, WEIGHTS)
def test_a_preview_counts_what_the_judge_would_say(
    given_posts: list[tuple[list[float], str, int]], now: UrgencyWeights, tried: UrgencyWeights
) -> None:
    posts = [weighable(place, *facts) for place, facts in enumerate(given_posts)]
    found = preview(posts, now=now, tried=tried, alarm_from=60)
    for spread, weights in ((found.before, now), (found.after, tried)):
        said = [(post, score(post.shares, weights)) for post in posts]
        scores = [min(100, points + weights.waiting_points[post.waited]) for post, points in said]
        assert list(spread.bins) == [sum(min(one // 10, BINS - 1) == place for one in scores) for place in range(BINS)]
        assert spread.alarms == sum(points >= 60 and post.sentiment == "negative" for post, points in said)


@given(POSTS, WEIGHTS)
def test_the_weights_in_force_move_nothing(given_posts: list[tuple[list[float], str, int]], weights: UrgencyWeights) -> None:
    posts = [weighable(place, *facts) for place, facts in enumerate(given_posts)]
    found = preview(posts, now=weights, tried=weights, alarm_from=60)
    assert (found.moved, found.risen, found.fallen, found.before) == (0, (), (), found.after)


def test_the_farthest_moves_come_first_and_ten_are_shown() -> None:
    posts = [dangerous(place, place / 20) for place in range(21)]
    found = preview(posts, now=SHIPPED_WEIGHTS, tried=UrgencyWeights(safety=0), alarm_from=60)
    assert [(one.post_id, one.before, one.after) for one in found.fallen[:2]] == [(20, 40, 0), (19, 38, 0)]
    assert (len(found.fallen), found.risen, found.moved) == (SHOWN, (), 20)


def test_waiting_shows_in_the_points_and_raises_no_alarm() -> None:
    waiting = [weighable(1, [0.0] * len(Reason), waited=5)]
    found = preview(waiting, now=UrgencyWeights(waiting=0), tried=UrgencyWeights(waiting=50), alarm_from=50)
    assert (found.risen[0].after, found.after.alarms) == (50, 0)


def test_no_posts_make_an_empty_preview() -> None:
    found = preview([], now=SHIPPED_WEIGHTS, tried=UrgencyWeights(safety=0), alarm_from=60)
    assert (found.posts, found.after.alarms, sum(found.after.bins)) == (0, 0, 0)


def test_the_histogram_labels_every_ten_points_and_stays_in_its_box() -> None:
    drawn = histogram([0] * 9 + [7], [3] * 10, alarm_from=60)
    assert [one.label for one in drawn.bins][:1] + [one.label for one in drawn.bins][-1:] == ["0 to 9", "90 to 100"]
    assert all(one.x + 2 * one.width + 0.6 <= drawn.width for one in drawn.bins)
    assert max(one.before_height for one in drawn.bins) <= drawn.base - drawn.top
    assert drawn.threshold == pytest.approx(drawn.left + (drawn.width - drawn.left) * 0.6)


def test_every_reason_is_told_in_words() -> None:
    assert list(TOLD) == list(Reason)
