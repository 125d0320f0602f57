"""SQL of raising alerts: `alert_routing` gives them their deliveries, save where one channel is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, fetch_all
from amends.inbox.rules.alerting import Alarm, Rung
from amends.inbox.rules.ids import AlertId, CaseId, PostId, ReplyId


@dataclass(frozen=True, kw_only=True, slots=True)
class Raise:
    """An alarm about a post of a case; `reply_id` where it is about our answer to it."""

    case_id: CaseId
    post_id: PostId
    alarm: Alarm
    reply_id: ReplyId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Raised:
    """A stored alert."""

    id: AlertId
    case_id: CaseId
    post_id: PostId
    rule: str
    severity: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Last:
    case_id: CaseId
    at: datetime
    critical_at: datetime | None


def last_raised(conn: Connection, case_ids: Sequence[CaseId]) -> dict[CaseId, Rung]:
    """Return when each case last raised an alert about what customers wrote, where it ever did."""
    if not case_ids:
        return {}
    found = fetch_all(
        conn,
        _Last,
        """
        select case_id, max(raised_at) as at, max(raised_at) filter (where severity = 'critical') as critical_at
        from alerts where case_id = any(%(ids)s) and reply_id is null group by case_id
        """,
        {"ids": list(case_ids)},
    )
    return {last.case_id: Rung(at=last.at, critical_at=last.critical_at) for last in found}


def insert(conn: Connection, raises: Sequence[Raise], *, now: datetime, channel_id: int | None = None) -> list[Raised]:
    """Store alerts, of one channel alone (while it is in use) with their delivery, and return them."""
    if not raises:
        return []
    rows = [
        {
            "case_id": one.case_id,
            "post_id": one.post_id,
            "rule": one.alarm.rule,
            "severity": one.alarm.severity,
            "reason": one.alarm.reason,
            "reply_id": one.reply_id,
        }
        for one in raises
    ]
    return fetch_all(
        conn,
        Raised,
        """
        with raised as (
          insert into alerts (case_id, post_id, rule, severity, reason, reply_id, raised_at, routed_at)
          select case_id, post_id, rule, severity, reason, reply_id, %(now)s,
            (select %(now)s from alert_channels where id = %(channel)s::bigint and active)
          from jsonb_to_recordset(%(rows)s) as r(case_id bigint, post_id bigint, rule text, severity text, reason text, reply_id bigint)
          on conflict (post_id, rule) where reply_id is null do nothing
          returning id, case_id, post_id, rule, severity, reason
        ), queued as (
          insert into alert_deliveries (alert_id, channel_id, state, next_at, queued_at)
          select raised.id, channel.id, 'queued', %(now)s, %(now)s from raised cross join alert_channels channel
          where channel.active and channel.id = %(channel)s::bigint
        )
        select * from raised order by id
        """,
        {"rows": Jsonb(rows), "now": now, "channel": channel_id},
    )
