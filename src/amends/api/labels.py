"""The words of labels that agents correct, and of long work. No I/O."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Protocol

from amends.api.words import LANGUAGES, MOODS, MOODS_WITHIN, label, written
from amends.core.translating import N_, Table, _, ngettext
from amends.core.written import listed, number, percent

INTENTS = Table(
    {
        "complaint": N_("Complaint"),
        "question": N_("Question"),
        "request": N_("Request"),
        "praise": N_("Praise"),
        "other": N_("Other"),
    }
)
INTENTS_WITHIN = Table(
    {
        "complaint": N_("complaint"),
        "question": N_("question"),
        "request": N_("request"),
        "praise": N_("praise"),
        "other": N_("other"),
    }
)
LABELS = {"mood": MOODS, "intent": INTENTS}
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
FIELDS = Table({"mood": N_("mood"), "intent": N_("intent"), "language": N_("language")})
WITHIN = {"mood": MOODS_WITHIN, "intent": INTENTS_WITHIN}
JOBS = Table(
    {
        "retriage": N_("Judging history anew"),
        "learn": N_("Learning from corrections"),
        "topics": N_("Labelling history by topic"),
        "clocks": N_("Putting running clocks under the policies"),
        "measure": N_("Counting business time in the numbers"),
        "bulk": N_("Work on many cases"),
        "import_look": N_("Looking a file over"),
        "import_run": N_("Importing customers"),
        "import_undo": N_("Taking an import back"),
        "export": N_("Writing customers into a file"),
        "erase": N_("Erasing a customer"),
        "retention": N_("Taking away what is too old"),
    }
)


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


def job(kind: str) -> str:
    """Return what a kind of long work is called."""
    return JOBS.get(kind) or label(kind)


def why_label(post: Sounding, field: str) -> str:
    """Return why a post has its label, likely or not: `negative 87%, neutral 10%, positive 3% · amends-5`, and who corrected it."""
    by = {"mood": post.mood_by, "intent": post.intent_by, "language": post.language_by}[field]
    parts = [_chances(post, field), post.model or "", _("corrected by %(name)s") % {"name": by} if by else ""]
    return " · ".join(part for part in parts if part)


def _chances(post: Sounding, field: str) -> str:
    moods = zip(MOODS_WITHIN.values(), (post.negative, post.neutral, post.positive), strict=True)
    intents = zip(INTENTS_WITHIN.values(), post.intents, strict=False)
    known = {"mood": moods, "intent": intents}.get(field, ())
    return listed(f"{label} {percent(chance)}" for label, chance in known if chance is not None)


def said(field: str, label: str) -> str:
    """Return what a label is called within a sentence."""
    return WITHIN[field].get(label, label) if field in WITHIN else written(label)


def heading(field: str, label: str) -> str:
    """Return what a label is called where it stands alone."""
    return LABELS[field].get(label, label) if field in LABELS else written(label)


def languages() -> list[tuple[str, str]]:
    """Return the languages that a post may be said to be in, each with its name, by name."""
    return sorted(((code, written(code)) for code in {*LANGUAGES, *LIKELY}), key=itemgetter(1))


class Mood(Protocol):
    """Anything that says how a post sounded."""

    @property
    def sentiment(self) -> str:
        """Negative, neutral or positive."""
        ...


def mood_story(points: Sequence[Mood]) -> str:
    """Return in words what the bars of a customer's moods show, oldest first."""
    told = listed(MOODS_WITHIN[point.sentiment] for point in points[-6:])
    shown = min(6, len(points))
    sentence = ngettext(
        "The last %(shown)s of %(n)s post, oldest first: %(moods)s",
        "The last %(shown)s of %(n)s posts, oldest first: %(moods)s",
        len(points),
    )
    return sentence % {"shown": shown, "n": number(len(points)), "moods": told}
