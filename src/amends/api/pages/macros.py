"""The page of macros: found, made, changed with a look at how they come out in a real case, deleted and brought back."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.answering import head_of
from amends.api.auth import Meaning, Reading, check_reach, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._macro_form import Written, writer
from amends.api.screen import saying
from amends.collectors import networks
from amends.core.database import Connection
from amends.core.errors import AmendsError
from amends.core.translating import gettext as _
from amends.inbox.actions import macros
from amends.inbox.actions.macro_values import for_what, macro_values
from amends.inbox.rules.ids import CaseId, MacroId
from amends.inbox.rules.macro_text import LONGEST_TEXT, VARIABLES, check, fill
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts, topics
from amends.inbox.store import macros as macro_rows
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/settings/macros", include_in_schema=False)
WORK = [may(Right.WORK)]


@router.get("", dependencies=WORK)
def every(request: Request, desk: AtDesk, visitor: Reading, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show all macros that somebody may use; for htmx only the list."""
    with desk.pool.transaction() as conn:
        values = _values(conn, visitor, q) | {"counts": counts.read(conn, visitor.scope), "apart": False}
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "macros.html", ["listed"], values)
    return desk.screens.page(request, "macros.html", values)


@router.get("/{macro_id:int}", dependencies=WORK)
def one(request: Request, desk: AtDesk, visitor: Reading, macro_id: MacroId) -> Response:
    """Show one macro to be changed."""
    with desk.pool.transaction() as conn:
        found = macros.seen(conn, macro_id, visitor.agent_id)
        values = _values(conn, visitor, "") | {"counts": counts.read(conn, visitor.scope), "apart": False, "macro": found}
    return desk.screens.page(request, "macros.html", values)


@router.post("", dependencies=WORK)
def make(request: Request, desk: AtDesk, visitor: Meaning, new: Written) -> Response:
    """Make a macro."""
    with desk.pool.transaction() as conn:
        macros.create(conn, new, by=writer(visitor), now=desk.clock())
    return _listed(request, desk, visitor, _("Made; type / in the reply box to use it"))


@router.post("/preview", dependencies=WORK)
def preview(
    request: Request, desk: AtDesk, visitor: Meaning, text: Annotated[str, Form()] = "", case: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """Show how the text comes out in a real case, or what is wrong with it."""
    with desk.pool.transaction() as conn:
        values = _tried(conn, desk, visitor, text, case)
    return desk.screens.blocks(request, "macros.html", ["tried"], values)


@router.post("/{macro_id:int}", dependencies=WORK)
def change(
    request: Request, desk: AtDesk, visitor: Meaning, macro_id: MacroId, new: Written, seen: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Change a macro, unless somebody changed it since the page was opened: in another tab, for one."""
    with desk.pool.transaction() as conn:
        macros.change(conn, macro_id, new, by=writer(visitor), now=desk.clock(), seen=seen)
    return _listed(request, desk, visitor, _("Changed"), changed=macro_id)


@router.post("/{macro_id:int}/delete", dependencies=WORK)
def delete(request: Request, desk: AtDesk, visitor: Meaning, macro_id: MacroId) -> Response:
    """Delete a macro; the toast brings it back."""
    with desk.pool.transaction() as conn:
        gone = macros.delete(conn, macro_id, by=writer(visitor), now=desk.clock())
    said = _("“%(name)s” is deleted") % {"name": gone.name}
    return _listed(request, desk, visitor, said, undo=f"/settings/macros/{macro_id}/restore")


@router.post("/{macro_id:int}/restore", dependencies=WORK)
def restore(request: Request, desk: AtDesk, visitor: Meaning, macro_id: MacroId) -> Response:
    """Bring a deleted macro back."""
    with desk.pool.transaction() as conn:
        macros.restore(conn, macro_id, by=writer(visitor), now=desk.clock())
    return _listed(request, desk, visitor, _("Here it is again"))


def _values(conn: Connection, visitor: Visitor, text: str) -> dict[str, Any]:
    return {
        "macros": macro_rows.visible(conn, agent_id=visitor.agent_id, text=text.strip()),
        "asked": text,
        "all_topics": topics.every(conn),
        "all_networks": networks(),
        "variables": VARIABLES,
        "longest": LONGEST_TEXT,
        "for_what": for_what,
        "macro": None,
        "newest": macro_rows.newest_case(conn, visitor.scope),
    }


def _tried(conn: Connection, desk: Desk, visitor: Visitor, text: str, case: str) -> dict[str, Any]:
    """Return how a text comes out in a case, or what is wrong with the text or the case."""
    number = int(case) if case.isdecimal() else macro_rows.newest_case(conn, visitor.scope)
    try:
        check(text)
        if number is None:
            return {"filled": text, "trouble": "", "number": None}
        check_reach(desk, visitor, "case_id", number)
        return {"filled": fill(text, macro_values(conn, head_of(conn, CaseId(number)), visitor.name)), "trouble": "", "number": number}
    except AmendsError as error:
        return {"filled": "", "trouble": str(error), "number": number}


def _listed(request: Request, desk: Desk, visitor: Visitor, said: str, *, undo: str = "", changed: MacroId | None = None) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _values(conn, visitor, "") | {"apart": True, "macro": macro_rows.lock(conn, changed) if changed else None}
    shown = desk.screens.blocks(request, "macros.html", ["listed", "seen"], values)
    return saying(shown, said, undo=undo, more={"form-done": {"form": "macro"}})
