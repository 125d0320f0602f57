"""Keep the short-lived token that a network wants instead of the credentials, and renew it before it ends.

Place in the path: collector -> `Token.headers` before each request -> the network's token address, through the same `Wire`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import requests

from amends.core import reading
from amends.core.clock import Clock
from amends.core.errors import CredentialsRefused, QueryRefused, Unreachable
from amends.core.network import Wire
from amends.core.translating import N_

EARLY = timedelta(minutes=2)
SHORTEST = timedelta(seconds=30)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A token and when it ends; `renewed` is the refresh token that takes the place of the one shown, where there is one.

    `scope` are the rights that it has, in the network's words, where it says so.
    """

    value: str = field(repr=False)
    ends_at: datetime
    renewed: str = field(repr=False, default="")
    scope: str = ""


class Token:
    """A bearer token that `make` makes when there is none or it is about to end."""

    def __init__(self, clock: Clock, make: Callable[[], Made]) -> None:
        self._clock = clock
        self._make = make
        self._made: Made | None = None

    def headers(self) -> Mapping[str, str]:
        """Return the header of a request made now."""
        return {"Authorization": f"Bearer {self.value()}"}

    def value(self) -> str:
        """Return the token itself, good for a request made now."""
        if self._made is None or self._made.ends_at - EARLY <= self._clock():
            self._made = self._make()
        return self._made.value


def granted(wire: Wire, address: str, asked: Mapping[str, str], now: datetime, *, login: tuple[str, str] | None = None) -> Made:
    """Return the token that an OAuth 2.0 token address (RFC 6749) grants; `CredentialsRefused` where it says that ours are wrong.

    `login` is a client's id and secret for an address that wants them in the header (HTTP Basic) and not in the form.
    """
    try:
        response = wire.request("POST", address, data=dict(asked), auth=login)
    except QueryRefused as refusal:
        raise CredentialsRefused(str(refusal)) from refusal
    told = _told(response)
    value, seconds = reading.text(told.get("access_token")), reading.number(told.get("expires_in"))
    if not value:
        raise Unreachable(N_("The login answers no token."))
    ends_at = now + max(SHORTEST, timedelta(seconds=min(seconds or 0, 86_400)))
    return Made(value=value, ends_at=ends_at, renewed=reading.text(told.get("refresh_token")), scope=reading.text(told.get("scope")))


def signed(claims: Mapping[str, object], key: str, *, algorithm: str, key_id: str = "") -> str:
    """Return claims as a signed JSON Web Token (RFC 7519); `CredentialsRefused` where the key is none."""
    import jwt  # noqa: PLC0415 - brings `cryptography`, 6 MB that only the two networks need which want such a token

    try:
        return jwt.encode(dict(claims), key, algorithm=algorithm, headers={"kid": key_id} if key_id else None)
    except (ValueError, TypeError, jwt.PyJWTError) as error:
        raise CredentialsRefused(N_("The private key is not usable: enter the whole text of the key's file.")) from error


def service_account(text: str) -> dict[str, str]:
    """Return what a Google service account's key file says; `CredentialsRefused` where it is none."""
    try:
        told = reading.mapping(json.loads(text))
    except (ValueError, RecursionError):
        told = {}
    found = {name: reading.text(told.get(name)) for name in ("client_email", "private_key", "private_key_id", "token_uri")}
    if not found["client_email"] or not found["private_key"]:
        raise CredentialsRefused(N_("Enter the whole JSON text of the service account's key file."))
    return found


def _told(response: requests.Response) -> dict[str, object]:
    try:
        return reading.mapping(response.json())
    except (ValueError, RecursionError) as error:
        raise Unreachable(N_("The login answers no JSON.")) from error
