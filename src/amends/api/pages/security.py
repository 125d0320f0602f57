"""Sign-in and sessions of one's own: the password, the second factor's state, and which devices are signed in."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.entering import too_often
from amends.api.people_words import WAYS
from amends.api.screen import saying
from amends.core.errors import NotFound, Refused
from amends.core.translating import gettext as _
from amends.core.translating import ngettext
from amends.core.written import number
from amends.inbox.actions.account_notes import note_change
from amends.inbox.actions.agents import change_password, own_password_holds
from amends.inbox.actions.tries import TooOften
from amends.inbox.rules.devices import device_words
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts, second_factors, sessions, tokens
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/settings/security", include_in_schema=False)
ONLY = [may(Right.SELF)]


@router.get("", dependencies=ONLY)
def security(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show all of it."""
    with desk.pool.transaction() as conn:
        counted = counts.read(conn, visitor.scope)
    return desk.screens.page(request, "security.html", {"counts": counted, "trouble": "", "tokens_too": False, **_own(desk, visitor)})


@router.post("/password", dependencies=ONLY)
def new_password(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    old: Annotated[str, Form(max_length=1024)] = "",
    new: Annotated[str, Form(max_length=1025)] = "",
    tokens_too: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Change the password, which ends the other sessions, and API tokens where that is wished."""
    if desk.settings.oidc_only:
        raise NotFound
    now, me = desk.clock(), visitor.agent_id
    with desk.pool.transaction() as conn:
        holds = own_password_holds(conn, agent_id=me, password=old, now=now)
    trouble = too_often(holds, now) if isinstance(holds, TooOften) else "" if holds else _("The present password is wrong.")
    if trouble:
        return _blocks(request, desk, visitor, trouble, tokens_too=bool(tokens_too))
    try:
        with desk.pool.transaction() as conn:
            change_password(conn, agent_id=me, password=new, now=now, by=me, but=visitor.session_id, tokens_too=bool(tokens_too))
    except Refused as error:
        return _blocks(request, desk, visitor, str(error), tokens_too=bool(tokens_too))
    return saying(_blocks(request, desk, visitor), _("Password changed; your other sessions have ended"))


@router.post("/sessions/end-others", dependencies=ONLY)
def end_others(request: Request, desk: AtDesk, visitor: Meaning) -> Response:
    """End every session but this one."""
    with desk.pool.transaction() as conn:
        ended = sessions.end_all(conn, agent_id=visitor.agent_id, but=visitor.session_id)
        note_change(
            conn, EventKind.SESSIONS_ENDED, by=visitor.agent_id, about=visitor.agent_id, now=desk.clock(), before={"sessions": ended}
        )
    words = ngettext("%(number)s other session has ended", "%(number)s other sessions have ended", ended) % {"number": number(ended)}
    return saying(_blocks(request, desk, visitor), words)


@router.post("/sessions/{session_id}/end", dependencies=ONLY)
def end(request: Request, desk: AtDesk, visitor: Meaning, session_id: int) -> Response:
    """End one session; where it is this one, that is signing out."""
    with desk.pool.transaction() as conn:
        if not sessions.end_one(conn, session_id=session_id, agent_id=visitor.agent_id):
            raise NotFound(_("There is no such session of yours; perhaps it has ended already."))
        note_change(conn, EventKind.SESSIONS_ENDED, by=visitor.agent_id, about=visitor.agent_id, now=desk.clock(), before={"sessions": 1})
    if session_id == visitor.session_id:
        return RedirectResponse("/login", status_code=303)
    return saying(_blocks(request, desk, visitor), _("The session has ended"))


def _blocks(request: Request, desk: Desk, visitor: Visitor, trouble: str = "", *, tokens_too: bool = False) -> Any:
    values = {"trouble": trouble, "tokens_too": tokens_too, **_own(desk, visitor)}
    return desk.screens.blocks(request, "security.html", ["own"], values)


def _own(desk: Desk, visitor: Visitor) -> dict[str, Any]:
    with desk.pool.transaction() as conn:
        return {
            "sessions": sessions.of_agent(conn, agent_id=visitor.agent_id, now=desk.clock()),
            "factor": second_factors.lock(conn, visitor.agent_id),
            "device_words": device_words,
            "ways": WAYS,
            "has_tokens": tokens.any_living(conn, visitor.agent_id, now=desk.clock()),
            "only_sign_on": desk.settings.oidc_only,
        }
