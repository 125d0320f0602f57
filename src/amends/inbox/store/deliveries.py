"""SQL of alert deliveries: one row per alert and channel, written with the alert (`raised_alerts`)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_maybe, fetch_one
from amends.inbox.rules.alert_text import AlertFacts, SourceAlertFacts, SurgeFacts
from amends.inbox.rules.ids import AlertId, CaseId, PostId, SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryJob:
    """One alert to hand to one channel; `target` is sealed, `attempts` counts this try. It is about a post of a case, or about a source."""

    delivery_id: int
    alert_id: AlertId
    case_id: CaseId | None
    post_id: PostId | None
    source_id: SourceId | None
    channel_id: int
    kind: str
    label: str
    target: bytes = field(repr=False)
    attempts: int
    raised_at: datetime


def claim(conn: Connection, *, now: datetime, lease: timedelta) -> DeliveryJob | None:
    """Take the delivery that has waited longest; until `now + lease` nobody else gets it."""
    return fetch_maybe(
        conn,
        DeliveryJob,
        """
        with taken as (
          update alert_deliveries set attempts = attempts + 1, claimed_until = %(until)s
          where id = (
            select id from alert_deliveries
            where state = 'queued' and next_at <= %(now)s and (claimed_until is null or claimed_until <= %(now)s)
            order by next_at, id limit 1 for update skip locked)
          returning id, alert_id, channel_id, attempts
        )
        select taken.id as delivery_id, alert.id as alert_id, alert.case_id, alert.post_id, alert.source_id, channel.id as channel_id,
          channel.kind, channel.label, channel.target, taken.attempts, alert.raised_at
        from taken join alerts alert on alert.id = taken.alert_id join alert_channels channel on channel.id = taken.channel_id
        """,
        {"now": now, "until": now + lease},
    )


def facts_of(conn: Connection, alert_id: AlertId) -> AlertFacts:
    """Return an alert with what its message needs."""
    return fetch_one(
        conn,
        AlertFacts,
        """
        select alert.id as alert_id, alert.case_id, alert.post_id, alert.rule, alert.severity, alert.reason, alert.raised_at,
          brand.name as brand, cases.network, author.handle, author.followers, cases.language, cases.urgency,
          left(post.text, 2000) as text, post.permalink, post.published_at
        from alerts alert
        join cases on cases.id = alert.case_id
        join brands brand on brand.id = cases.brand_id
        join posts post on post.id = alert.post_id
        join authors author on author.id = post.author_id
        where alert.id = %(alert_id)s
        """,
        {"alert_id": alert_id},
    )


def facts_of_source_alert(conn: Connection, alert_id: AlertId) -> SourceAlertFacts:
    """Return an alert of a source with what its message needs."""
    return fetch_one(
        conn,
        SourceAlertFacts,
        """
        select alert.id as alert_id, source.id as source_id, alert.rule, alert.severity, alert.reason, alert.since, alert.raised_at,
          brand.name as brand, source.network, source.handle
        from alerts alert
        join sources source on source.id = alert.source_id
        join brands brand on brand.id = source.brand_id
        where alert.id = %(alert_id)s
        """,
        {"alert_id": alert_id},
    )


def facts_of_surge(conn: Connection, alert_id: AlertId, *, delivery_id: int) -> SurgeFacts:
    """Return an alert of a surge with what the message of this delivery needs."""
    return fetch_one(
        conn,
        SurgeFacts,
        """
        select a.id as alert_id, r.name as rule, a.severity, a.reason, a.most as n, a.expected::float8 as expected, a.since, a.raised_at,
          d.again as told
        from alerts a join surge_rules r on r.id = a.surge_rule_id join alert_deliveries d on d.alert_id = a.id
        where a.id = %(alert_id)s and d.id = %(delivery_id)s
        """,
        {"alert_id": alert_id, "delivery_id": delivery_id},
    )


def set_delivered(conn: Connection, delivery_id: int, *, now: datetime) -> int:
    """Mark a delivery as done and return how many rows that changed (0 where it was done before)."""
    return execute(
        conn,
        """
        update alert_deliveries set state = 'delivered', delivered_at = %(now)s, claimed_until = null, error = ''
        where id = %(id)s and state <> 'delivered'
        """,
        {"id": delivery_id, "now": now},
    )


def set_again(conn: Connection, delivery_id: int, *, next_at: datetime, error: str) -> None:
    """Put a delivery back in the queue for `next_at`."""
    execute(
        conn,
        """
        update alert_deliveries set next_at = %(next_at)s, claimed_until = null, error = %(error)s where id = %(id)s and state = 'queued'
        """,
        {"id": delivery_id, "next_at": next_at, "error": error},
    )


def set_failed(conn: Connection, delivery_id: int, *, error: str) -> int:
    """Give a delivery up for good and return how many rows that changed."""
    return execute(
        conn,
        "update alert_deliveries set state = 'failed', claimed_until = null, error = %(error)s where id = %(id)s and state = 'queued'",
        {"id": delivery_id, "error": error},
    )
