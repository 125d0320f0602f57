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
    """What came, and what is answered: `statuses` in turn, the last one for ever; each after `delay` seconds."""

    port: int
    statuses: list[int] = field(default_factory=lambda: [204])
    delay: float = 0
    location: str = ""
    received: list[Received] = field(default_factory=list)

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
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        server.receiver.received.append(Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        time.sleep(server.receiver.delay)
        self.send_response(server.receiver.next_status())
        if server.receiver.location:
            self.send_header("location", server.receiver.location)
        self.send_header("content-length", "0")
        self.end_headers()

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def receiving(port: int = 0, *, status: int = 204, delay: float = 0) -> Generator[Receiver]:
    """Yield a receiver that listens on `port`, or on a free one, and answers `status` after `delay` seconds."""
    server = _Server(("127.0.0.1", port), _Asked)
    server.receiver = Receiver(port=server.server_address[1], statuses=[status], delay=delay)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
