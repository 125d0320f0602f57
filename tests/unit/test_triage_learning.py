"""Learning proves itself: what agents say with one voice is adopted, what they say at random is not, and the original data hold."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from amends.triage.costs import Cost, answered, costs, dearest, macro_recall, sign_test
from amends.triage.head import Head, Layer
from amends.triage.learning import LEAST_CORRECTIONS, Lessons, Trial, trial
from tests.lessons import NEGATIVE, POSITIVE, a_replay, at_random, no_lessons, with_one_voice

SEEDS = range(5)
MANY_SEEDS = range(20)
REPLAY = a_replay()


def tried(lessons: Lessons, *, current: Head | None = None) -> Trial:
    return trial(lessons, REPLAY, current=current, version="fake-1+1", encoder="fake-1")


@pytest.mark.parametrize("seed", SEEDS)
def test_what_agents_correct_with_one_voice_is_learnt_and_adopted(seed: int) -> None:
    found = tried(with_one_voice(seed))
    assert found.proof.refused_why == ""
    assert found.proof.p < 0.05
    assert found.proof.gained > found.proof.lost
    assert found.head is not None
    unheard = with_one_voice(seed, draw=1)
    given = unheard.corrected_mood
    assert (answered(found.head, "mood", unheard)[given] == POSITIVE).mean() > 0.8
    assert (answered(None, "mood", unheard)[given] == NEGATIVE).all()


@pytest.mark.parametrize(
    "others",
    [pytest.param(True, id="among posts whose labels stood"), pytest.param(False, id="and nothing else", marks=pytest.mark.soak)],
)
def test_random_corrections_are_adopted_in_less_than_one_of_twenty_trials(others: bool) -> None:
    adopted = [seed for seed in MANY_SEEDS if not tried(at_random(seed, others=others)).proof.refused_why]
    assert len(adopted) / len(MANY_SEEDS) <= 0.05


def test_what_is_lacking_of_labels_that_stood_the_original_data_stand_in_for() -> None:
    proof = tried(at_random(0, others=False)).proof
    assert (proof.corrections, proof.stood) == (80, 80)


def test_a_refusal_says_how_many_were_gained_and_lost() -> None:
    why = tried(at_random(3)).proof.refused_why
    assert why.startswith("not better: ")
    assert "gained" in why
    assert "p = " in why


def test_too_few_corrections_are_counted_in_words() -> None:
    few = with_one_voice(0, corrections=12)
    assert tried(few).proof.refused_why == f"12 corrections are too few: at least {LEAST_CORRECTIONS}"
    assert tried(few).head is None
    assert tried(no_lessons()).proof.refused_why == f"no corrections are too few: at least {LEAST_CORRECTIONS}"


def test_what_costs_too_much_of_the_original_data_is_refused_by_name() -> None:
    """The corrected posts lie where the original data say otherwise."""
    lessons = with_one_voice(0, corrections=300)
    direction = lessons.embedding[lessons.corrected_mood].mean(0)
    report = (REPLAY.split == "report") & (REPLAY.source == "tamil") & (REPLAY.mood_label == NEGATIVE)
    embedding = REPLAY.embedding.copy()
    embedding[report] = direction / np.linalg.norm(direction)
    found = trial(lessons, replace(REPLAY, embedding=embedding), current=None, version="fake-1+1", encoder="fake-1")
    assert "points on tamil" in found.proof.refused_why or "points on the mean" in found.proof.refused_why


def test_what_is_learnt_once_is_no_gain_the_second_time() -> None:
    first = tried(with_one_voice(0)).head
    again = with_one_voice(0, draw=1)
    assert tried(again, current=first).proof.refused_why.startswith("not better: ")


def test_corrections_that_the_head_in_force_was_fitted_on_do_not_count_again() -> None:
    lessons = with_one_voice(0)
    known = replace(lessons, fresh=np.zeros_like(lessons.fresh))
    head = Head(version="fake-1+1", encoder="fake-1")
    assert tried(known, current=head).proof.refused_why == f"no corrections since fake-1+1 are too few: at least {LEAST_CORRECTIONS}"


def test_the_same_lessons_make_the_same_head() -> None:
    first, second = (tried(with_one_voice(2)).head for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.mood is not None
    assert second.mood is not None
    assert np.array_equal(first.mood.weights, second.mood.weights)


def test_a_head_that_changes_nothing_costs_nothing() -> None:
    width = REPLAY.embedding.shape[1]
    blank = Layer(weights=np.zeros((3, width), np.float32), bias=np.zeros(3, np.float32))
    assert {round(cost.points, 6) for cost in costs(Head(version="v", encoder="e", mood=blank), REPLAY)} == {0}


@pytest.mark.parametrize(("gained", "lost", "p"), [(0, 0, 1.0), (5, 0, 1 / 32), (1, 1, 0.75), (0, 4, 1.0), (11, 9, 0.4119)])
def test_the_sign_test_is_exact(gained: int, lost: int, p: float) -> None:
    assert sign_test(gained, lost) == pytest.approx(p, abs=1e-4)


def test_macro_recall_counts_each_label_alike() -> None:
    labels: NDArray[np.int64] = np.array([0, 0, 0, 0, 1])
    assert macro_recall(labels, np.array([0, 0, 0, 0, 0])) == 0.5


@pytest.mark.parametrize(
    ("loses", "gained", "lost", "is_mean", "dear"),
    [
        (0.004, 0, 9, True, False),
        (0.006, 4, 5, True, True),
        (0.006, 0, 2, False, False),
        (0.006, 0, 5, False, True),
        (0.02, 5, 10, False, False),
        (0.031, 5, 10, False, True),
    ],
)
def test_a_cost_is_too_much_on_the_mean_or_where_it_is_no_luck(loses: float, gained: int, lost: int, is_mean: bool, dear: bool) -> None:
    cost = Cost(name="tamil", rows=300, shipped=0.7, learnt=0.7 - loses, gained=gained, lost=lost, is_mean=is_mean)
    assert dearest([cost]) == (cost if dear else None)


def test_a_loss_that_one_of_many_sets_has_by_luck_is_no_cost_and_one_beyond_luck_still_is() -> None:
    """Five lost and none gained is 1 in 32: enough where one set is looked at, not where ten are; ten lost is enough there too."""

    def a_set(name: str, lost: int) -> Cost:
        return Cost(name=name, rows=300, shipped=0.7, learnt=0.68 if lost else 0.7, gained=0, lost=lost)

    still = [a_set(f"still {number}", 0) for number in range(8)]
    unlucky, worse = a_set("unlucky", 5), a_set("worse", 10)
    assert dearest([unlucky]) == unlucky
    assert dearest([unlucky, *still]) is None
    assert dearest([unlucky, worse, *still]) == worse
