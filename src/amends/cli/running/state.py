"""The file by which tests, doctor and the other commands find the running installation: DATA/state.json, and the lock beside it."""

import fcntl
import json
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TextIO

from amends.core.errors import SettingsWrong


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What runs: the supervisor's process, where its doors are, and the process id of each part."""

    pid: int
    mode: str
    address: str
    database_url: str
    broker_url: str
    started_at: str
    sandbox_url: str = ""
    ready: bool = False
    parts: dict[str, int] = field(default_factory=dict)

    def write(self, data: Path) -> None:
        """Replace the file in one step, readable by its owner alone."""
        fresh = data / "state.json.new"
        fresh.write_text(json.dumps(asdict(self), indent=2) + "\n")
        fresh.chmod(0o600)
        fresh.replace(data / "state.json")


def last_state(data: Path) -> State | None:
    """Return what the file says, whether or not that still runs."""
    try:
        return State(**json.loads((data / "state.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def running(data: Path) -> State | None:
    """Return the installation that runs on `data`, or None: the lock tells, since a file may be left over."""
    try:
        file = (data / "lock").open()
    except OSError:
        return None
    with file:
        return None if _locked(file, fcntl.LOCK_SH) else last_state(data)


@contextmanager
def alone_on(data: Path) -> Generator[None]:
    """Hold `data` for this process; `SettingsWrong` says who has it."""
    with (data / "lock").open("a") as file:
        if not _locked_soon(file):
            other = last_state(data)
            at = f" at {other.address} (process {other.pid})" if other else ""
            raise SettingsWrong(f"Amends is already running on {data}{at}. Stop it there first, or choose another place with --data.")
        try:
            yield
        finally:
            (data / "state.json").unlink(missing_ok=True)


def _locked_soon(file: TextIO) -> bool:
    """Return whether the lock is ours; who only looks (`running`) holds it for an instant, so a refusal is tried again."""
    for _ in range(10):
        if _locked(file, fcntl.LOCK_EX):
            return True
        time.sleep(0.05)
    return False


def _locked(file: TextIO, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
