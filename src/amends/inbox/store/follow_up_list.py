"""Follow-ups as lists: which are due, which found what."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, fetch_all


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """A planned or concluded look whether a resolution held."""

    id: int
    case_id: int
    episode: int
    network: str
    author_handle: str
    planned_at: datetime
    due_at: datetime
    concluded_at: datetime | None
    outcome: str | None
    evidence_post_id: int | None
    note: str


_COLUMNS: LiteralString = """
select f.id, f.case_id, e.number as episode, c.network, a.handle as author_handle, f.planned_at, f.due_at, f.concluded_at, f.outcome,
       f.evidence_post_id, f.note
from follow_ups f join episodes e on e.id = f.episode_id join cases c on c.id = f.case_id join authors a on a.id = c.author_id
"""


def newest(conn: Connection, *, before: int | None, limit: int) -> list[FollowUp]:
    """Return follow-ups with ids below `before`, the newest first."""
    where: LiteralString = "where f.id < %(before)s" if before is not None else ""
    return fetch_all(conn, FollowUp, _COLUMNS + where + " order by f.id desc limit %(limit)s", {"before": before, "limit": limit})


def due(conn: Connection, *, now: datetime, limit: int) -> list[FollowUp]:
    """Return follow-ups that are due and not concluded, the longest due first."""
    return fetch_all(
        conn,
        FollowUp,
        _COLUMNS + " where f.concluded_at is null and f.due_at <= %(now)s order by f.due_at limit %(limit)s",
        {"now": now, "limit": limit},
    )
