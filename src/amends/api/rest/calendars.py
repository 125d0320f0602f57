"""Calendars of business time, over REST."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._matching import SeenAt, tag
from amends.inbox.actions import calendars
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.days_off import checked_regions
from amends.inbox.rules.rights import Right
from amends.inbox.rules.working_hours import read_hours
from amends.inbox.store import calendars as stored
from amends.inbox.store.calendars import CalendarRow

router = APIRouter(prefix="/api/v1/calendars", tags=["sla"])
RULES = [program_may(Right.RULES)]


class CalendarBody(Body):
    """A calendar: `days` are the hours of all seven weekdays, Monday first, as 9:00-12:30, 13:30-18:00; empty where nobody works."""

    name: Annotated[str, Field(max_length=200)]
    zone: Annotated[str, Field(max_length=60)] = "UTC"
    days: Annotated[list[Annotated[str, Field(max_length=400)]], Field(min_length=7, max_length=7)]
    regions: list[Annotated[str, Field(max_length=20)]] = Field(default=[], max_length=50)
    days_off: list[date] = Field(default=[], max_length=2_000)

    @property
    def calendar(self) -> Calendar:
        """The calendar as the rules take it."""
        hours = read_hours(self.zone, dict(enumerate(self.days)), "")
        return Calendar(zone=hours.zone, spans=hours.spans, regions=checked_regions(self.regions), days_off=frozenset(self.days_off))


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarList:
    """The calendars by name, each in its newest version."""

    calendars: Sequence[CalendarRow]


@router.get("", dependencies=RULES, operation_id="list_calendars")
def list_calendars(desk: AtDesk, _visitor: Bearing) -> CalendarList:
    """List the calendars."""
    with desk.pool.transaction() as conn:
        return CalendarList(calendars=stored.every(conn))


@router.post("", status_code=201, dependencies=RULES, operation_id="make_calendar")
def make(desk: AtDesk, visitor: Bearing, body: CalendarBody) -> CalendarRow:
    """Make a calendar."""
    return _save(desk, visitor, body, None)


@router.get("/{calendar_id}", dependencies=RULES, operation_id="get_calendar")
def one(desk: AtDesk, _visitor: Bearing, response: Response, calendar_id: int) -> CalendarRow:
    """Return one calendar in its newest version."""
    with desk.pool.transaction() as conn:
        found = calendars.row_of(conn, calendar_id)
    tag(response, calendars.mark_of(found))
    return found


@router.put("/{calendar_id}", dependencies=RULES, operation_id="change_calendar")
def change(desk: AtDesk, visitor: Bearing, response: Response, calendar_id: int, body: CalendarBody, seen: SeenAt) -> CalendarRow:
    """Keep the next version of a calendar; with `If-Match` (its `ETag`) only where nobody changed it since, else 409.

    Clocks that run keep the version that they began under.
    """
    saved = _save(desk, visitor, body, calendar_id, seen)
    tag(response, calendars.mark_of(saved))
    return saved


def _save(desk: AtDesk, visitor: Bearing, body: CalendarBody, calendar_id: int | None, seen: str = "") -> CalendarRow:
    me, now = visitor.agent_id, desk.clock()
    with desk.pool.transaction() as conn:
        saved = calendars.save(conn, name=body.name, calendar=body.calendar, calendar_id=calendar_id, agent_id=me, now=now, seen=seen)
        return calendars.row_of(conn, saved)


@router.delete("/{calendar_id}", dependencies=RULES, operation_id="remove_calendar")
def remove(desk: AtDesk, visitor: Bearing, calendar_id: int) -> CalendarList:
    """Put a calendar away that no policy counts by."""
    with desk.pool.transaction() as conn:
        calendars.remove(conn, calendar_id=calendar_id, agent_id=visitor.agent_id, now=desk.clock())
        return CalendarList(calendars=stored.every(conn))


@router.post("/{calendar_id}/restore", dependencies=RULES, operation_id="restore_calendar")
def restore(desk: AtDesk, visitor: Bearing, calendar_id: int) -> CalendarRow:
    """Bring a removed calendar back."""
    with desk.pool.transaction() as conn:
        calendars.restore(conn, calendar_id=calendar_id, agent_id=visitor.agent_id, now=desk.clock())
        return calendars.row_of(conn, calendar_id)
