"""A webhook's receiver for a benchmark: notes when each alert first came, and answers at once."""

import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override


@dataclass(kw_only=True)
class Pager:
    """Where it listens, when each of the things it was told of came (a clock of this process), and how many requests there were."""

    url: str
    came: dict[str, float] = field(default_factory=dict[str, float])
    requests: int = 0

    def hear(self, body: bytes) -> None:
        """Note what a request tells of."""
        self.requests += 1
        self.came.setdefault(str(json.loads(body)["facts"]["permalink"]), time.perf_counter())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    pager: Pager


class _Asked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server = self.server
        if isinstance(server, _Server):
            server.pager.hear(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(204)
        self.send_header("content-length", "0")
        self.end_headers()

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def paging() -> Generator[Pager]:
    """Yield a receiver on loopback."""
    server = _Server(("127.0.0.1", 0), _Asked)
    server.pager = Pager(url=f"http://127.0.0.1:{server.server_address[1]}/pager")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.pager
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
