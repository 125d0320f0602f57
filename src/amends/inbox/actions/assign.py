"""Gives a case to an agent, to a team, or to nobody; takes that back; says who was faster."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, Refused, Unsuited
from amends.core.translating import N_, _
from amends.inbox.actions.found import locked_case
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, TeamId
from amends.inbox.rules.rights import Right, may
from amends.inbox.store import assignments, cases, events, staff, teams
from amends.inbox.store.cases import Case

ONLY_LOOKS = N_("%(name)s only looks and cannot work on a case.")
NOT_IN_TEAM = N_("%(name)s is not in the team of this case and would not see it; give it to their team.")
JUST_NOW = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """Who had the case on the screen from which it is given away; None: nobody."""

    assignee_id: AgentId | None


def assign(
    conn: Connection,
    *,
    case_id: CaseId,
    assignee_id: AgentId | None,
    agent_id: AgentId | None,
    now: datetime,
    expected: Expected | None = None,
) -> None:
    """Make `assignee_id` responsible for the case (None: nobody); `agent_id` is who says so, None where a rule does.

    `Conflict` where the case is not with whom the screen showed; `Refused` where that colleague works here no more or may not see it.
    """
    case = locked_case(conn, case_id)
    _as_expected(conn, case, assignee_id, agent_id, expected, now)
    if assignee_id is not None:
        _can_take(conn, case, assignee_id, now)
    if assignee_id != case.assignee_id:
        _hand_over(conn, case, assignee_id, agent_id, now)


def assign_team(
    conn: Connection, *, case_id: CaseId, team_id: TeamId | None, agent_id: AgentId | None, now: datetime, expected: Expected | None = None
) -> None:
    """Make the case work of a team, which gives it to somebody in its own way (None: of every team that works on its source).

    `Conflict` and `Refused` as `assign` has them.
    """
    case = locked_case(conn, case_id)
    _as_expected(conn, case, None, agent_id, expected, now)
    name = "" if team_id is None else team_named(conn, team_id)
    if (case.team_id, case.assignee_id) == (team_id, None):
        return
    cases.set_team(conn, case_id=case.id, team_id=team_id)
    _tell(conn, case, None, agent_id, now, team_id=team_id, was_team=case.team_id, team=name)


def team_named(conn: Connection, team_id: TeamId) -> str:
    """Return the name of a team that can be given work; `Refused` where there is none."""
    team = teams.find(conn, team_id=team_id)
    if team is None or team.archived_at is not None:
        raise Refused(_("There is no such team any more."))
    return team.name


def put_back(conn: Connection, case: Case, facts: Mapping[str, object], *, agent_id: AgentId, now: datetime) -> None:
    """Put a locked case back to who had it before the event with these `facts`; `Refused` where they take none any more."""
    was, was_team = facts.get("was"), facts.get("was_team")
    if "was_team" in facts:
        team_id = TeamId(was_team) if isinstance(was_team, int) else None
        if team_id is not None:
            team_named(conn, team_id)
        cases.set_team(conn, case_id=case.id, team_id=team_id)
        case = locked_case(conn, case.id)
    back = AgentId(was) if isinstance(was, int) else None
    if back is not None:
        _can_take(conn, case, back, now)
    _hand_over(conn, case, back, agent_id, now)


def take_if_free(conn: Connection, case: Case, *, agent_id: AgentId, now: datetime) -> None:
    """Make the agent who works on a locked case of nobody responsible for it."""
    if case.assignee_id is None:
        _hand_over(conn, case, agent_id, agent_id, now)


def _as_expected(
    conn: Connection, case: Case, wished: AgentId | None, agent_id: AgentId | None, expected: Expected | None, now: datetime
) -> None:
    """Refuse to overwrite what the agent has not seen; a wish that is fulfilled already is none."""
    if expected is None or case.assignee_id in {expected.assignee_id, wished}:
        return
    raise Conflict(_who_was_faster(conn, case, agent_id, now))


def _who_was_faster(conn: Connection, case: Case, agent_id: AgentId | None, now: datetime) -> str:
    last = assignments.last(conn, case_id=case.id)
    seconds = max(0, round((now - last.at).total_seconds())) if last else JUST_NOW + 1
    ago = _("%(n)s s ago") % {"n": seconds} if seconds <= JUST_NOW else _("%(n)s min ago") % {"n": seconds // 60}
    if last is None or case.assignee_id is None:
        return _("The case was given back to everyone %(ago)s.") % {"ago": ago}
    if case.assignee_id == agent_id:
        return _("The case became yours %(ago)s.") % {"ago": ago}
    words = {"name": last.whom or "", "ago": ago}
    if last.agent_id == case.assignee_id:
        return _("%(name)s took it %(ago)s.") % words
    return _("It was given to %(name)s %(ago)s.") % words


def _can_take(conn: Connection, case: Case, assignee_id: AgentId, now: datetime) -> None:
    assignee = staff.find(conn, agent_id=assignee_id)
    if assignee is None or not assignee.active:
        raise Refused(_("This colleague does not work here any more."))
    if not may(assignee.role, Right.WORK):
        raise Refused(ONLY_LOOKS, name=assignee.name)
    if case.team_id is not None and not assignee.as_person(now).sees(case.team_id, case.source_id):
        raise Unsuited(NOT_IN_TEAM, name=assignee.name)


def _hand_over(conn: Connection, case: Case, assignee_id: AgentId | None, agent_id: AgentId | None, now: datetime) -> None:
    cases.set_assignee(conn, case_id=case.id, assignee_id=assignee_id)
    _tell(conn, case, assignee_id, agent_id, now)


def _tell(conn: Connection, case: Case, assignee_id: AgentId | None, agent_id: AgentId | None, now: datetime, **facts: object) -> None:
    told = {"assignee_id": assignee_id, "was": case.assignee_id} | facts
    events.add_all(conn, [events.Event(kind=EventKind.CASE_ASSIGNED, case_id=case.id, agent_id=agent_id, facts=told)], now=now)
