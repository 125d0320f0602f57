"""The answers that wait for a second person, and how many they are."""

from fastapi import APIRouter, Request, Response

from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.inbox.rules.rights import Right
from amends.inbox.store import approvals, counts

router = APIRouter(prefix="/approvals", include_in_schema=False)
APPROVE = [may(Right.APPROVE)]


@router.get("", dependencies=APPROVE)
def waiting(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show what waits, the longest first; for htmx only the list."""
    with desk.pool.transaction() as conn:
        values = {"waiting": approvals.waiting(conn, visitor.scope), "counts": counts.read(conn, visitor.scope)}
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "approvals.html", ["shown"], values)
    return desk.screens.page(request, "approvals.html", values)


@router.get("/count", dependencies=APPROVE)
def count(desk: AtDesk, visitor: Reading) -> Response:
    """Return how many wait, as the rail shows it: nothing for none."""
    with desk.pool.transaction() as conn:
        found = approvals.count(conn, visitor.scope)
    return Response(str(found or ""), media_type="text/html")
