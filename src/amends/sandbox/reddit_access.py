"""Who calls the Reddit side: the token endpoint with its grants, bearer tokens, and Reddit's error bodies."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse

from amends.sandbox.grants import agreed
from amends.sandbox.records import Account, Network
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.watches import Source

router = APIRouter(prefix="/reddit")
LIFE = 86_400
_TOKEN = re.compile(r"sandbox-(?P<brand>[\w-]+)-(?P<grade>user|app)-token-(?P<until>\d+)$")


class RedditProblem(Exception):
    """A request that Reddit answers with an error body."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None, reason: str = "") -> None:
        super().__init__(f"{status}: {message}")
        self.status, self.headers = status, headers or {}
        self.body: dict[str, Any] = {"message": message, "error": status} | ({"reason": reason} if reason else {})

    def response(self) -> JSONResponse:
        """Return the answer that the caller gets."""
        return JSONResponse(self.body, self.status, self.headers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """An authorised request: for whom (`is_user` is false for an app alone), and the rate-limit headers of its answer."""

    account: Account
    is_user: bool
    headers: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """The form that asks for a token."""

    kind: str
    username: str
    password: str
    refresh_token: str
    code: str
    verifier: str


def grant_of(
    grant_type: Annotated[str, Form()] = "",
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    refresh_token: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    code_verifier: Annotated[str, Form()] = "",
) -> Grant:
    """Return the form's fields."""
    return Grant(kind=grant_type, username=username, password=password, refresh_token=refresh_token, code=code, verifier=code_verifier)


@router.post("/api/v1/access_token")
def access_token(request: Request, here: Here, grant: Annotated[Grant, Depends(grant_of)]) -> JSONResponse:
    """Return a bearer token for a brand's app; a wrong password is a 200 with `invalid_grant`, as on Reddit."""
    source = _app(request, here)
    if source is None:
        raise RedditProblem(401, "Unauthorized")
    grade = _grade(here, source, grant)
    if grade is None:
        known = grant.kind in {"password", "refresh_token"}
        return JSONResponse(
            {"error": "invalid_grant" if known else "unsupported_grant_type"}, 400 if grant.kind == "refresh_token" else 200
        )
    token = f"sandbox-{source.brand.key}-{grade}-token-{int(here.now()) + LIFE}"
    body = {"access_token": token, "token_type": "bearer", "expires_in": LIFE, "scope": "*"}
    lasting = source.credentials["refresh_token"] if grant.kind == "authorization_code" else grant.refresh_token
    return JSONResponse(body | ({"refresh_token": lasting} if lasting else {}))


def _app(request: Request, here: Sandbox) -> Source | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        client, _, secret = base64.b64decode(encoded).decode().partition(":") if scheme.lower() == "basic" else ("", "", "")
    except (binascii.Error, UnicodeDecodeError):
        return None
    apps = [source for source in here.sources if source.network is Network.REDDIT]
    return next((app for app in apps if (app.credentials["client_id"], app.credentials["client_secret"]) == (client, secret)), None)


def _grade(here: Sandbox, source: Source, grant: Grant) -> str | None:
    known = source.credentials
    if grant.kind == "authorization_code":
        return "user" if agreed(here, Network.REDDIT, grant.code, grant.verifier) is source else None
    if grant.kind == "password" and (grant.username.lower(), grant.password) == (source.handle.lower(), known["password"]):
        return "user"
    if grant.kind == "refresh_token" and grant.refresh_token == known["refresh_token"]:
        return "user"
    return "app" if grant.kind in {"client_credentials", "https://oauth.reddit.com/grants/installed_client"} else None


def authorised(request: Request, here: Here) -> Reader:
    """Return who calls, or refuse with Reddit's 401 or 429."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    found = _TOKEN.match(token) if scheme.lower() == "bearer" else None
    brand = here.scenario.brands.get(found["brand"]) if found and int(found["until"]) > here.now() else None
    account = here.store.account(Network.REDDIT, handle=brand.reddit) if brand else None
    if account is None or found is None:
        raise RedditProblem(401, "Unauthorized", {"www-authenticate": 'Bearer realm="reddit", error="invalid_token"'})
    return Reader(account=account, is_user=found["grade"] == "user", headers=_spend(here, account))


Authorised = Annotated[Reader, Depends(authorised)]


def user_of(reader: Authorised) -> Reader:
    """Return who calls, or refuse an app that acts for nobody."""
    if not reader.is_user:
        raise RedditProblem(403, "Forbidden", reader.headers, reason="USER_REQUIRED")
    return reader


AsUser = Annotated[Reader, Depends(user_of)]


def _spend(here: Sandbox, account: Account) -> dict[str, str]:
    now = here.now()
    left = here.limits.spend(Network.REDDIT, account.id, "", now)
    reset = max(int(left.reset - now), 1)
    headers = {"x-ratelimit-remaining": f"{left.remaining:.1f}", "x-ratelimit-used": str(left.used), "x-ratelimit-reset": str(reset)}
    if left.is_spent:
        raise RedditProblem(429, "Too Many Requests", headers | {"retry-after": str(reset)})
    return headers
