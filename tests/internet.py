"""All of the internet, at a proxy on loopback: whoever is asked, it keeps what they are told, and answers what the test says."""

import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote_plus

from typing_extensions import override

from tests.certificates import certify


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request: the host that it was for, its path and its body."""

    host: str
    path: str
    body: str


@dataclass(kw_only=True)
class Internet:
    """What came so far, and what is answered; nobody is there where `status` is 0."""

    address: str
    secure: ssl.SSLContext
    answer: str = "ok"
    status: int = 200
    asked: list[Asked] = field(default_factory=list[Asked])

    @property
    def told(self) -> str:
        """What the only request says, in a form or as JSON, without the strokes that keep words from being markup."""
        [one] = self.asked
        return unquote_plus(one.body).replace("\\", "")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    internet: Internet


class _Asked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    host = ""

    def do_CONNECT(self) -> None:
        """Be whoever is asked for, and talk to them in secret from here on."""
        self.host = self.path.partition(":")[0]
        self.send_response(200)
        self.end_headers()
        self.close_connection = False
        self.connection = self._internet.secure.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def do_POST(self) -> None:
        """Keep what is told and answer, or hang up."""
        found = self._internet
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        found.asked.append(Asked(host=self.host, path=self.path, body=body))
        if found.status:
            told = found.answer.encode()
            self.send_response(found.status)
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)
        self.close_connection = True

    @property
    def _internet(self) -> Internet:
        assert isinstance(self.server, _Server)
        return self.server.internet

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def the_internet(folder: Path) -> Generator[Internet]:
    """Yield the internet; it is reached by who takes `address` for their proxy and asks nobody who they are."""
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(*certify(folder))
    server = _Server(("127.0.0.1", 0), _Asked)
    server.internet = Internet(address=f"http://127.0.0.1:{server.server_address[1]}", secure=secure)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.internet
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
