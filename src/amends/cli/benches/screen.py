"""What agents' screens feel: stored -> on a hundred screens, the memory of the web worker, a click, the first load."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import httpx

from amends.api.auth import SESSION_COOKIE
from amends.cli.measuring.browsing import browser, feel
from amends.cli.measuring.echo import CHANNEL
from amends.cli.measuring.inbox import fill_desk
from amends.cli.measuring.memory import resident_mb
from amends.cli.measuring.row import Row, limited
from amends.cli.measuring.watchers import Watchers, watching
from amends.cli.running.installation import say
from amends.cli.running.ports import free_port
from amends.core.clock import utc_now
from amends.core.database import Connection, connect, execute, fetch_values
from amends.core.settings import DEMO_SECRET
from amends.inbox.actions.sign_in import begin_session
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.store import events

CASES = 10_000
SCREENS = 100
POSTS = 300
PER_SECOND = 20
CLICKS = 60
HOST = "127.0.0.1"
WORKLOAD = (
    f"{SCREENS} open screens, {PER_SECOND} posts a second for {POSTS // PER_SECOND} s, {CASES:,} cases; "
    "the web worker in a process of its own"
)


def run(url: str) -> list[Row]:
    """Return how long news take to a hundred screens, what the web worker holds, and what a browser feels."""
    with connect(url) as conn:
        fill_desk(conn, cases=CASES)
        token = begin_session(conn, agent_id=AgentId(1), length=timedelta(hours=1), now=utc_now()).token
        conn.commit()
    cookie = f"{SESSION_COOKIE}={token}"
    with _web(url) as (port, pid):
        rows = [
            _news(url, port, cookie),
            limited("web worker's memory", product=resident_mb(pid), floor=_bare_mb(), unit="MB", at_most=180),
        ]
        return rows + _felt(f"http://{HOST}:{port}", cookie)


def _news(url: str, port: int, cookie: str) -> Row:
    with connect(url) as conn:
        cases = fetch_values(conn, "select id from cases where status = 'open' order by id desc limit %(most)s", {"most": POSTS})
        with watching(port, screens=SCREENS, cookie=cookie) as screens:
            product = _delays(screens, _store(conn, cases))
        with _echoing(url) as bare, watching(bare, screens=SCREENS, cookie="") as echoes:
            time.sleep(1.5)
            floor = _delays(echoes, _notify(conn, cases, screens.size))
    operation = f"stored -> on {SCREENS} screens, p99"
    return limited(operation, product=percentile(product, 99), floor=percentile(floor, 99), unit="ms", at_most=500)


def _store(conn: Connection, cases: Sequence[int]) -> dict[int, float]:
    """Store a post's trace in one case after the other, at the pace of the workload, and return when each was committed."""
    stored: dict[int, float] = {}
    for case_id in _paced(cases):
        execute(conn, "update cases set last_post_at = now(), unread = true where id = %(id)s", {"id": case_id})
        events.add(conn, EventKind.POST_JOINED, now=utc_now(), case_id=CaseId(case_id))
        conn.commit()
        stored[case_id] = time.perf_counter()
    return stored


def _notify(conn: Connection, cases: Sequence[int], size: int) -> dict[int, float]:
    told: dict[int, float] = {}
    for case_id in _paced(cases):
        payload = json.dumps({"case": case_id, "bytes": size})
        execute(conn, "select pg_notify(%(channel)s, %(payload)s)", {"channel": CHANNEL, "payload": payload})
        conn.commit()
        told[case_id] = time.perf_counter()
    return told


def _paced(cases: Sequence[int]) -> Generator[int]:
    began = time.perf_counter()
    for place, case_id in enumerate(cases):
        time.sleep(max(0.0, began + place / PER_SECOND - time.perf_counter()))
        yield case_id


def _delays(screens: Watchers, stored: dict[int, float]) -> list[float]:
    """Return in milliseconds how long each case took onto each screen; one that never came took the whole wait."""
    ends = time.perf_counter() + 5
    while time.perf_counter() < ends and not all(stored.keys() <= shown.keys() for shown in screens.shown):
        time.sleep(0.1)
    return [
        1000 * (next((at for at in shown.get(case_id, ()) if at >= began), time.perf_counter()) - began)
        for shown in screens.shown
        for case_id, began in stored.items()
    ]


def percentile(values: Sequence[float], which: int) -> float:
    """Return the value below which `which` of a hundred lie."""
    return sorted(values)[min(len(values) - 1, len(values) * which // 100)]


def _felt(address: str, cookie: str) -> list[Row]:
    program = browser()
    if program is None:
        say("No Chromium or no Playwright here: clicks and first load are not measured.")
        return []
    felt = feel(program, address, cookie, clicks=CLICKS)
    return [
        limited(
            "a click's answer in the browser, p95",
            product=percentile(felt.clicks, 95),
            floor=percentile(felt.bare, 95),
            unit="ms",
            at_most=100,
        ),
        limited("first load, compressed", product=felt.loaded, floor=felt.page, unit="kB", at_most=100),
    ]


@contextmanager
def _web(url: str) -> Generator[tuple[int, int]]:
    """Run the product's web worker; yield its port and process id."""
    port = free_port(HOST, 8930)
    given = {"DATABASE_URL": url, "BROKER_URL": "redis://127.0.0.1:1/0", "HOST": HOST, "PORT": str(port), "MODE": "test"}
    env = {f"AMENDS_{name}": value for name, value in (given | {"SECRET_KEY": DEMO_SECRET, "LOG_LEVEL": "ERROR"}).items()}
    with _running([sys.executable, "-m", "amends.cli.main", "api"], env) as pid:
        _wait_for(f"http://{HOST}:{port}/healthz")
        yield port, pid


@contextmanager
def _echoing(url: str) -> Generator[int]:
    port = free_port(HOST, 8960)
    with _running([sys.executable, "-m", "amends.cli.measuring.echo", url, str(port)], {}):
        _wait_for(f"http://{HOST}:{port}/")
        yield port


@contextmanager
def _running(command: list[str], env: dict[str, str]) -> Generator[int]:
    process = subprocess.Popen(command, env={**os.environ, **env}, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(15)


def _wait_for(address: str) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            httpx.get(address, timeout=2, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(address)


def _bare_mb() -> float:
    """Return what a Python process holds that has only loaded the web server and the database driver."""
    script = "import psycopg, uvicorn, starlette.applications; from amends.cli.measuring.memory import resident_mb; print(resident_mb())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    return float(done.stdout)
