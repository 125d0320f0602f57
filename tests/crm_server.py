"""A customer system on loopback that speaks the generic contract: keeps people, counts pushes, is down when the test says."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from typing_extensions import override


@dataclass
class CrmServer:
    """The system: `people` by number, `log` of changes in order; `told` is answered in place of the changes where there is one."""

    port: int = 0
    people: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    log: list[str] = field(default_factory=list[str])
    pushes: int = 0
    is_down: bool = False
    told: dict[str, Any] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, number: str, name: str, *, at: datetime) -> None:
        """Let somebody there change a person."""
        self.people[number] = {"id": number, "changed_at": at.isoformat(), "fields": {"name": name}}
        self.log.append(number)

    def changes(self, cursor: int) -> dict[str, Any]:
        """Answer what changed behind a cursor, two at a time."""
        if self.told is not None:
            return self.told
        page = self.log[cursor : cursor + 2]
        return {"people": [self.people[one] for one in page], "cursor": str(cursor + len(page)), "more": cursor + 2 < len(self.log)}

    def take(self, given: list[dict[str, Any]]) -> dict[str, Any]:
        """Keep people; who has no number gets one by ours, so that the same twice is once."""
        self.pushes += 1
        ids = [one["id"] or f"ours-{one['ours']}" for one in given]
        for number, one in zip(ids, given, strict=True):
            self.people[number] = {"id": number, "fields": one["fields"]}
        return {"ids": ids}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    crm: CrmServer


class _Asked(BaseHTTPRequestHandler):
    def _answer(self, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(503 if self._crm.is_down else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @property
    def _crm(self) -> CrmServer:
        assert isinstance(self.server, _Server)
        return self.server.crm

    def do_GET(self) -> None:
        cursor = parse_qs(urlsplit(self.path).query).get("cursor", ["0"])[0]
        self._answer({} if self._crm.is_down else self._crm.changes(int(cursor or 0)))

    def do_POST(self) -> None:
        given = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._answer({} if self._crm.is_down else self._crm.take(given["people"]))

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


@contextmanager
def crm_server() -> Generator[CrmServer]:
    """Run the system on a free port."""
    server = _Server(("127.0.0.1", 0), _Asked)
    server.crm = CrmServer(port=server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.crm
    finally:
        server.shutdown()
        server.server_close()
