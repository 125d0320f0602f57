"""Keeps calendars: a changed one is its next version, and clocks that run keep the one that they began under."""

from datetime import datetime

from amends.core.database import Connection, UniqueViolation
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.business_time import Calendar, checked
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.seen import mark
from amends.inbox.rules.text import storable
from amends.inbox.store import calendars, events, number_settings
from amends.inbox.store.calendars import CalendarRow, Named

LONGEST_NAME = 60


def save(  # noqa: PLR0913
    conn: Connection, *, name: str, calendar: Calendar, calendar_id: int | None, agent_id: AgentId, now: datetime, seen: str = ""
) -> int:
    """Keep a new calendar, or the next version of one, and return its id. `Refused` where nobody would ever work.

    `seen` is the `mark_of` the calendar that its writer saw, if they say so: `Conflict` where it was changed since.
    """
    words, calendar = _name(name), checked(calendar, now)
    if calendar_id is not None:
        unchanged(conn, f"calendar {calendar_id}", lambda: row_of(conn, calendar_id), mark_of, seen)
    try:
        with conn.transaction():
            saved = _named(conn, calendar_id, words, now)
    except UniqueViolation as error:
        raise Conflict(_("There is a calendar called “%(name)s” already.") % {"name": words}) from error
    if calendar_id is None or row_of(conn, calendar_id).calendar != calendar:
        calendars.add_version(conn, calendar, calendar_id=saved, agent_id=agent_id, now=now)
        events.add(conn, EventKind.CALENDAR_SAVED, now=now, agent_id=agent_id, calendar_id=saved, name=words)
    return saved


def mark_of(row: CalendarRow) -> str:
    """Return what tells a calendar as its form shows it from the same calendar changed since."""
    return mark([row.number, row.name])


def _named(conn: Connection, calendar_id: int | None, name: str, now: datetime) -> int:
    if calendar_id is None:
        return calendars.insert(conn, name=name, now=now)
    _find(conn, calendar_id)
    calendars.rename(conn, calendar_id=calendar_id, name=name)
    return calendar_id


def row_of(conn: Connection, calendar_id: int) -> CalendarRow:
    """Return the newest version of a calendar; `NotFound` where there is none."""
    found = next((one for one in calendars.every(conn) if one.calendar_id == calendar_id), None)
    if found is None:
        raise NotFound(_("There is no such calendar any more."))
    return found


def remove(conn: Connection, *, calendar_id: int, agent_id: AgentId, now: datetime) -> None:
    """Put a calendar away; `Conflict` where a policy, or the numbers, count by it."""
    row = row_of(conn, calendar_id)
    if row.used_by:
        raise Conflict(_("A policy counts by this calendar; give that one another calendar first."))
    if number_settings.read(conn).calendar_id == calendar_id:
        raise Conflict(_("The numbers count by this calendar; choose another in the settings of the numbers first."))
    calendars.set_deleted(conn, calendar_id=calendar_id, at=now)
    events.add(conn, EventKind.CALENDAR_REMOVED, now=now, agent_id=agent_id, calendar_id=calendar_id, name=row.name)


def restore(conn: Connection, *, calendar_id: int, agent_id: AgentId, now: datetime) -> None:
    """Bring a removed calendar back."""
    found = _find(conn, calendar_id, removed=True)
    try:
        with conn.transaction():
            calendars.set_deleted(conn, calendar_id=calendar_id, at=None)
    except UniqueViolation as error:
        raise Conflict(_("There is a calendar called “%(name)s” already.") % {"name": found.name}) from error
    events.add(conn, EventKind.CALENDAR_RESTORED, now=now, agent_id=agent_id, calendar_id=calendar_id, name=found.name)


def _find(conn: Connection, calendar_id: int, *, removed: bool = False) -> Named:
    found = calendars.find(conn, calendar_id=calendar_id)
    if found is None or (found.deleted_at is not None) != removed:
        raise NotFound(_("There is no such calendar any more."))
    return found


def _name(name: str) -> str:
    words = " ".join(storable(name).split())
    if not 0 < len(words) <= LONGEST_NAME:
        raise Refused(_("A calendar needs a name of at most %(most)s characters.") % {"most": LONGEST_NAME})
    return words
