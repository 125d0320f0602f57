"""Somebody sees to an alarm, whatever it is about, or says whether it was a reason to ring.

Place in the path: the screens, programs, a message's link -> here. From the acknowledgement on nothing more is told or called: an alarm
is locked first, what still waits is let be, and a telling under way that fails is not tried again.
"""

from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, AlertId
from amends.inbox.store import alarms, events
from amends.inbox.store.alarms import Alarm


def acknowledge(conn: Connection, alert_id: AlertId, *, agent_id: AgentId | None, now: datetime) -> Alarm:
    """Keep that somebody sees to an alarm (None: from a message), and return it as it was; whoever was first stays the one."""
    found = _locked(conn, alert_id)
    if found.acknowledged_at is None:
        alarms.acknowledge(conn, alert_id, agent_id=agent_id, now=now)
        _tell(conn, EventKind.ALERT_ACKNOWLEDGED, found, agent_id, now)
    return found


def unacknowledge(conn: Connection, alert_id: AlertId, *, agent_id: AgentId, now: datetime) -> Alarm:
    """Take an acknowledgement back: the alarm waits for somebody again, and calls the next in line after its time."""
    found = _locked(conn, alert_id)
    calls = found.rota_id is not None and found.ended_at is None
    call_at = now + timedelta(minutes=found.escalate_minutes or 1) if calls else None
    alarms.unacknowledge(conn, alert_id, call_at=call_at, now=now)
    _tell(conn, EventKind.ALERT_ACKNOWLEDGED, found, agent_id, now, undone=True)
    return found


def judge(conn: Connection, alert_id: AlertId, *, agent_id: AgentId, useless: bool, now: datetime) -> Alarm:
    """Keep that an alarm was no reason to ring (or that it was), by which its rule is judged; who says so has seen to it."""
    found = acknowledge(conn, alert_id, agent_id=agent_id, now=now)
    alarms.set_dismissed(conn, alert_id, at=now if useless else None)
    _tell(conn, EventKind.ALERT_JUDGED, found, agent_id, now, useless=useless)
    return found


def alarm_of(conn: Connection, alert_id: AlertId) -> Alarm:
    """Return an alarm; `NotFound` where there is none."""
    found = alarms.find(conn, alert_id)
    if found is None:
        raise NotFound(_("There is no such alarm."))
    return found


def _locked(conn: Connection, alert_id: AlertId) -> Alarm:
    found = alarms.lock(conn, alert_id)
    if found is None:
        raise NotFound(_("There is no such alarm."))
    return found


def _tell(conn: Connection, kind: EventKind, one: Alarm, agent_id: AgentId | None, now: datetime, **facts: object) -> None:
    told = events.Event(
        kind=kind,
        case_id=one.case_id,
        post_id=one.post_id,
        source_id=one.source_id,
        agent_id=agent_id,
        facts={"alert_id": one.id, "rule": one.rule, "severity": one.severity, "reason": one.reason, **facts},
    )
    events.add_all(conn, [told], now=now)
