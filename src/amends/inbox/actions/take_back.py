"""Takes an answer back into the box before it goes out. Place in the path: proposed or queued -> here -> draft.

The worker claims a reply by its row, and so does this: whoever comes second sees what the first did, so that nothing is both taken back
and sent.
"""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound
from amends.core.translating import gettext as _
from amends.inbox.actions.answered_there import untell
from amends.inbox.actions.drafts import put_back
from amends.inbox.actions.reply import locked_reply
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, ReplyId
from amends.inbox.rules.words import ReplyState
from amends.inbox.store import attachments, events, replies
from amends.inbox.store.drafts import Draft
from amends.inbox.store.replies import Reply


def take_back_reply(conn: Connection, *, case_id: CaseId, reply_id: ReplyId, agent_id: AgentId, now: datetime) -> Draft:
    """Make a reply that was never tried its author's draft again, with its pictures; `Conflict` where it is out or going out.

    So is one that somebody told of, which never went out from here.
    """
    told = locked_reply(conn, reply_id)
    if told.elsewhere and told.case_id == case_id:
        return untell(conn, told, agent_id=agent_id, now=now)
    reply = unsent_reply(conn, case_id=case_id, reply_id=reply_id)
    draft = unsend(conn, reply, now=now)
    events.add(conn, EventKind.REPLY_UNDONE, now=now, case_id=case_id, agent_id=agent_id, reply_id=reply_id)
    return draft


def unsent_reply(conn: Connection, *, case_id: CaseId, reply_id: ReplyId) -> Reply:
    """Return a reply of the case that nobody has tried to publish, or that was held, ours alone until the transaction ends."""
    reply = locked_reply(conn, reply_id)
    if reply.case_id != case_id:
        raise NotFound(_("There is no such reply."))
    if reply.state not in {ReplyState.PROPOSED, ReplyState.QUEUED, ReplyState.FAILED} or reply.was_tried:
        raise Conflict(_("This reply is on its way, or out already."))
    return reply


def unsend(conn: Connection, reply: Reply, *, now: datetime, note: str = "") -> Draft:
    """Make a locked reply the draft of its author."""
    attachments.loosen(conn, reply_id=reply.id, now=now)
    replies.delete(conn, reply_id=reply.id, now=now)
    return put_back(conn, case_id=reply.case_id, box="reply", text=reply.own_words, agent_id=reply.agent_id, now=now, note=note)
