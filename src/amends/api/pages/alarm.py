"""Where the link in an alarm's message leads: whoever got it says that they see to it, without signing in. A look changes nothing."""

from fastapi import APIRouter, Request, Response

from amends.api.desk import AtDesk, Desk
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.secrets import is_signed
from amends.core.translating import _
from amends.inbox.actions.alarms import acknowledge
from amends.inbox.rules.ids import AlertId
from amends.inbox.store import alarms
from amends.inbox.store.alarms import Alarm

router = APIRouter(prefix="/alarm/{alert_id:int}/{signature}", include_in_schema=False)


@router.head("")
@router.get("")
def show(request: Request, desk: AtDesk, alert_id: AlertId, signature: str) -> Response:
    """Show the alarm, and a button; previews of chats ask for its head first."""
    with desk.pool.transaction() as conn:
        found = _signed(conn, desk, alert_id, signature)
    return desk.screens.page(request, "alarm.html", {"one": found, "seen_to": found.acknowledged_at is not None})


@router.post("")
def see_to(request: Request, desk: AtDesk, alert_id: AlertId, signature: str) -> Response:
    """Keep that somebody sees to it; twice is as good as once."""
    with desk.pool.transaction() as conn:
        found = _signed(conn, desk, alert_id, signature)
        acknowledge(conn, alert_id, agent_id=None, now=desk.clock())
    return desk.screens.page(request, "alarm.html", {"one": found, "seen_to": True})


def _signed(conn: Connection, desk: Desk, alert_id: AlertId, signature: str) -> Alarm:
    found = alarms.find(conn, alert_id) if is_signed(f"alarm {alert_id}", signature, desk.secret_key) else None
    if found is None:
        raise NotFound(_("This link belongs to no alarm."))
    return found
