"""Which handles are the customer's: said by an agent beside the case, with the ground it stands on."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from amends.api.answering import head_of
from amends.api.auth import Meaning
from amends.api.desk import AtDesk
from amends.api.pages._acting import done
from amends.core.database import Connection
from amends.inbox.actions.customers import link_customer, unlink
from amends.inbox.rules.ids import AuthorId, CaseId
from amends.inbox.rules.words import LinkBasis

router = APIRouter(prefix="/inbox/{case_id:int}", include_in_schema=False)


@router.post("/link")
def link(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: CaseId,
    author_id: Annotated[AuthorId, Form()],
    basis: Annotated[LinkBasis, Form()] = LinkBasis.AGENT,
    evidence: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Make a handle the customer's own, on a stated ground."""
    now, me = desk.clock(), visitor.agent_id

    def act(conn: Connection) -> None:
        customer_id = head_of(conn, case_id).customer_id
        link_customer(conn, author_id=author_id, customer_id=customer_id, basis=basis, evidence=evidence, agent_id=me, now=now)

    return done(request, desk, case_id, act, "Linked; their cases lie together now")


@router.post("/unlink")
def take_off(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, author_id: Annotated[AuthorId, Form()]) -> Response:
    """Take a handle off the customer."""
    now, me = desk.clock(), visitor.agent_id
    return done(request, desk, case_id, lambda conn: unlink(conn, author_id=author_id, agent_id=me, now=now), "Taken off")
