"""A user lets us in by OAuth 2.0 (RFC 6749, PKCE of RFC 7636): somebody says yes on the network itself, and we get the tokens for it.

Place in the path: page of sources -> `grant` of the network's file -> `set_out` -> the network -> `come_back` -> sealed credentials.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_urlsafe
from urllib.parse import urlencode

from amends.core import reading
from amends.core.errors import CredentialsRefused, QueryRefused, Unreachable
from amends.core.network import Wire
from amends.core.translating import N_


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """Where a network is asked for grant, and what we are called there.

    `login` sends our id and secret in the header (HTTP Basic) instead of the form. `more` goes along with the question. `gives` names the
    credential that each field of the network's answer becomes; the first must be there. `keeps` are credentials to keep too.
    """

    authorize: str
    token: str
    client_id: str
    client_secret: str = field(repr=False, default="")
    scope: str
    gives: Mapping[str, str]
    more: Mapping[str, str] = field(default_factory=dict)
    keeps: Mapping[str, str] = field(repr=False, default_factory=dict)
    login: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SetOut:
    """Where to send the browser, and what to keep until it comes back."""

    address: str
    state: str
    verifier: str = field(repr=False)


def set_out(grant: Grant, callback: str, *, secret: Callable[[], str] = lambda: token_urlsafe(48)) -> SetOut:
    """Return the address of the network's question, with fresh secrets."""
    state, verifier = secret(), secret()
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        **grant.more,
        "response_type": "code",
        "client_id": grant.client_id,
        "redirect_uri": callback,
        "scope": grant.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return SetOut(address=f"{grant.authorize}?{urlencode(asked)}", state=state, verifier=verifier)


def is_same(state: str, told: str) -> bool:
    """Tell whether the browser brought back the state that it set out with."""
    return bool(state) and hmac.compare_digest(state.encode(), told.encode())


def come_back(wire: Wire, grant: Grant, callback: str, *, code: str, verifier: str) -> dict[str, str]:
    """Return the credentials that the network gives for a code; `CredentialsRefused` where it gives none."""
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback,
        "code_verifier": verifier,
        "client_id": grant.client_id,
        **({} if grant.login or not grant.client_secret else {"client_secret": grant.client_secret}),
    }
    login = (grant.client_id, grant.client_secret) if grant.login else None
    try:
        told = reading.mapping(wire.request("POST", grant.token, data=asked, auth=login).json())
    except (QueryRefused, CredentialsRefused) as refusal:
        raise CredentialsRefused(str(refusal)) from refusal
    except (ValueError, RecursionError) as error:
        raise Unreachable(N_("The network answered something that is no token.")) from error
    found = {name: reading.text(told.get(field)) for field, name in grant.gives.items() if reading.text(told.get(field))}
    if next(iter(grant.gives.values())) not in found:
        raise CredentialsRefused(N_("The network gave no token."))
    return {**grant.keeps, **found}
