"""Raises an alarm in one channel."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Refused, Unsuited
from amends.core.translating import N_, _
from amends.inbox.actions.deeds import At, Facts, number
from amends.inbox.rules.alerting import Alarm
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.words import Severity
from amends.inbox.store import channels, events, raised_alerts, relevance

EVENT = EventKind.ALERT_RAISED
DECIDED_BY = None
SAYS = N_("alert %(name)s")


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return the channel."""
    found = channels.sealed(conn, number(asked, "channel"))
    if found is None or not found.active or found.agent_id is not None:
        raise Refused(_("There is no such channel any more."))
    return {"channel": found.id, "name": found.label}


def said(facts: Facts) -> str:
    """Return what it does."""
    return _(SAYS) % {"name": facts["name"]}


def act(at: At, facts: Facts) -> None:
    """Raise it for the customer's newest post, once for each post and rule; the worker delivers it."""
    posts = relevance.case_posts(at.conn, case_id=at.case_id)
    if not posts:
        raise Unsuited(_("There is no post left in this case to raise an alarm about."))
    alarm = Alarm(rule=f"rule: {at.why}", severity=Severity.HIGH, reason=at.why)
    wanted = raised_alerts.Raise(case_id=at.case_id, post_id=posts[0], alarm=alarm)
    for alert in raised_alerts.insert(at.conn, [wanted], now=at.now, channel_id=int(str(facts["channel"]))):
        events.add(
            at.conn,
            EventKind.ALERT_RAISED,
            now=at.now,
            case_id=alert.case_id,
            post_id=alert.post_id,
            agent_id=at.agent_id,
            alert_id=alert.id,
            rule=alert.rule,
            severity=alert.severity,
            reason=alert.reason,
        )
