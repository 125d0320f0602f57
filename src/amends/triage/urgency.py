"""How soon must somebody look? Place in the path: reading + text + reach -> `urgency` -> Verdict. Pure: same input, same number.

Mood and the wish for redress make the ground (at most 50 points); each named reason adds its own. A glad or plain post that merely
mentions a refund or an outage is not urgent, so reasons other than danger count only as far as the post is negative or a complaint.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from amends.core.ports import Reading
from amends.triage.signals import Signal, signals

NEGATIVE_POINTS = 30
COMPLAINT_POINTS = 20
MOST = 100
CLEAR = 0.5
WIDE_REACH = 10_000
REACH_POINTS_PER_TENFOLD = 8
REACH_MOST = 24
REACH = "wide reach"
NEGATIVE = "negative"
COMPLAINT = "complaint"

POINTS: Mapping[Signal, int] = {
    Signal.SAFETY: 40,
    Signal.VULNERABLE: 20,
    Signal.LEGAL: 20,
    Signal.MONEY: 15,
    Signal.OUTAGE: 15,
    Signal.LEAVING: 15,
    Signal.REPEAT: 12,
}
NEVER_DAMPED = frozenset({Signal.SAFETY})
LEAST_DANGER = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Urgency:
    """`score` from 0 to 100; `reasons` name what raised it, the weightiest first."""

    score: int
    reasons: tuple[str, ...]


def urgency(text: str, reading: Reading, *, followers: int | None = None) -> Urgency:
    """Return how urgent a cleaned text is, written by somebody with `followers` (None: not known)."""
    gravity = max(reading.negative, reading.complaint)
    ground = {NEGATIVE: NEGATIVE_POINTS * reading.negative, COMPLAINT: COMPLAINT_POINTS * reading.complaint}
    raised = {str(signal): POINTS[signal] * _share(signal, gravity) for signal in signals(text)}
    raised[REACH] = _reach(followers) * gravity
    shown = {reason: points for reason, points in raised.items() if points >= 1 and (gravity >= CLEAR or reason in NEVER_DAMPED)}
    shown |= {reason: points for reason, points in ground.items() if getattr(reading, reason) >= CLEAR}
    score = sum(ground.values()) + sum(raised.values())
    return Urgency(score=min(MOST, round(score)), reasons=tuple(sorted(shown, key=lambda reason: (-shown[reason], reason))))


def _share(signal: Signal, gravity: float) -> float:
    """Return how much of a signal's points count: danger at least half, whatever the tone."""
    return max(gravity, LEAST_DANGER) if signal in NEVER_DAMPED else gravity


def _reach(followers: int | None) -> float:
    """Return the points for an author's followers: none below 10,000, then 8 for each further power of ten."""
    if followers is None or followers < WIDE_REACH:
        return 0.0
    return min(REACH_MOST, REACH_POINTS_PER_TENFOLD * (1 + math.log10(followers / WIDE_REACH)))
