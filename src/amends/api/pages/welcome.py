"""The first page of a fresh installation: whoever has the set-up code becomes its administrator. Afterwards there is no such page."""

from hmac import compare_digest
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from amends.api.desk import AtDesk, Desk
from amends.api.entering import check_door_form, door_form, let_in, nobody_yet, too_often, whence_of
from amends.core.errors import NotFound, Refused
from amends.core.secrets import set_up_code
from amends.core.translating import gettext as _
from amends.inbox.actions import tries
from amends.inbox.actions.agents import add_first_administrator
from amends.inbox.actions.sign_in import SignedIn, begin_session

router = APIRouter(prefix="/welcome", include_in_schema=False)
SUBJECT = "welcome"


@router.get("")
def welcome(request: Request, desk: AtDesk) -> Response:
    """Show the form, to a fresh installation only."""
    if not nobody_yet(desk):
        raise NotFound
    return door_form(request, desk, "welcome.html", {"email": "", "name": ""})


@router.post("")
def settle(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    code: Annotated[str, Form(max_length=100)] = "",
    email: Annotated[str, Form(max_length=320)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1025)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Make the administrator and let them in, or say what is wrong."""
    check_door_form(request, csrf_token)
    if not nobody_yet(desk):
        raise NotFound
    trouble = _wrong_code(request, desk, code)
    if not trouble:
        try:
            return let_in(request, desk, _administrator(request, desk, email=email, name=name, password=password), "/inbox")
        except Refused as error:
            trouble = str(error)
    return door_form(request, desk, "welcome.html", {"email": email, "name": name, "trouble": trouble}, status=422)


def _wrong_code(request: Request, desk: Desk, code: str) -> str:
    """Return why the set-up code is not taken, empty where it is."""
    subjects, now = (SUBJECT, tries.place(whence_of(request).address)), desk.clock()
    with desk.pool.transaction() as conn:
        wait = tries.must_wait(conn, subjects, now)
        if wait:
            return too_often(wait, now)
        given, ours = code.strip().lower(), set_up_code(desk.secret_key)
        if compare_digest(given.encode(), ours.encode()):
            return ""
        tries.failed(conn, subjects, now)
    return _("This is not the set-up code. `./amends up` prints it, and the log of the web server shows it.")


def _administrator(request: Request, desk: Desk, *, email: str, name: str, password: str) -> SignedIn:
    now = desk.clock()
    with desk.pool.transaction() as conn:
        agent_id = add_first_administrator(conn, email=email, name=name, password=password, now=now)
        return begin_session(conn, agent_id=agent_id, length=desk.settings.session_length, now=now, whence=whence_of(request))
