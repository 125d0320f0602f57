"""What an agent says of a case's topics, and whether it is for us at all; both teach, and both are taken back by one key."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from amends.api.auth import Meaning, may
from amends.api.desk import AtDesk
from amends.api.pages._acting import done
from amends.core.translating import _
from amends.inbox.actions import relevance, topic_labels
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import CaseId, TopicId
from amends.inbox.rules.rights import Right

router = APIRouter(prefix="/inbox/{case_id:int}", include_in_schema=False)


@router.post("/topics", dependencies=[may(Right.WORK)])
def give(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, topic_id: Annotated[TopicId, Form()]) -> Response:
    """Give the case a topic."""
    return done(
        request,
        desk,
        case_id,
        lambda conn: topic_labels.give_case(conn, case_id=case_id, topic_id=topic_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("The case has this topic now, and the topic learns from it"),
        undo=EventKind.TOPIC_GIVEN,
    )


@router.post("/topics/{topic_id}/remove", dependencies=[may(Right.WORK)])
def take(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, topic_id: TopicId) -> Response:
    """Take a topic from the case."""
    return done(
        request,
        desk,
        case_id,
        lambda conn: topic_labels.take_from_case(conn, case_id=case_id, topic_id=topic_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("Not about this topic; it learns from that"),
        undo=EventKind.TOPIC_TAKEN,
    )


@router.post("/not-for-us", dependencies=[may(Right.WORK)])
def throw(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId) -> Response:
    """Put the case aside, and let its source learn that such posts are not for us."""
    return done(
        request,
        desk,
        case_id,
        lambda conn: relevance.throw_case(conn, case_id=case_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("Not for us; its source learns from that"),
        undo=f"/inbox/{case_id}/for-us",
    )


@router.post("/for-us", dependencies=[may(Right.WORK)])
def keep(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId) -> Response:
    """Take it back: the case is open again, and its source forgets the example."""
    return done(
        request,
        desk,
        case_id,
        lambda conn: relevance.keep_case(conn, case_id=case_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("Taken back"),
    )
