"""An installation in a process of its own, as a person would start it: for `demo --check` and for tests."""

import os
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from amends.cli.running.state import State, last_state, running
from amends.core.embedded import process
from amends.core.embedded.program import MODULE
from amends.core.errors import SettingsWrong

FIRST_PORT, PORTS = 20_000, 10_000


@dataclass(frozen=True, kw_only=True)
class Away:
    """The supervisor's process, its data, and the file that has its words."""

    data: Path
    child: process.Child
    log: Path

    @property
    def state(self) -> State:
        """What runs where at this moment."""
        found = last_state(self.data)
        if found is None:
            raise SettingsWrong(f"no installation runs on {self.data}: {self.words()}")
        return found

    def wait_until_ready(self, *, timeout: float) -> State:
        """Return the state once the screens answer; `SettingsWrong` has the supervisor's last words where they do not."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and self.child.poll() is None:
            state = running(self.data)
            if state and state.ready and state.pid == self.child.pid:
                return state
            time.sleep(0.05)
        raise SettingsWrong(f"the installation did not come up: {self.words()}")

    def words(self) -> str:
        """Return what the supervisor said last."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])

    def stop(self, *, patience: float = 20) -> int:
        """Ask it to stop as Ctrl-C does and return its exit code."""
        process.stop(self.child, patience=patience)
        return self.child.returncode


@contextmanager
def away(arguments: Sequence[str], *, data: Path, env: Mapping[str, str] | None = None) -> Generator[Away]:
    """Yield `amends <arguments> --data <data>`, just started; stop it afterwards. `env` goes over the environment of this process."""
    data.mkdir(parents=True, exist_ok=True)
    log = data / "supervisor.log"
    command = [sys.executable, "-P", "-m", MODULE, *arguments, "--port", str(_port_of(data)), "--data", str(data)]
    child = process.start(command, log=log, env={**os.environ, **(env or {})})
    try:
        yield Away(data=data, child=child, log=log)
    finally:
        process.stop(child, patience=20)


def _port_of(data: Path) -> int:
    """Return where an installation begins to look for a free port: two that start at the same moment must not find the same one."""
    return FIRST_PORT + crc32(str(data).encode()) % PORTS
