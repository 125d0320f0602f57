"""Under which policy each clock runs. Place in the path: cases -> the first policy whose condition each fulfils -> terms of its clocks.

A clock keeps the version of the policy and of the calendar that it began under; where the policy names none, that is the calendar of the
desk, by which nothing is promised, only counted. It goes over to another policy only where its case fulfils
that one's condition first now, and then to the version that was in force when the clock began: what is changed today promises nothing
for yesterday.
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
from amends.inbox.store.sla_policies import PolicyRow

log = logger(__name__)
P = TypeVar("P", bound=Written)


@dataclass(kw_only=True, slots=True)
class Book:
    """The policies in force, those that running clocks began under, their calendars, and which policy each case falls under."""

    conn: Connection
    policies: Sequence[PolicyRow]
    newest: Mapping[int, CalendarRow]
    desk_calendar: int | None
    falls: Mapping[CaseId, PolicyRow]
    versions: dict[int, PolicyRow] = field(default_factory=dict[int, PolicyRow])
    calendars: dict[int, CalendarRow] = field(default_factory=dict[int, CalendarRow])

    def bound(self, row: ClockRow) -> ClockRow:
        """Return the clock under the policy that holds for it."""
        policy, now = self.falls.get(row.case_id), self.versions.get(row.policy_version_id or 0)
        if row.id == 0:
            return self._under(row, policy)
        if not row.clock.runs or policy is None or (now is not None and now.policy_id == policy.policy_id):
            return row
        version = sla_policies.version_at(self.conn, policy_id=policy.policy_id, at=row.created_at)
        if version is None:
            return row
        self._know(version)
        return self._under(row, self.versions[version])

    def anew(self, row: ClockRow) -> ClockRow:
        """Return a running clock under the policy as it stands now."""
        return self._under(row, self.falls.get(row.case_id)) if row.clock.runs else row

    def terms(self, row: ClockRow) -> Terms:
        """Return what holds for the clock."""
        policy, known = self.versions.get(row.policy_version_id or 0), self.calendars.get(row.calendar_version_id or 0)
        calendar = known.calendar if known else None
        return policy.terms(ClockKind(row.kind), calendar) if policy else Terms(calendar=calendar)

    def name(self, row: ClockRow) -> str:
        """Return the name of the policy that the clock runs under; empty where none does."""
        policy = self.versions.get(row.policy_version_id or 0)
        return policy.name if policy else ""

    def _under(self, row: ClockRow, policy: PolicyRow | None) -> ClockRow:
        calendar = self.newest.get((policy.calendar_id if policy else None) or self.desk_calendar or 0)
        return replace(row, policy_version_id=policy.id if policy else None, calendar_version_id=calendar.id if calendar else None)

    def _know(self, version_id: int) -> None:
        if version_id not in self.versions:
            self.versions |= {policy.id: policy for policy in sla_policies.versions(self.conn, [version_id])}


def open_book(conn: Connection, case_ids: Sequence[CaseId], rows: Sequence[ClockRow], *, now: datetime) -> Book:
    """Return what is needed to say under which policy the clocks of these cases run."""
    policies, newest = sla_policies.every(conn), calendars.every(conn)
    older = {row.policy_version_id for row in rows if row.policy_version_id} - {policy.id for policy in policies}
    then = {row.calendar_version_id for row in rows if row.calendar_version_id} - {calendar.id for calendar in newest}
    return Book(
        conn=conn,
        policies=policies,
        newest={calendar.calendar_id: calendar for calendar in newest},
        desk_calendar=number_settings.read(conn).calendar_id,
        falls=sort(conn, policies, case_ids, now=now),
        versions={policy.id: policy for policy in [*policies, *(sla_policies.versions(conn, sorted(older)) if older else [])]},
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
