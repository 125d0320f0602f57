"""One of our own commands as a part of the running installation: `amends api`, `amends worker`, `amends beat`, `amends sandbox`."""

import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from amends.core.embedded import process

MODULE = "amends.cli.main"
LARGEST_LOG = 10 * 1024 * 1024


class Program:
    """The command `amends <arguments>` as a child; `log` is its file, None our terminal."""

    def __init__(self, name: str, arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path | None) -> None:
        self.name = name
        self._command = [sys.executable, "-P", "-m", MODULE, *arguments]
        self._env = env
        self._cwd = cwd
        self.log = log
        self._child: process.Child | None = None
        self._asked = False

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self) -> None:
        """Start it; it is at work some seconds later."""
        self._asked = False
        self._child = process.start(self._command, env=self._env, log=self.log, cwd=self._cwd)

    def ask_to_stop(self) -> None:
        """Ask it once to finish what it is at and end; `stop` waits for that."""
        if self._child and self.pid and not self._asked:
            self._asked = True
            self._child.send_signal(signal.SIGTERM)

    def stop(self, *, patience: float = 6) -> None:
        """End it, by force after `patience` seconds: every step it takes is one transaction, so none is left half done."""
        self.ask_to_stop()
        if self._child:
            process.wait(self._child, patience=patience)


def turn_over(log: Path | None, *, largest: int = LARGEST_LOG) -> None:
    """Keep a log that has grown too large as `.1`, and begin it anew; who writes to it goes on in the new one."""
    if log is None or not log.exists() or log.stat().st_size < largest:
        return
    log.with_suffix(log.suffix + ".1").write_bytes(log.read_bytes())
    with log.open("r+b") as file:
        file.truncate()
