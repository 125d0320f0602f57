"""The floor under the stream of news: NOTIFY in, server-sent event of the payload's size out, nothing looked up and nothing drawn.

Run as a process of its own: `python -m amends.cli.measuring.echo DATABASE_URL PORT`.
"""

import asyncio
import json
import sys
import threading
from collections.abc import AsyncGenerator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from amends.core.database import listen

CHANNEL = "bench_floor"


class Echo:
    """The open streams, and the thread that listens for them."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._queues: set[asyncio.Queue[str]] = set()
        self._listening = False

    async def stream(self, _request: Request) -> StreamingResponse:
        """Open a stream; the first one begins to listen."""
        if not self._listening:
            self._listening = True
            threading.Thread(target=self._hear, args=(asyncio.get_running_loop(),), daemon=True).start()
        return StreamingResponse(self._messages(), media_type="text/event-stream")

    async def _messages(self) -> AsyncGenerator[str]:
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield "retry: 2000\n\n"
            while True:
                yield await queue.get()
        finally:
            self._queues.discard(queue)

    def _hear(self, loop: asyncio.AbstractEventLoop) -> None:
        for payload in listen(self._url, CHANNEL, timeout=1.0):
            if payload:
                loop.call_soon_threadsafe(self._say, json.loads(payload))

    def _say(self, told: dict[str, int]) -> None:
        """Send a message of so many bytes about a case to every stream."""
        text = f"event: news\ndata: {json.dumps({'rows': {str(told['case']): 'x' * told['bytes']}})}\n\n"
        for queue in self._queues:
            queue.put_nowait(text)


if __name__ == "__main__":
    uvicorn.run(
        Starlette(routes=[Route("/stream", Echo(sys.argv[1]).stream)]),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        log_level="error",
        timeout_graceful_shutdown=1,
    )
