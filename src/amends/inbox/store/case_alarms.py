"""SQL of the alarms of cases, as screens and programs list them: within what somebody sees, the newest first, by keyset."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import AlertId, CaseId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseAlarm:
    """An alarm of a case; `called` is how far it has called, `undelivered` are the deliveries that still wait or failed."""

    id: AlertId
    case_id: CaseId
    network: str
    customer: str
    rule: str
    severity: str
    reason: str
    raised_at: datetime
    ended_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    dismissed_at: datetime | None
    route: str | None
    called: int
    call_at: datetime | None
    undelivered: int


def listed(conn: Connection, scope: Scope, *, limit: int, before: int | None = None) -> list[CaseAlarm]:
    """Return the newest alarms of cases that somebody sees, below the id `before` where one is given."""
    return fetch_all(
        conn,
        CaseAlarm,
        """
        select a.id, a.case_id, c.network, u.name as customer, a.rule, a.severity, a.reason, a.raised_at, a.ended_at, a.acknowledged_at,
          g.name as acknowledged_by, a.dismissed_at, r.name as route, a.called, a.call_at,
          (select count(*) from alert_deliveries d where d.alert_id = a.id and d.state in ('queued', 'failed')) as undelivered
        from alerts a
        join cases c on c.id = a.case_id
        join customers u on u.id = c.customer_id
        left join agents g on g.id = a.acknowledged_by
        left join alert_routes r on r.id = a.route_id
        where (%(before)s::bigint is null or a.id < %(before)s)
        """
        + scopes.within(scope)
        + " order by a.id desc limit %(limit)s",
        {"limit": limit, "before": before} | scopes.params(scope),
    )
