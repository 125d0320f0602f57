"""Where an invitation leads: name, password, in. The key stands in the query, which no log of ours keeps."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from amends.api.desk import AtDesk
from amends.api.entering import check_door_form, door_form, guessing_is_slow, let_in, whence_of
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions import invitations
from amends.inbox.actions.sign_in import begin_session

router = APIRouter(prefix="/invitation", include_in_schema=False)


@router.get("")
def invitation(request: Request, desk: AtDesk, key: str = "") -> Response:
    """Show what the invitation promises, and ask for name and password; where all sign in by single sign-on, that takes it up."""
    if desk.settings.oidc_only:
        return RedirectResponse("/login", status_code=303)
    with guessing_is_slow(request, desk), desk.pool.transaction() as conn:
        found = invitations.opened(conn, token=key, now=desk.clock())
    return door_form(request, desk, "invitation.html", {"invitation": found, "key": key, "name": ""})


@router.post("")
def accept(
    request: Request,
    desk: AtDesk,
    key: Annotated[str, Form(max_length=200)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1025)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Make the account and let its owner in, or say what is wrong."""
    if desk.settings.oidc_only:
        raise NotFound(_("Here everybody signs in by single sign-on."))
    check_door_form(request, csrf_token)
    now = desk.clock()
    try:
        with guessing_is_slow(request, desk), desk.pool.transaction() as conn:
            agent_id = invitations.accept(conn, token=key, name=name, password=password, now=now)
            came = begin_session(conn, agent_id=agent_id, length=desk.settings.session_length, now=now, whence=whence_of(request))
    except Refused as error:
        with desk.pool.transaction() as conn:
            found = invitations.opened(conn, token=key, now=now)
        shown = {"invitation": found, "key": key, "name": name, "trouble": str(error)}
        return door_form(request, desk, "invitation.html", shown, status=422)
    return let_in(request, desk, came, "/inbox")
