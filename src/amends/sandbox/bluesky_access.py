"""Who calls the Bluesky side: sessions from an app password, tokens that run out, and XRPC's error bodies."""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from amends.sandbox.records import Account, Network
from amends.sandbox.state import Here, Sandbox

router = APIRouter(prefix="/bluesky/xrpc")
ACCESS, REFRESH = "com.atproto.appPass", "com.atproto.refresh"
HEADER = b'{"typ": "at+jwt", "alg": "none"}'
LIVES = {ACCESS: 7_200, REFRESH: 90 * 86_400}


class BlueskyProblem(Exception):
    """A request that Bluesky answers with an error body."""

    def __init__(self, status: int, error: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {error}: {message}")
        self.status, self.headers = status, headers or {}
        self.body = {"error": error, "message": message}

    def response(self) -> JSONResponse:
        """Return the answer that the caller gets."""
        return JSONResponse(self.body, self.status, self.headers)


def invalid(message: str) -> BlueskyProblem:
    """Return the 400 that Bluesky gives for what it cannot take."""
    return BlueskyProblem(400, "InvalidRequest", message)


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """An authorised request: on whose behalf, and the rate-limit headers of its answer."""

    account: Account
    headers: dict[str, str]


class Login(BaseModel):
    """The body of `createSession`."""

    identifier: str
    password: str


@router.post("/com.atproto.server.createSession")
def create_session(login: Login, here: Here) -> dict[str, Any]:
    """Return a session for a brand's account and its app password."""
    account = here.store.account(Network.BLUESKY, handle=login.identifier, account_id=login.identifier)
    source = next((one for one in here.sources if account and (one.network, one.handle) == (Network.BLUESKY, account.handle)), None)
    if account is None or source is None or source.credentials["app_password"] != login.password:
        raise BlueskyProblem(401, "AuthenticationRequired", "Invalid identifier or password")
    return _session(here, account)


@router.post("/com.atproto.server.refreshSession")
def refresh_session(request: Request, here: Here) -> dict[str, Any]:
    """Return a new session for a refresh token."""
    return _session(here, _holder(request, here, REFRESH))


def _session(here: Sandbox, account: Account) -> dict[str, Any]:
    tokens = {"accessJwt": _token(here, account, ACCESS), "refreshJwt": _token(here, account, REFRESH)}
    return {"did": account.id, "handle": account.handle, **tokens, "active": True}


def _token(here: Sandbox, account: Account, scope: str) -> str:
    told = {"scope": scope, "sub": account.id, "iat": int(here.now()), "exp": int(here.now()) + LIVES[scope]}
    payload = _packed(json.dumps(told).encode())
    return ".".join((_packed(HEADER), payload, _signature(payload)))


def _packed(words: bytes) -> str:
    return base64.urlsafe_b64encode(words).decode().rstrip("=")


def _signature(payload: str) -> str:
    return hashlib.sha256(f"sandbox {payload}".encode()).hexdigest()[:16]


def _holder(request: Request, here: Sandbox, scope: str) -> Account:
    """Return whose token the request bears, or refuse with Bluesky's words."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise BlueskyProblem(401, "AuthMissing", "Authentication Required")
    payload, _, signature = token.partition(".")[2].partition(".")
    if signature != _signature(payload):
        raise BlueskyProblem(400, "InvalidToken", "Token could not be verified")
    told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    account = here.store.account(Network.BLUESKY, account_id=told["sub"])
    if told["exp"] <= here.now():
        raise BlueskyProblem(400, "ExpiredToken", "Token has expired")
    if account is None or told["scope"] != scope:
        raise BlueskyProblem(400, "InvalidToken", "Bad token scope")
    return account


def authorised(request: Request, here: Here) -> Caller:
    """Return who calls, or refuse with Bluesky's 400, 401 or 429."""
    account = _holder(request, here, ACCESS)
    return Caller(account=account, headers=_spend(here, account))


Authorised = Annotated[Caller, Depends(authorised)]


def _spend(here: Sandbox, account: Account) -> dict[str, str]:
    left = here.limits.spend(Network.BLUESKY, account.id, "", here.now())
    headers = {
        "ratelimit-limit": str(left.limit),
        "ratelimit-remaining": str(left.remaining),
        "ratelimit-reset": str(int(left.reset) + 1),
        "ratelimit-policy": f"{left.limit};w=300",
    }
    if left.is_spent:
        raise BlueskyProblem(429, "RateLimitExceeded", "Rate Limit Exceeded", headers)
    return headers
