"""Where somebody sets their second factor up: a QR code for the app, a code that proves it, recovery codes shown once."""

from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request, Response
from markupsafe import Markup

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.entering import too_often
from amends.core.translating import gettext as _
from amends.inbox.actions import second_factor
from amends.inbox.actions.agents import own_password_holds
from amends.inbox.actions.tries import TooOften
from amends.inbox.rules.rights import Right
from amends.inbox.rules.second_factor import app_address
from amends.inbox.store import second_factors
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/settings/security/second-factor", include_in_schema=False)
ONLY = [may(Right.SELF)]


@router.get("", dependencies=ONLY)
def second_factor_page(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the QR code, or, where a second factor is in force, what can be done about it."""
    return _shown(request, desk, visitor)


@router.post("/confirm", dependencies=ONLY)
def confirm(request: Request, desk: AtDesk, visitor: Meaning, code: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Put the second factor into force where the code is right, and show the recovery codes."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        codes = second_factor.confirm(
            conn, agent_id=visitor.agent_id, code=code, secret_key=desk.secret_key, now=now, session_id=visitor.session_id
        )
    if isinstance(codes, TooOften):
        return _shown(request, desk, visitor, trouble=too_often(codes, now))
    if codes is None:
        return _shown(request, desk, visitor, trouble=_("This code is not right. Does the clock of your phone go right?"))
    return _shown(request, desk, visitor, codes=codes)


@router.post("/codes", dependencies=ONLY)
def renew_codes(request: Request, desk: AtDesk, visitor: Meaning, password: Annotated[str, Form(max_length=1024)] = "") -> Response:
    """Show new recovery codes to whoever knows the password."""
    trouble = _not_proven(desk, visitor, password)
    if trouble:
        return _shown(request, desk, visitor, trouble=trouble)
    with desk.pool.transaction() as conn:
        codes = second_factor.renew_recovery_codes(conn, agent_id=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, visitor, codes=codes)


@router.post("/remove", dependencies=ONLY)
def remove(request: Request, desk: AtDesk, visitor: Meaning, password: Annotated[str, Form(max_length=1024)] = "") -> Response:
    """Take one's own second factor away, knowing the password."""
    trouble = _not_proven(desk, visitor, password)
    if trouble:
        return _shown(request, desk, visitor, trouble=trouble)
    with desk.pool.transaction() as conn:
        second_factor.remove(conn, agent_id=visitor.agent_id, by=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, visitor)


def _not_proven(desk: Desk, visitor: Visitor, password: str) -> str:
    """Return why this is not the visitor's password, empty where it is."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        holds = own_password_holds(conn, agent_id=visitor.agent_id, password=password, now=now)
    if isinstance(holds, TooOften):
        return too_often(holds, now)
    return "" if holds else _("The password is wrong.")


def _shown(request: Request, desk: Desk, visitor: Visitor, *, trouble: str = "", codes: list[str] | None = None) -> Response:
    with desk.pool.transaction() as conn:
        found = second_factors.lock(conn, visitor.agent_id)
        in_force = bool(found and found.since)
        secret = "" if in_force else second_factor.begin(conn, agent_id=visitor.agent_id, secret_key=desk.secret_key)
    values = {
        "in_force": in_force,
        "left": found.recovery_codes if found else 0,
        "secret": secret,
        "picture": _picture(secret, visitor.email) if secret else "",
        "due": visitor.role in desk.settings.require_second_factor,
        "codes": codes or [],
        "trouble": trouble,
    }
    if "hx-request" in request.headers:
        return desk.screens.blocks(request, "second_factor.html", ["step"], values)
    return desk.screens.page(request, "second_factor.html", values)


def _picture(secret: str, email: str) -> Markup:
    """Return the QR code as SVG without style attributes, which our content policy would not let through."""
    code = segno.make(app_address(secret, email=email), error="m")
    return Markup(code.svg_inline(scale=4, border=2, dark="black", light="white", svgclass="qr", lineclass=None, omitsize=True))  # noqa: S704 - drawn by segno from modules alone
