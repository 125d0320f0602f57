"""Brings alerts to their channels, at least once each.

Place in the path: triage, or a source in trouble -> alert with its deliveries (one transaction) -> claim -> notifier -> recorded. The
notifier is called between two transactions, by the worker.
"""

from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import DeliveryError
from amends.core.ports import Message
from amends.core.secrets import sign
from amends.inbox.rules import delivery
from amends.inbox.rules.alert_text import message_of, source_message_of, surge_message_of
from amends.inbox.rules.events import EventKind
from amends.inbox.store import deliveries, events, order_shapes
from amends.inbox.store.deliveries import DeliveryJob

LONGEST_ERROR = 300


def claim_delivery(conn: Connection, *, now: datetime, lease: timedelta) -> DeliveryJob | None:
    """Claim the next alert to deliver, or None."""
    return deliveries.claim(conn, now=now, lease=lease)


def message_for(conn: Connection, job: DeliveryJob, *, public_url: str, secret_key: str) -> Message:
    """Return what the notifier is to say; the same key for every try."""
    if job.case_id is None and job.source_id is None:
        surge = deliveries.facts_of_surge(conn, job.alert_id, delivery_id=job.delivery_id)
        return surge_message_of(surge, public_url=public_url, signature=sign(f"surge {job.alert_id}", secret_key))
    if job.case_id is None:
        return source_message_of(deliveries.facts_of_source_alert(conn, job.alert_id), public_url=public_url)
    facts = deliveries.facts_of(conn, job.alert_id)
    return message_of(facts, public_url=public_url, order_shapes=order_shapes.newest(conn))


def record_delivered(conn: Connection, job: DeliveryJob, *, now: datetime) -> None:
    """Keep that the channel took the alert; saying it twice changes nothing."""
    if deliveries.set_delivered(conn, job.delivery_id, now=now):
        _tell(conn, EventKind.ALERT_DELIVERED, job, now=now)


def record_delivery_trouble(conn: Connection, job: DeliveryJob, error: DeliveryError, *, now: datetime) -> None:
    """Keep why the channel did not take the alert: tried again later, or failed for good."""
    words = str(error)[:LONGEST_ERROR]
    again = None if error.permanent else delivery.next_try(attempts=job.attempts, raised_at=job.raised_at, now=now)
    if again is not None:
        deliveries.set_again(conn, job.delivery_id, next_at=again, error=words)
    elif deliveries.set_failed(conn, job.delivery_id, error=words):
        _tell(conn, EventKind.ALERT_FAILED, job, now=now, reason=words)


def _tell(conn: Connection, kind: EventKind, job: DeliveryJob, *, now: datetime, **facts: object) -> None:
    told = events.Event(
        kind=kind,
        case_id=job.case_id,
        post_id=job.post_id,
        source_id=job.source_id,
        facts={"alert_id": job.alert_id, "channel": job.label, **facts},
    )
    events.add_all(conn, [told], now=now)
