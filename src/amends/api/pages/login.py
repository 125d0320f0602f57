"""The sign-in page in its two steps, the way back in from a page that is still open, and the way out."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from amends.api.auth import SESSION_COOKIE, Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.entering import check_door_form, door_form, let_in, nobody_yet, note_turned_away, secure, too_often, whence_of
from amends.core.translating import N_
from amends.core.translating import gettext as _
from amends.inbox.actions import audit
from amends.inbox.actions.sign_in import CodeDue, SignedIn, TooLate, show_code, sign_in, sign_out
from amends.inbox.actions.tries import TooOften
from amends.inbox.rules.auditing import AuditKind
from amends.inbox.rules.rights import Right
from amends.inbox.rules.sign_in import CODE_WITHIN

router = APIRouter(include_in_schema=False)
STEP_COOKIE = "amends_step"
TROUBLES = {
    "late": N_("That took too long. Sign in once more."),
    "denied": N_("You were not let in by your single sign-on. Try again, or ask whoever looks after it."),
    "away": N_("Your single sign-on does not answer as it should. Try again in a moment; an administrator finds the reason in the log."),
    "untrue": N_("What your single sign-on said about you could not be believed. Try again; an administrator finds the reason in the log."),
    "state": N_("This sign-in was begun elsewhere, or too long ago. Begin again here."),
    "unverified": N_("Your single sign-on does not vouch for your e-mail address. Ask whoever looks after it to verify the address."),
    "unknown": N_("You have no account here yet. Ask an administrator for an invitation."),
    "other": N_("This e-mail address belongs to another account of your single sign-on. Ask an administrator."),
    "left": N_("Your account is not active. Ask an administrator."),
}


@router.get("/")
def home() -> Response:
    """Lead to the inbox."""
    return RedirectResponse("/inbox", status_code=303)


@router.get("/login")
def sign_in_page(request: Request, desk: AtDesk, next: str = "", trouble: str = "") -> Response:  # noqa: A002
    """Show the form, or lead the first person of a fresh installation to where it begins."""
    if nobody_yet(desk):
        return RedirectResponse("/welcome", status_code=303)
    return _form(request, desk, back=next, trouble=_(TROUBLES.get(trouble, "")))


@router.post("/login")
def enter(
    request: Request,
    desk: AtDesk,
    email: Annotated[str, Form(max_length=320)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    csrf_token: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",  # noqa: A002
) -> Response:
    """Begin a session, ask for the code of a second factor, or show the form again with the reason."""
    check_door_form(request, csrf_token)
    if desk.settings.oidc_only:
        return _form(request, desk, back=next, status=403, trouble=_("Here everybody signs in by single sign-on."))
    length, whence = desk.settings.session_length, whence_of(request)
    with desk.pool.transaction() as conn:
        came = sign_in(conn, email=email, password=password, length=length, now=desk.clock(), whence=whence)
        note_turned_away(conn, request, desk, came, email)
    if isinstance(came, SignedIn):
        return let_in(request, desk, came, next)
    if isinstance(came, CodeDue):
        return _to_the_code(request, desk, came, next)
    if isinstance(came, TooOften):
        return _form(request, desk, back=next, email=email, status=429, trouble=too_often(came, desk.clock()))
    return _form(request, desk, back=next, email=email, status=401, trouble=_("The e-mail address or the password is wrong."))


def _to_the_code(request: Request, desk: Desk, due: CodeDue, back: str) -> Response:
    response = RedirectResponse(f"/login/code?{urlencode({'next': back})}", status_code=303)
    lasts = int(CODE_WITHIN.total_seconds())
    response.set_cookie(
        STEP_COOKIE, due.token, max_age=lasts, path="/login", httponly=True, samesite="strict", secure=secure(request, desk)
    )
    return response


@router.get("/login/code")
def code_page(request: Request, desk: AtDesk, next: str = "") -> Response:  # noqa: A002
    """Ask for the code of the second factor."""
    if not request.cookies.get(STEP_COOKIE):
        return RedirectResponse("/login?trouble=late", status_code=303)
    return door_form(request, desk, "login_code.html", {"back": next})


@router.post("/login/code")
def enter_code(
    request: Request,
    desk: AtDesk,
    code: Annotated[str, Form(max_length=100)] = "",
    csrf_token: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",  # noqa: A002
) -> Response:
    """Begin the session where the code holds, or ask again."""
    check_door_form(request, csrf_token)
    with desk.pool.transaction() as conn:
        came = show_code(
            conn,
            token=request.cookies.get(STEP_COOKIE, ""),
            code=code,
            secret_key=desk.secret_key,
            length=desk.settings.session_length,
            now=desk.clock(),
            whence=whence_of(request),
        )
        note_turned_away(conn, request, desk, came)
    if isinstance(came, SignedIn):
        response = let_in(request, desk, came, next)
        response.delete_cookie(STEP_COOKIE, path="/login")
        return response
    if isinstance(came, TooLate):
        return RedirectResponse("/login?trouble=late", status_code=303)
    trouble = too_often(came, desk.clock()) if isinstance(came, TooOften) else _("This code is wrong, or was used already.")
    return door_form(request, desk, "login_code.html", {"back": next, "trouble": trouble}, status=401)


@router.get("/login/again", dependencies=[may(Right.SELF)])
def again(visitor: Reading) -> dict[str, Any]:
    """Give a page that stayed open over the end of a session what it needs to go on: who is signed in, and the new session's token."""
    return {"agent_id": visitor.agent_id, "csrf_token": visitor.csrf_token}


@router.get("/login/done", dependencies=[may(Right.SELF)])
def signed_in_again(request: Request, desk: AtDesk, _visitor: Reading) -> Response:
    """Tell the page that waits in another tab that it may go on."""
    return desk.screens.page(request, "signed_in.html", {})


@router.post("/logout", dependencies=[may(Right.SELF)])
def leave(request: Request, desk: AtDesk, _visitor: Meaning) -> Response:
    """End the session."""
    with desk.pool.transaction() as conn:
        sign_out(conn, token=request.cookies.get(SESSION_COOKIE, ""))
        audit.record(conn, AuditKind.SIGNED_OUT)
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(SESSION_COOKIE)
    return response


def _form(request: Request, desk: Desk, *, back: str, email: str = "", status: int = 200, trouble: str = "") -> Response:
    settings = desk.settings
    sign_on = settings.oidc_name if settings.oidc_issuer else ""
    shown = {"back": back, "email": email, "trouble": trouble, "sign_on": sign_on, "only": settings.oidc_only}
    return door_form(request, desk, "login.html", shown, status=status)
