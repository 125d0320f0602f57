"""Whether a resolution held. Place in the path: follow-up due -> what speaks for and against it -> outcome.

The customer's own word (a survey's answer) beats what a model reads into their posts; a complaint after that word beats the word; an
agent's word counts where the customer left it open; silence is silence, and a source that was not read is not silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from amends.core.ports import Sentiment
from amends.core.translating import N_
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.rules.routing import COMPLAINT
from amends.inbox.rules.words import Outcome

# How long a due follow-up waits for a source that has not been read up to the due date before we say that we cannot know.
PATIENCE = timedelta(hours=1)
SAME = 0.5
"""From this likeness (cosine) on a complaint is about the same thing. docs/follow-up.md says on what the three were measured."""
NEAR = 0.35
"""From this likeness on an agent is asked although the topics differ."""
OTHER = 0.1
"""From this likeness on an agent is asked where no topic is known; below, it is about something else."""
AGAIN = N_("The customer complained again in this case.")
CONTENT = N_("The customer was content.")
BEFORE = N_("The case was opened again for what the customer wrote before it was resolved.")
UNSURE = N_("The customer seems to be content, but the machine is not sure of it.")
ASKED = N_("The case was opened again for what the customer asked, which was no complaint.")


class Says(StrEnum):
    """What one piece of evidence says of a resolution: `doubt` may be about it, `other` is about something else."""

    HELD = "held"
    RELAPSED = "relapsed"
    SILENT = "silent"
    UNKNOWN = "unknown"
    DOUBT = "doubt"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """One thing the customer wrote, with any of their handles, since our last answer.

    `shares_topic` is None where one of the two has no topic, `likeness` where one of the two has no meaning that we know. `unsure` where it
    opened the case again for no other reason than that the machine is not sure of it.
    """

    post_id: PostId
    case_id: CaseId | None
    sentiment: str
    complaint: float
    published_at: datetime
    same_brand: bool = True
    shares_topic: bool | None = None
    likeness: float | None = None
    unsure: bool = False

    @property
    def complains(self) -> bool:
        """Whether this is bad news."""
        return self.sentiment == Sentiment.NEGATIVE or self.complaint >= COMPLAINT

    @property
    def thanks(self) -> bool:
        """Whether this is good news."""
        return not self.complains and self.sentiment == Sentiment.POSITIVE


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """What a post says of the resolution."""

    post: Written
    says: Says


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """What the customer (in a survey) or an agent said of it, and when."""

    says: Says
    at: datetime
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conclusion:
    """The outcome, the post that shows it, and a sentence in English; `asks` where a person is to say what we cannot see."""

    outcome: Outcome
    post_id: PostId | None
    note: str
    asks: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The time a follow-up looks at: from the resolve to its due date.

    `watched_until` is up to when the network was read without a gap (None: not at all), without which silence means nothing.
    """

    resolved_at: datetime
    due_at: datetime
    watched_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """All that is known of one resolution."""

    posts: Sequence[Read] = ()
    customer: Word | None = None
    agent: Word | None = None


def read(case_id: CaseId, post: Written, *, resolved_at: datetime) -> Says | None:
    """Return what a post says of the resolution of `case_id`, None for nothing.

    Thanks in the case count from our last answer on, since many thank before we resolve; complaints and thanks elsewhere from the resolve.
    """
    if post.complains:
        return _about(case_id, post) if post.published_at > resolved_at else None
    heard = post.case_id == case_id or (_is_thanks_for_it(post) and post.published_at > resolved_at)
    return Says.HELD if post.thanks and heard else None


def _is_thanks_for_it(post: Written) -> bool:
    """Tell whether thanks that stand in no case are for what was resolved."""
    return post.case_id is None and post.same_brand and (bool(post.shares_topic) or (post.likeness or 0) >= SAME)


def _about(case_id: CaseId, post: Written) -> Says:
    """Return whether a complaint is about what was resolved."""
    if post.case_id == case_id:
        return Says.RELAPSED
    if not post.same_brand:
        return Says.OTHER
    if post.shares_topic or (post.likeness or 0) >= SAME:
        return Says.RELAPSED
    least = NEAR if post.shares_topic is False else OTHER
    unknown = post.likeness is None and post.shares_topic is None
    return Says.DOUBT if unknown or (post.likeness or 0) >= least else Says.OTHER


def shown(case_id: CaseId, heard: Heard, *, since: datetime) -> Conclusion | None:
    """Return what customer or agent showed by themselves, None where they left it open."""
    told = heard.customer
    complaint = _first(heard.posts, Says.RELAPSED, after=told.at if told else since)
    if complaint:
        note = AGAIN if complaint.case_id == case_id else N_("The customer complained again elsewhere.")
        return Conclusion(outcome=Outcome.RELAPSED, post_id=complaint.post_id, note=note)
    if told:
        note = N_("The customer says that it is solved.") if told.says is Says.HELD else N_("The customer says that it is not solved.")
        return Conclusion(outcome=Outcome(told.says), post_id=None, note=note)
    if heard.agent:
        return Conclusion(outcome=Outcome(heard.agent.says), post_id=None, note=heard.agent.note)
    return None


def reopened_by(case_id: CaseId, post: Written, *, resolved_at: datetime) -> Conclusion:
    """Return what a post that opened the case again shows: a complaint a relapse, thanks that it held, a mere question nothing.

    Thanks that opened it because the machine is not sure what they are show nothing either: they may be scorn.

    What was written before the resolve, and only reached us after it, shows nothing of how that turned out.
    """
    says = read(case_id, post, resolved_at=resolved_at) if post.published_at > resolved_at else None
    if says is Says.RELAPSED:
        return Conclusion(outcome=Outcome.RELAPSED, post_id=post.post_id, note=AGAIN)
    if says is Says.HELD and post.unsure:
        return Conclusion(outcome=Outcome.UNKNOWN, post_id=post.post_id, note=UNSURE)
    if says is Says.HELD:
        return Conclusion(outcome=Outcome.HELD, post_id=post.post_id, note=CONTENT)
    return Conclusion(outcome=Outcome.UNKNOWN, post_id=post.post_id, note=ASKED if post.published_at > resolved_at else BEFORE)


def decide(case_id: CaseId, heard: Heard, span: Span) -> Conclusion:
    """Return how the resolution of `case_id` turned out by the due date."""
    return shown(case_id, heard, since=span.resolved_at) or _read_from(heard.posts, span) or _silent(heard.posts, span)


def _read_from(posts: Sequence[Read], span: Span) -> Conclusion | None:
    """Return what the customer's other posts let us see."""
    thanks, doubt = _first(posts, Says.HELD, after=None), _first(posts, Says.DOUBT, after=span.resolved_at)
    if thanks:
        return Conclusion(outcome=Outcome.HELD, post_id=thanks.post_id, note=CONTENT)
    if doubt:
        note = N_("The customer complained elsewhere, maybe about this; please decide.")
        return Conclusion(outcome=Outcome.UNKNOWN, post_id=None, note=note, asks=True)
    return None


def _silent(posts: Sequence[Read], span: Span) -> Conclusion:
    """Return what silence means."""
    if span.watched_until is None or span.watched_until < span.due_at:
        note = N_("The source was not read up to the due date; please decide.")
        return Conclusion(outcome=Outcome.UNKNOWN, post_id=None, note=note, asks=True)
    another = _first(posts, Says.OTHER, after=span.resolved_at)
    note = N_("The customer complained about something else.") if another else N_("The customer wrote nothing more.")
    return Conclusion(outcome=Outcome.SILENT, post_id=None, note=note)


def _first(posts: Sequence[Read], says: Says, *, after: datetime | None) -> Written | None:
    found = [one.post for one in posts if one.says is says and (after is None or one.post.published_at > after)]
    return min(found, key=lambda post: (post.published_at, post.post_id), default=None)
