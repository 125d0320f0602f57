"""Whether the public sees our answer. Place in the path: reply sent -> looks after a minute, an hour and a day -> here -> screen, alarm.

A network shows new posts late and hides some for a moment, so what is not seen is believed only after several looks in a row. A network
that does not answer says nothing about our reply: such a look does not count, and is made again later.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from amends.core.errors import NetworkError, RateLimited
from amends.core.post import Post
from amends.inbox.rules.alerting import Alarm
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.words import Severity

MISSES_TO_BELIEVE = 3
KEEP_LOOKING = 7
"""So many times the longest span an answer that is hidden, or a network that does not answer, is looked at again."""
LONGEST_PAUSE = timedelta(hours=6)
RULE = "reply_vanished"


class Seen(StrEnum):
    """What one look found: our answer under the complaint; at its own address only; not at all; or the complaint itself gone."""

    VISIBLE = "visible"
    APART = "apart"
    HIDDEN = "hidden"
    COMPLAINT_GONE = "complaint_gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """How far the proof of an answer is: `seen` is believed, `stage` looks of the plan are done, `misses` in a row did not find it."""

    seen: Seen | None
    stage: int = 0
    misses: int = 0
    look_at: datetime | None = None


def in_thread(thread: Sequence[Post], ours: Collection[str], parent_id: str) -> Seen | None:
    """Return what a fetched thread says; None where it does not show every post of our answer and the posts have to be asked for.

    A thread is what the network shows in one call, not all there is: who is missing in it may still be there.
    """
    shown = {post.external_id for post in thread if not post.deleted}
    if any(post.external_id == parent_id and post.deleted for post in thread):
        return Seen.COMPLAINT_GONE
    return Seen.VISIBLE if shown.issuperset(ours) else None


def one_by_one(posts: Sequence[Post], ours: Collection[str], parent_id: str, *, thread: Sequence[Post]) -> Seen:
    """Return what the posts say that were asked for by their ids, after `thread` (empty where there is none) did not show our answer."""
    shown = {post.external_id for post in posts if not post.deleted}
    if any(post.external_id == parent_id and post.deleted for post in posts):
        return Seen.COMPLAINT_GONE
    if not shown.issuperset(ours):
        return Seen.HIDDEN
    return Seen.APART if any(post.external_id == parent_id for post in thread) else Seen.VISIBLE


def after_look(before: Proof, found: Seen, *, sent_at: datetime, policy: Policy, now: datetime) -> Proof:
    """Return the proof after a look that the network answered."""
    if found is Seen.HIDDEN and before.seen is not Seen.HIDDEN and before.misses + 1 < MISSES_TO_BELIEVE:
        misses = before.misses + 1
        return Proof(seen=before.seen, stage=before.stage, misses=misses, look_at=now + policy.proof_after * 2**misses)
    stage, look_at = _next_look(before.stage + 1, sent_at=sent_at, policy=policy, now=now)
    if look_at is None and found is Seen.HIDDEN and now - sent_at < policy.proof_last_after * KEEP_LOOKING:
        look_at = now + policy.proof_last_after
    return Proof(seen=found, stage=stage, look_at=look_at)


def _next_look(stage: int, *, sent_at: datetime, policy: Policy, now: datetime) -> tuple[int, datetime | None]:
    """Return the next look of the plan that is still to come; one look stands for all whose time passed while we did not look."""
    spans = policy.proof_spans
    for place in range(stage, len(spans)):
        if sent_at + spans[place] > now:
            return place, sent_at + spans[place]
    return len(spans), None


def after_trouble(before: Proof, error: NetworkError, *, sent_at: datetime, policy: Policy, now: datetime) -> Proof:
    """Return the proof after a look that the network did not answer: nothing is known, so it is made again, ever more rarely."""
    pause = min(max((now - sent_at) / 2, policy.proof_after), LONGEST_PAUSE)
    again = max(now + pause, error.until) if isinstance(error, RateLimited) else now + pause
    over = now - sent_at > policy.proof_last_after * KEEP_LOOKING
    return Proof(seen=before.seen, stage=before.stage, misses=before.misses, look_at=None if over else again)


def news(before: Seen | None, after: Seen | None) -> EventKind:
    """Return what the step from one belief to the next is called in the timeline."""
    if after is before or after is None:
        return EventKind.REPLY_LOOKED_AT
    if after is Seen.HIDDEN:
        return EventKind.REPLY_NOT_VISIBLE if before is None else EventKind.REPLY_VANISHED
    if after is Seen.COMPLAINT_GONE:
        return EventKind.REPLY_LEFT_ALONE
    if before is Seen.HIDDEN:
        return EventKind.REPLY_CAME_BACK
    return EventKind.REPLY_PROVEN if before is None else EventKind.REPLY_LOOKED_AT


def alarm(step: EventKind) -> Alarm | None:
    """Return the alarm that a step raises, or None."""
    reasons = {
        EventKind.REPLY_VANISHED: "our answer was visible under the complaint and is not any more.",
        EventKind.REPLY_NOT_VISIBLE: "our answer was published but cannot be seen in public.",
    }
    return Alarm(rule=RULE, severity=Severity.HIGH, reason=reasons[step]) if step in reasons else None
