"""The web door for benchmarks: served in this process, entered by a signed-in agent, with a bare page beside it as the floor."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Thread
from typing import LiteralString

import httpx
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Template

from amends.api.app import create_app
from amends.api.auth import SESSION_COOKIE
from amends.cli.running.ports import free_port
from amends.core.clock import utc_now
from amends.core.database import Pool, fetch_all, open_pool
from amends.core.settings import DEMO_SECRET, Mode, read_settings
from amends.inbox.actions.sign_in import begin_session
from amends.inbox.rules.ids import AgentId

HOST = "127.0.0.1"
FLOOR = "/bench/floor"
PATIENT = 600
"""So many seconds a connection may lie idle while the machine is at something else."""
_BARE: LiteralString = "select id, preview, last_post_at from cases where status = 'open' order by last_post_at desc, id desc limit 50"
_PAGE = Template(
    "<!doctype html><title>Cases</title><ol>{% for row in rows %}<li><a href='/inbox/{{ row.id }}'>{{ row.preview | e }}</a>"
    " <time>{{ row.last_post_at }}</time></li>{% endfor %}</ol>"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bare:
    id: int
    preview: str
    last_post_at: datetime


@contextmanager
def browsing(url: str) -> Generator[httpx.Client]:
    """Yield a client that is signed in as an agent, at a server on the database `url`."""
    pool = open_pool(url, size=4)
    try:
        with pool.transaction() as conn:
            token = begin_session(conn, agent_id=AgentId(1), length=timedelta(hours=12), now=utc_now()).token
        with _served(pool) as address, _client(address, token) as client:
            yield client
    finally:
        pool.close()


@contextmanager
def _served(pool: Pool) -> Generator[str]:
    port = free_port(HOST, 8900)
    app = create_app(read_settings(mode=Mode.TEST, secret_key=DEMO_SECRET, database_url=pool.url), pool)
    _add_floor(app, pool)
    server = uvicorn.Server(uvicorn.Config(app, host=HOST, port=port, log_level="error", access_log=False, timeout_keep_alive=PATIENT))
    thread = Thread(target=server.run, name="bench-web", daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def _add_floor(app: FastAPI, pool: Pool) -> None:
    def floor() -> HTMLResponse:
        with pool.transaction() as conn:
            rows = fetch_all(conn, _Bare, _BARE)
        return HTMLResponse(_PAGE.render(rows=rows))

    app.add_api_route(FLOOR, floor)


@contextmanager
def _client(address: str, token: str) -> Generator[httpx.Client]:
    transport = httpx.HTTPTransport(retries=20)
    cookies = {SESSION_COOKIE: token}
    with httpx.Client(base_url=address, transport=transport, cookies=cookies, timeout=30, trust_env=False) as client:
        yield client
