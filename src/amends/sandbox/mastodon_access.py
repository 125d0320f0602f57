"""Who calls the Mastodon side: access tokens, rate limits by account, and Mastodon's error bodies."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import JSONResponse

from amends.sandbox.records import Account, Network
from amends.sandbox.state import Here, Sandbox


class MastodonProblem(Exception):
    """A request that Mastodon answers with an error body."""

    def __init__(self, status: int, words: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status}: {words}")
        self.status, self.words, self.headers = status, words, headers or {}

    def response(self) -> JSONResponse:
        """Return the answer that the caller gets."""
        return JSONResponse({"error": self.words}, self.status, self.headers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """An authorised request: on whose behalf, where this side is, and the rate-limit headers of its answer."""

    account: Account
    base: str
    headers: dict[str, str]

    def answer(self, body: object, more: dict[str, str] | None = None) -> JSONResponse:
        """Return a good answer with its headers, and perhaps `more`."""
        return JSONResponse(body, headers=self.headers | (more or {}))


def authorised(request: Request, here: Here) -> Caller:
    """Return who calls, or refuse with Mastodon's 401 or 429."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    of_mastodon = [source for source in here.sources if source.network is Network.MASTODON]
    source = next((one for one in of_mastodon if scheme.lower() == "bearer" and one.credentials["access_token"] == token), None)
    account = here.store.account(Network.MASTODON, handle=source.handle) if source else None
    if account is None:
        raise MastodonProblem(401, "The access token is invalid")
    return Caller(account=account, base=f"{request.base_url}mastodon", headers=_spend(here, account))


Authorised = Annotated[Caller, Depends(authorised)]


def moment(at: float) -> str:
    """Return a time as Mastodon writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _spend(here: Sandbox, account: Account) -> dict[str, str]:
    left = here.limits.spend(Network.MASTODON, account.id, "", here.now())
    headers = {
        "x-ratelimit-limit": str(left.limit),
        "x-ratelimit-remaining": str(left.remaining),
        "x-ratelimit-reset": moment(left.reset + 1),
    }
    if left.is_spent:
        raise MastodonProblem(429, "Too many requests", headers)
    return headers
