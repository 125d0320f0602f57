"""Learns from corrections, and proves that it helped. Place in the path: corrections + replay -> `trial` -> a head, adopted or not.

A new head must beat the one in force on posts that it has not seen (cross-validation, all posts of an author on one side), by an exact
sign test, and must cost next to nothing on the shipped report. Corrections are by nature the posts that were judged wrongly, so as many
posts whose labels stood are put among them: whoever learns at random breaks more of these than it mends of those.

How far a head may go is chosen by what it costs on the report, which no correction takes part in; the proof is then asked for once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.triage.costs import ANSWERS, CONFIDENCE, Cost, answered, costs, costs_of, dearest, labels_of, sign_test
from amends.triage.fitting import Rows, best_temperature, fit
from amends.triage.head import Head, Layer, Numbers
from amends.triage.replay import REPORT, TRAIN, UNKNOWN, Replay

LEAST_CORRECTIONS = 30
FOLDS = 5
RIDGES = (1.0, 1.8, 3.0, 5.5, 10.0, 18.0, 30.0, 55.0, 100.0, 180.0, 300.0)
SURE = 0.9


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Lessons:
    """Posts with labels, those that agents gave and those that stood; a label of -1 is none.

    `author` keeps a person's posts together. `corrected_mood` and `corrected_intent` say which labels an agent gave; `fresh` which posts
    the head in force was not fitted on.
    """

    embedding: Numbers
    mood: Numbers
    intents: Numbers
    mood_label: NDArray[np.int64]
    intent_label: NDArray[np.int64]
    author: NDArray[np.int64]
    corrected_mood: NDArray[np.bool_]
    corrected_intent: NDArray[np.bool_]
    fresh: NDArray[np.bool_]

    @property
    def corrections(self) -> int:
        """How many labels agents gave that the head in force does not know yet."""
        return int(((self.corrected_mood | self.corrected_intent) & self.fresh).sum())

    def where(self, chosen: NDArray[np.bool_]) -> "Lessons":
        """Return the chosen posts."""
        return Lessons(**{name: getattr(self, name)[chosen] for name in Lessons.__dataclass_fields__})


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What a trial found. `gained` and `lost` count held-out labels that only the new head, or only the one in force, got right.

    `costs` are the head's; `held_back` the dearest of heads that would have gone further.
    """

    corrections: int = 0
    stood: int = 0
    gained: int = 0
    lost: int = 0
    p: float = 1.0
    held_out_before: float = 0.0
    held_out_after: float = 0.0
    costs: tuple[Cost, ...] = ()
    held_back: tuple[Cost, ...] = ()
    refused_why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Trial:
    """A fitted head with its proof; it may be adopted where `proof.refused_why` is empty. Without enough corrections there is none."""

    head: Head | None
    proof: Proof = field(default_factory=Proof)


def trial(lessons: Lessons, replay: Replay, *, current: Head | None, version: str, encoder: str, seed: int = 13) -> Trial:
    """Fit a head named `version` on the lessons and the replay of the model `encoder`, and find whether it is better than `current`."""
    if lessons.corrections < LEAST_CORRECTIONS:
        return Trial(head=None, proof=Proof(corrections=lessons.corrections, refused_why=_too_few(lessons.corrections, current)))
    balanced, rest = _balanced(lessons, replay, seed)
    fitted = _fitted(Head(version=version, encoder=encoder), balanced, rest)
    found = _compared(balanced, _held_out(fitted, balanced, rest, seed), current)
    return Trial(head=fitted.head, proof=_judged(replace(found, costs=costs(fitted.head, replay), held_back=fitted.held_back)))


def _balanced(lessons: Lessons, replay: Replay, seed: int) -> tuple[Lessons, Replay]:
    """Return as many posts whose labels stood as corrected ones; where there are fewer, rows that the shipped model got right stand in."""
    given = lessons.corrected_mood | lessons.corrected_intent
    lacking = int(given.sum()) - int((~given).sum())
    right = (replay.split == TRAIN) & (replay.mood_label == replay.mood.argmax(1))
    if lacking <= 0 or not right.any():
        return lessons, replay
    luck = np.random.default_rng(seed)
    chosen = np.zeros(len(right), np.bool_)
    chosen[luck.permutation(np.flatnonzero(right))[:lacking]] = True
    return _joined(lessons, _as_lessons(replay.where(chosen))), replay.where(~chosen)


def _as_lessons(rows: Replay) -> Lessons:
    """Return replayed rows as posts of nobody's whose mood stood."""
    nothing = np.zeros(len(rows.mood), np.bool_)
    return Lessons(
        embedding=rows.embedding,
        mood=rows.mood,
        intents=rows.intents,
        mood_label=rows.mood_label,
        intent_label=np.full(len(nothing), UNKNOWN),
        author=-1 - np.arange(len(nothing)),
        corrected_mood=nothing,
        corrected_intent=nothing,
        fresh=~nothing,
    )


def _joined(first: Lessons, second: Lessons) -> Lessons:
    return Lessons(**{name: np.concatenate([getattr(one, name) for one in (first, second)]) for name in Lessons.__dataclass_fields__})


def _too_few(number: int, current: Head | None) -> str:
    since = f" since {current.version}" if current else ""
    given, are = ("correction", "is") if number == 1 else ("corrections", "are")
    return f"{number or 'no'} {given}{since} {are} too few: at least {LEAST_CORRECTIONS}"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Fitted:
    """A head, with the ridge of each of its layers, and what kept it from going further."""

    head: Head
    ridges: Mapping[str, float] = field(default_factory=dict)
    held_back: tuple[Cost, ...] = ()


def _fitted(blank: Head, lessons: Lessons, replay: Replay) -> _Fitted:
    """Return `blank` with a layer for each field that agents corrected: the one that goes furthest of those that cost next to nothing."""
    kept, report, found = replay.of(TRAIN), replay.of(REPORT), _Fitted(head=blank)
    for name in ANSWERS:
        if _given(lessons, name).any():
            found = _with_layer(found, name, lessons, kept, report)
    return found


def _with_layer(fitted: _Fitted, name: str, lessons: Lessons, kept: Replay, report: Replay) -> _Fitted:
    head, ridge, held_back = fitted.head, RIDGES[0], tuple[Cost, ...]()
    for ridge in RIDGES:
        layer: dict[str, Any] = {name: _layer(name, lessons, kept, ridge)}
        head = replace(fitted.head, **layer)
        worst = dearest(costs_of(head, name, report))
        if worst is None:
            break
        held_back = held_back or (worst,)
    return _Fitted(head=head, ridges={**fitted.ridges, name: ridge}, held_back=(*fitted.held_back, *held_back))


def _layer(name: str, lessons: Lessons, kept: Replay, ridge: float) -> Layer:
    """Fit one field: labels as agents say them, the replay as the shipped model said it; then one temperature on what is known."""
    told = labels_of(lessons, name) != UNKNOWN
    wanted = np.eye(ANSWERS[name], dtype=np.float32)[labels_of(lessons, name)[told]]
    said, kept_said = getattr(lessons, name)[told], getattr(kept, name)
    rows = Rows(
        said=np.concatenate([said, kept_said]),
        embedding=np.concatenate([lessons.embedding[told], kept.embedding]),
        wanted=np.concatenate([wanted * SURE + (1 - SURE) / ANSWERS[name], kept_said]),
        weight=np.ones(len(said) + len(kept_said), np.float32),
    )
    layer = fit(rows, ridge)
    known = labels_of(kept, name) != UNKNOWN
    heat = best_temperature(layer.logits(kept_said[known], kept.embedding[known]), labels_of(kept, name)[known])
    return replace(layer, temperature=heat)


def _held_out(fitted: _Fitted, lessons: Lessons, replay: Replay, seed: int) -> dict[str, NDArray[np.int64]]:
    """Return what a head of the same ridges that has not seen a post, nor its author, answers to it."""
    answers, kept = {name: getattr(lessons, name).argmax(1) for name in ANSWERS}, replay.of(TRAIN)
    for left_out in _folds(lessons.author, seed):
        others, asked = lessons.where(~left_out), lessons.where(left_out)
        layers: dict[str, Any] = dict.fromkeys(ANSWERS)
        layers |= {name: _layer(name, others, kept, ridge) for name, ridge in fitted.ridges.items() if _given(others, name).any()}
        head = replace(fitted.head, **layers)
        for name in ANSWERS:
            answers[name][left_out] = answered(head, name, asked)
    return answers


def _folds(author: NDArray[np.int64], seed: int) -> Iterator[NDArray[np.bool_]]:
    """Yield which posts are left out in turn: an author's all at once."""
    people, place = np.unique(author, return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(people)) % FOLDS
    return (left_out for number in range(FOLDS) if (left_out := fold[place] == number).any())


def _compared(lessons: Lessons, held_out: dict[str, NDArray[np.int64]], current: Head | None) -> Proof:
    """Count on the fresh posts what the new head alone, and what the one in force alone, answers as agents do."""
    new: list[NDArray[np.bool_]] = []
    old: list[NDArray[np.bool_]] = []
    given: list[NDArray[np.bool_]] = []
    for name in ANSWERS:
        counted = lessons.fresh & (labels_of(lessons, name) != UNKNOWN)
        labels = labels_of(lessons, name)[counted]
        new.append(held_out[name][counted] == labels)
        old.append(answered(current, name, lessons)[counted] == labels)
        given.append(_given(lessons, name)[counted])
    now, before, by_agents = np.concatenate(new), np.concatenate(old), np.concatenate(given)
    gained, lost = int((now & ~before).sum()), int((before & ~now).sum())
    return Proof(
        corrections=int(by_agents.sum()),
        stood=int((~by_agents).sum()),
        gained=gained,
        lost=lost,
        p=sign_test(gained, lost),
        held_out_before=float(before.mean()),
        held_out_after=float(now.mean()),
    )


def _judged(proof: Proof) -> Proof:
    """Return the proof with the reason why the head is not adopted, if there is one."""
    worst, why = dearest(proof.costs), list[str]()
    if proof.p > 1 - CONFIDENCE:
        why.append(f"not better: {proof.gained} gained, {proof.lost} lost, p = {proof.p:.2f}")
    if worst:
        why.append(f"costs {worst.points:.1f} points on {worst.name}")
    elif why:
        why.extend(f"one that goes further costs {cost.points:.1f} points on {cost.name}" for cost in proof.held_back)
    return replace(proof, refused_why="; ".join(why))


def _given(lessons: Lessons, name: str) -> NDArray[np.bool_]:
    return lessons.corrected_mood if name == "mood" else lessons.corrected_intent
