"""Brings alerts to their channels, at least once each.

Place in the path: triage, a surge, a source in trouble -> alert -> routed -> claim -> notifier -> recorded. The notifier is called
between two transactions, by the worker.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import DeliveryError
from amends.core.ports import Message
from amends.core.secrets import sign
from amends.inbox.actions import alert_routing
from amends.inbox.rules import delivery
from amends.inbox.rules.alert_digest_text import OVER, digest_message_of, retold
from amends.inbox.rules.alert_text import AlertFacts, SourceAlertFacts, SurgeFacts, message_of, source_message_of, surge_message_of
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AlertId
from amends.inbox.rules.rights import Right, may
from amends.inbox.store import alert_digests, deliveries, events, order_shapes
from amends.inbox.store.deliveries import DeliveryJob

LONGEST_ERROR = 300
Facts = AlertFacts | SourceAlertFacts | SurgeFacts


def claim_deliveries(conn: Connection, *, now: datetime, lease: timedelta, limit: int) -> list[DeliveryJob]:
    """Give new alerts their deliveries, then claim at most `limit` to the channel for which one waits longest.

    A digest whose alarms were all erased is told to nobody.
    """
    alert_routing.route_pending(conn, now=now)
    while jobs := deliveries.claim(conn, now=now, lease=lease, limit=limit):
        empty = [job for job in jobs if job.digest_id is not None and alert_digests.is_empty(conn, job.digest_id)]
        for job in empty:
            deliveries.settle(conn, job.delivery_id)
        if left := [job for job in jobs if job not in empty]:
            return left
    return []


def is_outward(job: DeliveryJob) -> bool:
    """Tell whether nothing inside our own network may be told: it is somebody's own address who does not see to the machines."""
    return job.owner_role is not None and not may(job.owner_role, Right.SOURCES)


def messages_for(conn: Connection, jobs: Sequence[DeliveryJob], *, public_url: str, secret_key: str, now: datetime) -> list[Message]:
    """Return what the notifier is to say of each, of an alert that is over by now that it is; the same key for every try."""
    facts, shapes = _facts(conn, jobs), order_shapes.newest(conn) if jobs else []

    def say(job: DeliveryJob) -> Message:
        if job.digest_id is not None:
            return digest_message_of(alert_digests.close(conn, job.digest_id, now=now), digest_id=job.digest_id, public_url=public_url)
        alert_id = _alert_of(job)
        seen_to = f"{public_url.rstrip('/')}/alarm/{alert_id}/{sign(f'alarm {alert_id}', secret_key)}"
        return retold(_first(facts[alert_id], public_url, seen_to, shapes), OVER if job.over else job.again)

    return [say(job) for job in jobs]


def _facts(conn: Connection, jobs: Sequence[DeliveryJob]) -> dict[AlertId, Facts]:
    """Return what the messages of alerts need, by one query for each kind of them."""
    of_cases = [_alert_of(job) for job in jobs if job.case_id is not None]
    of_sources = [_alert_of(job) for job in jobs if job.case_id is None and job.source_id is not None]
    of_surges = [_alert_of(job) for job in jobs if job.digest_id is None and job.case_id is None and job.source_id is None]
    found: list[Facts] = []
    found += deliveries.facts_of_cases(conn, of_cases) if of_cases else []
    found += deliveries.facts_of_sources(conn, of_sources) if of_sources else []
    found += deliveries.facts_of_surges(conn, of_surges) if of_surges else []
    return {one.alert_id: one for one in found}


def _first(facts: Facts, public_url: str, seen_to: str, shapes: Sequence[str]) -> Message:
    if isinstance(facts, AlertFacts):
        return message_of(facts, public_url=public_url, seen_to=seen_to, order_shapes=shapes)
    if isinstance(facts, SourceAlertFacts):
        return source_message_of(facts, public_url=public_url, seen_to=seen_to)
    return surge_message_of(facts, seen_to=seen_to)


def _alert_of(job: DeliveryJob) -> AlertId:
    if job.alert_id is None:
        raise ValueError(f"delivery {job.delivery_id} is of no alert")
    return job.alert_id


def record_delivered(conn: Connection, jobs: Sequence[DeliveryJob], *, now: datetime) -> None:
    """Keep that the channel took alerts; saying it twice changes nothing."""
    changed = deliveries.set_delivered(conn, [job.delivery_id for job in jobs], now=now)
    events.add_all(conn, [_told(EventKind.ALERT_DELIVERED, job) for job in jobs if job.delivery_id in changed], now=now)


def record_delivery_trouble(conn: Connection, job: DeliveryJob, error: DeliveryError, *, now: datetime) -> None:
    """Keep why the channel did not take the alert: tried again later, or failed for good."""
    words = str(error)[:LONGEST_ERROR]
    again = None if error.permanent else delivery.next_try(attempts=job.attempts, raised_at=job.raised_at, now=now)
    if again is not None:
        deliveries.set_again(conn, job.delivery_id, next_at=again, error=words)
    elif deliveries.set_failed(conn, job.delivery_id, error=words):
        events.add_all(conn, [_told(EventKind.ALERT_FAILED, job, reason=words)], now=now)


def _told(kind: EventKind, job: DeliveryJob, **facts: object) -> events.Event:
    return events.Event(
        kind=kind,
        case_id=job.case_id,
        post_id=job.post_id,
        source_id=job.source_id,
        facts={"alert_id": job.alert_id, "digest_id": job.digest_id, "channel": job.label, **facts},
    )
