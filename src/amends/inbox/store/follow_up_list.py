"""Follow-ups as lists: which are due, which found what."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """A planned or concluded look whether a resolution held."""

    id: int
    case_id: int
    episode: int
    days: int
    network: str
    author_handle: str
    planned_at: datetime
    due_at: datetime
    concluded_at: datetime | None
    outcome: str | None
    evidence_post_id: int | None
    note: str
    asks: bool


_COLUMNS: LiteralString = """
select f.id, f.case_id, e.number as episode, f.days, c.network, a.handle as author_handle, f.planned_at, f.due_at, f.concluded_at,
       f.outcome, f.evidence_post_id, f.note, f.asks
from follow_ups f join episodes e on e.id = f.episode_id join cases c on c.id = f.case_id join authors a on a.id = c.author_id
"""


def newest(conn: Connection, scope: Scope, *, before: int | None, limit: int) -> list[FollowUp]:
    """Return follow-ups within `scope` with ids below `before`, the newest first."""
    where: LiteralString = "where true" if before is None else "where f.id < %(before)s"
    params = {"before": before, "limit": limit} | scopes.params(scope)
    return fetch_all(conn, FollowUp, _COLUMNS + where + scopes.within(scope) + " order by f.id desc limit %(limit)s", params)


def due(conn: Connection, scope: Scope, *, now: datetime, limit: int) -> list[FollowUp]:
    """Return follow-ups within `scope` that are due and not concluded, the longest due first."""
    return fetch_all(
        conn,
        FollowUp,
        _COLUMNS + " where f.concluded_at is null and f.due_at <= %(now)s" + scopes.within(scope) + " order by f.due_at limit %(limit)s",
        {"now": now, "limit": limit} | scopes.params(scope),
    )
