"""The sign-in page, and the way out."""

from dataclasses import replace
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from amends.api import words
from amends.api.auth import LOGIN_COOKIE, SESSION_COOKIE, Forged, Meaning, from_our_page, may, set_session_cookie
from amends.api.desk import AtDesk, Desk
from amends.api.origins import origin_of
from amends.core.database import Connection
from amends.inbox.actions import audit
from amends.inbox.actions.sign_in import SignedIn, TooOften, WrongPassword, sign_in, sign_out
from amends.inbox.rules.auditing import AuditKind
from amends.inbox.rules.rights import Right
from amends.inbox.rules.text import storable
from amends.inbox.store import agents

router = APIRouter(include_in_schema=False)
A_MONTH = 30 * 86400


@router.get("/")
def home() -> Response:
    """Lead to the inbox."""
    return RedirectResponse("/inbox", status_code=303)


@router.get("/login")
def sign_in_page(request: Request, desk: AtDesk, next: str = "") -> Response:  # noqa: A002
    """Show the form."""
    return _form(request, desk, back=next)


@router.post("/login")
def enter(
    request: Request,
    desk: AtDesk,
    email: Annotated[str, Form(max_length=320)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    csrf_token: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",  # noqa: A002
) -> Response:
    """Begin a session, or show the form again with the reason."""
    from_our_page(request)
    if not csrf_token or not compare_digest(csrf_token.encode(), request.cookies.get(LOGIN_COOKIE, "").encode()):
        raise Forged
    with desk.pool.transaction() as conn:
        came = sign_in(conn, email=email, password=password, length=desk.settings.session_length, now=desk.clock())
        _note(conn, request, desk, came, email)
    if isinstance(came, SignedIn):
        response = RedirectResponse(_safe(next), status_code=303)
        set_session_cookie(response, came.token, max_age=A_MONTH, secure=_secure(request, desk))
        response.delete_cookie(LOGIN_COOKIE)
        return response
    if isinstance(came, TooOften):
        wait = words.span(came.until - desk.clock())
        return _form(request, desk, back=next, email=email, status=429, trouble=f"Too many failed tries. The next one counts in {wait}.")
    return _form(request, desk, back=next, email=email, status=401, trouble="The e-mail address or the password is wrong.")


@router.post("/logout", dependencies=[may(Right.SELF)])
def leave(request: Request, desk: AtDesk, _visitor: Meaning) -> Response:
    """End the session."""
    with desk.pool.transaction() as conn:
        sign_out(conn, token=request.cookies.get(SESSION_COOKIE, ""))
        audit.record(conn, AuditKind.SIGNED_OUT)
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(SESSION_COOKIE)
    return response


def _note(conn: Connection, request: Request, desk: Desk, came: SignedIn | WrongPassword | TooOften, email: str) -> None:
    """Keep in the audit log who came in, and who was turned away; tries that did not count are not in it."""
    if isinstance(came, SignedIn):
        found = agents.find(conn, agent_id=came.agent_id)
        who = found.name if found else ""
        audit.stamp(conn, replace(origin_of(request), agent_id=came.agent_id, who=who, via="session"), now=desk.clock())
        audit.record(conn, AuditKind.SIGNED_IN)
    elif isinstance(came, WrongPassword):
        audit.record(conn, AuditKind.SIGN_IN_FAILED, about=storable(email).strip())


def _form(request: Request, desk: AtDesk, *, back: str, email: str = "", status: int = 200, trouble: str = "") -> Response:
    token = request.cookies.get(LOGIN_COOKIE) or token_urlsafe(24)
    response = desk.screens.page(
        request, "login.html", {"csrf_token": token, "back": back, "email": email, "trouble": trouble}, status=status
    )
    response.set_cookie(LOGIN_COOKIE, token, httponly=True, samesite="strict", secure=_secure(request, desk))
    return response


def _safe(back: str) -> str:
    """Return an address of ours: what begins like another host leads to the inbox."""
    ours = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return back if ours else "/inbox"


def _secure(request: Request, desk: AtDesk) -> bool:
    """Tell whether browsers reach us by https, so that the cookie may insist on it."""
    return request.url.scheme == "https" or (desk.settings.public_url or "").startswith("https:")
