"""Where a triaged post goes: to a case, beside it, or nowhere. Place in the path: `Verdict` -> here -> `actions.triage`."""

from dataclasses import dataclass
from enum import StrEnum

from amends.core.ports import Intent, Sentiment
from amends.inbox.rules.case_states import GOING_ON
from amends.inbox.rules.words import Route
from amends.triage.verdict import Verdict

COMPLAINT = 0.5
# Networks hide who wrote, once the account is deleted, behind one name for all.
NOBODY = "deleted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """What routing needs to know of a post: `of_another` where another customer began its thread, `to_us` where it answers or names us.

    `kept` where an agent said that it is for us.
    """

    text: str
    author_external_id: str
    of_another: bool = False
    to_us: bool = False
    is_own: bool = False
    is_share: bool = False
    is_deleted: bool = False
    kept: bool = False

    @property
    def is_context(self) -> bool:
        """Whether it is seen beside cases but never work by itself, so that no model need read it."""
        return self.is_own or self.is_share or self.is_deleted or self.author_external_id == NOBODY


class Why(StrEnum):
    """Why a post went where it went, as it stands in the database; `api/route_words.py` has a sentence for each.

    Some say more behind a colon: `noise:spam`, `quiet:resolved`, `asks:dismissed` (what a case had been before it opened again).
    """

    GOING_ON = "going_on"
    NOISE = "noise"
    KEPT = "kept"
    BYSTANDER = "bystander"
    NOTHING = "nothing"
    QUIET = "quiet"
    UNHAPPY = "unhappy"
    COMPLAINS = "complains"
    ASKS = "asks"
    UNSURE = "unsure"
    OURS = "ours"
    SHARED = "shared"
    DELETED = "deleted"
    NOBODY = "nobody"
    SET_ASIDE = "set_aside"
    LOOKED_UP = "looked_up"

    def of(self, more: str) -> str:
        """Return the reason with what it says more."""
        return f"{self}:{more}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Where the post goes, and why: a `Why`, with more behind a colon where it has more to say."""

    route: Route
    why: str


def decide(post: Incoming, verdict: Verdict | None, status: str | None) -> Decision:
    """Return the route of `post`; `status` is that of the author's case in this thread, None where there is none.

    `verdict` is None for what no model reads (`Incoming.is_context`).
    """
    if verdict is None or post.is_context:
        return _beside(post)
    if status in GOING_ON:
        return Decision(route=Route.APPEND, why=Why.GOING_ON)
    if is_noise(post, verdict):
        return Decision(route=Route.IGNORE, why=Why.NOISE.of(verdict.noise))
    return _first(post, verdict) if status is None else _after_the_end(post, verdict, status)


def _first(post: Incoming, verdict: Verdict) -> Decision:
    """Return the route of the first post of an author in a thread; bad mood alone opens nothing among strangers: they may pity, or joke."""
    if post.kept:
        return Decision(route=Route.OPEN, why=Why.KEPT)
    asked = _asked(post.text, verdict)
    cause = call_for_work(post.text, verdict)
    if cause and not asked and post.of_another and not post.to_us:
        return Decision(route=Route.CONTEXT, why=Why.BYSTANDER)
    return Decision(route=Route.OPEN, why=cause) if cause else Decision(route=Route.IGNORE, why=Why.NOTHING)


def _after_the_end(post: Incoming, verdict: Verdict, status: str) -> Decision:
    """Return the route of a post whose case is over."""
    cause = call_for_work(post.text, verdict)
    if cause:
        return Decision(route=Route.REOPEN, why=cause.of(status))
    return Decision(route=Route.APPEND, why=Why.QUIET.of(status))


def is_noise(post: Incoming, verdict: Verdict) -> bool:
    """Return whether to throw a post: never what an agent kept, nor a complaint or a question that is addressed to us."""
    return bool(verdict.noise) and not post.kept and not (post.to_us and _asks_or_complains(post.text, verdict))


def _asks_or_complains(text: str, verdict: Verdict) -> bool:
    return verdict.complaint >= COMPLAINT or verdict.intent is Intent.QUESTION or is_question(text)


def complains(verdict: Verdict) -> bool:
    """Return whether the customer is not happy, or complains however friendly."""
    return verdict.sentiment is Sentiment.NEGATIVE or verdict.complaint >= COMPLAINT


def call_for_work(text: str, verdict: Verdict) -> Why | None:
    """Return why somebody should look at this text, None where nobody need."""
    return Why.UNHAPPY if verdict.sentiment is Sentiment.NEGATIVE else _asked(text, verdict)


def _asked(text: str, verdict: Verdict) -> Why | None:
    """Return why somebody should look at this text whatever its mood, None where nobody need."""
    if verdict.complaint >= COMPLAINT:
        return Why.COMPLAINS
    if is_question(text):
        return Why.ASKS
    return Why.UNSURE if verdict.needs_look else None


# ? and its Arabic, Greek, full-width, Ethiopic and Armenian sisters; Spanish opens with one too.
_QUESTION_MARKS = frozenset("?؟;？፧՞¿⁇⁈⁉")  # noqa: RUF001


def is_question(text: str) -> bool:
    """Return whether somebody seems to ask something: a question mark of any script outside a link."""
    if _QUESTION_MARKS.isdisjoint(text):
        return False
    words = (word for word in text.split() if not word.lower().startswith(("http://", "https://", "www.")))
    return any(not _QUESTION_MARKS.isdisjoint(word) for word in words)


def _beside(post: Incoming) -> Decision:
    if post.is_own:
        return Decision(route=Route.CONTEXT, why=Why.OURS)
    if post.is_share:
        return Decision(route=Route.CONTEXT, why=Why.SHARED)
    if post.is_deleted:
        return Decision(route=Route.IGNORE, why=Why.DELETED)
    return Decision(route=Route.IGNORE, why=Why.NOBODY)
