"""Seen -> alert at the webhook: stored posts, read by the model, put on the desk, routed and delivered, at a steady pace.

The floor tells the same receiver of the same posts at the same pace, with nothing in between.
"""

import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count

import httpx
from pydantic import SecretStr

from amends.cli.measuring.pager import Pager, paging
from amends.cli.measuring.row import Row, limited
from amends.cli.running.installation import say
from amends.core.clock import utc_now
from amends.core.database import Pool, fetch_values, open_pool
from amends.core.post import Author, Post
from amends.core.settings import DEMO_SECRET, Mode, Settings
from amends.inbox.actions.channels import add_channel
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.policies import policy_of
from amends.inbox.actions.sources import add_source
from amends.inbox.rules.alarm_thresholds import Thresholds
from amends.inbox.rules.alert_routes import NewRoute
from amends.inbox.rules.ids import SourceId
from amends.inbox.store import alert_routes
from amends.triage.loading import default_classifier
from amends.worker.context import Context, make_drains
from amends.worker.lending import Collectors
from amends.worker.names import Task
from amends.worker.tasks import perform

FULL = 15_000
PER_SECOND = 50
GOAL = 2_000.0
LATEST = 60.0
TASKS = (Task.TRIAGE, Task.DELIVER_ALERTS, Task.DELIVER_ALERTS, Task.RELAY)
WORKLOAD = f"{PER_SECOND} posts a second, each of somebody else, negative and with reach, so each rings; the model reads them all"
SAID = "The whole network is down since this morning and nobody answers, this is the worst service ever, number {}."


def run(url: str, *, full: int = FULL) -> list[Row]:
    """Return how long `full` posts take to the webhook, and what a bare request takes at the same pace."""
    pool = open_pool(url, size=10)
    with paging() as pager:
        source_id = _furnish(pool, pager)
        with _working(pool) as wake:
            _told(pool, source_id, pager, wake, first=0, number=PER_SECOND)
            product = _told(pool, source_id, pager, wake, first=PER_SECOND, number=full)
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
def _working(pool: Pool) -> Generator[Callable[[Task], bool]]:
    """Yield the wake-up of a worker of this process: a thread for each task, which sleeps until it is woken, or a moment."""
    stopping, asked = threading.Event(), {task: threading.Event() for task in Task}

    def wake(task: Task) -> bool:
        asked[task].set()
        return True

    at = _context(pool, stopping, wake)

    def work(task: Task) -> None:
        while not stopping.is_set():
            asked[task].wait(0.5)
            asked[task].clear()
            perform(task, at)

    threads = [threading.Thread(target=work, args=(task,), daemon=True) for task in TASKS]
    for thread in threads:
        thread.start()
    try:
        yield wake
    finally:
        stopping.set()
        for thread in threads:
            thread.join(10)


def _context(pool: Pool, stopping: threading.Event, wake: Callable[[Task], bool]) -> Context:
    given = Settings(mode=Mode.TEST, secret_key=SecretStr(DEMO_SECRET), public_url="http://desk.example")
    model = default_classifier()
    return Context(
        settings=given,
        pool=pool,
        collectors=Collectors(DEMO_SECRET),
        classifier=lambda: model,
        policy=replace(policy_of(given), alert=Thresholds(urgency=0, cooldown=timedelta(0))),
        drains=make_drains(stopping),
        wake=wake,
    )


def _told(pool: Pool, source_id: SourceId, pager: Pager, wake: Callable[[Task], bool], *, first: int, number: int) -> list[float]:
    """Store posts at the pace of the workload, and return how long each took to the pager, in seconds.

    One that has not rung when patience ends has taken until then, and is told of.
    """
    stored: dict[str, float] = {}
    for post in _paced(_post(n) for n in range(first, first + number)):
        with pool.transaction() as conn:
            ingest(conn, source_id=source_id, network="x", posts=[post], now=utc_now())
        stored[post.permalink] = time.perf_counter()
        wake(Task.TRIAGE)
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
        for post in _paced(_post(n) for n in range(number)):
            asked[post.permalink] = time.perf_counter()
            client.post(pager.url, json={"facts": {"permalink": post.permalink}})
    return [pager.came[one] - at for one, at in asked.items()]


def _paced(posts: Iterator[Post]) -> Generator[Post]:
    began = time.perf_counter()
    for place, post in zip(count(), posts, strict=False):
        time.sleep(max(0.0, began + place / PER_SECOND - time.perf_counter()))
        yield post


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
