"""SQL of the alerts of sources: raised as those of cases are, and ended when all is well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, fetch_all
from amends.inbox.rules.ids import AlertId, SourceId
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.rules.source_alarms import SourceAlarm
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Raised:
    """An alert of a source that was raised just now, and what it says."""

    id: AlertId
    source_id: SourceId
    rule: str
    severity: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """An alert of a source whose trouble goes on."""

    id: AlertId
    source_id: SourceId
    key: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """An alert of a source as screens show it; `undelivered` are the deliveries that still wait or failed."""

    id: AlertId
    source_id: SourceId
    network: str
    handle: str
    brand_name: str
    rule: str
    severity: str
    reason: str
    since: datetime
    raised_at: datetime
    ended_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    undelivered: int


def still_open(conn: Connection) -> list[Open]:
    """Return every alert of a source whose trouble goes on, and let nobody else end or raise one until the transaction ends."""
    fetch_all(conn, _Locked, "select pg_advisory_xact_lock(hashtextextended('source_alerts', 0))::text as locked")
    return fetch_all(
        conn, Open, "select id, source_id, key, reason from alerts where source_id is not null and ended_at is null order by id", {}
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Locked:
    locked: str


def insert(conn: Connection, source_id: SourceId, alarms: Sequence[SourceAlarm], *, now: datetime) -> list[Raised]:
    """Store alerts; return the new ones: what was over and is back rings no second time."""
    rows = [
        {"key": one.key, "rule": one.rule, "severity": one.severity, "reason": one.reason, "since": one.since.isoformat()} for one in alarms
    ]
    if not rows:
        return []
    return fetch_all(
        conn,
        Raised,
        """
        with given as (
          select key, rule, severity, reason, since
          from jsonb_to_recordset(%(rows)s) as r(key text, rule text, severity text, reason text, since timestamptz)
        ), again as (
          update alerts set ended_at = null, reason = given.reason
          from given where alerts.source_id = %(source_id)s and alerts.key = given.key and ended_at is not null
        ), raised as (
          insert into alerts (source_id, key, rule, severity, reason, since, raised_at)
          select %(source_id)s, key, rule, severity, reason, since, %(now)s from given
          on conflict (source_id, key) do nothing
          returning id, source_id, rule, severity, reason
        )
        select * from raised order by id
        """,
        {"source_id": source_id, "rows": Jsonb(rows), "now": now},
    )


def end(conn: Connection, alert_ids: Sequence[AlertId], *, now: datetime) -> list[Raised]:
    """Mark alerts as over, and return them."""
    if not alert_ids:
        return []
    return fetch_all(
        conn,
        Raised,
        """
        update alerts set ended_at = %(now)s, call_at = null where id = any(%(ids)s) and ended_at is null
        returning id, source_id, rule, severity, reason
        """,
        {"ids": list(alert_ids), "now": now},
    )


def listed(conn: Connection, *, limit: int, source_id: SourceId | None = None, scope: Scope = EVERYTHING) -> list[Alarm]:
    """Return the newest alerts of the sources somebody sees, or of one source: first those that go on, then those that are over."""
    return fetch_all(
        conn,
        Alarm,
        """
        select alert.id, alert.source_id, source.network, source.handle, brand.name as brand_name, alert.rule, alert.severity,
          alert.reason, alert.since, alert.raised_at, alert.ended_at, alert.acknowledged_at, agent.name as acknowledged_by,
          (select count(*) from alert_deliveries d where d.alert_id = alert.id and d.state in ('queued', 'failed')) as undelivered
        from alerts alert
        join sources source on source.id = alert.source_id
        join brands brand on brand.id = source.brand_id
        left join agents agent on agent.id = alert.acknowledged_by
        where (%(source_id)s::bigint is null or alert.source_id = %(source_id)s)
          and (%(scope_sources)s::bigint[] is null or alert.source_id = any(%(scope_sources)s::bigint[]))
        order by alert.ended_at is not null, coalesce(alert.ended_at, alert.raised_at) desc, alert.id desc
        limit %(limit)s
        """,
        {"limit": limit, "source_id": source_id} | scopes.params(scope),
    )
