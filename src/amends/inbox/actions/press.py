"""Makes a case more urgent for a reason with a name, and takes that back."""

from collections.abc import Mapping
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, Refused
from amends.core.translating import _
from amends.inbox.actions.found import locked_case
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.store import events, pressing
from amends.inbox.store.cases import Case

MOST = 100


def press(conn: Connection, *, case_id: CaseId, points: int, reason: str, agent_id: AgentId | None, now: datetime) -> None:
    """Add `points` to the case's urgency under the name `reason`; a case that has this reason already stays as it is."""
    if not 0 < points <= MOST:
        raise Refused(_("Urgency is raised by 1 to 100 points."))
    case = locked_case(conn, case_id)
    added = pressing.add(conn, case_id=case.id, points=points, reason=reason)
    if added is not None:
        events.add(conn, EventKind.CASE_PRESSED, now=now, case_id=case.id, agent_id=agent_id, points=added, reason=reason)


def ease(conn: Connection, case: Case, facts: Mapping[str, object], *, agent_id: AgentId, now: datetime) -> None:
    """Take the points of `press` back; `Conflict` where the reason is gone, since the case was judged anew."""
    points, reason = facts.get("points"), str(facts.get("reason", ""))
    if not isinstance(points, int) or not pressing.take(conn, case_id=case.id, points=points, reason=reason):
        raise Conflict(_("The case was judged anew since; there is nothing left to take back."))
    events.add(conn, EventKind.CASE_PRESSED, now=now, case_id=case.id, agent_id=agent_id, points=-points, reason=reason)
