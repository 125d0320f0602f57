"""Read an answer that does not end, line by line, and never wait longer for a line than one may be silent.

Place in the path: network -> `core.network.OpenWire` -> `Lines` -> a collector's `listen`. A thread of its own reads, since a read that
timed out cannot be taken up again; the collector takes what has come and is free in between.
"""

import queue
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Self

import requests
import urllib3

from amends.core.errors import Unreachable

CHUNK = 16 * 1024
LONGEST_LINE = 4 * 1024 * 1024
AHEAD = 1000
MOST_AT_ONCE = 100
PAUSE = 1.0


class Lines:
    """The lines of an open answer. `take` returns those that have come; `Unreachable` once the answer has ended and all were taken.

    At most `AHEAD` lines wait: a network that sends faster than we read is held back by its own connection.
    """

    def __init__(self, response: requests.Response) -> None:
        self._raw: urllib3.HTTPResponse = response.raw
        self._response = response
        self._waiting: queue.Queue[bytes | str] = queue.Queue(AHEAD)
        self._closed = False
        self._over = ""
        Thread(target=self._read, name="lines", daemon=True).start()

    def __enter__(self) -> Self:
        """Read as long as the `with` lasts."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Hang up; a read that is under way ends at once."""
        self._closed = True
        with suppress(OSError, ValueError, RuntimeError):
            self._raw.shutdown()
        self._response.close()

    def take(self, seconds: float) -> list[bytes]:
        """Return what has come within `seconds`, as soon as there is something; empty lines (signs of life) included."""
        found: list[bytes] = []
        with suppress(queue.Empty):
            while not self._over and len(found) < MOST_AT_ONCE:
                told = self._waiting.get(timeout=0 if found else seconds)
                if isinstance(told, bytes):
                    found.append(told)
                else:
                    self._over = told
        if self._over and not found:
            raise Unreachable(self._over)
        return found

    def _read(self) -> None:
        try:
            for line in self._split():
                if not self._hand_over(line):
                    return
        except (urllib3.exceptions.HTTPError, requests.RequestException, OSError, ValueError, AttributeError) as error:
            self._hand_over(f"The stream broke off ({type(error).__name__}).")
        else:
            self._hand_over("The network ended the stream.")

    def _hand_over(self, told: bytes | str) -> bool:
        """Put something where `take` finds it; False once nobody listens any more."""
        while not self._closed:
            with suppress(queue.Full):
                self._waiting.put(told, timeout=PAUSE)
                return True
        return False

    def _split(self) -> Iterator[bytes]:
        """Return the whole lines; what an answer ends with is no whole line and is dropped."""
        rest = b""
        while part := self._raw.read1(CHUNK, decode_content=True):
            *whole, rest = (rest + part).split(b"\n")
            yield from (line.strip() for line in whole)
            if len(rest) > LONGEST_LINE:
                raise ValueError
