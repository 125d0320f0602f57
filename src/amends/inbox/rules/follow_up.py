"""Whether a resolution held. Place in the path: follow-up due -> what the customer wrote since -> outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.ports import Sentiment
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.rules.routing import COMPLAINT
from amends.inbox.rules.words import Outcome

# How long a due follow-up waits for a source that has not been read up to the due date before we say that we cannot know.
PATIENCE = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One thing the customer wrote, with any of their handles, since the case was resolved."""

    post_id: PostId
    case_id: CaseId | None
    sentiment: str
    complaint: float
    published_at: datetime

    @property
    def complains(self) -> bool:
        """Whether this is bad news."""
        return self.sentiment == Sentiment.NEGATIVE or self.complaint >= COMPLAINT

    @property
    def thanks(self) -> bool:
        """Whether this is good news."""
        return not self.complains and self.sentiment == Sentiment.POSITIVE


@dataclass(frozen=True, kw_only=True, slots=True)
class Conclusion:
    """The outcome, the post that shows it, and a sentence for the timeline."""

    outcome: Outcome
    post_id: PostId | None
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The time a follow-up looks at: from the resolve to its due date.

    `watched_until` is up to when the network was read without a gap (None: not at all), without which silence means nothing.
    """

    resolved_at: datetime
    due_at: datetime
    watched_until: datetime | None


def decide(*, case_id: CaseId, evidence: Sequence[Evidence], span: Span) -> Conclusion:
    """Return how the resolution of `case_id` turned out.

    `evidence` is what the customer wrote to the brand since our last answer. Thanks count from then on, since many thank before we
    resolve; complaints count from the resolve.
    """
    for post in sorted(evidence, key=lambda found: found.published_at):
        if post.complains and post.published_at > span.resolved_at:
            where = "in this case" if post.case_id == case_id else "elsewhere"
            return Conclusion(outcome=Outcome.RELAPSED, post_id=post.post_id, note=f"The customer complained again {where}.")
    for post in evidence:
        if post.thanks and post.case_id == case_id:
            return Conclusion(outcome=Outcome.HELD, post_id=post.post_id, note="The customer was content.")
    if span.watched_until is None or span.watched_until < span.due_at:
        return Conclusion(outcome=Outcome.UNKNOWN, post_id=None, note="The source was not read up to the due date; please decide.")
    return Conclusion(outcome=Outcome.SILENT, post_id=None, note="The customer wrote nothing more.")
