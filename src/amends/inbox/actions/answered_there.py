"""Keeps that a colleague answered on the network itself. Place in the path: their word -> here -> a sent reply, as if it had gone out.

It is sent nowhere and looked for nowhere; all else follows as for an answer that the network accepted. Where a collector brings the
same words as a post of ours, that post is the answer, with the network's own time, and stands in the thread once.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.ports import Published
from amends.core.translating import _
from amends.inbox.actions import assign, clocks, resolve
from amends.inbox.actions.drafts import put_back
from amends.inbox.actions.found import living_case, locked_case
from amends.inbox.actions.reply import known_reply
from amends.inbox.actions.send_reply import record_out
from amends.inbox.rules import answered_there as rules
from amends.inbox.rules.case_states import GOING_ON, Step, after, awake
from amends.inbox.rules.customer_record import a_link
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, ReplyId, SourceId
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.text import can_be_seen, storable
from amends.inbox.rules.words import CaseStatus
from amends.inbox.store import answered_there, cases, drafts, episodes, events, replies
from amends.inbox.store import promises as promise_rows
from amends.inbox.store.cases import Case
from amends.inbox.store.drafts import Draft
from amends.inbox.store.events import Told
from amends.inbox.store.replies import NewReply, Reply


def tell(  # noqa: PLR0913
    conn: Connection,
    *,
    case_id: CaseId,
    agent_id: AgentId,
    text: str,
    now: datetime,
    policy: Policy,
    at: datetime | None = None,
    link: str = "",
    seen_posts: int | None = None,
    then_resolve: bool = False,
    key: UUID | None = None,
) -> ReplyId:
    """Keep what was answered, and `at` what time (None: now); the same `key` is the same answer. `Refused` says what is wrong with it.

    What the customer wrote after that time, or after `seen_posts`, is not answered by it. With `then_resolve` the case ends, unless
    there is such a post.
    """
    case = living_case(conn, case_id)
    known = known_reply(conn, key, case) if key else None
    if known:
        return known
    words, address, when = _checked(conn, case, text, link, at, now, then_resolve=then_resolve)
    under = answered_there.under(conn, case_id=case.id, at=when)
    if under is None:
        raise Refused(_("The customer has deleted every post of this case; there is nothing to reply under."))
    new = NewReply(
        case_id=case.id,
        post_id=under.post_id,
        agent_id=agent_id,
        text=words,
        episode=case.episode,
        answers=under.answers if seen_posts is None else min(under.answers, seen_posts),
        follow_up_after=policy.follow_up_after if then_resolve else None,
        proof_after=None,
        key=key or uuid4(),
        next_at=now,
        elsewhere=True,
    )
    reply_id = replies.insert(conn, new, now=now)
    drafts.delete_own(conn, case_id=case.id, box="reply", agent_id=agent_id)
    cases.set_looked_at(conn, case_id=case.id)
    assign.take_if_free(conn, case, agent_id=agent_id, now=now)
    _tell(conn, case, reply_id, agent_id, when, now)
    record_out(conn, case, _found(conn, reply_id), Published(external_id="", permalink=address, published_at=when), now)
    meet(conn, source_id=case.source_id, roots=[under.root_id])
    _follow(conn, case, case.episode, now)
    return reply_id


def _checked(  # noqa: PLR0913
    conn: Connection, case: Case, text: str, link: str, at: datetime | None, now: datetime, *, then_resolve: bool
) -> tuple[str, str, datetime]:
    """Return the words, the address and the time of an answer that can have been given in a locked case."""
    words = storable(text).strip()
    if not can_be_seen(words):
        raise Refused(_("A reply needs some words."))
    if then_resolve or case.status == CaseStatus.DISMISSED:
        after(case.status, Step.RESOLVE)
    asked = answered_there.asked_at(conn, case_id=case.id, episode=case.episode)
    return words, a_link(link) if link.strip() else "", rules.answered_at(at, asked_at=asked, now=now)


def _tell(conn: Connection, case: Case, reply_id: ReplyId, agent_id: AgentId, at: datetime, now: datetime) -> None:
    """Write that somebody said so, and where the case stood before."""
    was = {
        "waiting_since": case.waiting_since and case.waiting_since.isoformat(),
        "customer_posts": case.customer_posts,
        "unread": case.unread,
        "needs_look": case.needs_look,
        "took": case.assignee_id is None,
    }
    facts = {"reply_id": reply_id, "answered_at": at.isoformat()} | was
    events.add_all(conn, [events.Event(kind=EventKind.REPLY_TOLD, case_id=case.id, agent_id=agent_id, facts=facts)], now=now)


def untell(conn: Connection, reply: Reply, *, agent_id: AgentId, now: datetime) -> Draft:
    """Take a locked answer of this kind back as if nobody had told of it, and make it its author's draft; `Conflict` where it is too late.

    The case goes back to whom and where it was, save for what was done to it since.
    """
    case = locked_case(conn, reply.case_id)
    if case.episode != reply.episode:
        raise Conflict(_("Something else was done since; undoing this would overwrite it."))
    if case.status == CaseStatus.RESOLVED and case.resolved_at == reply.created_at:  # by this answer, not by somebody since
        resolve.take_back(conn, case, agent_id=agent_id, why="", now=now)
        case = locked_case(conn, case.id)
    told = events.last(conn, EventKind.REPLY_TOLD, case_id=case.id)
    promise_rows.unmake(conn, case_id=case.id, reply_id=reply.id)
    replies.delete(conn, reply_id=reply.id, now=now)
    if told and told.facts.get("reply_id") == reply.id:
        _put_back(conn, case, told, reply, agent_id, now)
    elif case.status in GOING_ON:
        _stand(conn, case, cases.first_unanswered(conn, case_id=case.id))
    events.add(conn, EventKind.REPLY_UNDONE, now=now, case_id=case.id, agent_id=agent_id, reply_id=reply.id, elsewhere=True)
    _follow(conn, case, reply.episode, now)
    return put_back(conn, case_id=case.id, box="reply", text=reply.text, agent_id=reply.agent_id, now=now)


def _put_back(conn: Connection, case: Case, told: Told, reply: Reply, agent_id: AgentId, now: datetime) -> None:
    """Put a locked case where it was before the newest answer that somebody told of; whoever has answered since keeps it as it is."""
    facts, sent = told.facts, events.last(conn, EventKind.REPLY_SENT, case_id=case.id)
    before, is_last = facts.get("waiting_since"), sent is not None and sent.facts.get("reply_id") == reply.id
    if case.status in GOING_ON:
        as_was = is_last and facts.get("customer_posts") == case.customer_posts
        since = datetime.fromisoformat(before) if isinstance(before, str) else None
        _stand(conn, case, since if as_was else cases.first_unanswered(conn, case_id=case.id))
    if case.status in GOING_ON and is_last:
        cases.set_not_looked_at(conn, case_id=case.id, unread=facts.get("unread") is True, needs_look=facts.get("needs_look") is True)
    if facts.get("took") and is_last and case.assignee_id == reply.agent_id:
        assign.put_back(conn, case, {}, agent_id=agent_id, now=now)


def _stand(conn: Connection, case: Case, since: datetime | None) -> None:
    status = CaseStatus.SNOOZED if case.status == CaseStatus.SNOOZED else awake(since)
    cases.set_status(conn, case_id=case.id, status=status, waiting_since=since, resolved_at=None)


def _follow(conn: Connection, case: Case, episode: int, now: datetime) -> None:
    """Let the clocks of a locked case follow from the answers that there are."""
    episodes.recount_answer(conn, case_id=case.id, number=episode)
    clocks.keep(conn, [case.id], now=now)


def _found(conn: Connection, reply_id: ReplyId) -> Reply:
    found = replies.find(conn, reply_id=reply_id)
    if found is None:
        raise NotFound(_("There is no such reply."))
    return found


def meet(conn: Connection, *, source_id: SourceId, roots: Sequence[str]) -> None:
    """Let what colleagues told of in these threads be the posts of ours there that say the same."""
    for pair in sorted(rules.matched(answered_there.pairs(conn, source_id=source_id, roots=roots)), key=lambda pair: pair.case_id):
        locked_case(conn, pair.case_id)  # before its answer, as whoever takes that back does
        answered_there.join(conn, pair)
        episodes.recount_answer(conn, case_id=pair.case_id, number=pair.episode)
