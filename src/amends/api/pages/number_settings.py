"""What the company decides about its numbers: who may compare single agents, and whether anybody may read how fast we answer."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk
from amends.api.screen import saying
from amends.core.translating import _
from amends.inbox.rules.rights import RIGHTS, Right
from amends.inbox.rules.words import Role
from amends.inbox.store import counts, number_settings
from amends.inbox.store.number_settings import NumberSettings

router = APIRouter(prefix="/settings/numbers", include_in_schema=False)
ROLES = [role for role in Role if role in RIGHTS[Right.NUMBERS]]


@router.get("", dependencies=[may(Right.PEOPLE)])
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show what is decided."""
    with desk.pool.transaction() as conn:
        values: dict[str, Any] = {"settings": number_settings.read(conn), "counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "number_settings.html", values | {"roles": ROLES})


@router.post("", dependencies=[may(Right.PEOPLE)])
def save(
    desk: AtDesk,
    _visitor: Meaning,
    role: Annotated[list[Role] | None, Form()] = None,
    shows_answer_times: Annotated[bool, Form()] = False,
) -> Response:
    """Decide; the audit log keeps what was before."""
    named = [one.value for one in ROLES if one in (role or [])]
    with desk.pool.transaction() as conn:
        number_settings.keep(conn, NumberSettings(compare_agents=named, shows_answer_times=shows_answer_times))
    return saying(HTMLResponse(), _("Saved"))
