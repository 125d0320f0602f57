"""Lets nothing out that Amends wrote by itself once its customer took consent back, or it was stopped. Place: a reply is claimed -> here.

Nor a question whether something is solved that goes on again by now, nor that an incident is over which goes on again.

What a colleague wrote goes: it answers somebody who wrote to us.
"""

from datetime import datetime

from amends.core.database import Connection
from amends.inbox.rules.consent import Purpose, Target, permits
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, ReplyId
from amends.inbox.rules.surveys import Skip
from amends.inbox.rules.telling import Why
from amends.inbox.store import consents, events, reply_consents
from amends.inbox.store.reply_consents import Kind, Stopped, Unasked

HELD = "held"
"""An answer after an incident whose round is held or stopped waits as an approved one, and goes on with its round."""
PURPOSES = {Kind.OCCASION: Purpose.OCCASION, Kind.SURVEY: Purpose.SURVEY}


def why_not(conn: Connection, reply_id: ReplyId) -> str:
    """Return why its customer no longer allows a reply, empty where it may go."""
    one = reply_consents.of_reply(conn, reply_id)
    return _why_not(conn, one) if one else ""


def leave(conn: Connection, reply_id: ReplyId, *, why: str, now: datetime) -> None:
    """Throw a reply away of which nothing is out, and keep why it did not go."""
    one = reply_consents.of_reply(conn, reply_id)
    if one is not None:
        reply_consents.leave(conn, one, why=why, now=now)
        _tell(conn, one, None, now)


def stop(conn: Connection, occasion_id: int, message_id: int | None = None, *, agent_id: AgentId, now: datetime) -> int:
    """Throw away what waits as an answer of an occasion, or of one message of it, and return how many that were."""
    stopped = reply_consents.stop(conn, occasion_id=occasion_id, message_id=message_id, now=now)
    for one in stopped:
        _tell(conn, one, agent_id, now)
    return len(stopped)


def _tell(conn: Connection, one: Unasked | Stopped, agent_id: AgentId | None, now: datetime) -> None:
    kind, case_id = EventKind.REPLY_DISCARDED, one.case_id
    events.add(conn, kind, now=now, case_id=case_id, agent_id=agent_id, reply_id=one.reply_id, text=one.text, rest=False)


def _why_not(conn: Connection, one: Unasked) -> str:
    grounds = {
        Why.DO_NOT_CONTACT: one.do_not_contact,
        Why.LEFT: one.stopped and one.kind == Kind.INCIDENT,
        "stopped": one.stopped,
        HELD: one.held,
        Skip.GOES_ON: one.kind == Kind.SURVEY and one.goes_on,
    }
    if why := next((why for why, holds in grounds.items() if holds), ""):
        return why
    purpose = PURPOSES.get(Kind(one.kind))
    if purpose is None:
        return ""
    said = consents.in_force(conn, one.customer_id)
    return "" if permits(said, purpose, Target(author_id=one.author_id), do_not_contact=False) else "no_consent"
