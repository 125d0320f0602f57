"""Many open screens for a benchmark: each reads the stream of news and notes when each case came onto it."""

import asyncio
import json
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

LONGEST_LINE = 2**22


@dataclass(kw_only=True)
class Watchers:
    """`shown` has, for each screen, the cases and when each came (a clock of this process); `size` the bytes of the last message."""

    shown: list[dict[int, list[float]]] = field(default_factory=list[dict[int, list[float]]])
    connected: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    size: int = 0

    def hear(self, screen: dict[int, list[float]], line: bytes) -> None:
        """Note what a line of the stream shows."""
        at = time.perf_counter()
        if not line.startswith(b"data: "):
            return
        rows: Mapping[str, str] = json.loads(line[6:]).get("rows") or {}
        for case in rows:
            screen.setdefault(int(case), []).append(at)
        if rows:
            self.size = len(line)


@contextmanager
def watching(port: int, *, screens: int, cookie: str) -> Generator[Watchers]:
    """Yield `screens` open streams of the server at `port`."""
    found, loop = Watchers(shown=[{} for _ in range(screens)]), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="watchers", daemon=True)
    thread.start()
    watches = [asyncio.run_coroutine_threadsafe(_watch(found, screen, port, cookie), loop) for screen in found.shown]
    for _ in watches:
        found.connected.acquire(timeout=60)
    try:
        yield found
    finally:
        for watch in watches:
            watch.cancel()
        time.sleep(0.5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _watch(found: Watchers, screen: dict[int, list[float]], port: int, cookie: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=LONGEST_LINE)
    writer.write(f"GET /stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode())
    greeted = False
    while line := await reader.readline():
        if not greeted and line.startswith(b"retry:"):
            greeted = True
            found.connected.release()
        found.hear(screen, line)
