"""Makes cases the work of a team, or of all."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import team
from amends.inbox.actions.deeds import At, Facts, number
from amends.inbox.rules.events import EventKind
from amends.inbox.store import team_list

EVENT = EventKind.CASE_GIVEN_TO_TEAM


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return the team; all of them where none is named."""
    if not asked.get("team"):
        return {"team": None, "name": ""}
    team_id, names = number(asked, "team"), team_list.names(conn)
    if team_id not in names:
        raise Refused(_("There is no such team any more."))
    return {"team": team_id, "name": names[team_id]}


def said(facts: Facts) -> str:
    """Return what it does."""
    return _("give to the team %(name)s") % {"name": facts["name"]} if facts["team"] else _("give back to every team")


def act(at: At, facts: Facts) -> None:
    """Do it."""
    to = facts["team"]
    team.give_to_team(at.conn, case_id=at.case_id, team_id=to if isinstance(to, int) else None, agent_id=at.agent_id, now=at.now)
