"""An answer that does not end is read line by line, and nobody waits for its silence."""

import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress

import pytest

from amends.core.clock import utc_now
from amends.core.errors import Unreachable
from amends.core.lines import LONGEST_LINE, Lines
from amends.core.network import OpenWire

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"
SOON = 0.05
SURELY = 5.0


class Sender:
    """A server that says what it is told, when it is told."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def say(self, told: bytes) -> None:
        self._connection.sendall(told)

    def end(self) -> None:
        self._connection.shutdown(socket.SHUT_RDWR)

    def is_left(self) -> bool:
        """Wait until the other side has hung up."""
        self._connection.settimeout(SURELY)
        with suppress(ConnectionError):
            return self._connection.recv(1) == b""
        return True


@contextmanager
def streaming(time_out: float = SURELY) -> Generator[tuple[Lines, Sender]]:
    """Open a stream on a loopback server."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        wire = OpenWire(clock=utc_now, judge=lambda _: None, routes={"http://elsewhere/": "http://elsewhere"}, time_out=time_out)
        answers: list[Lines] = []

        def ask() -> None:
            answers.append(Lines(wire.request("GET", f"http://127.0.0.1:{server.getsockname()[1]}/stream")))

        asking = threading.Thread(target=ask)
        asking.start()
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(HEAD)
            asking.join()
            with answers[0] as lines:
                yield lines, Sender(connection)


def test_lines_come_as_they_are_sent_and_silence_is_no_end() -> None:
    with streaming() as (lines, sender):
        assert lines.take(SOON) == []
        sender.say(b'{"a": 1}\r\n\r\n{"b"')
        assert lines.take(SURELY)[0] == b'{"a": 1}'
        time.sleep(SOON)
        assert lines.take(SOON) in ([b""], [])
        sender.say(b": 2}\n")
        assert lines.take(SURELY) == [b'{"b": 2}']


def test_the_end_is_said_after_the_last_whole_line_and_half_a_line_is_none() -> None:
    with streaming() as (lines, sender):
        sender.say(b"one\ntwo\nthr")
        sender.end()
        found: list[bytes] = []
        while len(found) < 2:
            found += lines.take(SURELY)
        assert found == [b"one", b"two"]
        with pytest.raises(Unreachable, match="ended"):
            lines.take(SURELY)


def test_a_connection_without_a_sign_of_life_is_given_up() -> None:
    with streaming(time_out=1) as (lines, _), pytest.raises(Unreachable, match="broke off"):
        lines.take(SURELY)


def test_a_line_without_end_is_given_up() -> None:
    with streaming() as (lines, sender):
        with suppress(OSError):
            sender.say(b"x" * (LONGEST_LINE + 100_000))
        with pytest.raises(Unreachable, match="broke off"):
            lines.take(SURELY)


def test_who_leaves_hangs_up_at_once() -> None:
    with streaming() as (lines, sender):
        lines.__exit__(None, None, None)
        assert sender.is_left()


def test_a_slow_reader_holds_the_network_back_and_loses_nothing() -> None:
    with streaming() as (lines, sender):
        saying = threading.Thread(target=lambda: sender.say(b"".join(b"%d\n" % number for number in range(5000))))
        saying.start()
        time.sleep(SOON)
        found: list[bytes] = []
        while len(found) < 5000:
            found += lines.take(SURELY)
        saying.join()
        assert found == [b"%d" % number for number in range(5000)]
