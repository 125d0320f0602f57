"""What the tests of accounts share: the forms before the desk, filled in as a browser does it, and the app on somebody's phone."""

import re
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from fastapi.testclient import TestClient
from pyotp.totp import TOTP

from amends.inbox.actions import agents
from amends.inbox.actions.agents import add_agent
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.words import Role
from tests.door import Answer, Door

PASSWORD = "correct horse battery staple"
BETTER = "tortoise under a lampshade"
IN_EARNEST = agents._hasher
"""What hashes passwords outside the tests."""


def hash_quickly() -> None:
    """Let Argon2 take the least time it knows: in earnest each of some hundred sign-ins took a third of a second of processor time."""
    agents._hasher = PasswordHasher.from_parameters(CHEAPEST)


def form_token(page: str) -> str:
    """Return the token of the form on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page
    return found[1]


def fill_in(client: TestClient, path: str, to: str = "", **fields: str) -> Answer:
    """Open a page, fill in its form, and send it."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    return client.post(to or path.partition("?")[0], data={"csrf_token": form_token(page.text), **fields})


def knock(client: TestClient, email: str, password: str = PASSWORD, *, back: str = "") -> Answer:
    """Fill in the sign-in form and send it."""
    return fill_in(client, "/login", email=email, password=password, next=back)


def eve(door: Door, role: Role = Role.AGENT) -> AgentId:
    """Eve, who has a password."""
    with door.pool.transaction() as conn:
        return add_agent(conn, email="eve@amends.example", name="Eve", role=role, password=PASSWORD, now=door.now)


def code_at(secret: str, moment: datetime) -> str:
    """Return what the app on the phone shows at a moment."""
    return TOTP(secret).at(moment)


def secret_on(client: TestClient) -> str:
    """Return the key that the page shows for the app."""
    found = re.search(r'<code class="token">([A-Z2-7]{32})</code>', client.get("/settings/security/second-factor").text)
    assert found
    return found[1]


def set_up_second_factor(door: Door, client: TestClient) -> tuple[str, list[str]]:
    """Set a second factor up and return its secret and the recovery codes."""
    secret = secret_on(client)
    answer = client.post(
        "/settings/security/second-factor/confirm", data={"code": code_at(secret, door.now)}, headers={"HX-Request": "true"}
    )
    return secret, re.findall(r'<li><code class="token">([a-z2-9-]{19})</code></li>', answer.text)


def told_link(answer: Any) -> str:
    """Return the path of the link that a page shows once."""
    found = re.search(r'<code class="token">http://desk\.example(/[^<]+)</code>', answer.text)
    assert found, answer.text
    return found[1]
