"""Takes an answer from the agent, once. Place in the path: reply box -> queued (`send_reply` goes on), or proposed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.kept import recognised
from amends.core.post import Visibility
from amends.core.read_only import NO_ANSWERS
from amends.core.translating import _
from amends.inbox.actions.assign import take_if_free
from amends.inbox.actions.attach import Chosen, give
from amends.inbox.actions.found import living_case, locked_case
from amends.inbox.rules.approving import Why, reasons
from amends.inbox.rules.case_states import Step, after
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.holding import UNSEEN, Held, Seen
from amends.inbox.rules.ids import AgentId, CaseId, ReplyId
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.text import can_be_seen, storable
from amends.inbox.rules.words import CaseStatus
from amends.inbox.store import approvals, cases, drafts, events, replies, reply_keys, reply_parts
from amends.inbox.store.cases import Case, Target
from amends.inbox.store.replies import NewReply, Reply
from amends.inbox.store.since import posts_so_far, since


@dataclass(frozen=True, kw_only=True, slots=True)
class Manner:
    """How an answer goes out: to its author alone, as several posts, with pictures. What the network can do is asked by the doors.

    `seen` is how far its author had seen the case; `wait` how long it can be taken back before it goes out. `read_first` says why a
    second person reads it whatever the company asks for.
    """

    private: bool = False
    parts: Sequence[str] = ()
    pictures: Sequence[Chosen] = field(default_factory=tuple)
    seen: Seen = UNSEEN
    wait: timedelta = timedelta(0)
    read_first: Sequence[Why] = ()


PLAIN = Manner()


def queue_reply(  # noqa: PLR0913
    conn: Connection,
    *,
    case_id: CaseId,
    agent_id: AgentId,
    text: str,
    now: datetime,
    policy: Policy,
    resolve: bool = False,
    key: UUID | None = None,
    manner: Manner = PLAIN,
) -> ReplyId:
    """Queue a reply under the customer's newest post; the same `key` is the same reply. `Refused` says why it cannot be sent.

    With `resolve` the case is resolved once the network has the reply. A case of nobody becomes the agent's. `Held` where something was
    said since `manner.seen`. Where a second person reads it first, it is proposed rather than queued.
    """
    case = living_case(conn, case_id)
    known = known_reply(conn, key, case) if key else None
    if known:
        return known
    words = storable(text).strip()
    target = _target(conn, case, words, resolve=resolve)
    so_far = posts_so_far(conn, case_id=case.id)
    _hold(conn, case, manner.seen)
    why = (*manner.read_first, *reasons(approvals.newest(conn), approvals.standing(conn, case_id=case.id, agent_id=agent_id)))
    new = NewReply(
        case_id=case.id,
        post_id=target.id,
        agent_id=agent_id,
        text=words,
        episode=case.episode,
        answers=case.customer_posts,
        follow_up_after=policy.follow_up_after if resolve else None,
        proof_after=None if manner.private or target.visibility == Visibility.DIRECT else policy.proof_after,
        key=key or uuid4(),
        private=manner.private,
        next_at=now + manner.wait,
        proposed_why=why,
        seen_posts=None if manner.seen.posts is None else so_far,
    )
    reply_id = replies.insert(conn, new, now=now)
    if len(manner.parts) > 1:
        reply_parts.insert(conn, reply_id=reply_id, texts=manner.parts, keys=[uuid4() for _ in manner.parts])
    give(conn, manner.pictures, reply_id=reply_id, case_id=case.id, agent_id=agent_id)
    drafts.delete_own(conn, case_id=case.id, box="reply", agent_id=agent_id)
    if not why:
        cases.set_looked_at(conn, case_id=case.id)
    take_if_free(conn, case, agent_id=agent_id, now=now)
    kind = EventKind.REPLY_PROPOSED if why else EventKind.REPLY_QUEUED
    events.add(conn, kind, now=now, case_id=case.id, agent_id=agent_id, reply_id=reply_id, resolve=resolve)
    return reply_id


def _hold(conn: Connection, case: Case, seen: Seen) -> None:
    """Raise `Held` where something was said in a locked case since it was seen."""
    news = since(conn, case_id=case.id, seen=seen)
    if news:
        raise Held(news, seen)


def known_reply(conn: Connection, key: UUID, case: Case) -> ReplyId | None:
    """Return the reply of this key; `Conflict` where it is another case's, or was taken back or thrown away."""
    if reply_keys.is_spent(conn, key):
        raise Conflict(_("This reply was taken back or thrown away meanwhile. To send it after all, load the page and write it anew."))
    known = replies.find_by_key(conn, key=key)
    if known and known.case_id != case.id:
        raise Conflict(_("This reply was queued for another case."))
    return known.id if known else None


def _target(conn: Connection, case: Case, words: str, *, resolve: bool) -> Target:
    """Return the post to reply under, or say why there can be no reply."""
    if not can_be_seen(words):
        raise Refused(_("A reply needs some words."))
    if resolve or case.status == CaseStatus.DISMISSED:
        after(case.status, Step.RESOLVE)
    target = cases.post_to_answer(conn, case_id=case.id)
    if target is None:
        raise Refused(_("The customer has deleted every post of this case; there is nothing to reply under."))
    if not target.can_reply:
        why = recognised(target.why_no_reply, (NO_ANSWERS,), sentences={"title"})
        raise Refused(why or _("The network takes no reply from us here"))
    return target


def locked_reply(conn: Connection, reply_id: ReplyId) -> Reply:
    """Return the reply as it stands once its case is ours alone."""
    found = replies.find(conn, reply_id=reply_id)
    if found:
        locked_case(conn, found.case_id)
        found = replies.lock(conn, reply_id=reply_id)
    if found is None:
        raise NotFound(_("There is no such reply."))
    return found
