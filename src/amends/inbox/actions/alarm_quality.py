"""Judges alarms: what was missed is marked, and other thresholds are tried on the last month. Place in the path: the screen -> here."""

from dataclasses import replace
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions.surges import A_MONTH
from amends.inbox.rules.alarm_quality import THRESHOLDS, WouldHave, would_have
from amends.inbox.rules.alarm_thresholds import NEVER, Thresholds
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, PostId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import alarm_quality, events

MOST_POSTS = 200_000


def mark_missed(conn: Connection, post_id: PostId, *, agent_id: AgentId, now: datetime) -> None:
    """Keep that a post should have rung."""
    case_id = alarm_quality.mark(conn, post_id, agent_id=agent_id, now=now)
    if case_id is None:
        raise NotFound(_("This post is in no case."))
    events.add(conn, EventKind.ALERT_MISSED, now=now, case_id=case_id, post_id=post_id, agent_id=agent_id)


def unmark_missed(conn: Connection, post_id: PostId) -> None:
    """Take that back."""
    alarm_quality.unmark(conn, post_id)


def thresholds(conn: Connection, scope: Scope, *, in_force: Thresholds, now: datetime) -> list[WouldHave]:
    """Return what each threshold of urgency would have done over four weeks to cases that somebody sees, the one in force among them."""
    posts = alarm_quality.bad_posts(conn, scope, since=now - A_MONTH, limit=MOST_POSTS)
    tried = sorted({*THRESHOLDS, in_force.urgency} - {NEVER})
    return [would_have(posts, replace(in_force, urgency=one)) for one in tried]
