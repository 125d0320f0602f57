"""What the company decides about its numbers: who may compare single agents, what a status page shows, the calendar of business time."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api import people_words
from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk
from amends.api.screen import saying
from amends.core.translating import _
from amends.inbox.actions import number_settings
from amends.inbox.rules.rights import Right
from amends.inbox.rules.words import Role
from amends.inbox.store import calendars, counts
from amends.inbox.store import number_settings as store
from amends.inbox.store.number_settings import NumberSettings

router = APIRouter(prefix="/settings/numbers", include_in_schema=False)
ROLES = {role: words for role, words in people_words.ROLES.items() if role in number_settings.ROLES}


@router.get("", dependencies=[may(Right.PEOPLE)])
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show what is decided."""
    with desk.pool.transaction() as conn:
        values: dict[str, Any] = {
            "settings": store.read(conn),
            "calendars": calendars.every(conn),
            "counts": counts.read(conn, visitor.scope),
        }
    return desk.screens.page(request, "number_settings.html", values | {"roles": ROLES})


@router.post("", dependencies=[may(Right.PEOPLE)])
def save(
    desk: AtDesk,
    visitor: Meaning,
    role: Annotated[list[Role] | None, Form()] = None,
    shows_answer_times: Annotated[bool, Form()] = False,
    calendar: Annotated[str, Form(pattern=r"^\d{0,18}$")] = "",
) -> Response:
    """Decide; the audit log keeps what was before."""
    with desk.pool.transaction() as conn:
        new = NumberSettings(
            compare_agents=role or [], shows_answer_times=shows_answer_times, calendar_id=int(calendar) if calendar else None
        )
        number_settings.decide(conn, new, agent_id=visitor.agent_id, now=desk.clock())
    return saying(HTMLResponse(), _("Saved"))
