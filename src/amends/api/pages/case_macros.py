"""Macros in the reply box: the picker offers those that fit the case, filled in; choosing one puts its words into the box."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from amends.api.answering import head_of
from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk
from amends.core.errors import Refused
from amends.inbox.actions.macro_values import macro_values, offered
from amends.inbox.actions.macros import use
from amends.inbox.rules.ids import CaseId, MacroId
from amends.inbox.rules.macro_text import fill
from amends.inbox.rules.rights import Right
from amends.inbox.store.macros import Macro

router = APIRouter(prefix="/inbox/{case_id:int}/macros", include_in_schema=False)
WORK = [may(Right.WORK)]
MOST = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """A macro with its words as they would be in this case."""

    macro: Macro
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """The words for the box, and whether sending them ends the case."""

    text: str
    resolve: bool


@router.get("", dependencies=WORK)
def pick(request: Request, desk: AtDesk, visitor: Reading, case_id: CaseId, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Offer the macros that fit this case."""
    with desk.pool.transaction() as conn:
        case = head_of(conn, case_id)
        values, found = macro_values(conn, case, visitor.name), offered(conn, case, visitor, text=q)
    ready = [Ready(macro=one, words=_filled(one, values)) for one in found[:MOST]]
    return desk.screens.blocks(request, "macro_picker.html", ["offered"], {"ready": ready, "case_id": case_id, "asked": q})


@router.post("/{macro_id}", dependencies=WORK)
def insert(desk: AtDesk, visitor: Meaning, case_id: CaseId, macro_id: MacroId) -> Filled:
    """Return a macro's words for this case, and do what goes with it."""
    with desk.pool.transaction() as conn:
        values = macro_values(conn, head_of(conn, case_id), visitor.name)
        used = use(conn, macro_id, case_id=case_id, values=values, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()
    return Filled(text=used.text, resolve=used.resolve)


def _filled(macro: Macro, values: dict[str, str | int]) -> str:
    try:
        return fill(macro.text, values)
    except Refused:
        return macro.text
