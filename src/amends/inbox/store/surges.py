"""SQL of surges: alarms of rates, raised, grown, told again, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AlertId
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Surge:
    """A surge as screens show it; `name` is the rule's, `key` what was counted apart."""

    id: AlertId
    rule_id: int
    name: str
    apart_by: str
    key: str
    severity: str
    reason: str
    n: int
    most: int
    expected: float
    since: datetime
    raised_at: datetime
    ended_at: datetime | None
    calm_since: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    dismissed_at: datetime | None
    escalations: int
    route_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSurge:
    """A surge to raise."""

    rule_id: int
    rule: str
    key: str
    severity: str
    reason: str
    n: int
    expected: float
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """How good a rule's alarms were lately: `useful` were acknowledged and not dismissed."""

    rule_id: int
    raised: int
    useful: int
    dismissed: int


_COLUMNS: LiteralString = """
select a.id, a.surge_rule_id as rule_id, r.name, r.apart_by, a.key, a.severity, a.reason, a.n, a.most, a.expected::float8 as expected,
  a.since, a.raised_at, a.ended_at, a.calm_since, a.acknowledged_at, g.name as acknowledged_by, a.dismissed_at, a.escalations,
  a.route_id
from alerts a join surge_rules r on r.id = a.surge_rule_id left join agents g on g.id = a.acknowledged_by
"""


def still_open(conn: Connection, rule_id: int) -> dict[str, Surge]:
    """Return the surges of a rule that go on, by key."""
    found = fetch_all(conn, Surge, _COLUMNS + " where a.surge_rule_id = %(id)s and a.ended_at is null", {"id": rule_id})
    return {one.key: one for one in found}


def listed(conn: Connection, *, limit: int, scope: Scope = EVERYTHING) -> list[Surge]:
    """Return the newest surges that counted a case within the scope: first those that go on."""
    return fetch_all(
        conn,
        Surge,
        _COLUMNS
        + " where a.surge_rule_id is not null"
        + scopes.surges_within(scope)
        + " order by a.ended_at is not null, coalesce(a.ended_at, a.raised_at) desc, a.id desc limit %(limit)s",
        {"limit": limit} | scopes.params(scope),
    )


def find(conn: Connection, alert_id: AlertId) -> Surge | None:
    """Return a surge, or None."""
    return fetch_maybe(conn, Surge, _COLUMNS + " where a.id = %(id)s", {"id": alert_id})


def insert(conn: Connection, new: NewSurge, *, now: datetime) -> AlertId | None:
    """Raise a surge; None where one of this key goes on already."""
    found = fetch_values(
        conn,
        """
        with raised as (
          insert into alerts (surge_rule_id, rule, key, severity, reason, n, most, expected, since, raised_at)
          values (%(rule_id)s, %(rule)s, %(key)s, %(severity)s, %(reason)s, %(n)s, %(n)s, %(expected)s, %(since)s, %(now)s)
          on conflict (surge_rule_id, key) where surge_rule_id is not null and ended_at is null do nothing
          returning id
        )
        select id from raised
        """,
        {
            "rule_id": new.rule_id,
            "rule": new.rule,
            "key": new.key,
            "severity": new.severity,
            "reason": new.reason,
            "n": new.n,
            "expected": new.expected,
            "since": new.since,
            "now": now,
        },
    )
    return found[0] if found else None


def set_places(conn: Connection, alert_id: AlertId, *, source_ids: Sequence[int], team_ids: Sequence[int]) -> None:
    """Keep on which sources, and of which teams (0: none), the cases of a surge were, beside those that were before."""
    execute(
        conn,
        """
        update alerts set source_ids = array(select distinct unnest(coalesce(source_ids, '{}') || %(sources)s::bigint[]) order by 1),
          team_ids = array(select distinct unnest(coalesce(team_ids, '{}') || %(teams)s::bigint[]) order by 1)
        where id = %(id)s
        """,
        {"id": alert_id, "sources": list(source_ids), "teams": list(team_ids)},
    )


def grow(conn: Connection, alert_id: AlertId, *, n: int, reason: str, calm_since: datetime | None) -> None:
    """Keep how many there are by now, and since when it looks over."""
    execute(
        conn,
        """
        update alerts set n = %(n)s, reason = case when %(n)s > most then %(reason)s else reason end, most = greatest(most, %(n)s),
          calm_since = %(calm)s
        where id = %(id)s
        """,
        {"id": alert_id, "n": n, "reason": reason, "calm": calm_since},
    )


def end(conn: Connection, alert_id: AlertId, *, now: datetime) -> None:
    """Keep that a surge is over."""
    execute(
        conn, "update alerts set ended_at = %(now)s, call_at = null where id = %(id)s and ended_at is null", {"id": alert_id, "now": now}
    )


def unacknowledged(conn: Connection) -> list[Surge]:
    """Return the surges that go on and wait for somebody, and for which no rota calls the next in line."""
    return fetch_all(
        conn,
        Surge,
        _COLUMNS
        + " where a.surge_rule_id is not null and a.ended_at is null and a.acknowledged_at is null and a.routed_at is not null"
        + " and not exists (select from alert_routes t where t.id = a.route_id and t.rota_id is not null) order by a.id for update of a",
    )


def tell_again(conn: Connection, alert_id: AlertId, *, escalations: int, now: datetime) -> int:
    """Queue one more delivery for every channel that was told, and return how many; done twice it is done once."""
    execute(conn, "update alerts set escalations = %(n)s where id = %(id)s", {"id": alert_id, "n": escalations})
    return execute(
        conn,
        """
        insert into alert_deliveries (alert_id, channel_id, state, next_at, again, queued_at)
        select %(id)s, c.id, 'queued', %(now)s, %(n)s, %(now)s from alert_channels c
        where c.active and exists (select from alert_deliveries d where d.alert_id = %(id)s and d.channel_id = c.id and d.again = 0)
        on conflict (alert_id, channel_id, again) do nothing
        """,
        {"id": alert_id, "n": escalations, "now": now},
    )


def qualities(conn: Connection, *, since: datetime) -> dict[int, Quality]:
    """Return how good the alarms of each rule were since then."""
    rows = fetch_all(
        conn,
        Quality,
        """
        select surge_rule_id as rule_id, count(*) as raised,
          count(*) filter (where acknowledged_at is not null and dismissed_at is null) as useful,
          count(*) filter (where dismissed_at is not null) as dismissed
        from alerts where surge_rule_id is not null and raised_at >= %(since)s group by surge_rule_id
        """,
        {"since": since},
    )
    return {row.rule_id: row for row in rows}
