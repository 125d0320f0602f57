"""Reading the inbox: the store's queries and the REST API against the barest statement that yields the same rows' ids and first words."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any, LiteralString

import httpx
import uvicorn
from fastapi import FastAPI

from amends.api.app import create_app
from amends.cli.measuring.inbox import fill_desk
from amends.cli.measuring.row import Row, delay
from amends.cli.running.ports import free_port
from amends.core.clock import utc_now
from amends.core.database import Connection, Pool, connect, fetch_all, fetch_values, open_pool
from amends.core.settings import DEMO_SECRET, Mode, read_settings
from amends.inbox.actions.tokens import make_token
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.rules.views import Filter, Marker, Sort, View
from amends.inbox.store import case_page, case_replies, counts, inbox_list

CASES = 30_000
DEEP = 2_500
ROUNDS = 40
HOST = "127.0.0.1"
WORKLOAD = f"{CASES:,} cases of as many customers, two posts and three events each; pages of 50, the deep one behind {DEEP:,} open cases"


def run(url: str) -> list[Row]:
    """Return what a page of the list, the counters and a case cost, in the store and over HTTP."""
    with connect(url) as conn:
        fill_desk(conn, cases=CASES)
        conn.commit()
        rows = in_store(conn)
    pool = open_pool(url, size=4)
    try:
        return rows + over_http(pool)
    finally:
        pool.close()


def in_store(conn: Connection) -> list[Row]:
    """Return the rows of the store's own functions."""
    deep = _marker(conn)
    case_id = fetch_values(conn, "select id from cases where status = 'open' order by id desc limit 1")[0]
    return [
        delay("first page", product=lambda: _page(conn, None), floor=lambda: _bare_page(conn, None), rounds=ROUNDS, at_most=4),
        delay("deep page", product=lambda: _page(conn, deep), floor=lambda: _bare_page(conn, deep), rounds=ROUNDS, at_most=5),
        delay(
            "counters",
            product=lambda: counts.read(conn, EVERYTHING),
            floor=lambda: fetch_values(conn, "select n from case_counts"),
            rounds=ROUNDS,
            at_most=4,
        ),
        delay("case page", product=lambda: _case(conn, case_id), floor=lambda: _bare_case(conn, case_id), rounds=ROUNDS, at_most=6),
    ]


def over_http(pool: Pool) -> list[Row]:
    """Return the rows of the REST API, against a route of the same server that sends the barest statement's rows."""
    with pool.transaction() as conn:
        token = make_token(conn, agent_id=AgentId(1), name="bench", now=utc_now())
    with _served(pool) as address, _client(address, token) as client:
        return [
            delay(
                "first page over HTTP",
                product=lambda: client.get("/api/v1/cases").raise_for_status(),
                floor=lambda: client.get("/bench/floor").raise_for_status(),
                rounds=ROUNDS,
                at_most=4,
            )
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bare:
    id: int
    preview: str
    last_post_at: Any


_BARE_COLUMNS: LiteralString = "select id, preview, last_post_at from cases where status = 'open'"
_BARE_ORDER: LiteralString = " order by last_post_at desc, id desc limit 50"


def _bare_page(conn: Connection, after: Marker | None) -> list[_Bare]:
    if after is None:
        return fetch_all(conn, _Bare, _BARE_COLUMNS + _BARE_ORDER)
    behind: LiteralString = " and (last_post_at, id) < (%(key)s::timestamptz, %(id)s)"
    return fetch_all(conn, _Bare, _BARE_COLUMNS + behind + _BARE_ORDER, {"key": after.key, "id": after.id})


def _page(conn: Connection, after: Marker | None) -> list[inbox_list.CaseRow]:
    return inbox_list.page(conn, view=View.OPEN, chosen=Filter(), sort=Sort.NEWEST, agent_id=1, scope=EVERYTHING, after=after)


def _marker(conn: Connection) -> Marker:
    found = fetch_all(conn, _Bare, _BARE_COLUMNS + " order by last_post_at desc, id desc offset %(deep)s limit 1", {"deep": DEEP})
    return Marker(key=found[0].last_post_at.isoformat(), id=found[0].id)


def _case(conn: Connection, case_id: int) -> None:
    head = case_page.head(conn, case_id)
    if head is None:
        raise LookupError(case_id)
    case_page.thread(conn, head)
    for read in (case_replies.replies, case_page.notes, case_page.events, case_page.follow_ups):
        read(conn, case_id)


def _bare_case(conn: Connection, case_id: int) -> None:
    fetch_values(conn, "select preview from cases where id = %(id)s", {"id": case_id})
    fetch_values(conn, "select text from posts where case_id = %(id)s order by published_at", {"id": case_id})


@contextmanager
def _served(pool: Pool) -> Generator[str]:
    port = free_port(HOST, 8900)
    settings = read_settings(mode=Mode.TEST, secret_key=DEMO_SECRET, database_url=pool.url)
    app = create_app(settings, pool)
    _add_floor(app, pool)
    server = uvicorn.Server(uvicorn.Config(app, host=HOST, port=port, log_level="error", access_log=False))
    thread = Thread(target=server.run, name="bench-api", daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def _add_floor(app: FastAPI, pool: Pool) -> None:
    def floor() -> list[_Bare]:
        with pool.transaction() as conn:
            return _bare_page(conn, None)

    app.add_api_route("/bench/floor", floor)


@contextmanager
def _client(address: str, token: str) -> Generator[httpx.Client]:
    transport = httpx.HTTPTransport(retries=20)
    headers = {"authorization": f"Bearer {token}"}
    with httpx.Client(base_url=address, transport=transport, headers=headers, timeout=30, trust_env=False) as client:
        yield client
