"""A password was forgotten: ask for a link, follow it, choose a new one. Nobody learns here who has an account."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Form, Request, Response
from fastapi.responses import RedirectResponse

from amends.api.desk import AtDesk, Desk
from amends.api.entering import check_door_form, door_form, guessing_is_slow, our_address, too_often, whence_of
from amends.core.errors import DeliveryError, NotFound, Refused
from amends.core.log import logger
from amends.core.translating import speaking, spoken
from amends.inbox.actions import letters, password_links
from amends.inbox.store import agents, people, tokens

router = APIRouter(include_in_schema=False)
log = logger(__name__)


@router.get("/forgot")
def forgot(request: Request, desk: AtDesk) -> Response:
    """Ask for the address."""
    _check_open(desk)
    return _asked(request, desk, asked=False)


@router.post("/forgot")
def ask(
    request: Request,
    desk: AtDesk,
    later: BackgroundTasks,
    email: Annotated[str, Form(max_length=320)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Say that a link is on its way if there is such an account; whether there is, is looked up after the answer has gone out."""
    _check_open(desk)
    check_door_form(request, csrf_token)
    with desk.pool.transaction() as conn:
        wait = password_links.may_ask(conn, email=email, address=whence_of(request).address, now=desk.clock())
    if wait:
        return _asked(request, desk, asked=False, trouble=too_often(wait, desk.clock()), status=429)
    later.add_task(send_link, desk, email)
    response = _asked(request, desk, asked=True)
    response.background = later
    return response


def send_link(desk: Desk, email: str) -> None:
    """Send the link to whoever has this address, in their language; without a mail server the log says that somebody asked."""
    with desk.pool.transaction() as conn:
        found = agents.find_by_email(conn, email=email.strip())
        if found is None or not found.active:
            return
        mail_url = desk.settings.mail_url.get_secret_value()
        if not mail_url:
            log.warning("password_link_asked", agent_id=found.id, hint="no mail server: make a link on the page People")
            return
        agent, token = password_links.make_link(conn, agent_id=found.id, by=None, now=desk.clock())
        own = people.profile(conn, found.id)
    with speaking(own.interface_language or spoken()):
        letter = letters.new_password(to=agent.email, url=our_address(desk, f"/new-password?key={token}"))
    try:
        letters.send(letter, mail_url=mail_url, now=desk.clock())
    except (DeliveryError, Refused) as error:
        log.warning("password_link_not_sent", agent_id=agent.id, error=str(error))


@router.get("/new-password")
def choose(request: Request, desk: AtDesk, key: str = "") -> Response:
    """Ask for the new password."""
    _check_open(desk)
    with guessing_is_slow(request, desk):
        return _chosen(request, desk, key, tokens_too=True)


@router.post("/new-password")
def change(
    request: Request,
    desk: AtDesk,
    key: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1025)] = "",
    tokens_too: Annotated[str, Form(max_length=3)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Set it, and lead to the sign-in page, where a second factor is asked for as ever."""
    _check_open(desk)
    check_door_form(request, csrf_token)
    try:
        with guessing_is_slow(request, desk), desk.pool.transaction() as conn:
            password_links.use_link(conn, token=key, password=password, now=desk.clock(), tokens_too=bool(tokens_too))
    except Refused as error:
        return _chosen(request, desk, key, tokens_too=bool(tokens_too), trouble=str(error), status=422)
    return RedirectResponse("/login", status_code=303)


def _check_open(desk: Desk) -> None:
    if desk.settings.oidc_only:
        raise NotFound


def _chosen(request: Request, desk: Desk, key: str, *, tokens_too: bool, trouble: str = "", status: int = 200) -> Response:
    """Show where the new password is chosen; `NotFound` where the link opens nothing."""
    with desk.pool.transaction() as conn:
        owner = password_links.owner_of(conn, token=key, now=desk.clock())
        has_tokens = tokens.any_living(conn, owner, now=desk.clock())
    values = {"key": key, "has_tokens": has_tokens, "tokens_too": tokens_too, "trouble": trouble}
    return door_form(request, desk, "new_password.html", values, status=status)


def _asked(request: Request, desk: Desk, *, asked: bool, trouble: str = "", status: int = 200) -> Response:
    mailed = bool(desk.settings.mail_url.get_secret_value())
    return door_form(request, desk, "forgot.html", {"asked": asked, "mailed": mailed, "trouble": trouble}, status=status)
