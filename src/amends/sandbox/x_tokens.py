"""The X side's OAuth 2.0: a token of two hours for a code, or for a refresh token that is good once. A new pair ends the old one."""

import base64
import binascii
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse

from amends.sandbox.grants import CLIENT, SECRET, agreed, question
from amends.sandbox.records import Network
from amends.sandbox.state import Here, Sandbox

router = APIRouter(prefix="/x")
LIFE = 7200
SCOPE = "tweet.read tweet.write users.read dm.read dm.write media.write offline.access"
USED = "used"


@router.get("/i/oauth2/authorize")
def ask_on_x(request: Request, here: Here) -> HTMLResponse:
    """Ask whether an app may have what it wants."""
    return question(here, Network.X, dict(request.query_params))


@router.post("/2/oauth2/token")
def token(
    request: Request,
    here: Here,
    grant_type: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    code_verifier: Annotated[str, Form()] = "",
    refresh_token: Annotated[str, Form()] = "",
) -> JSONResponse:
    """Return the next pair of tokens."""
    if _app(request) != (CLIENT, SECRET):
        return JSONResponse({"error": "unauthorized_client", "error_description": "Missing valid authorization header"}, 401)
    with here.store.together():
        brand = _consented(here, code, code_verifier) if grant_type == "authorization_code" else _traded(here, refresh_token)
        if not brand:
            return JSONResponse({"error": "invalid_request", "error_description": "Value passed for the token was invalid."}, 400)
        return JSONResponse(_pair(here, brand))


def signed_in(here: Sandbox, shown: str) -> str:
    """Return the key of the brand that a user's token belongs to; empty where it is none, or has ended."""
    for source in here.sources:
        kept, _, until = here.store.fact(f"x access {source.brand.key}").partition(" ")
        if kept and kept == shown and float(until) > here.now():
            return source.brand.key
    return ""


def _app(request: Request) -> tuple[str, str]:
    encoded = request.headers.get("authorization", "").partition(" ")[2]
    try:
        client, _, secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client, secret


def _consented(here: Sandbox, code: str, verifier: str) -> str:
    source = agreed(here, Network.X, code, verifier)
    return source.brand.key if source else ""


def _traded(here: Sandbox, refresh: str) -> str:
    """Return whose refresh token it is, and use it up."""
    brand = here.store.fact(f"x refresh {refresh}")
    if brand:
        here.store.remember(f"x refresh {refresh}", USED)
    return "" if brand == USED else brand


def _pair(here: Sandbox, brand: str) -> dict[str, str | int]:
    access, refresh = token_urlsafe(24), token_urlsafe(24)
    here.store.remember(f"x access {brand}", f"{access} {here.now() + LIFE}")
    here.store.remember(f"x refresh {refresh}", brand)
    return {"token_type": "bearer", "expires_in": LIFE, "access_token": access, "refresh_token": refresh, "scope": SCOPE}
