"""Learns from corrections, and proves that it helped. Place in the path: corrections + replay -> `trial` -> a head, adopted or not.

A new head must beat the one in force on posts that it has not seen (cross-validation, all posts of an author on one side), by an exact
sign test, and must cost next to nothing on the shipped report. Corrections are by nature the posts that were judged wrongly, so as many
posts whose labels stood are put among them: whoever learns at random breaks more of these than it mends of those.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import comb

import numpy as np
from numpy.typing import NDArray

from amends.core.ports import Intent, Sentiment
from amends.triage.fitting import Rows, best_temperature, fit
from amends.triage.head import Head, Layer, Numbers
from amends.triage.replay import REPORT, TRAIN, UNKNOWN, Replay

LEAST_CORRECTIONS = 30
FOLDS = 5
CONFIDENCE = 0.95
MOST_COST = 0.005
LEAST_ROWS = 100
SURE = 0.9
REPORTED = 3
ANSWERS = {"mood": len(Sentiment), "intents": len(Intent)}


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
class Cost:
    """Macro recall on one set of the shipped report: as shipped, and with the head."""

    name: str
    rows: int
    shipped: float
    learnt: float

    @property
    def points(self) -> float:
        """How much is lost, in points of a hundred."""
        return 100 * (self.shipped - self.learnt)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What a trial found. `gained` and `lost` count held-out labels that only the new head, or only the one in force, got right."""

    corrections: int = 0
    stood: int = 0
    gained: int = 0
    lost: int = 0
    p: float = 1.0
    held_out_before: float = 0.0
    held_out_after: float = 0.0
    costs: tuple[Cost, ...] = ()
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
    blank = Head(version=version, encoder=encoder)
    balanced, rest = _balanced(lessons, replay, seed)
    head = _fitted(blank, balanced, rest)
    held_out = _held_out(blank, balanced, rest, seed)
    return Trial(head=head, proof=_judged(_compared(balanced, held_out, current), costs(head, replay)))


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


def _fitted(blank: Head, lessons: Lessons, replay: Replay) -> Head:
    """Return `blank` with a layer for each field that agents corrected."""
    kept = replay.of(TRAIN)
    return replace(blank, **{name: _layer(name, lessons, kept) for name in ANSWERS if _given(lessons, name).any()})


def _layer(name: str, lessons: Lessons, kept: Replay) -> Layer:
    """Fit one field: labels as agents say them, the replay as the shipped model said it; then one temperature on what is known."""
    told = _labels(lessons, name) != UNKNOWN
    wanted = np.eye(ANSWERS[name], dtype=np.float32)[_labels(lessons, name)[told]]
    said, kept_said = getattr(lessons, name)[told], getattr(kept, name)
    rows = Rows(
        said=np.concatenate([said, kept_said]),
        embedding=np.concatenate([lessons.embedding[told], kept.embedding]),
        wanted=np.concatenate([wanted * SURE + (1 - SURE) / ANSWERS[name], kept_said]),
        weight=np.ones(len(said) + len(kept_said), np.float32),
    )
    layer = fit(rows)
    known = _labels(kept, name) != UNKNOWN
    heat = best_temperature(layer.logits(kept_said[known], kept.embedding[known]), _labels(kept, name)[known])
    return replace(layer, temperature=heat)


def _held_out(blank: Head, lessons: Lessons, replay: Replay, seed: int) -> dict[str, NDArray[np.int64]]:
    """Return what a head that has not seen a post, nor its author, answers to it."""
    answers = {name: getattr(lessons, name).argmax(1) for name in ANSWERS}
    for left_out in _folds(lessons.author, seed):
        head = _fitted(blank, lessons.where(~left_out), replay)
        for name in ANSWERS:
            answers[name][left_out] = answered(head, name, lessons.where(left_out))
    return answers


def _folds(author: NDArray[np.int64], seed: int) -> Iterator[NDArray[np.bool_]]:
    """Yield which posts are left out in turn: an author's all at once."""
    people, place = np.unique(author, return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(people)) % FOLDS
    return (left_out for number in range(FOLDS) if (left_out := fold[place] == number).any())


def answered(head: Head | None, name: str, rows: Lessons | Replay) -> NDArray[np.int64]:
    """Return the answer to each row, by its index: the head's, or without one the encoder's own."""
    layer: Layer | None = getattr(head, name) if head else None
    said: Numbers = getattr(rows, name)
    return (layer.chances(said, rows.embedding) if layer else said).argmax(1)


def _compared(lessons: Lessons, held_out: dict[str, NDArray[np.int64]], current: Head | None) -> Proof:
    """Count on the fresh posts what the new head alone, and what the one in force alone, answers as agents do."""
    new: list[NDArray[np.bool_]] = []
    old: list[NDArray[np.bool_]] = []
    given: list[NDArray[np.bool_]] = []
    for name in ANSWERS:
        counted = lessons.fresh & (_labels(lessons, name) != UNKNOWN)
        labels = _labels(lessons, name)[counted]
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


def sign_test(gained: int, lost: int) -> float:
    """Return the chance of gaining at least so many of `gained + lost` by tossing a coin for each: McNemar's exact test, one-sided."""
    together = gained + lost
    return sum(comb(together, number) for number in range(gained, together + 1)) / 2**together


def _judged(proof: Proof, paid: tuple[Cost, ...]) -> Proof:
    """Return the proof with what the head costs, and with the reason why it is not adopted, if there is one."""
    priced = replace(proof, costs=paid)
    if proof.p > 1 - CONFIDENCE:
        return replace(priced, refused_why=f"not better: {proof.gained} gained, {proof.lost} lost, p = {proof.p:.2f}")
    dearest = max(paid, key=lambda cost: cost.points, default=None)
    if dearest and dearest.points > 100 * MOST_COST:
        return replace(priced, refused_why=f"costs {dearest.points:.1f} points on {dearest.name}")
    return priced


def costs(head: Head, replay: Replay) -> tuple[Cost, ...]:
    """Return the macro recall on each set of the shipped report that is large enough, and the mean over the sets of a field."""
    report = replay.of(REPORT)
    return tuple(cost for name in ANSWERS if getattr(head, name) for cost in _costs_of(head, name, report))


def _costs_of(head: Head, name: str, report: Replay) -> list[Cost]:
    shipped, learnt = answered(None, name, report), answered(head, name, report)
    found: list[Cost] = []
    for source in np.unique(report.source).tolist():
        told = (report.source == source) & (_labels(report, name) != UNKNOWN)
        if told.sum() >= LEAST_ROWS:
            labels = _labels(report, name)[told]
            before, after = macro_recall(labels, shipped[told]), macro_recall(labels, learnt[told])
            found.append(Cost(name=f"{source} ({name})", rows=int(told.sum()), shipped=before, learnt=after))
    return [*found, _mean(name, found)] if len(found) > 1 else found


def _mean(name: str, found: list[Cost]) -> Cost:
    shipped, learnt = (float(np.mean([getattr(cost, when) for cost in found])) for when in ("shipped", "learnt"))
    return Cost(name=f"the mean of all ({name})", rows=sum(cost.rows for cost in found), shipped=shipped, learnt=learnt)


def macro_recall(labels: NDArray[np.int64], answers: NDArray[np.int64]) -> float:
    """Return the mean over the labels that occur of how many of each were found."""
    return float(np.mean([(answers[labels == label] == label).mean() for label in np.unique(labels)]))


def _labels(rows: Lessons | Replay, name: str) -> NDArray[np.int64]:
    return rows.mood_label if name == "mood" else rows.intent_label


def _given(lessons: Lessons, name: str) -> NDArray[np.bool_]:
    return lessons.corrected_mood if name == "mood" else lessons.corrected_intent
