"""SQL of alarms of every kind: who sees to one, whether it was right, whom it calls next, and that it is over."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, AlertId, CaseId, PostId, SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """An alarm, whatever it is about; `rota_id` and `escalate_minutes` are of its route."""

    id: AlertId
    rule: str
    severity: str
    reason: str
    case_id: CaseId | None
    post_id: PostId | None
    source_id: SourceId | None
    raised_at: datetime
    ended_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    dismissed_at: datetime | None
    called: int
    route_id: int | None
    rota_id: int | None
    escalate_minutes: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NextCall:
    """How far an alarm has called, and when it calls again; None: never."""

    alert_id: AlertId
    called: int
    call_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Over:
    """An alarm that is over, the channels that had told of it, and whether they are to tell that."""

    id: AlertId
    channel_ids: Sequence[int]
    tells: bool


_COLUMNS: LiteralString = """
select a.id, a.rule, a.severity, a.reason, a.case_id, a.post_id, a.source_id, a.raised_at, a.ended_at, a.acknowledged_at,
  g.name as acknowledged_by, a.dismissed_at, a.called, a.route_id, r.rota_id, r.escalate_minutes
from alerts a left join agents g on g.id = a.acknowledged_by left join alert_routes r on r.id = a.route_id
"""


def find(conn: Connection, alert_id: AlertId) -> Alarm | None:
    """Return an alarm, or None."""
    return fetch_maybe(conn, Alarm, _COLUMNS + " where a.id = %(id)s", {"id": alert_id})


def lock(conn: Connection, alert_id: AlertId) -> Alarm | None:
    """Return an alarm that nobody else changes until the transaction ends, or None."""
    execute(conn, "select from alerts where id = %(id)s for update", {"id": alert_id})
    return find(conn, alert_id)


def acknowledge(conn: Connection, alert_id: AlertId, *, agent_id: AgentId | None, now: datetime) -> None:
    """Keep who sees to an alarm, call nobody any more, and let what was not told yet be."""
    execute(
        conn,
        "update alerts set acknowledged_at = %(now)s, acknowledged_by = %(agent)s, call_at = null where id = %(id)s",
        {"id": alert_id, "agent": agent_id, "now": now},
    )
    execute(
        conn,
        "update alert_deliveries set state = 'settled' where alert_id = %(id)s and state = 'queued' and again >= 0",
        {"id": alert_id},
    )


def unacknowledge(conn: Connection, alert_id: AlertId, *, call_at: datetime | None, now: datetime) -> None:
    """Let an alarm wait for somebody again: what was not told then is told now, unless it is over."""
    execute(
        conn,
        "update alerts set acknowledged_at = null, acknowledged_by = null, call_at = %(call_at)s where id = %(id)s",
        {"id": alert_id, "call_at": call_at},
    )
    execute(
        conn,
        """
        update alert_deliveries set state = 'queued', next_at = %(now)s, claimed_until = null
        where alert_id = %(id)s and state = 'settled' and again >= 0 and exists (select from alerts where id = %(id)s and ended_at is null)
        """,
        {"id": alert_id, "now": now},
    )


def set_dismissed(conn: Connection, alert_id: AlertId, *, at: datetime | None) -> None:
    """Keep that an alarm was no reason to ring, or take that back."""
    execute(conn, "update alerts set dismissed_at = %(at)s where id = %(id)s", {"id": alert_id, "at": at})


def take_answered(conn: Connection, *, now: datetime, limit: int) -> list[Alarm]:
    """Return at most `limit` alarms due to call somebody on whose case somebody has answered since: these are seen to. They are locked."""
    ids = fetch_values(
        conn,
        """
        select a.id from alerts a
        where a.call_at <= %(now)s and a.case_id is not null
          and exists (select from replies r where r.case_id = a.case_id and r.created_at >= a.raised_at and r.agent_id is not null
                        and r.state in ('queued', 'sending', 'sent'))
        order by a.id limit %(limit)s for update of a skip locked
        """,
        {"now": now, "limit": limit},
    )
    return fetch_all(conn, Alarm, _COLUMNS + " where a.id = any(%(ids)s) order by a.id", {"ids": ids})


def who_answered(conn: Connection, one: Alarm) -> AgentId | None:
    """Return who answered first on the alarm's case since it was raised."""
    found = fetch_values(
        conn,
        """
        select agent_id from replies
        where case_id = %(case)s and created_at >= %(at)s and agent_id is not null and state in ('queued', 'sending', 'sent')
        order by created_at, id limit 1
        """,
        {"case": one.case_id, "at": one.raised_at},
    )
    return found[0] if found else None


def claim_calls(conn: Connection, *, now: datetime, limit: int) -> list[Alarm]:
    """Return alarms that nobody has seen to and that call the next in line now, the longest due first; ours until the transaction ends.

    These are all that waited for the end of quiet hours, since they are told as one; of others no more than make up `limit`.
    """
    ids = fetch_values(
        conn,
        """
        select id from alerts where call_at <= %(now)s and acknowledged_at is null and ended_at is null
        order by called > 0, call_at, id
        limit greatest(%(limit)s, (
          select count(*) from alerts where call_at <= %(now)s and acknowledged_at is null and ended_at is null and called = 0))
        for update skip locked
        """,
        {"now": now, "limit": limit},
    )
    return fetch_all(conn, Alarm, _COLUMNS + " where a.id = any(%(ids)s) order by a.call_at, a.id", {"ids": ids})


def set_calls(conn: Connection, calls: Sequence[NextCall]) -> None:
    """Keep how far alarms have called, and when they call again."""
    rows = [{**asdict(one), "call_at": one.call_at.isoformat() if one.call_at else None} for one in calls]
    execute(
        conn,
        """
        update alerts a set called = r.called, call_at = r.call_at
        from jsonb_to_recordset(%(rows)s) as r(alert_id bigint, called integer, call_at timestamptz)
        where a.id = r.alert_id
        """,
        {"rows": Jsonb(rows)},
    )


def end_of_done_cases(conn: Connection, *, now: datetime) -> int:
    """End the alarms of cases that are resolved or dismissed, let what was not told of them be, and return how many."""
    return fetch_values(
        conn,
        """
        with ended as (
          update alerts a set ended_at = %(now)s, call_at = null, routed_at = coalesce(a.routed_at, %(now)s) from cases c
          where c.id = a.case_id and a.case_id is not null and a.ended_at is null and c.status in ('resolved', 'dismissed')
          returning a.id
        ), settled as (
          update alert_deliveries d set state = 'settled' from ended where d.alert_id = ended.id and d.state = 'queued' and d.again >= 0
        )
        select count(*)::int from ended
        """,
        {"now": now},
    )[0]


def take_over(conn: Connection, *, now: datetime, limit: int = 200) -> list[Over]:
    """Return alarms that are over and of which that was not told yet; from now on it was. Alarms of cases tell it where a route says so."""
    return fetch_all(
        conn,
        Over,
        """
        with over as (
          select id from alerts where ended_at is not null and end_told_at is null order by id limit %(limit)s for update skip locked
        ), told as (
          update alerts a set end_told_at = %(now)s, call_at = null from over where a.id = over.id returning a.id, a.route_id, a.case_id
        )
        select told.id, coalesce(r.tells_end, told.case_id is null) as tells,
          array(select distinct d.channel_id from alert_deliveries d join alert_channels c on c.id = d.channel_id and c.active
                where d.alert_id = told.id and d.state = 'delivered' and d.again >= 0) as channel_ids
        from told left join alert_routes r on r.id = told.route_id order by told.id
        """,
        {"now": now, "limit": limit},
    )
