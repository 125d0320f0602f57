"""A single sign-on provider on loopback, and one that lies: it answers with whatever ID token the test makes."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.door import Answer
from tests.needs import Later
from tests.serving import serving

SUBJECT = "u-17"
oidc_provider_mock = Later("oidc_provider_mock")


@contextmanager
def a_provider(claims: Mapping[str, Any], *, sub: str = SUBJECT) -> Generator[str]:
    """Yield the issuer of a provider that speaks OpenID Connect and knows one person."""
    with oidc_provider_mock.run_server_in_thread() as server:
        issuer = f"http://localhost:{server.server_port}"
        httpx.put(f"{issuer}/users/{sub}", json=dict(claims), trust_env=False).raise_for_status()
        yield issuer


def consent(address: str, *, sub: str = SUBJECT) -> str:
    """Let the person say yes at the provider; return the path and query that the browser comes back with."""
    answer = httpx.post(address, data={"sub": sub}, trust_env=False)
    split = urlsplit(answer.headers["location"])
    return f"{split.path}?{split.query}"


def sign_on(client: TestClient, *, sub: str = SUBJECT, back: str = "") -> Answer:
    """Go to the provider and come back."""
    set_out = client.get(f"/login/sign-on?next={back}")
    return client.get(consent(set_out.headers["location"], sub=sub))


@cache
def _key() -> RSAKey:
    """Return the key of all providers of this run; to make one takes a while."""
    return RSAKey.generate_key(2048)


@dataclass
class Liar:
    """A provider that signs what the test says: `claims` over what would be true, with `key`, under `header`."""

    issuer: str = ""
    client_id: str = "amends"
    claims: dict[str, Any] = field(default_factory=dict[str, Any])
    header: dict[str, str] = field(default_factory=lambda: {"alg": "RS256"})
    published: RSAKey = field(default_factory=_key)
    key: RSAKey | None = None
    about: dict[str, Any] = field(default_factory=dict[str, Any])
    seen: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    nonce: str = ""
    now: int = 0

    def app(self) -> FastAPI:
        app = FastAPI()
        app.get("/.well-known/openid-configuration")(self.configuration)
        app.get("/keys")(lambda: {"keys": [self.published.as_dict(private=False)]})
        app.post("/token")(self.token)
        return app

    def configuration(self) -> dict[str, Any]:
        where = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.issuer} | {name: self.issuer + path for name, path in where.items()} | self.about

    def token(self) -> dict[str, Any]:
        true = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": SUBJECT,
            "iat": self.now,
            "exp": self.now + 300,
            "nonce": self.nonce,
            "email": "ada@amends.example",
            "email_verified": True,
        }
        said = {name: value for name, value in (true | self.claims).items() if value is not None}
        signed = jwt.encode(self.header, said, self.key or self.published)
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def come_back(self, client: TestClient) -> Answer:
        """Go to the provider, remember the nonce, and come back with a code."""
        address = client.get("/login/sign-on").headers["location"]
        self.seen = parse_qs(urlsplit(address).query)
        self.nonce = self.seen["nonce"][0]
        return client.get(f"/login/sign-on/back?code=c&state={self.seen['state'][0]}")


@contextmanager
def a_liar() -> Generator[Liar]:
    """Yield a provider that tells the truth until the test says otherwise."""
    liar = Liar()
    with serving(liar.app()) as address:
        liar.issuer = address
        yield liar
