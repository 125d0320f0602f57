"""Makes cases more urgent, for a reason with a name."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.actions import press
from amends.inbox.actions.deeds import At, Facts
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.text import storable

EVENT = EventKind.CASE_PRESSED
DECIDED_BY = None
SAYS = N_("raise the urgency by %(points)s: %(reason)s")
LONGEST = 40


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return the points and the reason."""
    points, reason = str(asked.get("points") or ""), " ".join(storable(str(asked.get("reason") or "")).split())
    if not (points.isdecimal() and len(points) <= len(str(press.MOST)) and 0 < int(points) <= press.MOST):
        raise Refused(_("Urgency is raised by 1 to 100 points."))
    if not 0 < len(reason) <= LONGEST:
        raise Refused(_("Name the reason in at most %(most)s characters; agents read it beside the urgency.") % {"most": LONGEST})
    return {"points": int(points), "reason": reason}


def said(facts: Facts) -> str:
    """Return what it does."""
    return _(SAYS) % facts


def act(at: At, facts: Facts) -> None:
    """Do it."""
    press.press(
        at.conn, case_id=at.case_id, points=int(str(facts["points"])), reason=str(facts["reason"]), agent_id=at.agent_id, now=at.now
    )
