"""What a case shows, worked out anew from the verdicts on its posts. Place in the path: correction, re-triage -> here -> case row.

The same rules as `placing.with_post`, which adds one post at a time; nothing is opened, reopened or put to sleep here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.ports import Sentiment
from amends.inbox.rules import routing
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.words import Route
from amends.triage.verdict import Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A customer's post in the case with the verdict on it."""

    text: str
    published_at: datetime
    route: str | None
    verdict: Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a case shows of its posts."""

    id: CaseId
    language: str
    sentiment: str
    urgency: int
    reasons: tuple[str, ...]
    needs_look: bool


def recast(case_id: CaseId, posts: Sequence[Heard], *, marked: bool, unread: bool) -> Shown:
    """Return what the case shows; `posts` (at least one) in the order they reached the desk, `marked` where it asks for a look now.

    The mark goes where the newest verdict is sure, and comes only where nobody has opened the case since its newest post.
    """
    newest = max(enumerate(posts), key=lambda place: (place[1].published_at, place[0]))[1].verdict
    return Shown(
        id=case_id,
        language=newest.language,
        sentiment=newest.sentiment,
        urgency=_urgency(posts),
        reasons=newest.reasons,
        needs_look=newest.needs_look and (marked or unread),
    )


def _urgency(posts: Sequence[Heard]) -> int:
    """Return the highest urgency of the episode since the customer was content."""
    highest = 0
    for post in posts:
        begins = post.route in {Route.OPEN, Route.REOPEN} or _is_content(post)
        highest = post.verdict.urgency if begins else max(highest, post.verdict.urgency)
    return highest


def _is_content(post: Heard) -> bool:
    return post.verdict.sentiment is Sentiment.POSITIVE and not routing.call_for_work(post.text, post.verdict)
