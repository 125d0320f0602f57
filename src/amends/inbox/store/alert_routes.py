"""SQL of alert routes: who is told of which alarms, in the order in which they are asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.alert_routes import NewRoute
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.working_hours import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteRow:
    """A route as it is stored."""

    id: int
    name: str
    position: int
    severity: str
    about: Sequence[str]
    condition: str
    channel_ids: Sequence[int]
    rota_id: int | None
    escalate_minutes: int
    way: str
    digest_minute: int
    zone: str
    quiet: Sequence[Sequence[int]]
    critical_breaks: bool
    most: int | None
    tells_end: bool
    active: bool
    trouble: str
    deleted_at: datetime | None

    @property
    def route(self) -> NewRoute:
        """The route as rules take it."""
        return NewRoute(
            name=self.name,
            severity=self.severity,
            about=tuple(self.about),
            condition=self.condition,
            channel_ids=tuple(self.channel_ids),
            rota_id=self.rota_id,
            escalate_minutes=self.escalate_minutes,
            way=self.way,
            digest_minute=self.digest_minute,
            zone=self.zone,
            quiet=tuple(Span(day=day, begins=begins, ends=ends) for day, begins, ends in self.quiet),
            critical_breaks=self.critical_breaks,
            most=self.most,
            tells_end=self.tells_end,
        )


_COLUMNS: LiteralString = """
select id, name, position, severity, about, condition, channel_ids, rota_id, escalate_minutes, way, digest_minute, zone, quiet,
  critical_breaks, most, tells_end, active, trouble, deleted_at
from alert_routes
"""


def every(conn: Connection) -> list[RouteRow]:
    """Return the routes that were not taken away, in the order in which they are asked."""
    return fetch_all(conn, RouteRow, _COLUMNS + " where deleted_at is null order by position, id")


def find(conn: Connection, route_id: int) -> RouteRow | None:
    """Return a route, or None."""
    return fetch_maybe(conn, RouteRow, _COLUMNS + " where id = %(id)s", {"id": route_id})


def insert(conn: Connection, new: NewRoute, *, agent_id: AgentId, now: datetime) -> int:
    """Store a route as the last that is asked, and return its id."""
    return fetch_values(
        conn,
        """
        insert into alert_routes (name, position, severity, about, condition, channel_ids, rota_id, escalate_minutes, way, digest_minute,
          zone, quiet, critical_breaks, most, tells_end, agent_id, created_at)
        select %(name)s, coalesce(max(position), 0) + 1, %(severity)s, %(about)s, %(condition)s, %(channel_ids)s, %(rota_id)s,
          %(escalate_minutes)s, %(way)s, %(digest_minute)s, %(zone)s, %(quiet)s, %(critical_breaks)s, %(most)s, %(tells_end)s,
          %(agent)s, %(now)s
        from alert_routes
        returning id
        """,
        _params(new) | {"agent": agent_id, "now": now},
    )[0]


def update(conn: Connection, route_id: int, new: NewRoute) -> None:
    """Settle a route anew."""
    execute(
        conn,
        """
        update alert_routes set name = %(name)s, severity = %(severity)s, about = %(about)s, condition = %(condition)s,
          channel_ids = %(channel_ids)s, rota_id = %(rota_id)s, escalate_minutes = %(escalate_minutes)s, way = %(way)s,
          digest_minute = %(digest_minute)s, zone = %(zone)s, quiet = %(quiet)s, critical_breaks = %(critical_breaks)s,
          most = %(most)s, tells_end = %(tells_end)s, trouble = ''
        where id = %(id)s
        """,
        _params(new) | {"id": route_id},
    )


def _params(new: NewRoute) -> dict[str, Any]:
    return {
        "name": new.name,
        "severity": new.severity,
        "about": list(new.about),
        "condition": new.condition,
        "channel_ids": list(new.channel_ids),
        "rota_id": new.rota_id,
        "escalate_minutes": new.escalate_minutes,
        "way": new.way,
        "digest_minute": new.digest_minute,
        "zone": new.zone,
        "quiet": Jsonb([[one.day, one.begins, one.ends] for one in new.quiet]),
        "critical_breaks": new.critical_breaks,
        "most": new.most,
        "tells_end": new.tells_end,
    }


def set_active(conn: Connection, route_id: int, *, active: bool) -> None:
    """Let a route take alarms, or rest."""
    execute(conn, "update alert_routes set active = %(active)s where id = %(id)s", {"id": route_id, "active": active})


def set_deleted(conn: Connection, route_id: int, *, at: datetime | None) -> None:
    """Take a route away, or bring it back."""
    execute(conn, "update alert_routes set deleted_at = %(at)s where id = %(id)s", {"id": route_id, "at": at})


def set_trouble(conn: Connection, route_id: int, trouble: str) -> None:
    """Keep why a route's query cannot be asked, or that it can; nothing is written where that stands there already."""
    execute(
        conn,
        "update alert_routes set trouble = %(trouble)s where id = %(id)s and trouble <> %(trouble)s",
        {"id": route_id, "trouble": trouble},
    )


def swap_positions(conn: Connection, one_id: int, other_id: int) -> None:
    """Let two routes change places."""
    execute(
        conn,
        """
        update alert_routes r set position = o.position from alert_routes o
        where (r.id, o.id) in ((%(one)s, %(other)s), (%(other)s, %(one)s))
        """,
        {"one": one_id, "other": other_id},
    )


def taken(conn: Connection, *, since: datetime) -> dict[int, int]:
    """Return how many alarms each route took since then."""
    found = fetch_all(
        conn,
        _Taken,
        "select route_id, count(*)::int as n from alerts where raised_at >= %(since)s and route_id is not null group by 1",
        {"since": since},
    )
    return {one.route_id: one.n for one in found}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Taken:
    route_id: int
    n: int
