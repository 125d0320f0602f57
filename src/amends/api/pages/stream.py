"""The stream of news that keeps open screens true (server-sent events)."""

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from amends.api.auth import Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.live import MOST_CASES, look_again
from amends.inbox.rules.rights import Right, Scope
from amends.inbox.store import inbox_list

router = APIRouter(include_in_schema=False)
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get("/stream", dependencies=[may(Right.SEE)])
def stream(desk: AtDesk, visitor: Reading, after: int = 0, last_event_id: Annotated[str, Header()] = "") -> StreamingResponse:
    """Open the stream; what happened behind the event that the screen knows comes first."""
    known = int(last_event_id) if last_event_id.isdecimal() else after
    return StreamingResponse(
        desk.live.stream(_missed(desk, known, visitor.scope), visitor.scope), media_type="text/event-stream", headers=HEADERS
    )


def _missed(desk: Desk, known: int, scope: Scope) -> str:
    """Return one message with all that a screen missed, empty where that is nothing."""
    with desk.pool.transaction() as conn:
        last = inbox_list.last_event(conn)
        if last <= known:
            return ""
        cases = inbox_list.touched_since(conn, known, MOST_CASES + 1)
    return look_again(last) if len(cases) > MOST_CASES else desk.live.bulletin(cases, last).told(scope)
