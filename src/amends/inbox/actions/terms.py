"""Under which policy each clock runs. Place in the path: cases -> the first policy whose condition each fulfils -> terms of its clocks.

A clock keeps the version of the policy and of the calendar that it began under; where the policy names none, that is the calendar of the
desk, by which nothing is promised, only counted. It goes over to another policy only where its case changed, so that it fulfils another
condition first now of the policies, versions and calendars that were in force when the clock began, or when they were last applied to all
that ran: what is made, changed or removed today promises nothing for yesterday.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from amends.core.database import Connection
from amends.core.errors import AmendsError
from amends.core.log import logger
from amends.inbox.actions import conditions
from amends.inbox.rules.clocks import ClockKind
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.sla import Terms
from amends.inbox.rules.sla_policy import APPLYING, Written
from amends.inbox.store import calendars, jobs, number_settings, sla_policies
from amends.inbox.store.calendars import CalendarRow
from amends.inbox.store.clocks import ClockRow
from amends.inbox.store.sla_policies import PolicyRow

log = logger(__name__)
P = TypeVar("P", bound=Written)


@dataclass(kw_only=True, slots=True)
class Book:
    """All versions of all policies and the calendars, which policy each case falls under now, and which it fell under then."""

    conn: Connection
    now: datetime
    history: Sequence[PolicyRow]
    newest: Mapping[int, CalendarRow]
    desk_calendar: int | None
    case_ids: Sequence[CaseId]
    placed: dict[tuple[int, ...], Mapping[CaseId, PolicyRow]] = field(default_factory=dict[tuple[int, ...], Mapping[CaseId, PolicyRow]])
    calendars: dict[int, CalendarRow] = field(default_factory=dict[int, CalendarRow])

    def bound(self, row: ClockRow) -> ClockRow:
        """Return the clock under the policy that holds for it."""
        if row.id == 0:
            return self._under(row, self._falls(row.case_id))
        if not row.clock.runs:
            return row
        at = self._began_at(row)
        policy, now = self._falls(row.case_id, at), self._version(row)
        if policy is None or (now is not None and now.policy_id == policy.policy_id):
            return row
        return self._under(row, policy, at)

    def anew(self, row: ClockRow) -> ClockRow:
        """Return a running clock under the policy as it stands now."""
        return self._under(row, self._falls(row.case_id)) if row.clock.runs else row

    def terms(self, row: ClockRow) -> Terms:
        """Return what holds for the clock."""
        policy, known = self._version(row), self.calendars.get(row.calendar_version_id or 0)
        calendar = known.calendar if known else None
        return policy.terms(ClockKind(row.kind), calendar) if policy else Terms(calendar=calendar)

    def name(self, row: ClockRow) -> str:
        """Return the name of the policy that the clock runs under; empty where none does."""
        policy = self._version(row)
        return policy.name if policy else ""

    def _version(self, row: ClockRow) -> PolicyRow | None:
        return next((one for one in self.history if one.id == row.policy_version_id), None)

    def _under(self, row: ClockRow, policy: PolicyRow | None, at: datetime | None = None) -> ClockRow:
        calendar = self._calendar((policy.calendar_id if policy else None) or self.desk_calendar or 0, at)
        return replace(row, policy_version_id=policy.id if policy else None, calendar_version_id=calendar.id if calendar else None)

    def _calendar(self, calendar_id: int, at: datetime | None) -> CalendarRow | None:
        """Return the calendar as it was at a moment (None: as it is); one that is younger, as it is."""
        newest = self.newest.get(calendar_id)
        if at is None or (newest and newest.created_at <= at):
            return newest
        found = calendars.version_at(self.conn, calendar_id=calendar_id, at=at)
        self.calendars |= {found.id: found} if found else {}
        return found or newest

    def _began_at(self, row: ClockRow) -> datetime:
        """Return when what holds for a clock was settled: as it began, or as the policies were applied to all that ran."""
        if _ids(in_force(self.history, row.created_at)) == _ids(in_force(self.history)):
            return row.created_at
        return max([row.created_at, *(job.created_at for job in jobs.latest(self.conn, kind=APPLYING))])

    def _falls(self, case_id: CaseId, at: datetime | None = None) -> PolicyRow | None:
        """Return the policy that a case falls under, as it is now, of those that were in force at a moment (None: that are)."""
        policies = in_force(self.history, at)
        known = self.placed.get(_ids(policies))
        if known is None:
            known = self.placed[_ids(policies)] = sort(self.conn, policies, self.case_ids, now=self.now)
        return known.get(case_id)


def in_force(history: Iterable[PolicyRow], at: datetime | None = None) -> list[PolicyRow]:
    """Return the version of each policy that was in force at a moment (None: that is), in the order in which policies stand."""
    newest = {one.policy_id: one for one in history if at is None or one.created_at <= at}
    return [one for one in newest.values() if one.deleted_at is None or (at is not None and one.deleted_at > at)]


def _ids(policies: Iterable[PolicyRow]) -> tuple[int, ...]:
    return tuple(one.id for one in policies)


def open_book(conn: Connection, case_ids: Sequence[CaseId], rows: Sequence[ClockRow], *, now: datetime) -> Book:
    """Return what is needed to say under which policy the clocks of these cases run."""
    newest = calendars.every(conn)
    then = {row.calendar_version_id for row in rows if row.calendar_version_id} - {calendar.id for calendar in newest}
    return Book(
        conn=conn,
        now=now,
        history=sla_policies.history(conn),
        newest={calendar.calendar_id: calendar for calendar in newest},
        desk_calendar=number_settings.read(conn).calendar_id,
        case_ids=case_ids,
        calendars={calendar.id: calendar for calendar in [*newest, *(calendars.versions(conn, sorted(then)) if then else [])]},
    )


def sort(conn: Connection, policies: Iterable[P], case_ids: Sequence[CaseId], *, now: datetime) -> dict[CaseId, P]:
    """Return the first policy whose condition each case fulfils; a case that fulfils none has none."""
    left, found = set(case_ids), dict[CaseId, P]()
    for policy in policies:
        met = _met(conn, policy, sorted(left), now) if left else set[CaseId]()
        found |= dict.fromkeys(met, policy)
        left -= met
    return found


def _met(conn: Connection, policy: Written, case_ids: Sequence[CaseId], now: datetime) -> set[CaseId]:
    """Return which cases fulfil the condition; none where it names what is gone, which stops no post on its way."""
    if not policy.condition:
        return set(case_ids)
    try:
        return conditions.matches(conn, policy.condition, case_ids, now=now)
    except AmendsError as error:
        log.warning("policy_condition_wrong", policy=policy.name, why=str(error))
        return set()
