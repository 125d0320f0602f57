"""Gives a case to a team, or to all of them."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions.found import locked_case
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.store import cases, events, team_list


def give_to_team(conn: Connection, *, case_id: CaseId, team_id: int | None, agent_id: AgentId, now: datetime) -> None:
    """Make the case the work of `team_id` (None: of every team that works on its source)."""
    case, name = locked_case(conn, case_id), ""
    if team_id is not None:
        name = team_list.names(conn).get(team_id, "")
        if not name:
            raise Refused(_("There is no such team any more."))
    was = cases.set_team(conn, case_id=case.id, team_id=team_id)
    if was != team_id:
        events.add(conn, EventKind.CASE_GIVEN_TO_TEAM, now=now, case_id=case.id, agent_id=agent_id, team_id=team_id, team=name, was=was)
