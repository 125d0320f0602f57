"""Organisations: companies and associations, who belongs to them, how they are and why, and when memberships renew."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import LARGEST_ID, Meaning, Reading, check_reach, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._organisation_view import asker, candidate_values, list_values, one_values, terms, way_back, wished
from amends.api.screen import saying
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import organisations as keeping
from amends.inbox.actions.organisations import TermsWish, Wish
from amends.inbox.rules.ids import CustomerId, MembershipId, OrganisationId
from amends.inbox.rules.rights import Right
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/organisations", include_in_schema=False)
Wished = Annotated[Wish, Depends(wished)]
Terms = Annotated[TermsWish, Depends(terms)]


@router.get("", dependencies=[may(Right.SEE)])
def every(
    request: Request,
    desk: AtDesk,
    visitor: Reading,
    q: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
) -> Response:
    """Show the organisations by name; for htmx only the list, or the lines behind the one `after`."""
    with desk.pool.transaction() as conn:
        values = list_values(desk, conn, visitor, q, after)
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "organisations.html", ["lines" if after else "listed"], values)
    return desk.screens.page(request, "organisations.html", values)


@router.post("", dependencies=[may(Right.WORK)])
def add(desk: AtDesk, visitor: Meaning, wish: Wished) -> Response:
    """Add an organisation and lead to its page."""
    with desk.pool.transaction() as conn:
        organisation_id = keeping.add_organisation(conn, wish, agent_id=visitor.agent_id, now=desk.clock())
    return Response(headers={"HX-Redirect": f"/organisations/{organisation_id}"})


@router.get("/{organisation_id:int}", dependencies=[may(Right.SEE)])
def one(
    request: Request,
    desk: AtDesk,
    visitor: Reading,
    organisation_id: OrganisationId,
    below: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
) -> Response:
    """Show an organisation with its members; for htmx the lines behind the membership `below`."""
    with desk.pool.transaction() as conn:
        values = one_values(desk, conn, visitor, _known(organisation_id), below)
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "organisation.html", ["lines"], values)
    return desk.screens.page(request, "organisation.html", values)


@router.post("/{organisation_id:int}", dependencies=[may(Right.WORK)])
def change(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    organisation_id: OrganisationId,
    wish: Wished,
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Change an organisation, unless somebody changed it since the page was opened."""
    with desk.pool.transaction() as conn:
        keeping.change_organisation(conn, _known(organisation_id), wish, agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
    return _shown(request, desk, visitor, organisation_id, _("Saved"))


@router.post("/{organisation_id:int}/archive", dependencies=[may(Right.WORK)])
def archive(request: Request, desk: AtDesk, visitor: Meaning, organisation_id: OrganisationId) -> Response:
    """Put an organisation away; the toast brings it back."""
    with desk.pool.transaction() as conn:
        found = keeping.archive_organisation(conn, _known(organisation_id), agent_id=visitor.agent_id, now=desk.clock())
    said = _("“%(name)s” is put away") % {"name": found.name}
    return _shown(request, desk, visitor, organisation_id, said, undo=f"/organisations/{organisation_id}/restore")


@router.post("/{organisation_id:int}/restore", dependencies=[may(Right.WORK)])
def restore(request: Request, desk: AtDesk, visitor: Meaning, organisation_id: OrganisationId) -> Response:
    """Bring an organisation back."""
    with desk.pool.transaction() as conn:
        found = keeping.restore_organisation(conn, _known(organisation_id), agent_id=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, visitor, organisation_id, _("“%(name)s” is back") % {"name": found.name})


@router.get("/{organisation_id:int}/candidates", dependencies=[may(Right.SEE)])
def candidates(
    request: Request, desk: AtDesk, visitor: Reading, organisation_id: OrganisationId, q: Annotated[str, Query(max_length=500)] = ""
) -> Response:
    """Show some customers who may be added, by their name, handle or any query."""
    with desk.pool.transaction() as conn:
        values = candidate_values(conn, organisation_id, q, asker(visitor, desk))
    return desk.screens.blocks(request, "organisation.html", ["candidates"], values)


@router.post("/{organisation_id:int}/members", dependencies=[may(Right.WORK)])
def add_member(
    request: Request, desk: AtDesk, visitor: Meaning, organisation_id: OrganisationId, customer: Annotated[CustomerId, Form()], wish: Terms
) -> Response:
    """Let a customer belong to the organisation."""
    check_reach(desk, visitor, "customer_id", customer)
    with desk.pool.transaction() as conn:
        by, now = visitor.agent_id, desk.clock()
        membership_id = keeping.add_member(conn, _known(organisation_id), _known(customer), wish, source=Source(by=by), now=now)
    undo = f"/organisations/members/{membership_id}/end"
    return _shown(request, desk, visitor, organisation_id, _("Added"), undo=undo)


@router.post("/members/{membership_id:int}", dependencies=[may(Right.WORK)])
def change_member(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    membership_id: MembershipId,
    wish: Terms,
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Change on what terms somebody belongs, unless somebody changed them since the page was opened."""
    with desk.pool.transaction() as conn:
        before = keeping.membership(conn, _known(membership_id), now=desk.clock())
    check_reach(desk, visitor, "customer_id", before.id)
    with desk.pool.transaction() as conn:
        before = keeping.change_member(conn, membership_id, wish, source=Source(by=visitor.agent_id), now=desk.clock(), seen=seen)
        undo = way_back(conn, before, now=desk.clock())
    return _shown(request, desk, visitor, before.organisation_id, _("Saved"), undo=undo)


@router.post("/members/{membership_id:int}/end", dependencies=[may(Right.WORK)])
def end(request: Request, desk: AtDesk, visitor: Meaning, membership_id: MembershipId) -> Response:
    """Let a membership be over; the toast takes it back."""
    with desk.pool.transaction() as conn:
        before = keeping.membership(conn, _known(membership_id), now=desk.clock())
    check_reach(desk, visitor, "customer_id", before.id)
    with desk.pool.transaction() as conn:
        before = keeping.end_membership(conn, membership_id, source=Source(by=visitor.agent_id), now=desk.clock())
        undo = way_back(conn, before, now=desk.clock())
    said = _("“%(name)s” belongs no more") % {"name": before.name}
    return _shown(request, desk, visitor, before.organisation_id, said, undo=undo)


@router.post("/{organisation_id:int}/members/back", dependencies=[may(Right.WORK)])
def back(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    organisation_id: OrganisationId,
    membership: MembershipId,
    customer: CustomerId,
    role: Annotated[str, Query(max_length=300)] = "",
    number: Annotated[str, Query(max_length=300)] = "",
    since: Annotated[str, Query(max_length=40)] = "",
    until: Annotated[str, Query(max_length=40)] = "",
    renews_on: Annotated[str, Query(max_length=40)] = "",
    seen: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Let a membership be as it was, unless somebody changed it since."""
    check_reach(desk, visitor, "customer_id", customer)
    wish = TermsWish(role=role, number=number, since=since, until=until, renews_on=renews_on)
    with desk.pool.transaction() as conn:
        of = _known(organisation_id), _known(customer)
        keeping.take_back(conn, _known(membership), of, wish, source=Source(by=visitor.agent_id), now=desk.clock(), seen=seen)
    return _shown(request, desk, visitor, organisation_id, _("Taken back"))


def _known(given: int) -> int:
    if not 0 < given < LARGEST_ID:
        raise Refused(_("This is no id."))
    return given


def _shown(request: Request, desk: Desk, visitor: Visitor, organisation_id: int, text: str, *, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = one_values(desk, conn, visitor, organisation_id) | {"apart": True}
    return saying(desk.screens.blocks(request, "organisation.html", ["how", "shown"], values), text, undo=undo)
