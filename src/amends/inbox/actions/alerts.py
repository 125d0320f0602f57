"""Brings alerts to their channels, at least once each.

Place in the path: triage, a surge, a source in trouble -> alert -> routed -> claim -> notifier -> recorded. The notifier is called
between two transactions, by the worker.
"""

from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import DeliveryError
from amends.core.ports import Message
from amends.core.secrets import sign
from amends.inbox.actions import alert_routing
from amends.inbox.rules import delivery
from amends.inbox.rules.alert_digest_text import OVER, digest_message_of, retold
from amends.inbox.rules.alert_text import message_of, source_message_of, surge_message_of
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AlertId
from amends.inbox.rules.rights import Right, may
from amends.inbox.store import alert_digests, deliveries, events, order_shapes
from amends.inbox.store.deliveries import DeliveryJob

LONGEST_ERROR = 300


def claim_delivery(conn: Connection, *, now: datetime, lease: timedelta) -> DeliveryJob | None:
    """Give new alerts their deliveries, then claim the next one, or None. A digest whose alarms were all erased is told to nobody."""
    alert_routing.route_pending(conn, now=now)
    while job := deliveries.claim(conn, now=now, lease=lease):
        if job.digest_id is None or not alert_digests.is_empty(conn, job.digest_id):
            return job
        deliveries.settle(conn, job.delivery_id)
    return None


def is_outward(job: DeliveryJob) -> bool:
    """Tell whether nothing inside our own network may be told: it is somebody's own address who does not see to the machines."""
    return job.owner_role is not None and not may(job.owner_role, Right.SOURCES)


def message_for(conn: Connection, job: DeliveryJob, *, public_url: str, secret_key: str, now: datetime) -> Message:
    """Return what the notifier is to say, of an alert that is over by now that it is; the same key for every try."""
    if job.digest_id is not None:
        return digest_message_of(alert_digests.close(conn, job.digest_id, now=now), digest_id=job.digest_id, public_url=public_url)
    alert_id = _alert_of(job)
    seen_to = f"{public_url.rstrip('/')}/alarm/{alert_id}/{sign(f'alarm {alert_id}', secret_key)}"
    return retold(_first(conn, job, alert_id, public_url, seen_to), OVER if job.over else job.again)


def _first(conn: Connection, job: DeliveryJob, alert_id: AlertId, public_url: str, seen_to: str) -> Message:
    if job.case_id is not None:
        facts = deliveries.facts_of(conn, alert_id)
        return message_of(facts, public_url=public_url, seen_to=seen_to, order_shapes=order_shapes.newest(conn))
    if job.source_id is not None:
        return source_message_of(deliveries.facts_of_source_alert(conn, alert_id), public_url=public_url, seen_to=seen_to)
    return surge_message_of(deliveries.facts_of_surge(conn, alert_id), seen_to=seen_to)


def _alert_of(job: DeliveryJob) -> AlertId:
    if job.alert_id is None:
        raise ValueError(f"delivery {job.delivery_id} is of no alert")
    return job.alert_id


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
        facts={"alert_id": job.alert_id, "digest_id": job.digest_id, "channel": job.label, **facts},
    )
    events.add_all(conn, [told], now=now)
