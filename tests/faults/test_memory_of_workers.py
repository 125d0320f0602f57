"""An hour of stream (`SOAK_MINUTES` says otherwise), as it is in earnest: real workers, and the networks in a process of their own.

`./amends test -m soak tests/faults/test_memory_of_workers.py`; `SOAK_CURVE` names a file for the curve.
"""

import json
import os
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

import pytest

from amends.cli.measuring.memory import resident_mb
from amends.cli.running.cast import enter_sandbox
from amends.core.clock import utc_now
from amends.core.database import connect, execute, fetch_values
from amends.core.embedded.places import scratch_dir
from amends.core.embedded.program import Program
from amends.core.embedded.valkey import EmbeddedValkey
from amends.worker.names import Lane
from tests.sandbox_server import Networks, sandbox_process
from tests.streamers import until

pytestmark = [pytest.mark.faults, pytest.mark.soak, pytest.mark.timeout(0)]

MINUTES = float(os.environ.get("SOAK_MINUTES", "60"))
CURVE = os.environ.get("SOAK_CURVE", "")
SOURCE = str(Path(__file__).parents[2] / "src")
POSTS_A_SECOND = {"mastodon": 3.0, "x": 1.0}
LOOK_EVERY = 5.0
START = 300.0
FLAT = 0.05
"""A worker may grow by a twentieth of itself an hour: less than the measure's own wobble over a quarter of an hour."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What each worker held, in MiB, so many seconds after the stream began, and how many posts there were by then."""

    at: float
    held: dict[str, float]
    posts: int


@contextmanager
def workers(database: str, folder: Path) -> Generator[dict[str, Program]]:
    """Run a worker a lane and their clock; yield the workers."""
    valkey = EmbeddedValkey(folder / "valkey")
    env = {**os.environ, "AMENDS_MODE": "test", "AMENDS_DATABASE_URL": database, "AMENDS_BROKER_URL": valkey.start(), "PYTHONPATH": SOURCE}
    lanes = {str(lane): Program(lane, ("worker", "--lane", lane), env=env, cwd=folder, log=folder / f"{lane}.log") for lane in Lane}
    beat = Program("beat", ("beat",), env=env, cwd=folder, log=folder / "beat.log")
    try:
        for program in (*lanes.values(), beat):
            program.start()
        yield lanes
    finally:
        for program in (beat, *lanes.values()):
            program.stop()
        valkey.stop()


def listened(database: str) -> int:
    """Return on how many networks a stream is alive."""
    with connect(database) as conn:
        return fetch_values(
            conn, "select count(distinct s.network) from sources s join watches w on w.source_id = s.id where w.stream_state = 'live'"
        )[0]


def posts(database: str) -> int:
    with connect(database) as conn:
        return fetch_values(conn, "select count(*) from posts")[0]


def look(database: str, lanes: dict[str, Program], began: float) -> Look:
    held = {name: resident_mb(program.pid) for name, program in lanes.items() if program.pid}
    assert len(held) == len(lanes), "a worker has died"
    return Look(at=time.monotonic() - began, held=held, posts=posts(database))


def curve(database: str, lanes: dict[str, Program], networks: Networks) -> list[Look]:
    """Let posts stream for so many minutes, and look every few seconds at what the workers hold."""
    brand = networks.control.get("/control/watches").json()["brands"][0]["key"]
    for network, pace in POSTS_A_SECOND.items():
        networks.flood(network, brand, int(pace * MINUTES * 60), pace, wait=False)
    began, found = time.monotonic(), list[Look]()
    while time.monotonic() - began < MINUTES * 60:
        time.sleep(LOOK_EVERY)
        found.append(look(database, lanes, began))
        if CURVE:
            Path(CURVE).write_text("".join(f"{one.at:.0f} {json.dumps(one.held)} {one.posts}\n" for one in found))
    return found


def growth(looks: Sequence[Look], worker: str) -> float:
    """Return by how much of itself a worker grows an hour, over the second half of the time, by least squares."""
    half = looks[len(looks) // 2 :]
    slope, _ = linear_regression([one.at for one in half], [one.held[worker] for one in half])
    return slope * 3600 / half[0].held[worker]


def test_a_worker_holds_no_more_after_an_hour_of_stream(database: str) -> None:
    with scratch_dir() as folder, sandbox_process(folder / "networks") as networks:
        with connect(database) as conn:
            enter_sandbox(conn, networks.url, now=utc_now())
            execute(conn, """update sources set options = options || '{"stream": "yes"}' where network in ('mastodon', 'x')""")
        with workers(database, folder) as lanes:
            assert until(lambda: listened(database) == len(POSTS_A_SECOND), seconds=START)
            looks = curve(database, lanes, networks)
            assert listened(database) == len(POSTS_A_SECOND)
    assert looks[-1].posts - looks[0].posts > sum(POSTS_A_SECOND.values()) * (looks[-1].at - looks[0].at) / 2
    grown = {worker: growth(looks, worker) for worker in lanes}
    assert max(grown.values()) < FLAT, {worker: (grown[worker], [round(one.held[worker]) for one in looks[::12]]) for worker in lanes}
