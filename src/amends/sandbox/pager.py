"""The invented company's pager: takes alerts as a webhook does, and shows them to who asks. It keeps them until the sandbox stops."""

from collections import deque
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from amends.core.clock import utc_now

KEPT = 10_000

router = APIRouter()


def _beeps(request: Request) -> deque[dict[str, Any]]:
    """Return what this app's pager has received."""
    state = request.app.state
    if not hasattr(state, "beeps"):
        state.beeps = deque[dict[str, Any]](maxlen=KEPT)
    return state.beeps


Beeps = Annotated[deque[dict[str, Any]], Depends(_beeps)]


@router.post("/pager", status_code=204)
async def beep(request: Request, beeps: Beeps) -> None:
    """Take an alert; the same key twice is shown twice, so that a doubled delivery is seen."""
    beeps.append({"received_at": utc_now().timestamp(), **await request.json()})


@router.get("/control/alerts")
def alerts(beeps: Beeps) -> dict[str, Any]:
    """Return the alerts received, oldest first."""
    return {"alerts": list(beeps)}
