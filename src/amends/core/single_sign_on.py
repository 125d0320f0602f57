"""Single sign-on by OpenID Connect: the authorization code flow with PKCE, state and nonce, against one provider.

Place in the path: the sign-in page -> `begin` (the address to send the browser to) -> the provider -> `finish` (who that is). Whatever
does not hold, from a network error to a forged token, is one `SignOnFailed`, with a word for the page and the reason for the log.

The libraries are loaded where they are used: most installations have no provider, and they are 10 MB of each web worker.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from amends.core.errors import AmendsError

SCOPE = "openid email profile"
SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
CLOCKS_APART_SECONDS = 60
TIME_OUT = 10.0
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class SignOnFailed(AmendsError):
    """Single sign-on did not work; `word` is a key of the page's sentences."""

    def __init__(self, word: str, message: str = "") -> None:
        super().__init__(message or word)
        self.word = word


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """Who vouches for people, and what we are called there."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """What a browser that is on its way to the provider must bring back, or must be compared with what comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Vouched:
    """Who the provider says this is; an e-mail address counts only where it is verified."""

    subject: str
    email: str
    email_verified: bool
    name: str


def begin(provider: Provider) -> Begun:
    """Return where to send the browser, with fresh secrets."""
    about = _metadata(provider)
    verifier, nonce = token_urlsafe(48), token_urlsafe(24)
    with closing(_client(provider, about)) as client:
        address, state = client.create_authorization_url(about["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
    return Begun(address=address, state=state, nonce=nonce, verifier=verifier)


def finish(provider: Provider, *, code: str, begun: Begun, now: datetime) -> Vouched:
    """Return who came back with this `code`, once signature, issuer, audience, time and nonce of the ID token hold."""
    from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415 - see the top
    from httpx import HTTPError  # noqa: PLC0415 - see the top
    from joserfc.errors import JoseError  # noqa: PLC0415 - see the top

    about = _metadata(provider)
    try:
        with closing(_client(provider, about)) as client:
            token: dict[str, Any] = client.fetch_token(about["token_endpoint"], code=code, code_verifier=begun.verifier)
        claims = _claims(provider, token, _read(about["jwks_uri"]), begun.nonce, now)
        return _vouched(claims | _more(about, token, claims))
    except (AuthlibBaseError, JoseError) as error:
        raise SignOnFailed("untrue", f"{type(error).__name__}: {error}") from error
    except (HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SignOnFailed("away", f"{type(error).__name__}: {error}") from error


def _metadata(provider: Provider) -> dict[str, Any]:
    """Return what the provider says of itself (discovery); it must call itself what we call it."""
    from httpx import HTTPError  # noqa: PLC0415 - see the top

    split = urlsplit(provider.issuer)
    if split.scheme != "https" and split.hostname not in LOOPBACK:
        raise SignOnFailed("away", "AMENDS_OIDC_ISSUER must begin with https://")
    try:
        address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
        about = _read(address)
    except (HTTPError, ValueError, TypeError) as error:
        raise SignOnFailed("away", f"{type(error).__name__}: {error}") from error
    if about.get("issuer") != provider.issuer or not {"authorization_endpoint", "token_endpoint", "jwks_uri"} <= about.keys():
        raise SignOnFailed("away", f"the provider calls itself {about.get('issuer')!r}, or does not name its endpoints")
    return about


def _client(provider: Provider, about: Mapping[str, Any]) -> Any:
    from authlib.integrations.httpx_client import OAuth2Client  # noqa: PLC0415 - see the top

    ways: list[str] = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
    return OAuth2Client(
        provider.client_id,
        provider.client_secret,
        token_endpoint_auth_method=way,
        scope=SCOPE,
        redirect_uri=provider.redirect_uri,
        code_challenge_method="S256",
        timeout=TIME_OUT,
    )


def _read(address: str, **headers: str) -> dict[str, Any]:
    from httpx import get  # noqa: PLC0415 - see the top

    found = get(address, headers=headers, timeout=TIME_OUT).raise_for_status().json()
    if not isinstance(found, dict):
        raise TypeError(address)
    return found


def _claims(provider: Provider, token: Mapping[str, Any], keys: Any, nonce: str, now: datetime) -> dict[str, Any]:
    from authlib.oidc.core import CodeIDToken  # noqa: PLC0415 - see the top
    from joserfc import jwt  # noqa: PLC0415 - see the top
    from joserfc.jwk import KeySet  # noqa: PLC0415 - see the top

    read = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=SIGNATURES)
    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "nonce": {"essential": True, "value": nonce},
        "sub": {"essential": True},  # an empty one is nobody in particular
    }
    known = {"nonce": nonce, "client_id": provider.client_id, "access_token": token.get("access_token")}
    CodeIDToken(read.claims, read.header, options, known).validate(now=int(now.timestamp()), leeway=CLOCKS_APART_SECONDS)
    return dict(read.claims)


def _more(about: Mapping[str, Any], token: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return what only the userinfo endpoint says, where the ID token has no address; it must speak of the same person."""
    if "email" in claims or "userinfo_endpoint" not in about:
        return {}
    said = _read(about["userinfo_endpoint"], authorization=f"Bearer {token['access_token']}")
    if said.get("sub") != claims["sub"]:
        raise SignOnFailed("untrue", "the userinfo endpoint speaks of somebody else")
    return {name: said[name] for name in ("email", "email_verified", "name") if name in said}


def _vouched(claims: Mapping[str, Any]) -> Vouched:
    return Vouched(
        subject=str(claims["sub"]),
        email=str(claims.get("email") or ""),
        email_verified=claims.get("email_verified") is True,
        name=str(claims.get("name") or ""),
    )
