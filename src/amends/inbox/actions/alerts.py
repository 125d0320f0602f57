"""Raises alerts and brings them to their channels, at least once each.

Place in the path: triage -> `raise_alerts` (with the deliveries, one transaction) -> claim -> notifier -> recorded. The notifier is called
between two transactions, by the worker. Whether a post is an alert at all is decided in `rules/alerting.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import DeliveryError
from amends.core.ports import Message
from amends.inbox.rules import delivery
from amends.inbox.rules.alert_text import message_of
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.rules.words import Severity
from amends.inbox.store import alerts, events
from amends.inbox.store.alerts import DeliveryJob, RaisedRow

LONGEST_ERROR = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAlert:
    """An alert that the rule asks for."""

    case_id: CaseId
    post_id: PostId
    rule: str
    severity: Severity
    reason: str


def raise_alerts(conn: Connection, asked: Sequence[NewAlert], *, now: datetime) -> list[RaisedRow]:
    """Write the alerts with one delivery for every active channel, and return those that are new."""
    raised = alerts.insert_alerts(
        conn,
        case_ids=[alert.case_id for alert in asked],
        post_ids=[alert.post_id for alert in asked],
        rules=[alert.rule for alert in asked],
        severities=[alert.severity for alert in asked],
        reasons=[alert.reason for alert in asked],
        now=now,
    )
    for row in raised:
        events.add(conn, EventKind.ALERT_RAISED, now=now, case_id=row.case_id, post_id=row.post_id, alert_id=row.id)
    return raised


def last_raised(conn: Connection, case_ids: Sequence[CaseId]) -> dict[CaseId, datetime]:
    """Return when each of `case_ids` last raised an alert; those that never did are absent. For the rule's cool-down."""
    return {row.case_id: row.raised_at for row in alerts.last_raised(conn, case_ids)}


def claim_delivery(conn: Connection, *, now: datetime, lease: timedelta) -> DeliveryJob | None:
    """Claim the next alert to deliver, or None."""
    return alerts.claim(conn, now=now, lease=lease)


def message_for(conn: Connection, job: DeliveryJob, *, public_url: str) -> Message:
    """Return what the notifier is to say; the same key for every try."""
    return message_of(alerts.facts_of(conn, job.alert_id), public_url=public_url)


def record_delivered(conn: Connection, job: DeliveryJob, *, now: datetime) -> None:
    """Keep that the channel took the alert; saying it twice changes nothing."""
    if alerts.set_delivered(conn, job.delivery_id, now=now):
        events.add(conn, EventKind.ALERT_DELIVERED, now=now, case_id=job.case_id, alert_id=job.alert_id, channel=job.label)


def record_delivery_trouble(conn: Connection, job: DeliveryJob, error: DeliveryError, *, now: datetime) -> None:
    """Keep why the channel did not take the alert: tried again later, or failed for good."""
    words = str(error)[:LONGEST_ERROR]
    again = None if error.permanent else delivery.next_try(attempts=job.attempts, raised_at=job.raised_at, now=now)
    if again is not None:
        alerts.set_again(conn, job.delivery_id, next_at=again, error=words)
    elif alerts.set_failed(conn, job.delivery_id, error=words):
        events.add(conn, EventKind.ALERT_FAILED, now=now, case_id=job.case_id, alert_id=job.alert_id, channel=job.label, reason=words)
