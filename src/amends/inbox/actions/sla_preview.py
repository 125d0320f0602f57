"""Tries a policy on the clocks of the last month: which would have been due and late by it, beside which were. Nothing is changed.

Whether a case falls under what is tried, and did not before or the other way round, is asked of the case as it is now, since what it was
then is not kept; every other clock stays with the policy that it ran under. Where nobody may compare agents, a
policy of one colleague's cases, or one behind such a policy, is not tried: what it tells would be their numbers.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions import coaching
from amends.inbox.actions.terms import Sorter
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.clocks import ClockKind
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.query import NotAQuery
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.sla import NO_TERMS, Timed, timed
from amends.inbox.rules.sla_policy import Written, place_of_new
from amends.inbox.store import calendars, sla_policies, sla_preview
from amends.inbox.store.sessions import Visitor
from amends.inbox.store.sla_policies import PolicyRow
from amends.inbox.store.sla_preview import PastClock

MONTH = timedelta(days=30)
MOST = 5_000
SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """A clock as it was and as it would have been."""

    case_id: CaseId
    kind: str
    team: str
    customer: str
    started_at: datetime
    due_before: datetime | None
    due_after: datetime | None
    late_before: bool
    late_after: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How many clocks of a team were promised something, and how many of those were late; `team` is empty where it was of none."""

    team: str
    due_before: int
    due_after: int
    late_before: int
    late_after: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a policy would have done in the last month: all together, by team, and the first clocks for which it matters."""

    since: datetime
    looked: int
    more: bool
    whole: Tally
    teams: Sequence[Tally]
    changed: int
    first: Sequence[Tried]


def preview(conn: Connection, written: Written, *, policy_id: int | None, visitor: Visitor, now: datetime) -> Preview:
    """Return what a checked policy would have done to the clocks of the last month; a new one stands where it would be kept.

    `NotFound` where the one that is tried is gone, `Refused` where that would tell the numbers of a colleague whom the visitor may not
    compare.
    """
    known = sla_policies.every(conn)
    if policy_id is not None and policy_id not in {one.policy_id for one in known}:
        raise NotFound(_("There is no such policy any more."))
    policies = tried_among(known, written, policy_id)
    _check(conn, policies[: policies.index(written) + 1], visitor, now)
    past = sla_preview.past(conn, visitor.scope, since=now - MONTH, now=now, limit=MOST)
    sorter = Sorter(conn=conn, case_ids=sorted({one.case_id for one in past}), now=now)
    newest = {one.calendar_id: one.calendar for one in calendars.every(conn)}
    trial = _Trial(written=written, policy_id=policy_id, known=known, sorter=sorter, newest=newest, now=now)
    tried = [_tried(one, trial.after(one)) for one in past]
    changed = [one for one in tried if (one.due_before, one.late_before) != (one.due_after, one.late_after)]
    teams = sorted({one.team for one in tried})
    return Preview(
        since=now - MONTH,
        looked=len(past),
        more=len(past) == MOST,
        whole=_tally("", tried),
        teams=[_tally(team, [one for one in tried if one.team == team]) for team in teams] if len(teams) > 1 else [],
        changed=len(changed),
        first=sorted(changed, key=lambda one: one.late_before == one.late_after)[:SHOWN],
    )


def _check(conn: Connection, policies: Sequence[Written], visitor: Visitor, now: datetime) -> None:
    """Raise `Refused` where one of the policies is of a colleague's cases; one that names who is gone is of nobody's."""
    for policy in policies:
        with suppress(NotAQuery):
            coaching.check_query(conn, parse(policy.condition), Asker(agent_id=visitor.agent_id, now=now), role=visitor.role)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Trial:
    """The policy that is tried in place of the one with `policy_id` (None: where a new one stands), and how they stand without it."""

    written: Written
    policy_id: int | None
    known: Sequence[PolicyRow]
    sorter: Sorter
    newest: Mapping[int, Calendar]
    now: datetime

    def after(self, row: PastClock) -> Timed | None:
        """Return the clock by the policy that it would fall under; None where what is tried has no say in it, then or now.

        Where the case as it is now falls under it either way, or not, the clock stays with what it ran under: cases change too.
        """
        was = self.sorter.first(self.known, row.case_id)
        policy = self.sorter.first(tried_among(self.known, self.written, self.policy_id), row.case_id)
        ran = self.policy_id is not None and row.policy_id == self.policy_id
        if (was is not None and was.policy_id == self.policy_id) == (policy is self.written):
            policy = self.written if ran else None
        if not ran and policy is not self.written:
            return None
        calendar = self.newest.get(policy.calendar_id or 0) if policy else None
        return timed(row.clock, policy.terms(ClockKind(row.kind), calendar) if policy else NO_TERMS, now=self.now)


def tried_among(known: Sequence[PolicyRow], written: Written, policy_id: int | None) -> list[Written]:
    """Return the policies as they would be asked."""
    if policy_id is not None:
        return [written if one.policy_id == policy_id else one for one in known]
    place = place_of_new(written.condition, [one.condition for one in known])
    return [*known[:place], written, *known[place:]]


def _tried(row: PastClock, after: Timed | None) -> Tried:
    late = row.breached_at is not None
    return Tried(
        case_id=row.case_id,
        kind=row.kind,
        team=row.team or "",
        customer=row.customer,
        started_at=row.started_at,
        due_before=row.due_at,
        due_after=after.due_at if after else row.due_at,
        late_before=late,
        late_after=after.breached_at is not None if after else late,
    )


def _tally(team: str, tried: Sequence[Tried]) -> Tally:
    return Tally(
        team=team,
        due_before=sum(one.due_before is not None for one in tried),
        due_after=sum(one.due_after is not None for one in tried),
        late_before=sum(one.late_before for one in tried),
        late_after=sum(one.late_after for one in tried),
    )
