"""A second person reads an answer first. Place in the path: proposed -> here -> queued, or given back to its author as a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from amends.core.database import Connection
from amends.core.errors import Conflict, NotAllowed, NotFound, Refused
from amends.core.translating import gettext as _
from amends.core.written import number
from amends.inbox.actions.found import locked_case
from amends.inbox.actions.take_back import unsend, unsent_reply
from amends.inbox.actions.teams import By, changeable
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.approving import Approvals
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.holding import UNSEEN, Held, Seen
from amends.inbox.rules.ids import AgentId, CaseId, ReplyId, TeamId
from amends.inbox.rules.rights import Right, may
from amends.inbox.rules.seen import mark
from amends.inbox.rules.text import can_be_seen, storable
from amends.inbox.rules.words import CaseStatus, ReplyState
from amends.inbox.store import approvals, cases, events, mentions, notification_settings, replies, reply_parts
from amends.inbox.store.approvals import TeamApproval
from amends.inbox.store.drafts import Draft
from amends.inbox.store.replies import Reply
from amends.inbox.store.since import posts_so_far, since

LONGEST_NOTE = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class NewWords:
    """What an answer says instead, and the posts it goes out as where it goes out as several."""

    text: str
    parts: Sequence[str] = ()


def approve(  # noqa: PLR0913
    conn: Connection,
    *,
    case_id: CaseId,
    reply_id: ReplyId,
    agent_id: AgentId,
    wait: timedelta,
    now: datetime,
    seen: Seen = UNSEEN,
    words: NewWords | None = None,
) -> None:
    """Let a colleague's answer out after `wait`, in other `words` where the second person changed them; the author's are kept.

    `Held` where the customer has written or a colleague has answered since the answer was written, unless `seen` says that this was read.
    """
    reply = _proposed(conn, case_id, reply_id, agent_id)
    case = locked_case(conn, case_id)
    looked = Seen(posts=max(reply.answers, seen.posts or 0), reply=max(reply.id, seen.reply or 0))
    so_far = posts_so_far(conn, case_id=case_id)
    news = since(conn, case_id=case_id, seen=looked)
    if news:
        raise Held(news, looked)
    target = cases.post_to_answer(conn, case_id=case_id)
    if target is None or not target.can_reply or case.status == CaseStatus.DISMISSED:
        raise Refused(_("This case takes no answer any more; give it back to its author."))
    text = _reword(conn, reply_id, words) if words else reply.text
    answers = case.customer_posts
    approvals.approve(conn, reply_id=reply_id, agent_id=agent_id, answers=answers, seen_posts=so_far, now=now, at=now + wait)
    cases.set_looked_at(conn, case_id=case_id)
    events.add(conn, EventKind.REPLY_APPROVED, now=now, case_id=case_id, agent_id=agent_id, **_approved(reply, text))


def _approved(reply: Reply, text: str) -> dict[str, Any]:
    """Return what an event keeps of an answer that was approved as this text; the words themselves stand with the answer."""
    facts: dict[str, object] = {"reply_id": reply.id, "author_id": reply.agent_id}
    return facts if text == reply.own_words else facts | {"reworded": True}


def _reword(conn: Connection, reply_id: ReplyId, words: NewWords) -> str:
    """Give the answer other words, and return them as they are kept."""
    text = storable(words.text).strip()
    if not can_be_seen(text):
        raise Refused(_("A reply needs some words."))
    replies.reword(conn, reply_id=reply_id, text=text)
    parts = words.parts if len(words.parts) > 1 else ()
    reply_parts.replace(conn, reply_id=reply_id, texts=parts, keys=[uuid4() for _part in parts])
    return text


def undo_approval(conn: Connection, *, case_id: CaseId, reply_id: ReplyId, agent_id: AgentId, now: datetime) -> None:
    """Let an approved answer wait again, in the words it was approved in; `Conflict` where it is on its way already."""
    reply = unsent_reply(conn, case_id=case_id, reply_id=reply_id)
    if reply.approved_by is None:
        raise Conflict(_("Nobody has approved this answer."))
    approvals.propose_again(conn, reply_id=reply_id)
    events.add(conn, EventKind.REPLY_APPROVAL_UNDONE, now=now, case_id=case_id, agent_id=agent_id, reply_id=reply_id)


def give_back(conn: Connection, *, case_id: CaseId, reply_id: ReplyId, agent_id: AgentId, note: str, now: datetime) -> Draft:
    """Make an answer its author's draft again, with a note what to change."""
    words = storable(note).strip()
    if not words:
        raise Refused(_("Say in a few words what should be otherwise."))
    if len(words) > LONGEST_NOTE:
        raise Refused(_("Say it in %(most)s characters at most.") % {"most": number(LONGEST_NOTE)})
    reply = _proposed(conn, case_id, reply_id, agent_id)
    draft = unsend(conn, reply, now=now, note=words)
    events.add(
        conn,
        EventKind.REPLY_GIVEN_BACK,
        now=now,
        case_id=case_id,
        agent_id=agent_id,
        reply_id=reply_id,
        author_id=reply.agent_id,
        note=words,
    )
    return draft


def _proposed(conn: Connection, case_id: CaseId, reply_id: ReplyId, agent_id: AgentId) -> Reply:
    """Return an answer that waits for somebody else than its author, locked."""
    reply = unsent_reply(conn, case_id=case_id, reply_id=reply_id)
    if reply.state != ReplyState.PROPOSED:
        raise Conflict(_("This answer was approved already."))
    if reply.agent_id == agent_id:
        raise NotAllowed(_("This is your own answer; somebody else reads it first."))
    return reply


@dataclass(frozen=True, kw_only=True, slots=True)
class Approver:
    """Somebody who may approve answers in a case, save their own; `away` while they are not at work."""

    id: AgentId
    name: str
    away: bool


def approvers(conn: Connection, *, case_id: CaseId, now: datetime) -> list[Approver]:
    """Return who may approve answers in a case, who is at work first."""
    crew = [one for one in mentions.colleagues(conn) if may(one.role, Right.APPROVE)]
    seeing, rows = mentions.who_sees(conn, case_id=case_id, crew=crew), notification_settings.of(conn, [one.id for one in crew])
    found = [Approver(id=one.id, name=one.name, away=rows[one.id].is_away(now)) for one in crew if one.id in seeing]
    return sorted(found, key=lambda one: one.away)


def set_approvals(conn: Connection, asked: Approvals, *, agent_id: AgentId, now: datetime, seen: str = "") -> int:
    """Say which answers a second person reads first, and return the setting's id.

    `seen` is the `mark` of what its writer saw, if they say so: `Conflict` where it was set anew since.
    """
    unchanged(conn, "approvals", lambda: approvals.newest(conn), mark, seen)
    if asked.followers is not None and not 1 <= asked.followers <= 2_000_000_000:  # noqa: PLR2004
        raise Refused(_("The number of followers is at least 1; leave it empty for never."))
    set_id = approvals.insert(conn, asked, agent_id=agent_id, now=now)
    events.add(conn, EventKind.APPROVALS_SET, now=now, agent_id=agent_id, needs_look=asked.needs_look, followers=asked.followers)
    return set_id


def undo_set(conn: Connection, set_id: int, *, agent_id: AgentId, now: datetime) -> None:
    """Put back in force what was before; `Conflict` where somebody has set it anew since."""
    last = approvals.last_set(conn)
    if last is None or last.id != set_id:
        raise Conflict(_("Somebody has changed this since."))
    set_approvals(conn, approvals.before(conn, set_id), agent_id=agent_id, now=now)


def switch_team(conn: Connection, *, team_id: TeamId, on: bool, by: By, now: datetime) -> TeamApproval:
    """Say whether the answers of a team wait for a second person, and return the team; a lead says it of her own."""
    changeable(conn, team_id=team_id, by=by)
    team = approvals.set_team(conn, team_id=team_id, approval=on)
    if team is None:
        raise NotFound(_("There is no such team any more."))
    events.add(conn, EventKind.APPROVALS_SET, now=now, agent_id=by.agent_id, team_id=team_id, team=team.name, approval=on)
    return team
