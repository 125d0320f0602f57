"""The web application for tests: on a database of the test's own, with a clock moved by hand, entered as whoever the test says."""

import atexit
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import Any, Protocol

from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from amends.api.app import create_app
from amends.api.auth import SESSION_COOKIE
from amends.api.networks import Able, abilities
from amends.core.abilities import Abilities
from amends.core.database import Pool, open_pool
from amends.core.settings import Mode, Settings
from amends.inbox.actions.sign_in import begin_session, visitor_of_session
from amends.inbox.actions.tokens import make_token
from amends.inbox.rules.ids import AgentId
from amends.inbox.store.sessions import Visitor
from tests.cast import NOON, SECRET_KEY
from tests.databases import Server
from tests.seed import Seeded, furnish

LONG = timedelta(hours=12)
_NUMBERS = count(1)
_OPEN = ExitStack()
"""What stays open as long as the process; closed while its thread still runs, or the process would wait for it for ever at its end."""
atexit.register(_OPEN.close)


class Headers(Protocol):
    """An answer's headers."""

    def __getitem__(self, key: str) -> str: ...
    def get_list(self, key: str) -> list[str]: ...


class Answer(Protocol):
    """What a test looks at of an answer."""

    @property
    def status_code(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def headers(self) -> Headers: ...
    def json(self) -> Any: ...


@dataclass(kw_only=True)
class Door:
    """The application, who is in it, and what it woke. `now` is the application's clock, `more` further settings.

    `examples` says what to put into the addresses of public pages, where a test made some.
    """

    pool: Pool
    who: Seeded
    now: datetime = NOON
    public_url: str = "http://desk.example"
    triage_model: str = ""
    translator_url: str = ""
    undo_seconds: float = 0
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])
    able: Able = abilities
    woken: list[datetime] = field(default_factory=list)
    examples: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self.settings = Settings(
            mode=Mode.TEST,
            secret_key=SecretStr(SECRET_KEY),
            public_url=self.public_url,
            triage_model=self.triage_model,
            translator_url=self.translator_url,
            undo_seconds=self.undo_seconds,
            **self.more,
        )
        self.app: FastAPI = create_app(
            self.settings, self.pool, clock=lambda: self.now, wake=lambda: self.woken.append(self.now), able=self.able_now
        )

    def able_now(self, network: str) -> Abilities:
        """Return what a network can do; a test may change `able` while the door is open."""
        return self.able(network)

    def seen(self, agent_id: AgentId) -> Visitor:
        """Return an agent as the routes see them."""
        with self.pool.transaction() as conn:
            token = begin_session(conn, agent_id=agent_id, length=LONG, now=self.now).token
            found = visitor_of_session(conn, token=token, length=LONG, now=self.now)
        assert found is not None
        return found

    def stranger(self) -> TestClient:
        """Somebody who is not signed in; redirects are shown, not followed."""
        client = TestClient(self.app, follow_redirects=False)
        client.portal = _loop()
        return client

    def visitor(self, agent_id: AgentId) -> TestClient:
        """An agent in a browser: session cookie, and the token that our pages add to each request."""
        with self.pool.transaction() as conn:
            token = begin_session(conn, agent_id=agent_id, length=LONG, now=self.now).token
            found = visitor_of_session(conn, token=token, length=LONG, now=self.now)
        assert found is not None
        client = self.stranger()
        client.cookies.set(SESSION_COOKIE, token)
        client.headers["X-CSRF-Token"] = found.csrf_token
        return client

    def program(self, agent_id: AgentId) -> TestClient:
        """A program with an API token of an agent."""
        with self.pool.transaction() as conn:
            token = make_token(conn, agent_id=agent_id, name="test", now=self.now)
        client = self.stranger()
        client.headers["Authorization"] = f"Bearer {token}"
        return client


@cache
def _loop() -> BlockingPortal:
    """Return the one event loop in which all our applications answer: a loop and a thread of its own were two fifths of a request."""
    return _OPEN.enter_context(start_blocking_portal())


@dataclass(frozen=True, kw_only=True, slots=True)
class Furnished:
    """A furnished desk to copy, in the database `name` that nobody writes to: who is in it, and when that was."""

    name: str
    who: Seeded
    now: datetime


def furnished_as(server: Server, name: str, *, now: datetime) -> Furnished:
    """Furnish a desk in a database of that name, for tests to copy: a copy costs a fifth of furnishing anew."""
    pool = open_pool(server.clone(name), size=1)
    try:
        with pool.transaction() as conn:
            return Furnished(name=name, who=furnish(conn, now=now), now=now)
    finally:
        pool.close()


@contextmanager
def door_of(server: Server, desk: Furnished, *, translator_url: str = "") -> Generator[Door]:
    """Open the door to a copy of a furnished desk, which is gone at the end."""
    own = f"desk_{next(_NUMBERS)}"
    pool = open_pool(server.clone(own, of=desk.name), size=4)
    try:
        yield Door(pool=pool, who=desk.who, now=desk.now, translator_url=translator_url)
    finally:
        pool.close()
        server.drop(own)


def open_door(pool: Pool, *, now: datetime = NOON, public_url: str = "http://desk.example") -> Door:
    """Furnish the desk and open the door to it."""
    with pool.transaction() as conn:
        who = furnish(conn, now=now)
    return Door(pool=pool, who=who, now=now, public_url=public_url)


@contextmanager
def as_fragment(client: TestClient, target: str = "case") -> Generator[TestClient]:
    """Let the client ask as htmx does, for the element `target`."""
    client.headers.update({"HX-Request": "true", "HX-Target": target})
    try:
        yield client
    finally:
        for name in ("HX-Request", "HX-Target"):
            del client.headers[name]
