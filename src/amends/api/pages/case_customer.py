"""What an agent knows of the customer, said beside the case: which handles are theirs, and whether a resolution held."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from amends.api.answering import head_of
from amends.api.auth import Meaning, check_reach, may
from amends.api.desk import AtDesk
from amends.api.pages._acting import done
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions.customers import link_customer, unlink
from amends.inbox.actions.follow_up import decide_follow_up
from amends.inbox.rules.evidence import of_basis
from amends.inbox.rules.ids import AuthorId, CaseId, FollowUpId, PostId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.words import LinkBasis, Outcome
from amends.inbox.store import post_list

router = APIRouter(prefix="/inbox/{case_id:int}", include_in_schema=False)


@router.post("/link", dependencies=[may(Right.WORK)])
def link(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: CaseId,
    author_id: Annotated[AuthorId, Form()],
    basis: Annotated[LinkBasis, Form()] = LinkBasis.AGENT,
    evidence: Annotated[str, Form(max_length=500)] = "",
    post_id: Annotated[str, Form(max_length=19)] = "",
) -> Response:
    """Make a handle the customer's own, on a stated ground; `post_id` is the post of this case in which they told us."""
    check_reach(desk, visitor, "author_id", author_id)
    now, me = desk.clock(), visitor.agent_id

    def act(conn: Connection) -> None:
        customer_id = head_of(conn, case_id).customer_id
        proof = of_basis(basis, evidence, _told_in(conn, case_id, post_id))
        link_customer(conn, author_id=author_id, customer_id=customer_id, basis=basis, evidence=proof, agent_id=me, now=now)

    return done(request, desk, case_id, act, _("Linked; their cases lie together now"))


def _told_in(conn: Connection, case_id: CaseId, post_id: str) -> PostId | None:
    """Return the post, which is one of the case's own; None where none was chosen."""
    if not post_id:
        return None
    found = post_list.post(conn, int(post_id)) if post_id.isdecimal() else None
    if found is None or found.case_id != case_id:
        raise Refused(_("Choose a post of this case."))
    return PostId(found.id)


@router.post("/follow_ups/{follow_up_id}", dependencies=[may(Right.WORK)])
def decide(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: CaseId,
    follow_up_id: FollowUpId,
    outcome: Annotated[Outcome, Form()],
    note: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Keep what an agent knows of whether the resolution held."""
    now, me = desk.clock(), visitor.agent_id

    def act(conn: Connection) -> None:
        decide_follow_up(
            conn,
            follow_up_id=follow_up_id,
            outcome=outcome,
            agent_id=me,
            note=note or _("%(name)s knows.") % {"name": visitor.name},
            now=now,
        )

    return done(request, desk, case_id, act, _("Kept"))


@router.post("/unlink", dependencies=[may(Right.WORK)])
def take_off(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, author_id: Annotated[AuthorId, Form()]) -> Response:
    """Take a handle off the customer."""
    check_reach(desk, visitor, "author_id", author_id)
    now, me = desk.clock(), visitor.agent_id
    return done(request, desk, case_id, lambda conn: unlink(conn, author_id=author_id, agent_id=me, now=now), _("Taken off"))
