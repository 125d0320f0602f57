"""SQL of alert deliveries: one row per alert (or digest), channel and telling, written by `alert_routing`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.inbox.rules.alert_text import AlertFacts, SourceAlertFacts, SurgeFacts
from amends.inbox.rules.ids import AlertId, CaseId, PostId, SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryJob:
    """One alert, or a digest of many, to hand to one channel: `attempts` counts this try, `again` says which telling it is.

    Of an alert that is `over` by now nothing else is told.

    `target` is sealed; `owner_role` is the role of whose own address it is, None for a channel of the house and for an
    address that an administrator entered for somebody.
    """

    delivery_id: int
    alert_id: AlertId | None
    digest_id: int | None
    again: int
    over: bool
    case_id: CaseId | None
    post_id: PostId | None
    source_id: SourceId | None
    channel_id: int
    kind: str
    label: str
    target: bytes = field(repr=False)
    owner_role: str | None
    attempts: int
    raised_at: datetime


def claim(conn: Connection, *, now: datetime, lease: timedelta, limit: int) -> list[DeliveryJob]:
    """Take the delivery that has waited longest and others to its channel, at most `limit`; until `now + lease` nobody else gets them.

    A channel for which something waits that it did not take comes after all others: much to one that hangs holds up nothing.
    """
    return fetch_all(
        conn,
        DeliveryJob,
        """
        with longest as (
          select c.id as channel_id from alert_channels c cross join lateral (
            select next_at, id from alert_deliveries
            where channel_id = c.id and state = 'queued' and next_at <= %(now)s and (claimed_until is null or claimed_until <= %(now)s)
            order by next_at, id limit 1
          ) first
          order by exists (select from alert_deliveries where channel_id = c.id and state = 'queued' and error <> ''),
            first.next_at, first.id
          limit 1
        ), due as (
          select id from alert_deliveries
          where channel_id = (select channel_id from longest)
            and state = 'queued' and next_at <= %(now)s and (claimed_until is null or claimed_until <= %(now)s)
          order by next_at, id limit %(limit)s for update skip locked
        ), taken as (
          update alert_deliveries set attempts = attempts + 1, claimed_until = %(until)s
          where id in (select id from due)
          returning id, alert_id, digest_id, again, channel_id, attempts, queued_at, next_at
        )
        select taken.id as delivery_id, alert.id as alert_id, taken.digest_id, taken.again,
          alert.ended_at is not null as over, alert.case_id, alert.post_id,
          alert.source_id, channel.id as channel_id, channel.kind, channel.label, channel.target, taken.attempts,
          case when not channel.inside then owner.role end as owner_role,
          coalesce(case taken.again when 0 then alert.raised_at end, digest.due_at, taken.queued_at) as raised_at
        from taken
        join alert_channels channel on channel.id = taken.channel_id
        left join agents owner on owner.id = channel.agent_id
        left join alerts alert on alert.id = taken.alert_id
        left join alert_digests digest on digest.id = taken.digest_id
        order by taken.next_at, taken.id
        """,
        {"now": now, "until": now + lease, "limit": limit},
    )


def are_due(conn: Connection, *, now: datetime) -> bool:
    """Return whether deliveries wait, or alarms for theirs, that nobody has taken."""
    return bool(
        fetch_values(
            conn,
            """
            select exists (
              select from alert_deliveries
              where state = 'queued' and next_at <= %(now)s and (claimed_until is null or claimed_until <= %(now)s)
              limit 1 for update skip locked
            ) or exists (
              select from alerts where routed_at is null and acknowledged_at is null limit 1 for update skip locked)
            """,
            {"now": now},
        )[0]
    )


def give_back(conn: Connection, jobs: Sequence[DeliveryJob]) -> None:
    """Let others take deliveries that were taken and not tried."""
    execute(
        conn,
        """
        update alert_deliveries d set attempts = d.attempts - 1, claimed_until = null
        from unnest(%(ids)s::bigint[], %(attempts)s::int[]) as given(id, attempts)
        where d.id = given.id and d.attempts = given.attempts and d.state = 'queued'
        """,
        {"ids": [one.delivery_id for one in jobs], "attempts": [one.attempts for one in jobs]},
    )


def facts_of_cases(conn: Connection, alert_ids: Sequence[AlertId]) -> list[AlertFacts]:
    """Return alerts of cases with what their messages need."""
    return fetch_all(
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
        where alert.id = any(%(ids)s)
        """,
        {"ids": list(alert_ids)},
    )


def facts_of_sources(conn: Connection, alert_ids: Sequence[AlertId]) -> list[SourceAlertFacts]:
    """Return alerts of sources with what their messages need."""
    return fetch_all(
        conn,
        SourceAlertFacts,
        """
        select alert.id as alert_id, source.id as source_id, alert.rule, alert.severity, alert.reason, alert.since, alert.raised_at,
          brand.name as brand, source.network, source.handle
        from alerts alert
        join sources source on source.id = alert.source_id
        join brands brand on brand.id = source.brand_id
        where alert.id = any(%(ids)s)
        """,
        {"ids": list(alert_ids)},
    )


def facts_of_surges(conn: Connection, alert_ids: Sequence[AlertId]) -> list[SurgeFacts]:
    """Return alerts of surges with what their messages need."""
    return fetch_all(
        conn,
        SurgeFacts,
        """
        select a.id as alert_id, r.name as rule, a.severity, a.reason, a.most as n, a.expected::float8 as expected, a.since, a.raised_at
        from alerts a join surge_rules r on r.id = a.surge_rule_id where a.id = any(%(ids)s)
        """,
        {"ids": list(alert_ids)},
    )


def settle(conn: Connection, delivery_id: int) -> None:
    """Let a delivery rest of which there is nothing to tell any more."""
    execute(conn, "update alert_deliveries set state = 'settled', claimed_until = null where id = %(id)s", {"id": delivery_id})


def set_delivered(conn: Connection, delivery_ids: Sequence[int], *, now: datetime) -> set[int]:
    """Mark deliveries as done and return those that were not done before."""
    changed = fetch_values(
        conn,
        """
        update alert_deliveries set state = 'delivered', delivered_at = %(now)s, claimed_until = null, error = ''
        where id = any(%(ids)s) and state <> 'delivered' returning id
        """,
        {"ids": list(delivery_ids), "now": now},
    )
    return set(changed)


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
