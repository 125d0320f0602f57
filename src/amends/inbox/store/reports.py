"""SQL of reports: what is saved, who gets it, and which of them is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What a report is: `condition` is a query of cases, `on_day` a weekday or a day of the month, `people` get it by mail."""

    name: str
    span: str
    condition: str
    parts: Sequence[str]
    zone: str
    language: str
    every: str
    on_day: int
    at_minute: int
    files: Sequence[str]
    people: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report(Kept):
    """A saved report; `trouble` says why the desk itself paused it."""

    id: int
    agent_id: AgentId
    owner: str
    next_at: datetime | None
    paused_at: datetime | None
    trouble: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Somebody who may be sent reports."""

    id: AgentId
    name: str
    email: str
    role: str
    active: bool


_COLUMNS: LiteralString = """
select r.id, r.agent_id, g.name as owner, r.name, r.span, r.condition, r.parts, r.zone, r.language, r.every, r.on_day, r.at_minute, r.files,
  r.people, r.next_at, r.paused_at, r.trouble
from reports r join agents g on g.id = r.agent_id
"""


def of_agent(conn: Connection, agent_id: int, *, everybodys: bool) -> list[Report]:
    """Return the reports that somebody has or is sent, by name; those of everybody where asked."""
    query: LiteralString = (
        _COLUMNS
        + """
        where r.deleted_at is null and (%(everybodys)s or r.agent_id = %(agent)s or %(agent)s = any(r.people))
        order by lower(r.name), r.id limit 500
        """
    )
    return fetch_all(conn, Report, query, {"agent": agent_id, "everybodys": everybodys})


def find(conn: Connection, report_id: int) -> Report | None:
    """Return a report that is there, or None."""
    return fetch_maybe(conn, Report, _COLUMNS + " where r.id = %(id)s and r.deleted_at is null", {"id": report_id})


def find_deleted(conn: Connection, report_id: int) -> Report | None:
    """Return a report that was removed, or None."""
    return fetch_maybe(conn, Report, _COLUMNS + " where r.id = %(id)s and r.deleted_at is not null", {"id": report_id})


def lock_due(conn: Connection, *, now: datetime, limit: int) -> list[Report]:
    """Return reports whose turn has come, ours alone until the transaction ends."""
    query: LiteralString = (
        _COLUMNS
        + """
        where r.next_at <= %(now)s and r.paused_at is null and r.deleted_at is null order by r.next_at, r.id limit %(limit)s
        for update of r skip locked
        """
    )
    return fetch_all(conn, Report, query, {"now": now, "limit": limit})


def insert(conn: Connection, kept: Kept, *, agent_id: int, next_at: datetime | None, now: datetime) -> int:
    """Keep a new report and return its id."""
    found = fetch_values(
        conn,
        """
        insert into reports (agent_id, name, span, condition, parts, zone, language, every, on_day, at_minute, files, people, next_at,
          created_at)
        values (%(agent)s, %(name)s, %(span)s, %(condition)s, %(parts)s, %(zone)s, %(language)s, %(every)s, %(on_day)s, %(at_minute)s,
          %(files)s, %(people)s, %(next_at)s, %(now)s)
        returning id
        """,
        _params(kept) | {"agent": agent_id, "next_at": next_at, "now": now},
    )
    return found[0]


def update(conn: Connection, report_id: int, kept: Kept, *, next_at: datetime | None) -> None:
    """Let a report be something else."""
    execute(
        conn,
        """
        update reports set (name, span, condition, parts, zone, language, every, on_day, at_minute, files, people, next_at)
          = (%(name)s, %(span)s, %(condition)s, %(parts)s, %(zone)s, %(language)s, %(every)s, %(on_day)s, %(at_minute)s, %(files)s,
             %(people)s::bigint[], %(next_at)s)
        where id = %(id)s
        """,
        _params(kept) | {"id": report_id, "next_at": next_at},
    )


def _params(kept: Kept) -> dict[str, object]:
    return {
        "name": kept.name,
        "span": kept.span,
        "condition": kept.condition,
        "parts": list(kept.parts),
        "zone": kept.zone,
        "language": kept.language,
        "every": kept.every,
        "on_day": kept.on_day,
        "at_minute": kept.at_minute,
        "files": list(kept.files),
        "people": list(kept.people),
    }


def set_deleted(conn: Connection, report_id: int, *, at: datetime | None) -> None:
    """Take a report away, or bring it back."""
    execute(conn, "update reports set deleted_at = %(at)s where id = %(id)s", {"id": report_id, "at": at})


def set_paused(conn: Connection, report_id: int, *, at: datetime | None, trouble: str = "") -> None:
    """Pause a report, or let it go out again."""
    execute(
        conn,
        "update reports set paused_at = %(at)s, trouble = %(trouble)s where id = %(id)s",
        {"id": report_id, "at": at, "trouble": trouble},
    )


def set_next(conn: Connection, report_id: int, *, next_at: datetime | None) -> None:
    """Say when the next turn is."""
    execute(conn, "update reports set next_at = %(next_at)s where id = %(id)s", {"id": report_id, "next_at": next_at})


def readers(conn: Connection, ids: Sequence[int] | None = None) -> list[Reader]:
    """Return people of the desk by name: these, or all that are here."""
    return fetch_all(
        conn,
        Reader,
        """
        select id, name, email, role, active from agents
        where case when %(ids)s::bigint[] is null then active else id = any(%(ids)s::bigint[]) end order by lower(name), id
        """,
        {"ids": None if ids is None else list(ids)},
    )
