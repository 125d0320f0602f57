"""Takes a queued reply to the network, once, or keeps why it did not go. Place in the path: queued -> sending -> sent, or failed."""

from dataclasses import replace
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import Conflict, NetworkError
from amends.core.ports import Published
from amends.core.translating import N_, _
from amends.inbox.actions import clocks, promises, still_allowed
from amends.inbox.actions.found import locked_case
from amends.inbox.actions.reply import locked_reply
from amends.inbox.actions.resolve import close, take_back
from amends.inbox.rules import reply_tries
from amends.inbox.rules.case_states import GOING_ON, awake
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.holding import LOOK_FIRST, UNSEEN, WRITTEN_SINCE, Held, Seen
from amends.inbox.rules.ids import AgentId, ReplyId
from amends.inbox.rules.reply_tries import NextTry
from amends.inbox.rules.words import CaseStatus, ReplyState
from amends.inbox.store import approvals, attachments, cases, episodes, events, incident_rounds, replies, reply_jobs, reply_parts
from amends.inbox.store.cases import Case
from amends.inbox.store.replies import Reply
from amends.inbox.store.reply_jobs import ReplyJob
from amends.inbox.store.since import posts_so_far, since


def claim_reply(conn: Connection, *, now: datetime, lease: timedelta) -> ReplyJob | None:
    """Claim the next reply to send (or the next of its posts), or None; where `again` is set, call `collector.find_reply` first.

    Pictures go with the first post. What its customer no longer allows is thrown away instead, and what a newer post of theirs holds
    waits for its author; where `again` is set, ask `may_not_go`.
    """
    job = reply_jobs.claim_next(conn, now=now, until=now + lease)
    while job is not None and not job.again and may_not_go(conn, job, now=now):
        job = reply_jobs.claim_next(conn, now=now, until=now + lease)
    if job is None or job.number > 1:
        return job
    return replace(job, pictures=tuple(attachments.of_reply(conn, reply_id=job.reply_id)))


def may_not_go(conn: Connection, job: ReplyJob, *, now: datetime) -> bool:
    """Tell whether a claimed reply, of which nothing is out, does not go after all; it is kept why."""
    return _is_left(conn, job, now) or _is_held(conn, job, now)


def _is_held(conn: Connection, job: ReplyJob, now: datetime) -> bool:
    """Keep a claimed reply back that was written before a newer post of its customer arrived: the ten seconds of undo are long enough.

    One that somebody approved waits for approval again. There is no wait for its case: whoever takes the reply back has locked the case
    first, and waits for the claim.
    """
    reply = replies.find(conn, reply_id=job.reply_id)
    if reply is None or job.number > 1 or not since(conn, case_id=job.case_id, seen=Seen(posts=reply.seen_posts)):
        return False
    if not reply_jobs.hold(conn, job, NextTry(state=ReplyState.FAILED, reason=WRITTEN_SINCE, at=now, advice=LOOK_FIRST)):
        return True
    _tell_trouble(conn, EventKind.REPLY_FAILED, reply, WRITTEN_SINCE, now)
    if reply.approved_by is not None and not job.again:
        approvals.propose_again(conn, reply_id=reply.id)
        events.add(conn, EventKind.REPLY_APPROVAL_UNDONE, now=now, case_id=reply.case_id, reply_id=reply.id)
    if case := cases.lock_resolved(conn, case_id=job.case_id):
        _open_again(conn, case, reply, now)
    return True


def _is_left(conn: Connection, job: ReplyJob, now: datetime) -> bool:
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
    reply_jobs.own_post(conn, source_id=job.source_id, external_id=published.external_id)
    record_out(conn, case, reply, first, now)


def _record_part(conn: Connection, job: ReplyJob, published: Published, now: datetime) -> bool:
    """Keep that one of the posts is out; True where it was the last."""
    if not reply_parts.mark_out(conn, reply_id=job.reply_id, number=job.number, published=published):
        return False
    if not reply_parts.go_on(conn, reply_id=job.reply_id, now=now):
        return True
    reply_jobs.own_post(conn, source_id=job.source_id, external_id=published.external_id)
    events.add(conn, EventKind.REPLY_PART_SENT, now=now, case_id=job.case_id, reply_id=job.reply_id, permalink=published.permalink)
    return False


def record_out(conn: Connection, case: Case, reply: Reply, published: Published, now: datetime) -> None:
    """Keep that all of the reply is out; `published` is its first post."""
    if not reply_jobs.mark_sent(conn, reply_id=reply.id, published=published, now=now):
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

    Where the network refuses the account, the answers after an incident wait, so that not each of them fails.
    """
    case = locked_case(conn, job.case_id)
    next_try = reply_tries.after_trouble(error, attempts=job.attempts, now=now)
    reply = replies.find(conn, reply_id=job.reply_id)
    if reply is None or not reply_jobs.mark_trouble(conn, job, next_try):
        return
    failed = next_try.state is ReplyState.FAILED
    _tell_trouble(conn, EventKind.REPLY_FAILED if failed else EventKind.REPLY_DELAYED, reply, next_try.reason, now)
    if failed and reply_tries.is_of_account(error):
        incident_rounds.hold(conn, reply_id=reply.id)
    if failed:
        _open_again(conn, case, reply, now)


def _open_again(conn: Connection, case: Case, reply: Reply, now: datetime) -> None:
    """Put a locked case back to where it was that was resolved on the strength of a reply which then did not go out.

    What was written in a resolved case, such as the question whether it is solved, is no such reply.
    """
    on_its_strength = case.episode == reply.episode and case.resolved_at is not None and case.resolved_at >= reply.created_at
    if case.status == CaseStatus.RESOLVED and on_its_strength:
        take_back(conn, case, agent_id=reply.agent_id, why=N_("The reply did not go out."), now=now)


def _tell_trouble(conn: Connection, kind: EventKind, reply: Reply, reason: str, now: datetime) -> None:
    events.add(conn, kind, now=now, case_id=reply.case_id, agent_id=reply.agent_id, reply_id=reply.id, reason=reason)


def retry_reply(conn: Connection, *, reply_id: ReplyId, agent_id: AgentId, now: datetime, seen: Seen = UNSEEN) -> None:
    """Queue a failed reply again; `Held` where the customer has written since what was `seen`, if somebody says that."""
    reply = locked_reply(conn, reply_id)
    if reply.state != ReplyState.FAILED:
        raise Conflict(_("This reply is %(state)s; only a failed one can be tried again.") % {"state": reply.state})
    so_far, news = posts_so_far(conn, case_id=reply.case_id), since(conn, case_id=reply.case_id, seen=seen)
    if news:
        raise Held(news, seen)
    replies.queue_again(conn, reply_id=reply_id, seen_posts=so_far, now=now)
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
        record_out(conn, locked_case(conn, reply.case_id), reply, parts[0].published, now)
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
