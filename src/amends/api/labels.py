"""The words of labels that agents correct, and of long work. No I/O."""

from collections.abc import Sequence
from typing import Protocol

from amends.api.words import LANGUAGES, MOODS, language, percent

INTENTS = {"complaint": "Complaint", "question": "Question", "request": "Request", "praise": "Praise", "other": "Other"}
LABELS = {"mood": MOODS, "intent": INTENTS}
ROMANISED = "-Latn"
LIKELY = ("am-Latn", "hi-Latn", "kn-Latn", "pa-Latn", "si-Latn", "ta-Latn")
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
JOBS = {
    "retriage": "Judging history anew",
    "learn": "Learning from corrections",
    "topics": "Labelling history by topic",
    "bulk": "Work on many cases",
}


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

    @property
    def language_by(self) -> str | None:
        """Who corrected the language."""
        ...

    @property
    def intents(self) -> Sequence[float]:
        """The chances of the intents in the order of `INTENTS`; empty where they are not known."""
        ...


def why_label(post: Sounding, field: str) -> str:
    """Return why a post has its label, likely or not: `negative 87 %, neutral 10 %, positive 3 % · amends-2`, and who corrected it."""
    by = {"mood": post.mood_by, "intent": post.intent_by, "language": post.language_by}[field]
    parts = [_chances(post, field), post.model or "", f"corrected by {by}" if by else ""]
    return " · ".join(part for part in parts if part)


def _chances(post: Sounding, field: str) -> str:
    moods = zip(MOODS, (post.negative, post.neutral, post.positive), strict=True)
    intents = zip(INTENTS, post.intents, strict=False)
    known = {"mood": moods, "intent": intents}.get(field, ())
    return ", ".join(f"{label} {percent(chance)}" for label, chance in known if chance is not None)


def written(code: str) -> str:
    """Return a language with its letters where they are not its own: `Tamil, in Latin letters`."""
    return f"{language(code)}, in Latin letters" if code.endswith(ROMANISED) else language(code)


def said(field: str, label: str) -> str:
    """Return what a label is called within a sentence."""
    return written(label) if field == "language" else label


def heading(field: str, label: str) -> str:
    """Return what a label is called where it stands alone."""
    return LABELS[field].get(label, label) if field in LABELS else written(label)


def languages(chosen: str, likely: Sequence[str]) -> list[str]:
    """Return the languages that a post may be said to be in, by name; also the `likely` ones and the one that is `chosen`."""
    return sorted({*LANGUAGES, *likely, chosen} - {"", "und"}, key=written)


class Mood(Protocol):
    """Anything that says how a post sounded."""

    @property
    def sentiment(self) -> str:
        """Negative, neutral or positive."""
        ...


def mood_story(points: Sequence[Mood]) -> str:
    """Return in words what the bars of a customer's moods show, oldest first."""
    told = [MOODS[point.sentiment].lower() for point in points[-6:]]
    return f"The last {len(told)} of {len(points)} posts, oldest first: {', '.join(told)}"
