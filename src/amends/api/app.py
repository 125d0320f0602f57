"""The web application: `create_app(settings, pool)` puts doors, errors, files and the stream together."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from amends.api import files, pages, rest
from amends.api.bulletins import Teller
from amends.api.desk import Desk, Wake, leave_it_to_the_sweep
from amends.api.entering import tell_set_up_code
from amends.api.errors import add_error_answers, tell_unforeseen
from amends.api.finding_routes import FindingRoutes
from amends.api.frame import Frame
from amends.api.live import Live
from amends.api.networks import Able, abilities
from amends.api.screen import Screens
from amends.core.clock import Clock, utc_now
from amends.core.database import Pool
from amends.core.plugins import discover
from amends.core.settings import Settings
from amends.inbox.actions.translate import translator_of
from amends.inbox.store import watches


def create_app(
    settings: Settings, pool: Pool, *, clock: Clock = utc_now, wake: Wake = leave_it_to_the_sweep, able: Able = abilities
) -> FastAPI:
    """Return the application on an open `pool`; `wake` is called after each commit that left the worker something to do.

    `able` says what a network can do.
    """
    translator = translator_of(settings)
    screens = Screens(clock, translates=translator is not None)
    live = Live(pool.url, Teller(pool=pool, screens=screens, clock=clock))
    app = FastAPI(
        title="Amends",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=_lifespan(live, settings, pool),
    )
    app.state.desk = Desk(
        settings=settings, pool=pool, clock=clock, wake=wake, screens=screens, live=live, able=able, translator=translator
    )
    for package in (pages, rest):
        for module in discover(package).values():
            # Not `include_router`: that builds each of the routes once more, at the first request of the application, which took seconds.
            app.router.routes.extend(module.router.routes)
    app.mount("/static/vendor", StaticFiles(packages=[("django_htmx", "static/django_htmx")]), name="vendor")
    app.router.middleware_stack = FindingRoutes(app.router)
    app.add_route("/static/{version}/{name}", files.served, name="static", include_in_schema=False)
    add_error_answers(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=2)  # 5 makes the list a seventh smaller, in twice the time
    app.add_middleware(Frame, answer=tell_unforeseen)
    return app


def _lifespan(live: Live, settings: Settings, pool: Pool) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return what runs as long as the application: the stream of news. Our networks' libraries load meanwhile, for the first reply."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        loading = asyncio.create_task(asyncio.to_thread(_load_networks, pool))
        await asyncio.to_thread(tell_set_up_code, settings, pool)
        async with live.running():
            yield
        await loading

    return lifespan


def _load_networks(pool: Pool) -> None:
    """Load what answers need of the networks that we have sources on; the libraries of the others would be 20 MB for nothing."""
    with pool.transaction() as conn:
        ours = watches.networks(conn)
    for network in ours:
        abilities(network)
