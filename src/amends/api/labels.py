"""The words of labels that agents correct, and of long work. No I/O."""

from typing import Protocol

from amends.api.words import MOODS, percent

INTENTS = {"complaint": "Complaint", "question": "Question", "request": "Request", "praise": "Praise", "other": "Other"}
LABELS = {"mood": MOODS, "intent": INTENTS}
LABEL_KEYS = {
    "negative": "1",
    "neutral": "2",
    "positive": "3",
    "complaint": "c",
    "question": "q",
    "request": "w",
    "praise": "p",
    "other": "o",
}
JOBS = {"retriage": "Judging history anew", "learn": "Learning from corrections", "topics": "Labelling history by topic"}


class Sounding(Protocol):
    """A post with the model's chances, and who corrected it (None: nobody)."""

    @property
    def negative(self) -> float | None:
        """The chance of a negative mood."""
        ...

    @property
    def neutral(self) -> float | None:
        """The chance of a neutral mood."""
        ...

    @property
    def positive(self) -> float | None:
        """The chance of a positive mood."""
        ...

    @property
    def model(self) -> str | None:
        """The version that spoke."""
        ...

    @property
    def mood_by(self) -> str | None:
        """Who corrected the mood."""
        ...

    @property
    def intent_by(self) -> str | None:
        """Who corrected the intent."""
        ...


def why_label(post: Sounding, field: str) -> str:
    """Return why a post has its label: `negative 87 %, neutral 10 %, positive 3 % · amends-2`, and who corrected it."""
    chances = {"negative": post.negative, "neutral": post.neutral, "positive": post.positive}
    told = ", ".join(f"{mood} {percent(chance)}" for mood, chance in chances.items() if chance is not None)
    by = post.mood_by if field == "mood" else post.intent_by
    parts = [told if field == "mood" else "", post.model or "", f"corrected by {by}" if by else ""]
    return " · ".join(part for part in parts if part)
