"""Single sign-on: to the provider, and back. Whatever goes wrong leads to the sign-in page with a word."""

from dataclasses import asdict
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from amends.api.desk import AtDesk, Desk
from amends.api.entering import let_in, our_address, safe, secure, whence_of
from amends.core.errors import NotFound, Refused, SettingsWrong
from amends.core.log import logger
from amends.core.secrets import seal, unseal
from amends.core.single_sign_on import Begun, Provider, SignOnFailed, Vouched, begin, finish
from amends.inbox.actions.sign_in import SignedIn, begin_session
from amends.inbox.actions.single_sign_on import account_of
from amends.inbox.rules.words import Role

router = APIRouter(prefix="/login/sign-on", include_in_schema=False)
log = logger(__name__)

COOKIE = "amends_sign_on"
WITHIN = timedelta(minutes=10)


@router.get("")
def set_out(request: Request, desk: AtDesk, next: str = "") -> Response:  # noqa: A002
    """Send the browser to the provider."""
    try:
        begun = begin(_provider(desk))
    except SignOnFailed as error:
        return _failed(error)
    kept = {**asdict(begun), "back": safe(next), "at": desk.clock().isoformat()}
    response = RedirectResponse(begun.address, status_code=303)
    sealed = seal(kept, desk.secret_key).decode()
    lasts = int(WITHIN.total_seconds())
    response.set_cookie(COOKIE, sealed, max_age=lasts, path="/login", httponly=True, samesite="lax", secure=secure(request, desk))
    return response


@router.get("/back")
def come_back(
    request: Request,
    desk: AtDesk,
    code: Annotated[str, Query(max_length=4096)] = "",
    state: Annotated[str, Query(max_length=400)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Let in whom the provider vouches for."""
    try:
        begun, back = _begun_here(request, desk, state)
        vouched = _vouched(desk, begun, code, error)
        response = let_in(request, desk, _session(request, desk, vouched), back)
    except SignOnFailed as failed:
        response = _failed(failed)
    response.delete_cookie(COOKIE, path="/login")
    return response


def _vouched(desk: Desk, begun: Begun, code: str, error: str) -> Vouched:
    if error or not code:
        raise SignOnFailed("denied", error)
    return finish(_provider(desk), code=code, begun=begun, now=desk.clock())


def _session(request: Request, desk: Desk, vouched: Vouched) -> SignedIn:
    settings, now = desk.settings, desk.clock()
    role = Role(settings.oidc_role) if settings.oidc_role else None
    try:
        with desk.pool.transaction() as conn:
            agent_id = account_of(conn, vouched, issuer=settings.oidc_issuer, role=role, now=now)
            return begin_session(
                conn, agent_id=agent_id, length=settings.session_length, now=now, whence=whence_of(request), way="single_sign_on"
            )
    except Refused as error:
        raise SignOnFailed("untrue", str(error)) from error


def _begun_here(request: Request, desk: Desk, state: str) -> tuple[Begun, str]:
    """Return what this browser set out with and where it wanted to go; `SignOnFailed` where it brings back another state."""
    try:
        kept = unseal(request.cookies.get(COOKIE, "").encode(), desk.secret_key)
        fresh = desk.clock() - datetime.fromisoformat(kept.pop("at")) <= WITHIN
    except (SettingsWrong, KeyError, ValueError) as error:
        raise SignOnFailed("state") from error
    if not fresh or not compare_digest(kept["state"].encode(), state.encode()):
        raise SignOnFailed("state")
    back = kept.pop("back")
    return Begun(**kept), back


def _provider(desk: Desk) -> Provider:
    settings = desk.settings
    if not settings.oidc_issuer:
        raise NotFound
    return Provider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        redirect_uri=our_address(desk, "/login/sign-on/back"),
    )


def _failed(error: SignOnFailed) -> Response:
    log.warning("sign_on_failed", reason=error.word, message=str(error))
    return RedirectResponse(f"/login?trouble={quote(error.word)}", status_code=303)
