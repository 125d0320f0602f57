"""Seen -> alert at the webhook: stored posts, read by the model, put on the desk, routed and delivered, at a steady pace.

What is measured is the desk's worker as `./amends up` runs it: one process, a broker, and whatever else a post wakes there (giving out,
clusters). The floor tells the same receiver of the same posts at the same pace, with nothing in between.
"""

import os
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx

from amends.cli.measuring.pager import Pager, paging
from amends.cli.measuring.row import Row, limited
from amends.cli.running.installation import say
from amends.core.clock import utc_now
from amends.core.database import Pool, fetch_values, open_pool
from amends.core.embedded.places import scratch_dir
from amends.core.embedded.program import Program
from amends.core.embedded.valkey import EmbeddedValkey
from amends.core.post import Author, Post
from amends.core.settings import DEMO_SECRET, Mode
from amends.inbox.actions.channels import add_channel
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.sources import add_source
from amends.inbox.rules.alert_routes import NewRoute
from amends.inbox.rules.ids import SourceId
from amends.inbox.store import alert_routes
from amends.worker.app import make_app
from amends.worker.names import Lane, Task
from amends.worker.wake import Waker

Given = TypeVar("Given")
FULL = 15_000
PER_SECOND = 50
PAGE = 5
GOAL = 2_000.0
LATEST = 60.0
WORKLOAD = (
    f"{PER_SECOND} posts a second in pages of {PAGE}, each of somebody else, negative and with reach, so each rings; "
    "the desk's worker runs as in `up`, and its model reads them all"
)
SAID = "The whole network is down since this morning and nobody answers, this is the worst service ever, number {}."


def run(url: str, *, full: int = FULL) -> list[Row]:
    """Return how long `full` posts take to the webhook, and what a bare request takes at the same pace."""
    pool = open_pool(url, size=10)
    with paging() as pager:
        source_id = _furnish(pool, pager)
        with _at_work(url) as waker:
            _told(pool, source_id, pager, waker, first=0, number=PER_SECOND)
            product = _told(pool, source_id, pager, waker, first=PER_SECOND, number=full)
    with paging() as bare:
        floor = _bare(bare, number=min(full, 20 * PER_SECOND))
    pool.close()
    return [_row(50, product, floor, full), _row(99, product, floor, full)]


def _row(at: int, product: list[float], floor: list[float], number: int) -> Row:
    operation = f"seen -> alert at the webhook, {number:,} posts, p{at}"
    return limited(operation, product=_percentile(product, at), floor=_percentile(floor, at), unit="ms", at_most=GOAL)


def _percentile(found: list[float], at: int) -> float:
    return sorted(found)[min(len(found) - 1, len(found) * at // 100)] * 1000


def _furnish(pool: Pool, pager: Pager) -> SourceId:
    now = utc_now()
    with pool.transaction() as conn:
        channel_id = add_channel(conn, target=f"webhook+{pager.url}", secret_key=DEMO_SECRET, label="pager")
        agent_id = fetch_values(
            conn,
            """
            insert into agents (email, name, role, password_hash, created_at) values ('a@amends.example', 'A', 'admin', '', %(now)s)
            returning id
            """,
            {"now": now},
        )[0]
        route = NewRoute(name="All", channel_ids=(channel_id,), most=None)
        alert_routes.insert(conn, route, agent_id=agent_id, now=now)
        return add_source(
            conn,
            brand="Veloria Air",
            network="x",
            handle="veloria",
            credentials={},
            options={},
            watches=(),
            secret_key=DEMO_SECRET,
            now=now,
        )


@contextmanager
def _at_work(url: str) -> Generator[Waker]:
    """Yield what wakes the worker of the desk, the process that triages and delivers where `./amends up` runs, with a broker as there."""
    with scratch_dir() as folder, EmbeddedValkey(folder / "valkey") as broker_url:
        given = {
            "AMENDS_MODE": Mode.TEST.value,
            "AMENDS_DATABASE_URL": url,
            "AMENDS_BROKER_URL": broker_url,
            "AMENDS_SECRET_KEY": DEMO_SECRET,
            "AMENDS_PUBLIC_URL": "http://desk.example",
        }
        worker = Program("worker", ("worker", "--lane", Lane.DESK), env={**os.environ, **given}, cwd=Path.cwd(), log=folder / "worker.log")
        worker.start()
        try:
            yield Waker(make_app(broker_url))
        finally:
            worker.stop()


def _told(pool: Pool, source_id: SourceId, pager: Pager, waker: Waker, *, first: int, number: int) -> list[float]:
    """Store posts at the pace of the workload, and return how long each took to the pager, in seconds.

    One that has not rung when patience ends has taken until then, and is told of.
    """
    stored: dict[str, float] = {}
    for place in _paced(range(first, first + number, PAGE), PAGE):
        page = [_post(n) for n in range(place, min(place + PAGE, first + number))]
        with pool.transaction() as conn:
            ingest(conn, source_id=source_id, network="x", posts=page, now=utc_now())
        stored |= dict.fromkeys((post.permalink for post in page), time.perf_counter())
        waker.wake(Task.RELAY)
    until = time.perf_counter() + LATEST
    while not stored.keys() <= pager.came.keys() and time.perf_counter() < until:
        time.sleep(0.05)
    ended, came = time.perf_counter(), dict(pager.came)
    if late := len(stored.keys() - came.keys()):
        say(f"{late} of {number} posts had rung nobody {LATEST:g} s after the last was stored.")
    return [came.get(one, ended) - at for one, at in stored.items()]


def _bare(pager: Pager, *, number: int) -> list[float]:
    """Return how long requests take that tell of posts and nothing else."""
    asked: dict[str, float] = {}
    with httpx.Client() as client:
        for post in _paced(map(_post, range(number)), 1):
            asked[post.permalink] = time.perf_counter()
            client.post(pager.url, json={"facts": {"permalink": post.permalink}})
    return [pager.came[one] - at for one, at in asked.items()]


def _paced(given: Iterable[Given], posts: int) -> Generator[Given]:
    """Yield what is given, each of so many posts, at the pace of the workload."""
    began = time.perf_counter()
    for place, one in enumerate(given):
        time.sleep(max(0.0, began + place * posts / PER_SECOND - time.perf_counter()))
        yield one


def _post(number: int) -> Post:
    name = f"h{number}-{os.getpid()}"
    return Post(
        network="x",
        external_id=name,
        author=Author(external_id=name, handle=name, name=name, followers=50_000),
        text=SAID.format(number),
        published_at=utc_now(),
        permalink=f"http://127.0.0.1/x/{name}",
        root_id=name,
        language_hint="en",
        raw=b"{}",
        mentions=("veloria",),
    )
