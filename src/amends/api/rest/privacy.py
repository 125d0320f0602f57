"""What people ask about their data, over REST: enter it, carry it out; and all that is held on somebody, as JSON."""

from collections.abc import Generator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk, Desk
from amends.api.person_file import Holdings, as_json
from amends.api.rest._bodies import Body
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions import privacy_requests as asking
from amends.inbox.actions.erase import Erased
from amends.inbox.actions.privacy_requests import Asked
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import erasure, openings, privacy_requests
from amends.inbox.store.privacy_requests import PrivacyRequest

router = APIRouter(prefix="/api/v1/privacy", tags=["privacy"])
PRIVACY = [program_may(Right.PRIVACY)]


class RequestBody(Body):
    """What a customer asks: `file` or `erasure`."""

    customer_id: int = Field(ge=1, lt=2**63)
    kind: Asked
    how: str = Field(default="", max_length=2_000)


@router.get("/requests", operation_id="list_privacy_requests", dependencies=PRIVACY)
def waiting(desk: AtDesk, _visitor: Bearing) -> list[PrivacyRequest]:
    """Return what is to be answered, the most urgent first."""
    with desk.pool.transaction() as conn:
        return privacy_requests.waiting(conn)


@router.post("/requests", operation_id="make_privacy_request", dependencies=PRIVACY, status_code=201)
def ask(desk: AtDesk, visitor: Bearing, body: RequestBody) -> PrivacyRequest:
    """Keep what a customer asks; asked twice, it is one request."""
    with desk.pool.transaction() as conn:
        customer_id = CustomerId(body.customer_id)
        asked = asking.ask(conn, customer_id=customer_id, kind=body.kind, how=body.how, agent_id=visitor.agent_id, now=desk.clock())
        return _found(privacy_requests.find(conn, asked))


@router.post("/requests/{request_id}/erase", operation_id="carry_out_erasure", dependencies=PRIVACY)
def erase(desk: AtDesk, visitor: Bearing, request_id: int) -> Erased:
    """Erase who asked for it."""
    with desk.pool.transaction() as conn:
        found = asking.carry_out(conn, request_id, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()
    return found


@router.get("/customers/{customer_id}", operation_id="get_person_file", dependencies=PRIVACY)
def person(desk: AtDesk, visitor: Bearing, customer_id: int) -> StreamingResponse:
    """Return all that is held on the customer: `made_at`, and a list for each kind."""
    with desk.pool.transaction() as conn:
        if erasure.standing(conn, CustomerId(customer_id)) is None:
            raise NotFound(_("There is no such customer."))
        openings.add(conn, customer_id=CustomerId(customer_id), agent_id=visitor.agent_id, place="file", now=desk.clock())
    return StreamingResponse(_pieces(desk, CustomerId(customer_id)), media_type="application/json")


def _pieces(desk: Desk, customer_id: CustomerId) -> Generator[str]:
    with desk.pool.transaction() as conn:
        yield from as_json(Holdings(conn, customer_id, secret_key=desk.secret_key), made_at=desk.clock())


def _found(asked: PrivacyRequest | None) -> PrivacyRequest:
    if asked is None:
        raise NotFound(_("There is no such request."))
    return asked
