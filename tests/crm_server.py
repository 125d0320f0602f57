"""A customer system on loopback that speaks the generic contract: keeps people, counts pushes, is down when the test says."""

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from typing_extensions import override

from amends.core.clock import utc_now


@dataclass
class CrmServer:
    """The system: `people` by number, `log` of changes in order; `told` is answered in place of the changes where there is one,
    `meanwhile` happens while it is written to, `as_read` while it is read, and where it `breaks_off` it hears news and does not answer.
    It knows none of `lost_cursors`, asks to be left alone for `retry_after` seconds, has a clock `ahead` of ours, and answers with
    `numbers`."""

    port: int = 0
    people: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    log: list[str] = field(default_factory=list[str])
    pushes: int = 0
    is_down: bool = False
    news: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    part_of: dict[str, str] = field(default_factory=dict[str, str])
    erased: set[str] = field(default_factory=set[str])
    breaks_off: bool = False
    meanwhile: Callable[[], None] | None = None
    as_read: Callable[[], None] | None = None
    told: dict[str, Any] | None = None
    lost_cursors: set[str] = field(default_factory=set[str])
    retry_after: int = 0
    ahead: timedelta = timedelta()
    numbers: list[Any] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, number: str, name: str, *, at: datetime) -> None:
        """Let somebody there change a person."""
        self.people[number] = {"id": number, "changed_at": at.isoformat(), "fields": {"name": name}}
        self.log.append(number)

    def changes(self, cursor: int) -> dict[str, Any]:
        """Answer what changed behind a cursor, two at a time."""
        if self.as_read:
            self.as_read()
        if self.told is not None:
            return self.told
        page = self.log[cursor : cursor + 2]
        return {"people": [self.people[one] for one in page], "cursor": str(cursor + len(page)), "more": cursor + 2 < len(self.log)}

    def take(self, given: list[dict[str, Any]]) -> dict[str, Any]:
        """Keep people; who has no number gets one by ours, so that the same twice is once."""
        self.pushes += 1
        if self.meanwhile:
            self.meanwhile()
        ids = [one["id"] or f"ours-{one['ours']}" for one in given]
        for number, one in zip(ids, given, strict=True):
            self.people[number] = {"id": number, "fields": one["fields"]}
        return {"ids": ids if self.numbers is None else self.numbers}

    def hear(self, given: list[dict[str, Any]]) -> dict[str, Any]:
        """Keep whose numbers are one, and forget who is erased; the same twice is once."""
        self.news += given
        for one in given:
            self.part_of.pop(one["id"], None)
            if one["kind"] == "merged":
                self.part_of[one["id"]] = one["other"]
            elif one["kind"] == "erased":
                self.erased.add(one["id"])
                self.people.pop(one["id"], None)
                self.log = [number for number in self.log if number != one["id"]]
        return {}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    crm: CrmServer


class _Asked(BaseHTTPRequestHandler):
    def _answer(self, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response_only(self._status())
        self.send_header("date", format_datetime(utc_now() + self._crm.ahead, usegmt=True))
        if self._crm.retry_after:
            self.send_header("retry-after", str(self._crm.retry_after))
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _status(self) -> int:
        """Return 200 where the system is as it should be."""
        cursor = parse_qs(urlsplit(self.path).query).get("cursor", [""])[0]
        troubles = {
            503: self._crm.is_down or (self._crm.breaks_off and self.path == "/news"),
            429: bool(self._crm.retry_after),
            410: cursor in self._crm.lost_cursors,
        }
        return next((status for status, holds in troubles.items() if holds), 200)

    @property
    def _crm(self) -> CrmServer:
        assert isinstance(self.server, _Server)
        return self.server.crm

    def do_GET(self) -> None:
        cursor = parse_qs(urlsplit(self.path).query).get("cursor", ["0"])[0]
        self._answer({} if self._crm.is_down else self._crm.changes(int(cursor or 0)))

    def do_POST(self) -> None:
        given = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._answer({} if self._crm.is_down else self._heard(given))

    def _heard(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._crm.hear(given["news"]) if self.path == "/news" else self._crm.take(given["people"])

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
