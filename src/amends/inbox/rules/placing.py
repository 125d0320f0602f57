"""Places triaged posts on the desk, in memory: which case each joins, and what that makes of the case.

Place in the path: verdicts -> here (a batch at a time, so that a second post finds the case which the first one opened) -> store.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from amends.core.ports import Sentiment
from amends.inbox.rules import routing
from amends.inbox.rules.ids import AuthorId, BrandId, CaseId, PostId, SourceId
from amends.inbox.rules.routing import Incoming
from amends.inbox.rules.text import preview
from amends.inbox.rules.words import CaseStatus, Route
from amends.triage.verdict import Verdict


class Thread(NamedTuple):
    """What makes a case: one author in one thread on one source."""

    source_id: SourceId
    root_id: str
    author_id: AuthorId


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A post that nobody has triaged yet.

    `repeats` is how often its author wrote the very same before; `kept` says that an agent brought it back from the noise,
    `case_number` where it has a place in its case already, since it was edited.
    """

    id: PostId
    source_id: SourceId
    brand_id: BrandId
    network: str
    root_id: str
    author_id: AuthorId
    author_external_id: str
    author_name: str
    followers: int | None
    text: str
    language_hint: str
    published_at: datetime
    seen_at: datetime
    is_own: bool
    is_share: bool
    is_deleted: bool
    of_another: bool
    to_us: bool
    region: str = ""
    repeats: int = 0
    kept: bool = False
    case_number: int | None = None

    @property
    def thread(self) -> Thread:
        """The case it would belong to."""
        return Thread(source_id=self.source_id, root_id=self.root_id, author_id=self.author_id)

    @property
    def incoming(self) -> Incoming:
        """The post as routing takes it."""
        return Incoming(
            text=self.text,
            author_external_id=self.author_external_id,
            is_own=self.is_own,
            is_share=self.is_share,
            is_deleted=self.is_deleted,
            of_another=self.of_another,
            to_us=self.to_us,
            kept=self.kept or self.case_number is not None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseState:
    """What posts change of a case; `id` is None until it is stored."""

    id: CaseId | None
    source_id: SourceId
    root_id: str
    author_id: AuthorId
    status: str
    preview: str
    language: str
    sentiment: str
    urgency: int
    reasons: tuple[str, ...]
    needs_look: bool
    episode: int
    opened_at: datetime
    last_post_at: datetime
    waiting_since: datetime | None
    resolved_at: datetime | None
    customer_posts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """Where a post went; `case_number` and `episode` are set where it joined a case."""

    post: Claimed
    verdict: Verdict | None
    route: Route
    why: str
    case_number: int | None = None
    episode: int | None = None

    @property
    def begins_episode(self) -> bool:
        """Whether a clock starts with this post."""
        return self.route in {Route.OPEN, Route.REOPEN}


def place(
    posts: Sequence[Claimed], verdicts: Mapping[PostId, Verdict], cases: Mapping[Thread, CaseState]
) -> tuple[list[Placed], dict[Thread, CaseState]]:
    """Return where each post goes, in the order they were published, and the cases that they opened or changed."""
    placed: list[Placed] = []
    changed: dict[Thread, CaseState] = {}
    for post in sorted(posts, key=lambda found: (found.published_at, found.id)):
        case = changed.get(post.thread) or cases.get(post.thread)
        verdict = verdicts.get(post.id)
        decision = routing.decide(post.incoming, verdict, case.status if case else None)
        if verdict is not None and decision.route in {Route.OPEN, Route.APPEND, Route.REOPEN}:
            case = with_post(case, post, verdict, decision.route)
            changed[post.thread] = case
            place_in_case = {"case_number": post.case_number or case.customer_posts, "episode": case.episode}
        else:
            place_in_case = {}
        placed.append(Placed(post=post, verdict=verdict, route=decision.route, why=decision.why, **place_in_case))
    return placed, changed


def with_post(case: CaseState | None, post: Claimed, verdict: Verdict, route: Route) -> CaseState:
    """Return what `post` makes of the case (None: it opens one).

    Mood, language and words are those of the customer's newest post, urgency is the highest of the episode until the customer is
    content, and of several unanswered posts the first one published started the wait.
    """
    if case is None:
        return _opened(post, verdict)
    joined = replace(case, customer_posts=case.customer_posts + (post.case_number is None))
    if post.published_at >= case.last_post_at:
        joined = replace(joined, **_looks(post, verdict))
    if route is Route.REOPEN:
        return replace(
            joined,
            status=CaseStatus.OPEN,
            episode=case.episode + 1,
            urgency=verdict.urgency,
            waiting_since=post.published_at,
            resolved_at=None,
        )
    joined = replace(joined, urgency=verdict.urgency if _is_content(post, verdict) else max(case.urgency, verdict.urgency))
    if case.status in {CaseStatus.RESOLVED, CaseStatus.DISMISSED}:
        return joined
    return replace(joined, status=CaseStatus.OPEN, waiting_since=min(case.waiting_since or post.published_at, post.published_at))


def _is_content(post: Claimed, verdict: Verdict) -> bool:
    """Return whether the customer is glad and asks for nothing: what was urgent before is over."""
    return verdict.sentiment is Sentiment.POSITIVE and not routing.call_for_work(post.text, verdict)


def _opened(post: Claimed, verdict: Verdict) -> CaseState:
    return CaseState(
        id=None,
        source_id=post.source_id,
        root_id=post.root_id,
        author_id=post.author_id,
        status=CaseStatus.OPEN,
        preview=preview(post.text, verdict.language),
        language=verdict.language,
        sentiment=verdict.sentiment,
        urgency=verdict.urgency,
        reasons=verdict.reasons,
        needs_look=verdict.needs_look,
        episode=1,
        opened_at=post.published_at,
        last_post_at=post.published_at,
        waiting_since=post.published_at,
        resolved_at=None,
        customer_posts=1,
    )


def _looks(post: Claimed, verdict: Verdict) -> dict[str, Any]:
    """Return what the newest post says of its case."""
    return {
        "preview": preview(post.text, verdict.language),
        "language": verdict.language,
        "sentiment": verdict.sentiment,
        "reasons": verdict.reasons,
        "needs_look": verdict.needs_look,
        "last_post_at": post.published_at,
    }
