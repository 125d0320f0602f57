"""What the doors before the desk share: their forms, where somebody comes from, and letting them in."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from amends.api import words
from amends.api.auth import LOGIN_COOKIE, Forged, from_our_page, set_session_cookie
from amends.api.desk import Desk
from amends.api.frame import LANGUAGE_COOKIE
from amends.api.looks import THEME_COOKIE
from amends.api.origins import address_of, origin_of
from amends.core.database import Connection, DatabaseGone, Pool
from amends.core.errors import NotFound, RateLimited
from amends.core.log import logger
from amends.core.secrets import set_up_code
from amends.core.settings import Settings
from amends.core.translating import gettext as _
from amends.inbox.actions import audit, tries
from amends.inbox.actions.sign_in import SignedIn, WrongCode, WrongPassword
from amends.inbox.actions.tries import TooOften
from amends.inbox.rules.auditing import AuditKind
from amends.inbox.rules.devices import Whence
from amends.inbox.rules.text import storable
from amends.inbox.store import people
from amends.inbox.store.people import Profile

log = logger(__name__)

A_MONTH = 30 * 86400
A_YEAR = 365 * 86400


def whence_of(request: Request) -> Whence:
    """Return what the browser says of itself and the address that it asks from."""
    return Whence(device=request.headers.get("user-agent", ""), address=address_of(request))


def secure(request: Request, desk: Desk) -> bool:
    """Tell whether browsers reach us by https, so that the cookie may insist on it."""
    return request.url.scheme == "https" or (desk.settings.public_url or "").startswith("https:")


def our_address(desk: Desk, path: str) -> str:
    """Return the whole address of a path of ours, by our settings: what a request says of its host may be forged."""
    settings = desk.settings
    return (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/") + path


def safe(back: str) -> str:
    """Return an address of ours: what begins like another host leads to the inbox."""
    ours = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return back if ours else "/inbox"


def door_form(request: Request, desk: Desk, template: str, values: Mapping[str, Any], *, status: int = 200) -> Response:
    """Show a form to somebody who is not signed in, with a token that ties it to this browser."""
    token = request.cookies.get(LOGIN_COOKIE) or token_urlsafe(24)
    shown = {"csrf_token": token, "trouble": "", **values}
    response = desk.screens.page(request, template, shown, status=status)
    response.set_cookie(LOGIN_COOKIE, token, httponly=True, samesite="strict", secure=secure(request, desk))
    return response


def check_door_form(request: Request, csrf_token: str) -> None:
    """Raise `Forged` where this is not a form that `door_form` showed in this browser."""
    from_our_page(request)
    if not csrf_token or not compare_digest(csrf_token.encode(), request.cookies.get(LOGIN_COOKIE, "").encode()):
        raise Forged


def too_often(wait: TooOften, now: datetime) -> str:
    """Return when the next try counts, in words."""
    return _("Too many failed tries. The next one counts in %(time)s.") % {"time": words.span(wait.until - now)}


@contextmanager
def guessing_is_slow(request: Request, desk: Desk) -> Generator[None]:
    """Count a key that opens nothing (`NotFound`) for where it came from, and refuse more tries from there for a while."""
    now, subjects = desk.clock(), [tries.place(whence_of(request).address)]
    with desk.pool.transaction() as conn:
        wait = tries.must_wait(conn, subjects, now)
    if wait:
        raise RateLimited(too_often(wait, now), until=wait.until)
    try:
        yield
    except NotFound:
        with desk.pool.transaction() as conn:
            tries.failed(conn, subjects, now)
        raise


def let_in(request: Request, desk: Desk, came: SignedIn, back: str) -> Response:
    """Lead somebody whose session has begun to `back`, with their language and theme."""
    response = RedirectResponse(safe(back), status_code=303)
    set_session_cookie(response, came.token, max_age=A_MONTH, secure=secure(request, desk))
    response.delete_cookie(LOGIN_COOKIE)
    with desk.pool.transaction() as conn:
        own = people.profile(conn, came.agent_id)
        audit.stamp(conn, replace(origin_of(request), agent_id=came.agent_id, who=own.name, via="session"), now=desk.clock())
        audit.record(conn, AuditKind.SIGNED_IN)
    remember_choices(response, own, secure=secure(request, desk))
    return response


def note_turned_away(conn: Connection, request: Request, desk: Desk, came: object, email: str = "") -> None:
    """Keep in the audit log who was turned away, by the password or by the code; tries that did not count are not in it."""
    if isinstance(came, WrongPassword | WrongCode):
        audit.stamp(conn, origin_of(request), now=desk.clock())
        audit.record(conn, AuditKind.SIGN_IN_FAILED, about=came.email if isinstance(came, WrongCode) else storable(email).strip())


def remember_choices(response: Response, own: Profile, *, secure: bool) -> None:
    """Put the language and the theme that somebody chose into the browser; what is left to the device stays as it is there."""
    for cookie, value in ((LANGUAGE_COOKIE, own.interface_language), (THEME_COOKIE, own.theme)):
        if value:
            response.set_cookie(cookie, value, max_age=A_YEAR, samesite="lax", secure=secure)


def nobody_yet(desk: Desk) -> bool:
    """Tell whether this installation is fresh: nobody has an account."""
    with desk.pool.transaction() as conn:
        return people.is_empty(conn)


def tell_set_up_code(settings: Settings, pool: Pool) -> None:
    """Write the set-up code of a fresh installation into the log."""
    try:
        with pool.transaction() as conn:
            fresh = people.is_empty(conn)
    except DatabaseGone:
        return
    if fresh:
        log.warning("nobody_may_sign_in", page="/welcome", set_up_code=set_up_code(settings.secret_key.get_secret_value()))
