"""Personal data in posts: managers say how the company's order numbers look, and try what is found."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.personal.finding import find, mask
from amends.core.translating import _
from amends.inbox.actions.order_shapes import set_order_shapes, take_back_order_shapes
from amends.inbox.rules.rights import Right
from amends.inbox.rules.seen import mark
from amends.inbox.rules.text import storable
from amends.inbox.store import counts, order_shapes
from amends.triage.cleaning import clean
from amends.triage.language import detect, latin_of

router = APIRouter(prefix="/settings/personal", include_in_schema=False)
LONGEST_TRIAL = 5000


@router.get("", dependencies=[may(Right.TRIAGE)])
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show what is looked for and the shapes in force."""
    with desk.pool.transaction() as conn:
        values = _values(conn) | {"counts": counts.read(conn, visitor.scope), "apart": False}
    return desk.screens.page(request, "personal.html", values)


@router.post("", dependencies=[may(Right.TRIAGE)])
def save(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    shapes: Annotated[str, Form(max_length=2000)] = "",
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Put the shapes in force, unless somebody set others since the page was opened; the toast takes them back."""
    with desk.pool.transaction() as conn:
        set_id = set_order_shapes(conn, storable(shapes).splitlines(), agent_id=visitor.agent_id, now=desk.clock(), seen=seen)
    said = _("Saved; new posts and alerts go by it from now on")
    return saying(_listed(request, desk), said, undo=f"/settings/personal/undo?of={set_id}")


@router.post("/undo", dependencies=[may(Right.TRIAGE)])
def undo(request: Request, desk: AtDesk, visitor: Meaning, of: Annotated[int, Query()]) -> Response:
    """Put back in force what was before."""
    with desk.pool.transaction() as conn:
        take_back_order_shapes(conn, of, agent_id=visitor.agent_id, now=desk.clock())
    return saying(_listed(request, desk), _("Taken back"))


@router.post("/try", dependencies=[may(Right.TRIAGE)])
def look(request: Request, desk: AtDesk, _visitor: Meaning, text: Annotated[str, Form()] = "") -> Response:
    """Show what would be found in a text."""
    tried = text.strip()[:LONGEST_TRIAL]
    language = detect(clean(tried), latin=latin_of(desk.settings.triage_model))
    with desk.pool.transaction() as conn:
        shapes = order_shapes.newest(conn)
    values = {"tried": tried, "found": find(tried, language, shapes=shapes), "masked": mask(tried, language, shapes=shapes)}
    return desk.screens.blocks(request, "personal.html", ["tried"], values)


def _values(conn: Connection) -> dict[str, Any]:
    shapes = order_shapes.newest(conn)
    return {"shapes": shapes, "seen": mark(shapes), "last": order_shapes.last_set(conn)}


def _listed(request: Request, desk: Desk) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _values(conn) | {"apart": True}
    return desk.screens.blocks(request, "personal.html", ["listed"], values)
