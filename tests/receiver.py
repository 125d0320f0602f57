"""A loopback HTTP receiver for alerts: keeps what it gets, answers what the test says."""

import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """What came, over how many connections, and what is answered: `statuses` in turn, the last one for ever; each after `delay` seconds."""

    port: int
    statuses: list[int] = field(default_factory=lambda: [204])
    delay: float = 0
    headers: dict[str, str] = field(default_factory=dict[str, str])
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def next_status(self) -> int:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


class _Server(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True
    receiver: Receiver


class _Asked(BaseHTTPRequestHandler):
    @override
    def setup(self) -> None:
        super().setup()
        assert isinstance(self.server, _Server)
        self.server.receiver.connections += 1

    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        server.receiver.received.append(Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        time.sleep(server.receiver.delay)
        self.send_response(server.receiver.next_status())
        for name, value in ({"content-length": "0"} | server.receiver.headers).items():
            self.send_header(name, value)
        self.end_headers()

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Kept(_Asked):
    """Leaves a connection open."""

    protocol_version = "HTTP/1.1"


@contextmanager
def receiving(port: int = 0, *, status: int = 204, delay: float = 0, keeps: bool = False) -> Generator[Receiver]:
    """Yield a receiver that listens on `port`, or on a free one, and answers `status` after `delay` seconds.

    One that `keeps` its connections open takes several requests over one.
    """
    server = _Server(("127.0.0.1", port), _Kept if keeps else _Asked)
    server.receiver = Receiver(port=server.server_address[1], statuses=[status], delay=delay)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
