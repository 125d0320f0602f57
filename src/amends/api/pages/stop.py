"""Where the link in a message leads: the person stops such messages, without signing in. A link that is only looked at stops nothing.

Mail programs post here by themselves when somebody presses "unsubscribe" (RFC 8058), so there is no token of a form to check: whoever
holds the link can do no more than stop messages.
"""

from fastapi import APIRouter, Request, Response

from amends.api.desk import AtDesk
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions.send_occasions import is_stopped, stop_by

router = APIRouter(prefix="/stop", include_in_schema=False)


@router.head("/{token}")
@router.get("/{token}")
def show(request: Request, desk: AtDesk, token: str) -> Response:
    """Ask whether such messages are to stop, or say that they did."""
    with desk.pool.transaction() as conn:
        stopped = is_stopped(conn, token)
    if stopped is None:
        raise NotFound(_("This link belongs to no message."))
    return desk.screens.page(request, "stop.html", {"stopped": stopped})


@router.post("/{token}")
def stop(request: Request, desk: AtDesk, token: str) -> Response:
    """Stop them; twice is as good as once."""
    with desk.pool.transaction() as conn:
        if not stop_by(conn, token, now=desk.clock()):
            raise NotFound(_("This link belongs to no message."))
    return desk.screens.page(request, "stop.html", {"stopped": True})
