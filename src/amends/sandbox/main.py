"""The sandbox: all networks in one process on loopback, fed by a scenario.

Place in the path: it stands where the real networks stand. `serve` runs it, `create_app` makes it for tests in the same process.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from amends.core.clock import Clock, utc_now
from amends.sandbox import (
    bluesky,
    bluesky_access,
    bluesky_write,
    control,
    directing,
    grants,
    mastodon,
    mastodon_stream,
    mastodon_write,
    pager,
    pages,
    people,
    reddit,
    reddit_access,
    reddit_write,
    x,
    x_compliance,
    x_media,
    x_messages,
    x_push,
    x_tokens,
    x_write,
)
from amends.sandbox.bluesky_access import BlueskyProblem
from amends.sandbox.directing import Missing
from amends.sandbox.faults import FaultGate, Faults
from amends.sandbox.floods import Floods
from amends.sandbox.limits import Limits
from amends.sandbox.mastodon_access import MastodonProblem
from amends.sandbox.player import Player
from amends.sandbox.publishing import Press, keep_account
from amends.sandbox.records import Network
from amends.sandbox.reddit_access import RedditProblem
from amends.sandbox.scenario import load
from amends.sandbox.script import Scenario
from amends.sandbox.state import Sandbox
from amends.sandbox.store import Store
from amends.sandbox.watches import sources, watching
from amends.sandbox.x_access import XProblem

WINDOWS: dict[str, float] = {Network.X: 900.0, Network.REDDIT: 600.0, Network.MASTODON: 300.0, Network.BLUESKY: 300.0}
Problem = XProblem | RedditProblem | MastodonProblem | BlueskyProblem | Missing


class Slashless:
    """Takes the slash off the end of paths: praw writes it, pages and tweepy do not."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under its plain path."""
        if scope["type"] == "http" and scope["path"].endswith("/") and scope["path"] != "/":
            scope = {**scope, "path": scope["path"].rstrip("/")}
        await self.app(scope, receive, send)


def create_sandbox(data: Path, scenario: Scenario, clock: Clock, *, pace: float, seed: int) -> Sandbox:
    """Return a sandbox that remembers under `data`; nothing moves yet."""
    store, faults = Store(data / "networks.sqlite3"), Faults()
    press = Press(store=store, watching=watching(scenario))
    for brand in scenario.brands.values():
        for network in (network for network in Network if people.handle_on(brand, network)):
            keep_account(store, people.brand_account(brand, network))
    return Sandbox(
        store=store,
        press=press,
        scenario=scenario,
        sources=tuple(sources(scenario)),
        player=Player(press, scenario, clock, faults=faults, pace=pace, seed=seed),
        floods=Floods(press, scenario, clock, seed),
        faults=faults,
        limits=Limits(WINDOWS),
        clock=clock,
    )


def create_app(sandbox: Sandbox) -> FastAPI:
    """Return the app of a sandbox; its time runs while the app does."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        sandbox.player.start()
        yield
        sandbox.player.stop()
        sandbox.floods.stop()
        sandbox.store.close()

    app = FastAPI(title="Amends sandbox networks", lifespan=lifespan, redirect_slashes=False)
    app.state.sandbox = sandbox
    for part in (
        grants,
        control,
        directing,
        pager,
        reddit_access,
        reddit,
        reddit_write,
        x_push,
        x_tokens,
        x,
        x_compliance,
        x_media,
        x_messages,
        x_write,
        mastodon,
        mastodon_write,
        mastodon_stream,
        bluesky_access,
        bluesky,
        bluesky_write,
        pages,
    ):
        app.include_router(part.router)
    for kind in (XProblem, RedditProblem, MastodonProblem, BlueskyProblem, Missing):
        app.add_exception_handler(kind, _answered)
    app.add_middleware(FaultGate, faults=sandbox.faults, clock=sandbox.clock)
    app.add_middleware(Slashless)
    return app


def _answered(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 (only these are registered)
    return problem.response()


def serve(host: str, port: int, data: Path, pace: float, seed: int, scenario: Path | None) -> None:
    """Run the sandbox until it is told to stop."""
    sandbox = create_sandbox(data, load(scenario), utc_now, pace=pace, seed=seed)
    uvicorn.run(create_app(sandbox), host=host, port=port, log_level="warning", timeout_graceful_shutdown=1)
