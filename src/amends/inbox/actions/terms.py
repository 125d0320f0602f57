"""Under which policy each clock runs. Place in the path: cases -> the first policy whose condition each fulfils -> terms of its clocks.

A clock keeps the version of the policy and of the calendar that it began under; where the policy names none, that is the calendar of the
desk, by which nothing is promised, only counted. It goes over to another policy only where its case changed, so that it fulfils another
condition first now of the policies, in the order, versions and calendars that were in force when the clock began, or when they were last
applied to all that ran: what is made, changed, put elsewhere or removed today promises nothing for yesterday.
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
from amends.inbox.rules.sla_policy import Written
from amends.inbox.store import calendars, number_settings, sla_policies
from amends.inbox.store.calendars import CalendarRow
from amends.inbox.store.clocks import ClockRow
from amends.inbox.store.sla_policies import PolicyRow, Standing

log = logger(__name__)
P = TypeVar("P", bound=Written)


@dataclass(kw_only=True, slots=True)
class Sorter:
    """Which of some cases fulfil which condition; each condition is asked once."""

    conn: Connection
    case_ids: Sequence[CaseId]
    now: datetime
    met: dict[str, set[CaseId]] = field(default_factory=dict[str, set[CaseId]])

    def first(self, policies: Iterable[P], case_id: CaseId) -> P | None:
        """Return the first policy whose condition the case fulfils; None where it fulfils none."""
        return next((policy for policy in policies if case_id in self._met(policy)), None)

    def _met(self, policy: Written) -> set[CaseId]:
        if policy.condition not in self.met:
            self.met[policy.condition] = self._ask(policy) if policy.condition else set(self.case_ids)
        return self.met[policy.condition]

    def _ask(self, policy: Written) -> set[CaseId]:
        """Return who fulfils the condition; nobody where it names what is gone, which stops no post on its way."""
        try:
            return conditions.matches(self.conn, policy.condition, self.case_ids, now=self.now)
        except AmendsError as error:
            log.warning("policy_condition_wrong", policy=policy.name, why=str(error))
            return set()


@dataclass(kw_only=True, slots=True)
class Book:
    """The policies and calendars that stand, and those that stood when the clocks of some cases began; no clock asks for itself."""

    conn: Connection
    sorter: Sorter
    policies: Sequence[PolicyRow]
    versions: Mapping[int, PolicyRow]
    standings: Mapping[datetime, Standing]
    newest: Mapping[int, CalendarRow]
    desk_calendar: int | None
    calendars: dict[int, CalendarRow]
    past: Sequence[CalendarRow] | None = None

    def bound(self, row: ClockRow) -> ClockRow:
        """Return the clock under the policy that holds for it."""
        if row.id == 0:
            return self._under(row, self.sorter.first(self.policies, row.case_id))
        if not row.clock.runs:
            return row
        policy, now = self._settled(row), self._version(row)
        if policy is None or (now is not None and now.policy_id == policy.policy_id):
            return row
        return self._under(row, policy, self.standings[row.created_at].settled_at)

    def anew(self, row: ClockRow) -> ClockRow:
        """Return a running clock under the policy as it stood when the policies were applied."""
        if row.id == 0 or not row.clock.runs:
            return self.bound(row)
        return self._under(row, self._settled(row), self.standings[row.created_at].settled_at)

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
        return self.versions.get(row.policy_version_id or 0)

    def _settled(self, row: ClockRow) -> PolicyRow | None:
        """Return the policy that the case falls under, as it is now, of those that stood when it was settled what holds for the clock."""
        return self.sorter.first([self.versions[one] for one in self.standings[row.created_at].version_ids], row.case_id)

    def _under(self, row: ClockRow, policy: PolicyRow | None, at: datetime | None = None) -> ClockRow:
        calendar = self._calendar((policy.calendar_id if policy else None) or self.desk_calendar or 0, at)
        return replace(row, policy_version_id=policy.id if policy else None, calendar_version_id=calendar.id if calendar else None)

    def _calendar(self, calendar_id: int, at: datetime | None) -> CalendarRow | None:
        """Return the calendar as it was at a moment (None: as it is); one that is younger, as it is."""
        newest = self.newest.get(calendar_id)
        if at is None or (newest and newest.created_at <= at):
            return newest
        if self.past is None:
            self.past = calendars.history(self.conn)
            self.calendars |= {one.id: one for one in self.past}
        return next((one for one in self.past if one.calendar_id == calendar_id and one.created_at <= at), newest)


def open_book(conn: Connection, case_ids: Sequence[CaseId], rows: Sequence[ClockRow], *, now: datetime) -> Book:
    """Return what is needed to say under which policy the clocks of these cases run."""
    policies, newest = sla_policies.every(conn), calendars.every(conn)
    stood = sla_policies.standings(conn, sorted({row.created_at for row in rows})) if rows else []
    wanted = {row.policy_version_id for row in rows if row.policy_version_id} | {one for each in stood for one in each.version_ids}
    gone = wanted - {policy.id for policy in policies}
    then = {row.calendar_version_id for row in rows if row.calendar_version_id} - {calendar.id for calendar in newest}
    return Book(
        conn=conn,
        sorter=Sorter(conn=conn, case_ids=case_ids, now=now),
        policies=policies,
        versions={policy.id: policy for policy in [*policies, *(sla_policies.versions(conn, sorted(gone)) if gone else [])]},
        standings={one.at: one for one in stood},
        newest={calendar.calendar_id: calendar for calendar in newest},
        desk_calendar=number_settings.read(conn).calendar_id,
        calendars={calendar.id: calendar for calendar in [*newest, *(calendars.versions(conn, sorted(then)) if then else [])]},
    )
