"""Which handles are a customer's, over REST: a handle is tied to them on a stated ground, and taken off again."""

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from amends.api.answering import head_of
from amends.api.auth import LARGEST_ID, Bearing, check_reach, program_may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions.customers import link_customer, unlink
from amends.inbox.rules.evidence import of_basis
from amends.inbox.rules.ids import AuthorId, CaseId, CustomerId, PostId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.words import LinkBasis
from amends.inbox.store import customers, link_evidence, post_list
from amends.inbox.store.customers import Link
from amends.inbox.store.link_evidence import EvidenceRow

router = APIRouter(prefix="/api/v1/customers/{customer_id}/handles", tags=["customers"])


class GroundBody(Body):
    """How it is known that a handle is theirs: `evidence` in words, `post_id` the post in which they told us."""

    basis: Literal[LinkBasis.TOLD_US, LinkBasis.AGENT, LinkBasis.VERIFIED] = LinkBasis.AGENT
    evidence: str = Field(default="", max_length=500)
    post_id: int | None = Field(default=None, ge=1, lt=LARGEST_ID)


@dataclass(frozen=True, kw_only=True, slots=True)
class Alone:
    """The customer whose the handle is now."""

    customer_id: CustomerId


@router.get("/evidence", operation_id="list_link_evidence", dependencies=[program_may(Right.SEE)])
def list_evidence(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> list[EvidenceRow]:
    """Return what the links of a customer's handles stand on, and for each what the person gave for it: words, a fact, or nothing."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        return link_evidence.of_customer(conn, customer_id)


@router.post("/{author_id}", status_code=204, operation_id="link_handle", dependencies=[program_may(Right.WORK)])
def link_handle(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, author_id: AuthorId, body: GroundBody) -> None:
    """Make a handle the customer's own; where it is all of another record, that record becomes part of this one."""
    if body.post_id is not None:
        check_reach(desk, visitor, "post_id", body.post_id)
    with desk.pool.transaction() as conn:
        before = _link(conn, author_id)
        proof = of_basis(body.basis, body.evidence, _told_in(conn, body.post_id, {customer_id, before.customer_id}))
        link_customer(
            conn,
            author_id=author_id,
            customer_id=customer_id,
            basis=body.basis,
            evidence=proof,
            agent_id=visitor.agent_id,
            now=desk.clock(),
            program=visitor.token,
        )
    desk.wake()


@router.delete("/{author_id}", operation_id="unlink_handle", dependencies=[program_may(Right.WORK)])
def unlink_handle(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, author_id: AuthorId) -> Alone:
    """Take a handle off the customer, who has others; it is a customer of its own again."""
    with desk.pool.transaction() as conn:
        if _link(conn, author_id).customer_id != customer_id:
            raise NotFound(_("There is no author %(id)s.") % {"id": author_id})
        alone = unlink(conn, author_id=author_id, agent_id=visitor.agent_id, now=desk.clock(), program=visitor.token)
    desk.wake()
    return Alone(customer_id=alone)


def _link(conn: Connection, author_id: AuthorId) -> Link:
    found = customers.find_link(conn, author_id=author_id)
    if found is None:
        raise NotFound(_("There is no author %(id)s.") % {"id": author_id})
    return found


def _told_in(conn: Connection, post_id: int | None, people: set[CustomerId]) -> PostId | None:
    """Return the post, which stands in a case of one of these people; None where none was named."""
    if post_id is None:
        return None
    found = post_list.post(conn, post_id)
    if found is None or found.case_id is None or head_of(conn, CaseId(found.case_id)).customer_id not in people:
        raise NotFound(_("There is no post %(id)s.") % {"id": post_id})
    return PostId(found.id)
