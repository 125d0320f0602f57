"""A loopback server that answers what it is told: any status, headers and body, recorded or written; half of one, a drip, or nothing."""

import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from typing_extensions import override

LONGEST_HANG = 5.0
DRIP_PAUSE = 0.002
DRIP = 8


class Fault(StrEnum):
    """How an answer fails on its way."""

    NONE = "none"
    HALF = "half"
    DROP = "drop"
    HANG = "hang"
    DRIP = "drip"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a client asked: `asked` holds the query and the form fields."""

    method: str
    path: str
    asked: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the server says to it."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault = Fault.NONE


@dataclass(kw_only=True, slots=True)
class Replay:
    """A running server: `answer` may be exchanged at any time; `requests` are those it had, the logins left out."""

    url: str
    answer: Callable[[Request], Answer]
    login: Answer
    requests: list[Request] = field(default_factory=list)
    logins: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def say(self, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None, fault: Fault = Fault.NONE) -> None:
        """From now on answer everything so."""
        told = Answer(status=status, body=body, headers=headers or {}, fault=fault)
        self.answer = lambda _: told

    def hear(self, request: Request) -> Answer:
        """Return the answer to one request."""
        if request.path.rstrip("/").endswith("/access_token"):
            self.logins += 1
            return self.login
        self.requests.append(request)
        return self.answer(request)


GOOD_LOGIN = Answer(body=b'{"access_token": "token", "token_type": "bearer", "expires_in": 3600, "scope": "*"}')


class Server(ThreadingHTTPServer):
    """Serves one replay; closes at once, without waiting for hanging requests."""

    daemon_threads = True
    block_on_close = False
    replay: Replay


class Serving(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def serve(self) -> None:
        """Answer it as told."""
        split = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        asked = dict(parse_qsl(split.query) + parse_qsl(body.decode("utf-8", "replace")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.replay.hear(Request(method=self.command, path=split.path, asked=asked, headers=headers, body=body))
        with suppress(ConnectionError):
            self.tell(answer)

    do_GET = do_POST = do_DELETE = do_PUT = serve  # noqa: N815

    def tell(self, answer: Answer) -> None:
        """Send an answer, or as much of it as its fault lets through."""
        self.close_connection = answer.fault is not Fault.NONE
        if answer.fault is Fault.HANG:
            self.server.replay.over.wait(LONGEST_HANG)
        if answer.fault in {Fault.HANG, Fault.DROP}:
            return
        self.send_response(answer.status)
        closing = {"connection": "close"} if self.close_connection else {}
        for name, value in {
            "content-type": "application/json",
            **answer.headers,
            **closing,
            "content-length": str(len(answer.body)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if answer.fault is Fault.DRIP:
            self.drip(answer.body)
        else:
            self.wfile.write(answer.body[: len(answer.body) // 2] if answer.fault is Fault.HALF else answer.body)

    def drip(self, body: bytes) -> None:
        """Send a few bytes at a time."""
        for place in range(0, len(body), DRIP):
            self.wfile.write(body[place : place + DRIP])
            self.wfile.flush()
            time.sleep(DRIP_PAUSE)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def down(_: Request) -> Answer:
    """Answer as a server does that has nothing to say."""
    return Answer(status=500)


@contextmanager
def replay_server(answer: Callable[[Request], Answer] | None = None) -> Generator[Replay]:
    """Run a server on a free port of the loopback for the length of a `with`."""
    server = Server(("127.0.0.1", 0), Serving)
    server.replay = Replay(url=f"http://127.0.0.1:{server.server_port}", answer=answer or down, login=GOOD_LOGIN)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield server.replay
    finally:
        server.replay.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
