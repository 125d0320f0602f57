"""Takes a reply from the agent to the network, once. Place in the path: reply box -> queued -> sending -> sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from amends.core.database import Connection
from amends.core.errors import Conflict, NetworkError, NotFound, Refused
from amends.core.kept import recognised
from amends.core.ports import Published
from amends.core.post import Visibility
from amends.core.read_only import NO_ANSWERS
from amends.core.translating import N_, _
from amends.inbox.actions import clocks, promises, still_allowed
from amends.inbox.actions.assign import take_if_free
from amends.inbox.actions.attach import Chosen, give
from amends.inbox.actions.found import living_case, locked_case
from amends.inbox.actions.resolve import close, take_back
from amends.inbox.rules import reply_tries
from amends.inbox.rules.approving import Why, reasons
from amends.inbox.rules.case_states import GOING_ON, Step, after, awake
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.holding import UNSEEN, Held, Seen
from amends.inbox.rules.ids import AgentId, CaseId, ReplyId
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.text import can_be_seen, storable
from amends.inbox.rules.words import CaseStatus, ReplyState
from amends.inbox.store import approvals, attachments, cases, drafts, episodes, events, incident_rounds, replies, reply_keys, reply_parts
from amends.inbox.store.cases import Case, Target
from amends.inbox.store.replies import NewReply, Reply, ReplyJob
from amends.inbox.store.since import since


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
    known = _known(conn, key, case) if key else None
    if known:
        return known
    words = storable(text).strip()
    target = _target(conn, case, words, resolve=resolve)
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


def _known(conn: Connection, key: UUID, case: Case) -> ReplyId | None:
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


def claim_reply(conn: Connection, *, now: datetime, lease: timedelta) -> ReplyJob | None:
    """Claim the next reply to send (or the next of its posts), or None; where `again` is set, call `collector.find_reply` first.

    Pictures go with the first post. What its customer no longer allows is thrown away instead; where `again` is set, ask `is_left`.
    """
    job = replies.claim_next(conn, now=now, until=now + lease)
    while job is not None and not job.again and is_left(conn, job, now=now):
        job = replies.claim_next(conn, now=now, until=now + lease)
    if job is None or job.number > 1:
        return job
    return replace(job, pictures=tuple(attachments.of_reply(conn, reply_id=job.reply_id)))


def is_left(conn: Connection, job: ReplyJob, *, now: datetime) -> bool:
    """Throw away what is not out of a claimed reply that its customer no longer allows, and tell whether that was so.

    What is only held goes on where a part of it is out.
    """
    why = still_allowed.why_not(conn, job.reply_id)
    if not why or (why == still_allowed.HELD and job.number > 1):
        return False
    if job.number > 1:
        _throw_away(conn, locked_reply(conn, job.reply_id), None, now)
    else:
        still_allowed.leave(conn, job.reply_id, why=why, now=now)
    return True


def record_sent(conn: Connection, job: ReplyJob, published: Published, *, now: datetime) -> None:
    """Keep that the network has the reply: the clock stops, the case waits for the customer (or is resolved, if that was asked).

    A customer's post that joined the case after the agent had written keeps the case open, waiting since that post. Of a reply of several
    posts the next one is queued, and nothing else happens until the last is out.
    """
    case = locked_case(conn, job.case_id)
    reply = replies.find(conn, reply_id=job.reply_id)
    if reply is None or (job.number and not _record_part(conn, job, published, now)):
        return
    first = reply_parts.out(conn, reply_id=reply.id)[0].published if job.number else published
    replies.own_post(conn, source_id=job.source_id, external_id=published.external_id)
    _record_out(conn, case, reply, first, now)


def _record_part(conn: Connection, job: ReplyJob, published: Published, now: datetime) -> bool:
    """Keep that one of the posts is out; True where it was the last."""
    if not reply_parts.mark_out(conn, reply_id=job.reply_id, number=job.number, published=published):
        return False
    if not reply_parts.go_on(conn, reply_id=job.reply_id, now=now):
        return True
    replies.own_post(conn, source_id=job.source_id, external_id=published.external_id)
    events.add(conn, EventKind.REPLY_PART_SENT, now=now, case_id=job.case_id, reply_id=job.reply_id, permalink=published.permalink)
    return False


def _record_out(conn: Connection, case: Case, reply: Reply, published: Published, now: datetime) -> None:
    """Keep that all of the reply is out; `published` is its first post."""
    if not replies.mark_sent(conn, reply_id=reply.id, published=published, now=now):
        return
    if reply.private:
        attachments.drop_content(conn, reply_id=reply.id)
    episodes.answer(conn, case_id=case.id, number=reply.episode, at=published.published_at)
    events.add(
        conn,
        EventKind.REPLY_SENT,
        now=now,
        case_id=case.id,
        agent_id=reply.agent_id,
        reply_id=reply.id,
        permalink=published.permalink,
    )
    if case.status in GOING_ON:
        _move_on(conn, case, reply, now)
    promises.say(conn, case.id, at=published.published_at, now=now)
    clocks.keep(conn, [case.id], now=now)


def _move_on(conn: Connection, case: Case, reply: Reply, now: datetime) -> None:
    """Say who has the next word in a case whose reply went out."""
    unanswered = cases.first_unanswered(conn, case_id=case.id)
    if unanswered is None and reply.follow_up_after is not None:
        answered = replace(case, status=CaseStatus.WAITING, waiting_since=None)
        close(conn, answered, agent_id=reply.agent_id, follow_up_after=reply.follow_up_after, now=now)
        return
    status = CaseStatus.SNOOZED if case.status == CaseStatus.SNOOZED else awake(unanswered)
    cases.set_status(conn, case_id=case.id, status=status, waiting_since=unanswered, resolved_at=None)


def record_reply_trouble(conn: Connection, job: ReplyJob, error: NetworkError, *, now: datetime) -> None:
    """Keep why a reply did not go out: queued for later, or failed with the reason on screen.

    A case that was resolved on the strength of a reply which then failed goes back to where it was. Where the network refuses the account,
    the answers after an incident wait, so that not each of them fails.
    """
    case = locked_case(conn, job.case_id)
    next_try = reply_tries.after_trouble(error, attempts=job.attempts, now=now)
    reply = replies.find(conn, reply_id=job.reply_id)
    if reply is None or not replies.mark_trouble(conn, job, next_try):
        return
    failed = next_try.state is ReplyState.FAILED
    events.add(
        conn,
        EventKind.REPLY_FAILED if failed else EventKind.REPLY_DELAYED,
        now=now,
        case_id=case.id,
        agent_id=reply.agent_id,
        reply_id=reply.id,
        reason=next_try.reason,
    )
    if failed and reply_tries.is_of_account(error):
        incident_rounds.hold(conn, reply_id=reply.id)
    if failed and case.status == CaseStatus.RESOLVED and case.episode == reply.episode:
        take_back(conn, case, agent_id=reply.agent_id, why=N_("The reply did not go out."), now=now)


def retry_reply(conn: Connection, *, reply_id: ReplyId, agent_id: AgentId, now: datetime) -> None:
    """Queue a failed reply again."""
    reply = locked_reply(conn, reply_id)
    if reply.state != ReplyState.FAILED:
        raise Conflict(_("This reply is %(state)s; only a failed one can be tried again.") % {"state": reply.state})
    replies.queue_again(conn, reply_id=reply_id, now=now)
    events.add(conn, EventKind.REPLY_RETRIED, now=now, case_id=reply.case_id, agent_id=agent_id, reply_id=reply_id)


def discard_reply(conn: Connection, *, reply_id: ReplyId, agent_id: AgentId, now: datetime) -> None:
    """Throw away a reply that failed, or one that is queued and was never tried; its words stay in the timeline.

    Posts of it that are out cannot be taken back: then only the rest is thrown away, and what is out counts as the answer.
    """
    reply = locked_reply(conn, reply_id)
    if reply.state != ReplyState.FAILED and (reply.state != ReplyState.QUEUED or reply.was_tried):
        raise Conflict(_("This reply is on its way, or out already."))
    _throw_away(conn, reply, agent_id, now)


def _throw_away(conn: Connection, reply: Reply, agent_id: AgentId | None, now: datetime) -> None:
    """Throw away what of a reply is not out; without an agent its customer wanted it so."""
    parts = reply_parts.out(conn, reply_id=reply.id)
    if parts:
        reply_parts.forget_rest(conn, reply_id=reply.id)
        _record_out(conn, locked_case(conn, reply.case_id), reply, parts[0].published, now)
    else:
        replies.delete(conn, reply_id=reply.id, now=now)
    events.add(
        conn,
        EventKind.REPLY_DISCARDED,
        now=now,
        case_id=reply.case_id,
        agent_id=agent_id,
        reply_id=reply.id,
        text=reply.text,
        rest=bool(parts),
    )


def locked_reply(conn: Connection, reply_id: ReplyId) -> Reply:
    """Return the reply as it stands once its case is ours alone."""
    found = replies.find(conn, reply_id=reply_id)
    if found:
        locked_case(conn, found.case_id)
        found = replies.lock(conn, reply_id=reply_id)
    if found is None:
        raise NotFound(_("There is no such reply."))
    return found
