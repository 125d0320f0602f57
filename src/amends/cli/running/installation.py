"""A whole installation under one supervisor: servers where none are named, migrations, api, both lanes of the worker, beat.

`up` and `demo` are this with different trimmings. Everything runs as children of this process; `state.json` says where.
"""

import os
import signal
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from types import FrameType

import click
import httpx

from amends.cli.running.data_dir import clear_away, make_data_dir
from amends.cli.running.state import State, alone_on
from amends.core.clock import utc_now
from amends.core.embedded.postgres import EmbeddedPostgres
from amends.core.embedded.program import Program
from amends.core.embedded.supervisor import Supervisor
from amends.core.embedded.valkey import EmbeddedValkey
from amends.core.errors import SettingsWrong
from amends.core.migrate import migrate
from amends.worker.names import Lane

READY_WITHIN = 240.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to run: on which data, at which address, on outside servers where their URLs are given, with which settings."""

    data: Path
    mode: str
    host: str
    port: int
    env: Mapping[str, str]
    cwd: Path
    database_url: str | None = None
    broker_url: str | None = None
    public_url: str | None = None
    verbose: bool = False

    @property
    def address(self) -> str:
        """Where a browser on this machine finds it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}"


class Installation:
    """The running parts of a `Plan`; made by `run`."""

    def __init__(self, plan: Plan, stopping: Event) -> None:
        self.plan = plan
        self.stopping = stopping
        self.sandbox_url = ""
        self.database_url = plan.database_url or ""
        self.broker_url = plan.broker_url or ""
        self._ready = False
        self._started_at = utc_now().isoformat()
        self._supervisor = Supervisor(say=say, changed=self._write_state)

    def start_servers(self) -> None:
        """Start PostgreSQL and Valkey where the plan names none, and bring the database up to date."""
        if not self.plan.database_url:
            self.database_url = self._serve(EmbeddedPostgres(self.plan.data / "postgres"))
        if not self.plan.broker_url:
            self.broker_url = self._serve(EmbeddedValkey(self.plan.data / "valkey"))
        migrate(self.database_url, say)

    def start(self, *programs: tuple[str, Sequence[str]], env: Mapping[str, str] | None = None) -> None:
        """Start commands of ours, each a name and its arguments, with `env` over the settings of the installation."""
        every = {**self.plan.env, **self._env(), **(env or {})}
        self._supervisor.start([self._program(name, arguments, every) for name, arguments in programs])

    def start_product(self) -> None:
        """Start what makes Amends: the HTTP door, both lanes of the worker, the clock."""
        lanes = [(f"worker-{lane}", ("worker", "--lane", lane.value)) for lane in Lane]
        self.start(("api", ("api",)), *lanes, ("beat", ("beat",)))

    def wait_until_ready(self) -> None:
        """Return when the screens answer, or when we are asked to stop."""
        self._ready = self.wait_for(f"{self.plan.address}/readyz")
        self._write_state()

    def wait_for(self, url: str) -> bool:
        """Return True when `url` answers well, False where we are asked to stop first; `SettingsWrong` where neither happens in time."""
        # One client for all looks: each reads a file of certificates, which costs more than whoever starts meanwhile can spare.
        with httpx.Client(timeout=2, trust_env=False) as client:
            answered = self._supervisor.wait_for(lambda: _answers(client, url), until=self.stopping, timeout=READY_WITHIN)
        if not answered and not self.stopping.is_set():
            raise SettingsWrong(f"{url} does not answer; {self.plan.data / 'logs'} says why, and `./amends doctor` may know the cure")
        return answered

    def watch(self) -> None:
        """Keep everything alive until somebody asks us to stop."""
        self._supervisor.run(self.stopping)

    def stop(self) -> None:
        """End every part, in order."""
        self._supervisor.stop()

    def _serve(self, server: EmbeddedPostgres | EmbeddedValkey) -> str:
        url = server.start()
        self._supervisor.add_server(server)
        return url

    def _program(self, name: str, arguments: Sequence[str], env: Mapping[str, str]) -> Program:
        log = None if self.plan.verbose else self.plan.data / "logs" / f"{name}.log"
        return Program(name, arguments, env=env, cwd=self.plan.cwd, log=log)

    def _env(self) -> dict[str, str]:
        return {
            "AMENDS_MODE": self.plan.mode,
            "AMENDS_DATA_DIR": str(self.plan.data),
            "AMENDS_DATABASE_URL": self.database_url,
            "AMENDS_BROKER_URL": self.broker_url,
            "AMENDS_HOST": self.plan.host,
            "AMENDS_PORT": str(self.plan.port),
            "AMENDS_PUBLIC_URL": self.plan.public_url or self.plan.address,
            "PYTHONUNBUFFERED": "1",
        }

    def _write_state(self) -> None:
        state = State(
            pid=os.getpid(),
            mode=self.plan.mode,
            address=self.plan.address,
            database_url=self.database_url,
            broker_url=self.broker_url,
            sandbox_url=self.sandbox_url,
            started_at=self._started_at,
            ready=self._ready,
        )
        replace(state, parts=self._supervisor.pids).write(self.plan.data)


@contextmanager
def run(plan: Plan, *, fresh: bool = False) -> Generator[Installation]:
    """Yield an installation, nothing started yet, alone on its data; stop all of it afterwards. `fresh` throws the old data away first."""
    make_data_dir(plan.data)
    with alone_on(plan.data), _told_to_stop() as stopping:
        clear_away(plan.data, everything=fresh)
        installation = Installation(plan, stopping)
        try:
            yield installation
        finally:
            installation.stop()


def say(sentence: str) -> None:
    """Tell the person at the terminal; standard output is left to results."""
    click.echo(sentence, err=True)


@contextmanager
def _told_to_stop() -> Generator[Event]:
    """Yield an event that Ctrl-C, SIGTERM or a closed terminal sets; asked again, we go at once and the kernel ends the rest.

    Again is a second later: some senders reach us twice at once, by our id and by our group's.
    """
    stopping = Event()
    asked_at: list[float] = []

    def heard(_signal: int, _frame: FrameType | None) -> None:
        if asked_at and time.monotonic() > asked_at[0] + 1:
            os._exit(1)
        asked_at.append(time.monotonic())
        stopping.set()

    nohup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    before = {sign: signal.signal(sign, heard) for sign in (signal.SIGINT, signal.SIGTERM, *(() if nohup else (signal.SIGHUP,)))}
    try:
        yield stopping
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).is_success
    except httpx.HTTPError:
        return False
