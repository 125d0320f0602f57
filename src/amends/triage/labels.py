"""What agents say of a post goes before what the model says. Place in the path: `Verdict` + labels -> `labelled` -> Verdict.

Chances and confidence stay the model's, since the screen shows why it thought so; urgency follows the labels.
"""

from dataclasses import dataclass, replace
from typing import Any

from amends.core.ports import Intent, Reading, Sentiment, Trust
from amends.triage.judge import Asked, verdict_of
from amends.triage.tuning import Tuning
from amends.triage.verdict import Verdict

_NOBODYS = Trust(languages=frozenset(), confidence=0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """The labels that agents gave; None where they left the model's."""

    mood: Sentiment | None = None
    intent: Intent | None = None
    language: str | None = None

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return self != Labels()


def labelled(asked: Asked, said: Verdict, labels: Labels, tuning: Tuning) -> Verdict:
    """Return the verdict that follows from the model's and the agents' labels.

    Who says the mood or the intent has looked, so nobody need do it any more; in another language
    the post is read anew.
    """
    told = replace(said, language=labels.language or said.language)
    if labels.mood is None and labels.intent is None:
        return told
    meant = _meant(said, labels)
    soon = verdict_of(asked, meant, _NOBODYS, replace(tuning, head=None), said.encoder)
    return replace(
        told,
        sentiment=labels.mood or said.sentiment,
        intent=labels.intent or said.intent,
        complaint=meant.complaint,
        urgency=soon.urgency,
        reasons=soon.reasons,
        points=soon.points,
        shares=soon.shares,
        needs_look=False,
    )


def _meant(said: Verdict, labels: Labels) -> Reading:
    """Return the reading of a model that is as sure of the labels as the agents are; who is glad does not complain, but for their word."""
    reading = said.reading or Reading(negative=0.0, neutral=0.0, positive=0.0, complaint=0.0)
    meant = replace(reading, negative=said.negative, neutral=said.neutral, positive=said.positive, complaint=said.complaint)
    if labels.mood:
        moods: dict[str, Any] = {mood: float(mood is labels.mood) for mood in Sentiment}
        meant = replace(meant, **moods, complaint=0.0 if labels.mood is Sentiment.POSITIVE else said.complaint)
    if labels.intent:
        intents: dict[str, Any] = {intent: float(intent is labels.intent) for intent in Intent}
        meant = replace(meant, **intents)
    return meant
