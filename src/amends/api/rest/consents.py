"""What a customer said of being written to, over REST."""

from dataclasses import dataclass

from fastapi import APIRouter
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._customer import Kept
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import consents
from amends.inbox.rules.consent import Purpose, Target
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import consents as consent_rows

router = APIRouter(prefix="/api/v1/customers/{customer_id}", tags=["customers"])
SEE, WORK = [program_may(Right.SEE)], [program_may(Right.WORK)]


class ConsentBody(Body):
    """What the customer said of being written to: by one way, by one handle, or with neither by all."""

    purpose: Purpose
    given: bool
    basis: str = Field(max_length=200)
    contact_way_id: int | None = Field(default=None, ge=1, lt=2**63)
    author_id: int | None = Field(default=None, ge=1, lt=2**63)


@dataclass(frozen=True, kw_only=True, slots=True)
class Consents:
    """The log of consent, the newest first."""

    consents: list[consent_rows.Consent]


@router.get("/consents", operation_id="list_consents", dependencies=SEE)
def list_consents(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> Consents:
    """List what the customer said of being written to."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        return Consents(consents=consent_rows.log(conn, customer_id))


@router.post("/consents", status_code=201, operation_id="say_consent", dependencies=WORK)
def say_consent(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, body: ConsentBody) -> Kept:
    """Write down that consent was given or withdrawn."""
    if body.contact_way_id is not None and body.author_id is not None:
        raise Refused(_("Consent is for one way, for one handle, or for all."))
    target = Target(contact_way_id=body.contact_way_id, author_id=body.author_id)
    with desk.pool.transaction() as conn:
        row_id = consents.say(
            conn,
            customer_id=customer_id,
            purpose=body.purpose,
            given=body.given,
            basis=body.basis,
            target=target,
            by=visitor.agent_id,
            program=visitor.token,
            now=desk.clock(),
        )
    return Kept(id=row_id)
