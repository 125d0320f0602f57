"""Who calls the X side: bearer tokens and OAuth 1.0a signatures as the real API checks them, and its error bodies."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, unquote

from fastapi import Depends, Request
from fastapi.responses import JSONResponse

from amends.sandbox.records import Account, Network
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.watches import Source
from amends.sandbox.x_tokens import signed_in

PROBLEMS = "https://api.twitter.com/2/problems/"
HOST = "https://api.twitter.com"


class XProblem(Exception):
    """A request that X answers with an error body."""

    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status}: {body.get('detail', '')}")
        self.status, self.body, self.headers = status, body, headers or {}

    def response(self) -> JSONResponse:
        """Return the answer that the caller gets."""
        return JSONResponse(self.body, self.status, self.headers)


def problem(status: int, title: str, detail: str) -> XProblem:
    """Return an error in X's plain form."""
    return XProblem(status, {"title": title, "type": "about:blank", "status": status, "detail": detail})


def invalid(parameter: str, value: str, message: str) -> XProblem:
    """Return the 400 that X gives for a parameter it cannot take."""
    errors = [{"parameters": {parameter: [value]}, "message": message}]
    detail = "One or more parameters to your request was invalid."
    return XProblem(400, {"errors": errors, "title": "Invalid Request", "detail": detail, "type": PROBLEMS + "invalid-request"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """An authorised request: on whose behalf, and the rate-limit headers of its answer."""

    account: Account
    is_user: bool
    headers: dict[str, str]


def authorised(request: Request, here: Here) -> Caller:
    """Return who calls, or refuse with X's 401 or 429."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    is_user = scheme.lower() == "oauth"
    source = _signer(request, here, rest) if is_user else None
    if scheme.lower() == "bearer":
        brand = signed_in(here, rest.strip())
        is_user = bool(brand)
        source = next((one for one in _x(here) if (one.brand.key == brand or one.credentials["bearer_token"] == rest.strip())), None)
    account = here.store.account(Network.X, handle=source.handle) if source else None
    if account is None:
        raise problem(401, "Unauthorized", "Unauthorized")
    return Caller(account=account, is_user=is_user, headers=_spend(request, here, account))


Authorised = Annotated[Caller, Depends(authorised)]


def _x(here: Sandbox) -> list[Source]:
    return [source for source in here.sources if source.network is Network.X]


def _spend(request: Request, here: Sandbox, account: Account) -> dict[str, str]:
    endpoint = f"{request.method} {request.scope['route'].path}"
    left = here.limits.spend(Network.X, account.id, endpoint, here.now())
    headers = {
        "x-rate-limit-limit": str(left.limit),
        "x-rate-limit-remaining": str(left.remaining),
        "x-rate-limit-reset": str(int(left.reset) + 1),
        "x-access-level": "read-write",
        "api-version": "2.163",
    }
    if left.is_spent:
        raise XProblem(429, problem(429, "Too Many Requests", "Too Many Requests").body, headers)
    return headers


def _signer(request: Request, here: Sandbox, header: str) -> Source | None:
    given = {key: unquote(value.strip('"')) for key, _, value in (part.strip().partition("=") for part in header.split(","))}
    for source in _x(here):
        names = (source.credentials["consumer_key"], source.credentials["access_token"])
        if names == (given.get("oauth_consumer_key"), given.get("oauth_token")):
            return source if _is_signed(request, source, given) else None
    return None


def _is_signed(request: Request, source: Source, given: dict[str, str]) -> bool:
    """Check the HMAC over X's own address, which is what a client signs whose traffic is led here by an adapter."""
    signature = given.pop("oauth_signature", "")
    pairs = sorted(
        (quote(key, "~"), quote(value, "~")) for key, value in [*parse_qsl(request.url.query, keep_blank_values=True), *given.items()]
    )
    fields = "&".join(f"{key}={value}" for key, value in pairs if key != "realm")
    path = request.url.path.removeprefix("/x")
    key = "&".join(quote(source.credentials[name], "~") for name in ("consumer_secret", "access_token_secret"))
    base = "&".join((request.method, quote(HOST + path, "~"), quote(fields, "~")))
    wanted = base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()
    return hmac.compare_digest(wanted, signature)
