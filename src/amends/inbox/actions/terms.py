"""Under which policy each clock runs. Place in the path: cases -> the first policy whose condition each fulfils -> terms of its clocks.

A clock keeps the version of the policy and of the calendar that it began under; where the policy names none, that is the calendar of the
desk, by which nothing is promised, only counted. It goes over to another policy only where its case changed, so that it fulfils another
condition first now of the policies, in the order, versions and calendars that were in force when the clock began, or when they were last
applied to all that ran: what is made, changed, put elsewhere or removed today promises nothing for yesterday.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from amends.core.database import Connection
from amends.core.errors import AmendsError
from amends.core.log import logger
from amends.inbox.actions import conditions
from amends.inbox.rules.clocks import Clock, ClockKind
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What a clock runs under: a version of a policy and one of a calendar, by their ids, None where there is none."""

    policy: int | None
    calendar: int | None


def held_by(row: ClockRow) -> Held:
    """Return what a stored clock runs under."""
    return Held(policy=row.policy_version_id, calendar=row.calendar_version_id)


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

    def bound(self, row: ClockRow, clock: Clock) -> Held:
        """Return the versions that hold for the clock of a row, as it runs now."""
        if row.id == 0:
            return self._under(self.sorter.first(self.policies, row.case_id))
        if not clock.runs:
            return held_by(row)
        policy, now = self._settled(row), self._version(row.policy_version_id)
        if policy is None or (now is not None and now.policy_id == policy.policy_id):
            return held_by(row)
        return self._under(policy, self.standings[row.created_at].settled_at)

    def anew(self, row: ClockRow, clock: Clock) -> Held:
        """Return the versions that hold for the clock where a running one goes by the policies as they stood when they were applied."""
        if row.id == 0 or not clock.runs:
            return self.bound(row, clock)
        return self._under(self._settled(row), self.standings[row.created_at].settled_at)

    def goes_over(self, row: ClockRow, held: Held) -> bool:
        """Tell whether a stored clock comes under another policy, be it of whatever version."""
        before, after = self._version(row.policy_version_id), self._version(held.policy)
        return row.id != 0 and after is not None and (before is None or before.policy_id != after.policy_id)

    def policy_of(self, row: ClockRow) -> int:
        """Return the policy that the clock runs under; 0 where none does."""
        policy = self._version(row.policy_version_id)
        return policy.policy_id if policy else 0

    def terms(self, kind: ClockKind, held: Held) -> Terms:
        """Return what these versions say of a kind of clock."""
        policy, known = self._version(held.policy), self.calendars.get(held.calendar or 0)
        calendar = known.calendar if known else None
        return policy.terms(kind, calendar) if policy else Terms(calendar=calendar)

    def name(self, row: ClockRow) -> str:
        """Return the name of the policy that the clock runs under; empty where none does."""
        policy = self._version(row.policy_version_id)
        return policy.name if policy else ""

    def _version(self, version_id: int | None) -> PolicyRow | None:
        return self.versions.get(version_id or 0)

    def _settled(self, row: ClockRow) -> PolicyRow | None:
        """Return the policy that the case falls under, as it is now, of those that stood when it was settled what holds for the clock."""
        return self.sorter.first([self.versions[one] for one in self.standings[row.created_at].version_ids], row.case_id)

    def _under(self, policy: PolicyRow | None, at: datetime | None = None) -> Held:
        calendar = self._calendar((policy.calendar_id if policy else None) or self.desk_calendar or 0, at)
        return Held(policy=policy.id if policy else None, calendar=calendar.id if calendar else None)

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
