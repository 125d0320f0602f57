"""SQL of calendars: working hours in versions, the newest of which counts for clocks that start now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.working_hours import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarRow:
    """One version of a calendar; `hours` are its spans as stored, `used_by` how many policies in force count by it."""

    id: int
    calendar_id: int
    number: int
    name: str
    zone: str
    hours: Sequence[Sequence[int]]
    regions: Sequence[str]
    days_off: Sequence[date]
    created_at: datetime
    used_by: int

    @property
    def calendar(self) -> Calendar:
        """The version as the rules take it."""
        spans = tuple(Span(day=day, begins=begins, ends=ends) for day, begins, ends in self.hours)
        return Calendar(zone=self.zone, spans=spans, regions=tuple(self.regions), days_off=frozenset(self.days_off))


def every(conn: Connection) -> list[CalendarRow]:
    """Return the newest version of each calendar, by name."""
    return fetch_all(
        conn,
        CalendarRow,
        """
        select distinct on (lower(c.name), c.id) v.id, v.calendar_id, v.number, c.name, v.zone, v.hours, v.regions, v.days_off,
          v.created_at,
          (select count(distinct p.policy_id) from sla_policy_versions p join sla_policies s on s.id = p.policy_id and s.deleted_at is null
           where p.calendar_id = c.id
             and p.number = (select max(number) from sla_policy_versions n where n.policy_id = p.policy_id)) as used_by
        from calendars c join calendar_versions v on v.calendar_id = c.id
        where c.deleted_at is null order by lower(c.name), c.id, v.number desc
        """,
    )


def versions(conn: Connection, ids: Sequence[int]) -> list[CalendarRow]:
    """Return these versions."""
    return fetch_all(
        conn,
        CalendarRow,
        """
        select v.id, v.calendar_id, v.number, c.name, v.zone, v.hours, v.regions, v.days_off, v.created_at, 0 as used_by
        from calendar_versions v join calendars c on c.id = v.calendar_id where v.id = any(%(ids)s::bigint[])
        """,
        {"ids": list(ids)},
    )


def history(conn: Connection) -> list[CalendarRow]:
    """Return all versions of all calendars, those of removed ones too: of each the newest first."""
    return fetch_all(
        conn,
        CalendarRow,
        """
        select v.id, v.calendar_id, v.number, c.name, v.zone, v.hours, v.regions, v.days_off, v.created_at, 0 as used_by
        from calendar_versions v join calendars c on c.id = v.calendar_id order by v.calendar_id, v.number desc
        """,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A calendar by name, one that was removed too."""

    id: int
    name: str
    deleted_at: datetime | None


def find(conn: Connection, *, calendar_id: int) -> Named | None:
    """Return the calendar, ours until the transaction ends, or None."""
    return fetch_maybe(conn, Named, "select id, name, deleted_at from calendars where id = %(id)s for update", {"id": calendar_id})


def insert(conn: Connection, *, name: str, now: datetime) -> int:
    """Store a calendar and return its id; `UniqueViolation` where one has that name."""
    return fetch_values(
        conn, "insert into calendars (name, created_at) values (%(name)s, %(now)s) returning id", {"name": name, "now": now}
    )[0]


def rename(conn: Connection, *, calendar_id: int, name: str) -> None:
    """Give the calendar another name; `UniqueViolation` where one has it."""
    execute(conn, "update calendars set name = %(name)s where id = %(id)s and name <> %(name)s", {"id": calendar_id, "name": name})


def set_deleted(conn: Connection, *, calendar_id: int, at: datetime | None) -> None:
    """Put the calendar away, or bring it back."""
    execute(conn, "update calendars set deleted_at = %(at)s where id = %(id)s", {"id": calendar_id, "at": at})


def add_version(conn: Connection, calendar: Calendar, *, calendar_id: int, agent_id: AgentId | None, now: datetime) -> int:
    """Store the next version of the calendar and return its id."""
    return fetch_values(
        conn,
        """
        insert into calendar_versions (calendar_id, number, zone, hours, regions, days_off, agent_id, created_at)
        select %(id)s, 1 + coalesce(max(number), 0), %(zone)s, %(hours)s, %(regions)s::text[], %(days_off)s::date[], %(agent)s, %(now)s
        from calendar_versions where calendar_id = %(id)s returning id
        """,
        {
            "id": calendar_id,
            "zone": calendar.zone,
            "hours": Jsonb([[span.day, span.begins, span.ends] for span in calendar.spans]),
            "regions": list(calendar.regions),
            "days_off": sorted(calendar.days_off),
            "agent": agent_id,
            "now": now,
        },
    )[0]
