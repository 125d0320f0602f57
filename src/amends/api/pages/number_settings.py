"""What the company decides about its numbers: who may compare single agents, what a status page shows, the calendar of business time."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response

from amends.api import people_words
from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.actions import number_settings
from amends.inbox.rules.rights import Right
from amends.inbox.rules.words import Role
from amends.inbox.store import calendars, counts
from amends.inbox.store import number_settings as store
from amends.inbox.store.number_settings import NumberSettings
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/settings/numbers", include_in_schema=False)
ROLES = {role: words for role, words in people_words.ROLES.items() if role in number_settings.ROLES}
MARK = r"^([a-z-]{0,60}\.[01]\.([1-9]\d{0,17})?)?$"
"""What was decided, as its mark says it, or nothing."""


@router.get("", dependencies=[may(Right.PEOPLE)])
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show what is decided."""
    with desk.pool.transaction() as conn:
        values = _values(conn) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "number_settings.html", values)


@router.post("", dependencies=[may(Right.PEOPLE)])
def save(  # noqa: PLR0913 - one argument a field
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    role: Annotated[list[Role] | None, Form()] = None,
    shows_answer_times: Annotated[bool, Form()] = False,
    calendar: Annotated[str, Form(pattern=r"^\d{0,18}$")] = "",
    instead_of: Annotated[str, Form(pattern=MARK)] = "",
) -> Response:
    """Decide; the toast takes it back, and the audit log keeps what was before."""
    new = NumberSettings(compare_agents=role or [], shows_answer_times=shows_answer_times, calendar_id=int(calendar) if calendar else None)
    return _decided(request, desk, visitor, new, instead_of, _("Saved"))


@router.post("/back", dependencies=[may(Right.PEOPLE)])
def take_back(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    to: Annotated[str, Query(pattern=MARK, min_length=1)],
    instead_of: Annotated[str, Query(pattern=MARK, min_length=1)],
) -> Response:
    """Let count again what was decided before, unless somebody has decided otherwise since."""
    return _decided(request, desk, visitor, store.read_mark(to), instead_of, _("Taken back"))


def _decided(request: Request, desk: Desk, visitor: Visitor, new: NumberSettings, instead_of: str, text: str) -> Response:
    with desk.pool.transaction() as conn:
        before = number_settings.decide(conn, new, agent_id=visitor.agent_id, now=desk.clock(), instead_of=instead_of)
        values = _values(conn) | {"apart": True}
    undo = f"/settings/numbers/back?to={before.mark}&instead_of={new.mark}" if before.mark != new.mark else ""
    return saying(desk.screens.blocks(request, "number_settings.html", ["form"], values), text, undo=undo)


def _values(conn: Connection) -> dict[str, Any]:
    return {"settings": store.read(conn), "calendars": calendars.every(conn), "roles": ROLES, "apart": False}
