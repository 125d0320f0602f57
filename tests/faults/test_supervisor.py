"""The supervised life of an installation: it stops clean, leaves nothing behind, and finds its data again."""

import os
import signal
import socket
import stat
import time
from collections.abc import Callable, Generator
from pathlib import Path
from threading import Event

import pytest

from amends.cli.running.away import Away, away
from amends.cli.running.reach import database
from amends.cli.running.state import State, running
from amends.core.database import execute, fetch_values
from amends.core.embedded.places import scratch_dir
from amends.core.embedded.postgres import EmbeddedPostgres
from amends.core.embedded.process import is_running
from amends.core.embedded.program import MODULE, Program, turn_over
from amends.core.embedded.supervisor import Supervisor
from amends.core.errors import SettingsWrong
from amends.triage.card import FILE

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]

UP = ("up",)
ENV = {"AMENDS_MODE": "test", "AMENDS_DATABASE_URL": "", "AMENDS_BROKER_URL": "", "PYTHONPATH": "src"}
PATIENCE = 240.0


@pytest.fixture
def data() -> Generator[Path]:
    with scratch_dir() as folder:
        yield folder / "data"


@pytest.fixture
def env(data: Path) -> dict[str, str]:
    """Return an environment whose model is missing: no post comes, and to read what a fresh installation learns from takes long."""
    no_model = data.parent / "no-model"
    no_model.mkdir()
    (no_model / FILE).touch()
    return {**ENV, "AMENDS_TRIAGE_MODEL": str(no_model)}


def until(condition: Callable[[], bool], *, seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def alive(state: State) -> list[str]:
    marks = (MODULE, "bin/postgres", "valkey-server")
    return [name for name, pid in state.parts.items() if any(is_running(pid, mark) for mark in marks)]


def note(data: Path, text: str) -> None:
    with database(data) as pool, pool.transaction() as conn:
        execute(conn, "insert into brands (slug, name) values (%(text)s, %(text)s)", {"text": text})


def notes(data: Path) -> list[str]:
    with database(data) as pool, pool.transaction() as conn:
        return fetch_values(conn, "select slug from brands order by id")


def test_an_installation_lives_dies_and_comes_back(data: Path, env: dict[str, str]) -> None:
    """One start is dear, so one installation goes through all of it: what dies is started again, kill -9 leaves nothing, data stays."""
    with away(UP, data=data, env=env) as first:
        state = first.wait_until_ready(timeout=PATIENCE)
        assert set(state.parts) == {"postgres", "valkey", "api", "worker-collect", "worker-desk", "beat"}
        assert stat.S_IMODE((data / "state.json").stat().st_mode) == 0o600
        note(data, "before")
        a_second_one_is_refused(data, state, env=env)
        what_is_killed_comes_back(first, state)
        state = first.state
        os.kill(first.child.pid, signal.SIGKILL)
        assert until(lambda: not alive(state)), alive(state)
    assert running(data) is None
    with socket.create_server(("127.0.0.1", 0)) as taken, away((*UP, "--port", str(port_of(taken))), data=data, env=env) as second:
        state = second.wait_until_ready(timeout=PATIENCE)
        assert state.address != f"http://127.0.0.1:{port_of(taken)}"
        assert notes(data) == ["before"]
        assert second.stop(patience=PATIENCE) == 0
        assert not alive(state)
        assert not (data / "state.json").exists()


def port_of(server: socket.socket) -> int:
    return server.getsockname()[1]


def a_second_one_is_refused(data: Path, state: State, *, env: dict[str, str]) -> None:
    with away(UP, data=data, env=env) as other:
        assert other.child.wait(PATIENCE) == 1
        assert f"already running on {data} at {state.address}" in (data / "supervisor.log").read_text()


def what_is_killed_comes_back(installation: Away, before: State) -> None:
    for name in ("postgres", "valkey", "beat"):
        os.kill(before.parts[name], signal.SIGKILL)
    for name in ("postgres", "valkey", "beat"):
        assert until(lambda name=name: installation.state.parts.get(name, 0) not in {0, before.parts[name]}), name


def test_a_path_too_long_for_a_socket_is_no_obstacle(data: Path) -> None:
    long = data / ("x" * 120)
    with EmbeddedPostgres(long) as url:
        assert len(url.split("host=")[1]) < 100
    with EmbeddedPostgres(long) as again:
        assert again == url


def test_data_of_another_postgresql_is_refused_in_words(data: Path) -> None:
    with EmbeddedPostgres(data, durable=False):
        pass
    (data / "cluster" / "PG_VERSION").write_text("12\n")
    with pytest.raises(SettingsWrong, match=r"written by PostgreSQL 12, and this Amends brings \d+"):
        EmbeddedPostgres(data).start()


def test_a_program_that_dies_at_once_is_tried_ever_more_slowly(data: Path) -> None:
    data.mkdir()
    said: list[str] = []
    supervisor = Supervisor(say=said.append, changed=lambda: None)
    supervisor.start([Program("oddity", ("no-such-command",), env=dict(os.environ), cwd=data, log=data / "oddity.log")])
    supervisor.wait_for(lambda: len(said) >= 2, until=Event(), timeout=60)
    supervisor.stop()
    assert [line.rsplit("; ", 1)[1] for line in said[:2]] == ["starting it again in 1 s", "starting it again in 2 s"]


def test_a_log_that_has_grown_large_is_begun_anew(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("old words")
    with log.open("a") as writer:
        turn_over(log, largest=5)
        writer.write("new words")
    assert log.read_text() == "new words"
    assert (tmp_path / "api.log.1").read_text() == "old words"
