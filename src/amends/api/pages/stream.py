"""The stream of news that keeps open screens true (server-sent events), and the signs of life by which screens know who is where."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Header, Response
from fastapi.responses import StreamingResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.bulletins import Audience, look_again
from amends.api.desk import AtDesk, Desk
from amends.api.live import MOST_CASES, Screen
from amends.core.translating import spoken
from amends.inbox.actions.look_again import look_sooner
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.rights import Right
from amends.inbox.store import inbox_list, presence

router = APIRouter(include_in_schema=False)
LONGEST_ID = 19
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get("/stream", dependencies=[may(Right.SEE)])
def stream(desk: AtDesk, visitor: Reading, after: int = 0, last_event_id: Annotated[str, Header()] = "") -> StreamingResponse:
    """Open the stream; what happened behind the event that the screen knows comes first, then who is at which case."""
    known = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < LONGEST_ID else after
    audience = Audience(language=spoken(), scope=visitor.scope)
    news = desk.live.stream(lambda: _missed(desk, known, audience), Screen(audience=audience, agent_id=visitor.agent_id))
    return StreamingResponse(news, media_type="text/event-stream", headers=HEADERS)


@router.post("/inbox/{case_id:int}/presence", status_code=204, dependencies=[may(Right.SEE)])
def be_present(
    desk: AtDesk, visitor: Meaning, case_id: CaseId, doing: Annotated[Literal["viewing", "reply", "note", "gone"], Form()]
) -> Response:
    """Keep for some seconds that the agent is at a case, and what they do there; `gone` ends it."""
    with desk.pool.transaction() as conn:
        if doing == "gone":
            presence.leave(conn, case_id=case_id, agent_id=visitor.agent_id)
        else:
            presence.be(conn, case_id=case_id, agent_id=visitor.agent_id, doing=doing, now=desk.clock())
            look_sooner(conn, case_id=case_id, policy=desk.policy, now=desk.clock())
    return Response(status_code=204)


def _missed(desk: Desk, known: int, audience: Audience) -> str:
    """Return all that a screen missed, and who is where."""
    teller = desk.live.teller
    with desk.pool.transaction() as conn:
        last = inbox_list.last_event(conn)
        cases = inbox_list.touched_since(conn, known, MOST_CASES + 1) if last > known else {}
    here = teller.presence(None, [audience])[audience]
    if last <= known:
        return here
    return (look_again(last) if len(cases) > MOST_CASES else teller.news(cases, last, [audience])[audience]) + here
