"""Letting apps in, as Mastodon, Reddit and X do: a page with a yes for each brand, a code for it, and a token for the code (PKCE)."""

import base64
import hashlib
import re
from html import escape
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse

from amends.sandbox.mastodon_access import MastodonProblem
from amends.sandbox.records import Network
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.watches import Source

router = APIRouter()
CLIENT = "sandbox-client"
SECRET = "sandbox-client-secret"  # noqa: S105
_CODE = re.compile(r"yes-(?P<brand>[\w-]+)\.(?P<challenge>[\w-]*)")


@router.post("/mastodon/api/v1/apps")
def app(client_name: Annotated[str, Form()], redirect_uris: Annotated[str, Form()]) -> dict[str, str]:
    """Make an app for whoever asks."""
    return {"name": client_name, "redirect_uri": redirect_uris, "client_id": CLIENT, "client_secret": SECRET}


@router.get("/mastodon/oauth/authorize")
def ask_on_mastodon(request: Request, here: Here) -> HTMLResponse:
    """Ask whether an app may have what it wants."""
    return question(here, Network.MASTODON, dict(request.query_params))


@router.get("/reddit/api/v1/authorize")
def ask_on_reddit(request: Request, here: Here) -> HTMLResponse:
    """Ask whether an app may have what it wants."""
    return question(here, Network.REDDIT, dict(request.query_params))


@router.post("/mastodon/oauth/token")
def mastodon_token(
    here: Here,
    client_id: Annotated[str, Form()] = "",
    client_secret: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    code_verifier: Annotated[str, Form()] = "",
) -> JSONResponse:
    """Return the token for a code."""
    source = agreed(here, Network.MASTODON, code, code_verifier)
    if (client_id, client_secret) != (CLIENT, SECRET) or source is None:
        raise MastodonProblem(401, "invalid_grant")
    return JSONResponse({"access_token": source.credentials["access_token"], "token_type": "Bearer", "scope": "read write"})


def agreed(here: Sandbox, network: Network, code: str, verifier: str) -> Source | None:
    """Return whose yes a code stands for, where `verifier` belongs to it."""
    found = _CODE.fullmatch(code)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    if found is None or found["challenge"] not in {"", challenge}:
        return None
    return next((one for one in here.sources if one.network is network and one.brand.key == found["brand"]), None)


def question(here: Sandbox, network: Network, asked: dict[str, str]) -> HTMLResponse:
    """Return the page that asks, with an answer for each brand, and a no."""
    back, state, challenge = (asked.get(name, "") for name in ("redirect_uri", "state", "code_challenge"))
    brands = [source.brand.key for source in here.sources if source.network is network]
    answers = {brand: {"code": f"yes-{brand}.{challenge}"} for brand in brands} | {"no": {"error": "access_denied"}}
    links = [_answer(name, f"{back}?{urlencode({**answer, 'state': state})}") for name, answer in answers.items()]
    return HTMLResponse(f"<!doctype html><title>Let in</title><h1>May the app act as one of these?</h1><ul>{''.join(links)}</ul>")


def _answer(name: str, address: str) -> str:
    return f'<li><a href="{escape(address)}">{escape(name)}</a></li>'
