"""How soon must somebody look? Place in the path: reading + text + facts -> `urgency` -> Verdict. Pure: same input, same number.

Mood and the wish for redress make the ground; each named reason adds its own. A glad or plain post that merely mentions a refund or an
outage is not urgent, so most reasons count only as far as the post is negative or a complaint. Danger counts half at least, and so does who
says calmly, but not gladly, that he leaves or sues.

First comes the share (0 to 1) in which each reason counts, which the text and the facts decide; then the points, which the company's
weights make of it. Shares are stored, so that other weights can be tried on history at once.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from amends.core.ports import Reading
from amends.triage.signals import SIGNALS, Signal, signals
from amends.triage.urgency_weights import MOST, REASONS, SHIPPED_WEIGHTS, Reason, UrgencyWeights

CLEAR = 0.5
SURE_SIGNAL = 0.6
"""The chance from which on a signal counts by the model's word alone."""

WIDE_REACH = 10_000
ENOUGH_EARLIER = 3
NEVER_DAMPED = frozenset({Reason.SAFETY})
THREATS = frozenset({Reason.LEGAL, Reason.LEAVING})
LEAST = 0.5
"""How much danger counts at least, and a threat where nobody is glad."""

DIGITS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known beside the text: the author's `followers` (None: not known), and how often he complained elsewhere of late."""

    followers: int | None = None
    earlier_complaints: int = 0


NO_FACTS = Facts()


@dataclass(frozen=True, kw_only=True, slots=True)
class Urgency:
    """`score` from 0 to 100; `reasons` name what raised it, the weightiest first, and `points` say by how much each.

    `shares` hold, in the order of `Reason`, how much of every reason counts, named or not.
    """

    score: int
    reasons: tuple[str, ...]
    points: tuple[int, ...]
    shares: tuple[float, ...]


def urgency(text: str, reading: Reading, facts: Facts = NO_FACTS, weights: UrgencyWeights = SHIPPED_WEIGHTS) -> Urgency:
    """Return how urgent a cleaned text is."""
    counted = shares(text, reading, facts)
    each = points_of(counted, weights)
    points = dict(zip(REASONS, each, strict=True))
    gravity = max(reading.negative, reading.complaint)
    named = [reason for reason, worth in points.items() if worth >= 1 and _is_named(reason, reading, gravity)]
    named.sort(key=lambda reason: (-points[reason], reason))
    return Urgency(
        score=_most(each),
        reasons=tuple(str(reason) for reason in named),
        points=tuple(points[reason] for reason in named),
        shares=counted,
    )


def points_of(counted: Sequence[float], weights: UrgencyWeights) -> list[int]:
    """Return the points of each reason, in the order of `Reason`."""
    return [round(weight * share) for weight, share in zip(weights.row, counted, strict=True)]


def score(counted: Sequence[float], weights: UrgencyWeights) -> int:
    """Return the urgency that these shares make under `weights`: the sum of the points, 100 at most."""
    return _most(points_of(counted, weights))


def _most(points: Sequence[int]) -> int:
    return min(MOST, sum(points))


def shares(text: str, reading: Reading, facts: Facts) -> tuple[float, ...]:
    """Return how much of each reason counts, in the order of `Reason`; waiting is the case's matter and never in it."""
    gravity = max(reading.negative, reading.complaint)
    found = {Reason.NEGATIVE: reading.negative, Reason.COMPLAINT: reading.complaint}
    found |= {Reason(signal): max(gravity, _least(Reason(signal), reading)) for signal in _given(text, reading.signals)}
    found[Reason.EARLIER] = gravity * min(1.0, facts.earlier_complaints / ENOUGH_EARLIER)
    found[Reason.REACH] = gravity * _reach(facts.followers)
    return tuple([round(found.get(reason, 0.0), DIGITS) for reason in REASONS])


def _given(text: str, chances: Mapping[str, float]) -> frozenset[Signal]:
    """Return the signals that the words give, or of which the model is sure."""
    return signals(text) | {signal for signal in SIGNALS if chances.get(signal, 0.0) >= SURE_SIGNAL}


def _least(reason: Reason, reading: Reading) -> float:
    """Return how much of a reason counts whatever the tone."""
    is_calm_threat = reason in THREATS and reading.positive < CLEAR
    return LEAST if reason in NEVER_DAMPED or is_calm_threat else 0.0


def _is_named(reason: Reason, reading: Reading, gravity: float) -> bool:
    """Say whether a reason that counts is also worth a word: not a mood that is not clear, nor anything in a post that is no grievance."""
    if reason in {Reason.NEGATIVE, Reason.COMPLAINT}:
        return getattr(reading, reason.key) >= CLEAR
    return max(gravity, _least(reason, reading)) >= CLEAR


def _reach(followers: int | None) -> float:
    """Return the share for an author's followers: none below 10,000, then a third for each power of ten."""
    if followers is None or followers < WIDE_REACH:
        return 0.0
    return min(1.0, (1 + math.log10(followers / WIDE_REACH)) / 3)
