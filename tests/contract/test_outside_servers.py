"""The commands that the containers run, on an administrator's PostgreSQL, Redis and RabbitMQ: a complaint becomes a case there too.

The suite sees a wake-up go through either broker, and everywhere else the embedded PostgreSQL and Valkey; the whole story is told by
`./amends test -m soak tests/contract/test_outside_servers.py`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from kombu.simple import SimpleQueue

from amends.cli.running.cast import ADA, hire, token_for
from amends.core.clock import utc_now
from amends.core.database import connect, fetch_values
from amends.core.embedded.places import scratch_dir
from amends.core.embedded.program import MODULE, Program
from amends.worker.app import make_app
from amends.worker.names import Task
from amends.worker.wake import Waker
from tests.outside import HOST, postgresql, rabbitmq, redis
from tests.ports import port_of_ours
from tests.sandbox_server import Networks, sandbox_process

ROOT = Path(__file__).parents[2]
SECRET = "a key for this test alone, and for no other"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
Broker = Callable[[Path], AbstractContextManager[str]]
COMMANDS: dict[str, list[str]] = {name: service["command"] for name, service in COMPOSE["services"].items() if "build" in service}


@pytest.fixture(scope="module")
def place() -> Generator[Path]:
    with scratch_dir() as folder:
        yield folder


@pytest.fixture(scope="module")
def server_url(place: Path) -> Generator[str]:
    with postgresql(place / "postgresql", databases=("redis", "rabbitmq")) as url:
        yield url


@contextmanager
def containers(env: dict[str, str], place: Path) -> Generator[None]:
    """Run what the containers run, `migrate` to its end and the rest beside each other."""
    migrate = [sys.executable, "-P", "-m", MODULE, *COMMANDS["migrate"]]
    migrated = subprocess.run(migrate, env=env, capture_output=True, text=True, check=False)
    assert migrated.returncode == 0, migrated.stderr
    running = [
        Program(name, command, env=env, cwd=place, log=place / f"{name}.log") for name, command in COMMANDS.items() if name != "migrate"
    ]
    try:
        for program in running:
            program.start()
        yield
        assert all(program.pid for program in running)
    finally:
        for program in running:
            program.ask_to_stop()
        for program in running:
            program.stop()


def settings(database_url: str, broker_url: str, networks: Networks) -> dict[str, str]:
    """Return the environment of a production with one source, as .env would give it."""
    source = {name: networks.source("veloria", "x")[name] for name in ("network", "handle", "credentials", "options", "watches")}
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AMENDS_")},
        "PYTHONPATH": str(ROOT / "src"),
        "AMENDS_SECRET_KEY": SECRET,
        "AMENDS_DATABASE_URL": database_url,
        "AMENDS_BROKER_URL": broker_url,
        "AMENDS_HOST": HOST,
        "AMENDS_PORT": str(port_of_ours()),
        "AMENDS_POLL_SECONDS": "1",
        "AMENDS_SOURCES": json.dumps([{"brand": "Veloria Air", **source}]),
    }


def until(find: Callable[[], Any], seconds: float = 240) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := find():
                return found
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    return None


@pytest.mark.parametrize("broker", [redis, rabbitmq])
def test_a_wake_up_goes_through_an_administrators_broker(broker: Broker, place: Path) -> None:
    with broker(place / f"{broker.__name__}-alone") as url:
        assert Waker(make_app(url)).wake(Task.TRIAGE)
        app = make_app(url)
        with app.connection_for_read() as connection, SimpleQueue(connection, app.amqp.queues[Task.TRIAGE.lane.value]) as desk:
            assert desk.get(timeout=120).headers["task"] == Task.TRIAGE.value


@pytest.mark.soak
@pytest.mark.parametrize("broker", [redis, rabbitmq])
def test_a_complaint_becomes_a_case_and_its_answer_is_public(broker: Broker, server_url: str, place: Path) -> None:
    database_url = f"{server_url}/{broker.__name__}"
    with ExitStack() as stack:
        networks = stack.enter_context(sandbox_process(place / f"networks-{broker.__name__}"))
        env = settings(database_url, stack.enter_context(broker(place / broker.__name__)), networks)
        stack.enter_context(containers(env, place))
        with connect(database_url) as conn:
            assert fetch_values(conn, "select current_setting('server_version_num')::int / 10000")[0] >= 15
            hire(conn, now=utc_now())
            token = token_for(conn, ADA, name="test", now=utc_now())
        desk = stack.enter_context(
            httpx.Client(
                base_url=f"http://{HOST}:{env['AMENDS_PORT']}/api/v1", headers={"authorization": f"Bearer {token}"}, trust_env=False
            )
        )
        complaint = networks.publish(
            "x", "@VeloriaAir my suitcase is lost, nobody answers, this is a disgrace", author=f"cy_{broker.__name__}"
        )
        where = {"network": "x", "external_id": complaint["id"]}
        case_id = until(lambda: [post["case_id"] for post in desk.get("/posts", params=where).json()["posts"] if post["case_id"]])
        assert case_id, (place / "worker-desk.log").read_text()[-3000:]
        assert desk.post(f"/cases/{case_id[0]}/reply", json={"text": "We found it. Ada"}).status_code == 202
        replies = until(lambda: networks.control.get("/control/replies").json()["replies"])
        assert [reply["parent_id"] for reply in replies] == [complaint["id"]]
