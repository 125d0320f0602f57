"""A wake-up may be lost; what it may not do is hold up or break whoever sends it."""

import socket
import time
from pathlib import Path

import pytest

from amends.core.embedded.places import scratch_dir
from amends.core.embedded.valkey import EmbeddedValkey
from amends.worker import wake
from amends.worker.app import make_app
from amends.worker.names import Task
from amends.worker.wake import Waker
from tests.ports import port_of_ours

HANGING = 20
"""Seconds after which nobody would say that it waits for a second; a busy machine takes some of them."""


def a_waker(url: str) -> Waker:
    """A waker whose broker library is loaded already, so that a test measures waiting and nothing else."""
    app = make_app(url, patience=wake.PATIENCE)
    assert app.connection_for_write().transport
    return Waker(app)


DEAD = ["redis+socket:///nowhere/valkey.sock", "redis://127.0.0.1:{port}/0", "amqp://guest:guest@127.0.0.1:{port}//"]


@pytest.mark.parametrize("url", DEAD)
def test_a_dead_broker_costs_little_and_raises_nothing(url: str) -> None:
    waker = a_waker(url.format(port=port_of_ours()))
    began = time.monotonic()
    assert not waker.wake(Task.RELAY)
    assert time.monotonic() - began < HANGING


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_hangs_costs_little_and_raises_nothing(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        waker = a_waker(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/")
        began = time.monotonic()
        assert not waker.wake(Task.RELAY)
        assert time.monotonic() - began < HANGING


def test_after_a_failure_the_next_wake_ups_cost_nothing_for_a_while(tmp_path: Path) -> None:
    now = [0.0]
    waker = Waker(make_app(f"redis+socket://{tmp_path}/none.sock"), clock=lambda: now[0])
    assert not waker.wake(Task.RELAY)
    began = time.thread_time()
    for _ in range(1000):
        waker.wake(Task.TRIAGE)
    assert time.thread_time() - began < 0.1


def test_what_may_wait_long_for_a_network_has_a_lane_of_its_own() -> None:
    assert {task for task in Task if task.lane == "collect"} == {
        Task.COLLECT_DUE,
        Task.BACKFILL,
        Task.LOOK_AGAIN,
        Task.RECHECK,
        Task.CHECK_STANDINGS,
        Task.SUBSCRIBE,
    }


def test_a_broker_that_came_back_is_used_again() -> None:
    now = [0.0]
    with scratch_dir() as folder:
        valkey = EmbeddedValkey(folder / "valkey")
        waker = Waker(make_app(valkey.start(), patience=wake.PATIENCE), clock=lambda: now[0])
        assert waker.wake(Task.RELAY)
        valkey.stop()
        assert not waker.wake(Task.RELAY)
        valkey.start()
        assert not waker.wake(Task.RELAY)
        now[0] += wake.REST
        assert waker.wake(Task.RELAY)
        valkey.stop()
