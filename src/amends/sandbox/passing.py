"""An answer on its way through the faults: kept until it is whole or, where it does not end, passed on event by event, spoiled.

Place in the path: request -> `faults.FaultGate` -> the network's app -> here -> caller.
"""

import asyncio
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(kw_only=True, slots=True)
class Answer:
    """An answer that was caught before it left."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]])
    body: bytes = b""

    async def send(self, send: Send) -> None:
        """Let it go."""
        headers = [(name, value) for name, value in self.headers if name != b"content-length"]
        headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


async def caught(app: ASGIApp, scope: Scope, receive: Receive, send: Send, mode: str) -> Answer | None:
    """Carry a request out and return its answer; None where that does not end: it was passed on, spoiled by `mode`, until it was cut."""
    passing = _Passing(mode, send)
    answering = asyncio.ensure_future(app(scope, receive, passing.take))
    cut = asyncio.ensure_future(passing.cut.wait())
    try:
        await asyncio.wait({answering, cut}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        cut.cancel()
        if not answering.done():
            answering.cancel()
            await asyncio.wait({answering})
    if not answering.cancelled():
        answering.result()
    return None if passing.is_open else passing.answer


def torn(event: bytes) -> bytes:
    """Return an event whose second half is missing."""
    told = event.rstrip()
    return told[: len(told) // 2] + event[len(told) :]


class _Passing:
    def __init__(self, mode: str, send: Send) -> None:
        self.answer = Answer()
        self.is_open = False
        self.cut = asyncio.Event()
        self._mode = mode
        self._send = send
        self._held: list[bytes] = []

    async def take(self, message: Message) -> None:
        """Take a piece of the answer from the app."""
        if message["type"] == "http.response.start":
            self.answer.status, self.answer.headers = message["status"], list(message["headers"])
            self.is_open = all(name.lower() != b"content-length" for name, _ in message["headers"])
            await self._begin(message)
        elif not self.is_open:
            self.answer.body += message.get("body", b"")
        elif not self.cut.is_set():
            await self._go_on(message.get("body", b""), more=message.get("more_body", False))

    async def _begin(self, message: Message) -> None:
        if self._mode == "lost" and self.is_open:
            self.cut.set()
        elif self.is_open:
            await self._send(message)

    async def _go_on(self, told: bytes, *, more: bool) -> None:
        is_event = b"{" in told or b"data:" in told
        ends = is_event and self._mode == "half"
        for part in self._spoiled(told) if is_event else [told]:
            await self._send({"type": "http.response.body", "body": part, "more_body": True})
        if ends or not more:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            self.cut.set()

    def _spoiled(self, event: bytes) -> list[bytes]:
        if self._mode == "half":
            return [torn(event).rstrip()]
        if self._mode == "partial":
            return [torn(event), event]
        if self._mode == "duplicates":
            return [event, event]
        self._held.append(event)
        return [self._held.pop(), self._held.pop()] if len(self._held) > 1 else []
