"""Error modes: what a network does on a bad day, switched on over the control API and used up request by request.

The gate stands before all networks. Where a mode spoils a good answer, the request is carried out first, so that what a caller was told
and what became public differ as they do in life.
"""

import asyncio
import itertools
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from amends.core.clock import Clock
from amends.sandbox.passing import Answer, caught
from amends.sandbox.spoiling import SPOILERS

LONGEST_HANG = 60.0


class Mode(StrEnum):
    """What goes wrong; docs/sandbox.md says what each looks like to a client."""

    UNAUTHORIZED = "401"
    PAYMENT_REQUIRED = "402"
    FORBIDDEN = "403"
    RATE_LIMITED = "429"
    RATE_LIMITED_BARE = "429-bare"
    BROKEN = "500"
    UNAVAILABLE = "503"
    HTML = "html"
    HALF = "half"
    HANG = "hang"
    SLOW = "slow"
    LOST = "lost"
    PARTIAL = "partial"
    DUPLICATES = "duplicates"
    SHUFFLED = "shuffled"
    TRY_LATER = "ratelimit"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One error mode that is on: for `count` more requests (None: no limit) until the moment `until` (None: until cleared).

    `path` is a part of the paths it touches (empty: all), `method` the HTTP method (empty: all), `wait` how long `hang`, `slow` and
    `lost` wait, `reset` after how many seconds a rate limit ends.
    """

    id: int
    network: str
    mode: Mode
    path: str = ""
    method: str = ""
    count: int | None = None
    until: float | None = None
    wait: float = 20.0
    reset: int = 60

    def touches(self, scope: Scope, now: float) -> bool:
        """Tell whether this fault meets a request."""
        fits = scope["path"].startswith(f"/{self.network}/") and self.path in scope["path"]
        return fits and self.method in {"", scope["method"]} and (self.until is None or now < self.until) and self.count != 0


class Faults:
    """The faults that are on; the first that fits a request meets it."""

    def __init__(self) -> None:
        """Begin with networks that work."""
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)

    def add(self, fault: Fault) -> Fault:
        """Switch a fault on; its id is given here."""
        with self._lock:
            self._faults.append(replace(fault, id=next(self._ids)))
            return self._faults[-1]

    def clear(self, network: str = "") -> None:
        """Switch off all faults, or those of one network."""
        with self._lock:
            self._faults = [fault for fault in self._faults if network not in {"", fault.network}]

    def listed(self) -> list[Fault]:
        """Return the faults that are on."""
        with self._lock:
            return list(self._faults)

    def meet(self, scope: Scope, now: float) -> Fault | None:
        """Return the fault that meets a request and count it."""
        with self._lock:
            for at, fault in enumerate(self._faults):
                if fault.touches(scope, now):
                    if fault.count is not None:
                        self._faults[at] = replace(fault, count=fault.count - 1)
                    return fault
        return None


class FaultGate:
    """Stands before the app and spoils the requests that a fault meets."""

    def __init__(self, app: ASGIApp, faults: Faults, clock: Clock) -> None:
        """Guard `app` with `faults`."""
        self.app, self.faults, self.clock = app, faults, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or give it what its fault says."""
        now = self.clock().timestamp()
        fault = self.faults.meet(scope, now) if scope["type"] == "http" else None
        if fault is None:
            await self.app(scope, receive, send)
        elif fault.mode is Mode.SLOW:
            await asyncio.sleep(min(fault.wait, LONGEST_HANG))
            await self.app(scope, receive, send)
        elif fault.mode in {Mode.HANG, Mode.LOST}:
            if fault.mode is Mode.LOST:
                await caught(self.app, scope, receive, send, fault.mode)
            await _silence(receive, fault.wait)
            await _canned(504, b"", "text/plain").send(send)
        elif fault.mode in SPOILERS:
            await self._spoil(scope, receive, send, fault)
        else:
            await refusal(fault, now).send(send)

    async def _spoil(self, scope: Scope, receive: Receive, send: Send, fault: Fault) -> None:
        answer = await caught(self.app, scope, receive, send, fault.mode)
        if answer is not None:
            await _spoiled(answer, fault).send(send)


async def _silence(receive: Receive, seconds: float) -> None:
    """Wait until the caller gives up, or for `seconds`."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    await asyncio.wait({asyncio.ensure_future(gone())}, timeout=min(seconds, LONGEST_HANG))


def _spoiled(answer: Answer, fault: Fault) -> Answer:
    if fault.mode is Mode.HALF:
        return replace(answer, body=answer.body[: max(len(answer.body) // 2, 1)])
    try:
        body: Any = json.loads(answer.body)
    except ValueError:
        return answer
    return replace(answer, body=json.dumps(SPOILERS[fault.mode](body)).encode())


def _canned(status: int, body: bytes, kind: str = "application/json", **headers: str) -> Answer:
    more = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Answer(status=status, headers=[(b"content-type", kind.encode()), *more], body=body)


_PAGE = b"<!doctype html><html><head><title>Over capacity</title></head><body><h1>Something went wrong, but don't fret.</h1></body></html>"
_TITLES = {
    401: "Unauthorized",
    402: "CreditsDepleted",
    403: "Forbidden",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def refusal(fault: Fault, now: float) -> Answer:
    """Return the answer of a network that refuses without looking at the request."""
    if fault.mode is Mode.HTML:
        return _canned(200, _PAGE, "text/html; charset=utf-8")
    if fault.mode is Mode.TRY_LATER:
        later = ["RATELIMIT", "Looks like you've been doing that a lot. Take a break for 9 minutes before trying again.", "ratelimit"]
        return _canned(200, json.dumps({"json": {"errors": [later]}}).encode())
    status = int(fault.mode.value[:3])
    if fault.network in _OTHERS:
        return _OTHERS[fault.network](fault, status, now)
    body = {"title": _TITLES[status], "type": "about:blank", "status": status, "detail": _TITLES[status]}
    reset = {"x_rate_limit_limit": "1", "x_rate_limit_remaining": "0", "x_rate_limit_reset": str(int(now) + fault.reset)}
    return _canned(status, json.dumps(body).encode(), **(reset if fault.mode is Mode.RATE_LIMITED else {}))


def _bluesky_refusal(fault: Fault, status: int, now: float) -> Answer:
    body = json.dumps({"error": _TITLES[status].replace(" ", ""), "message": _TITLES[status]}).encode()
    reset = {"ratelimit_limit": "3000", "ratelimit_remaining": "0", "ratelimit_reset": str(int(now) + fault.reset)}
    return _canned(status, body, **(reset if fault.mode is Mode.RATE_LIMITED else {}))


def _reddit_refusal(fault: Fault, status: int, _: float) -> Answer:
    body = json.dumps({"message": _TITLES[status], "error": status}).encode()
    if fault.mode is Mode.RATE_LIMITED:
        used = {"x_ratelimit_remaining": "0.0", "x_ratelimit_used": "100", "x_ratelimit_reset": str(fault.reset)}
        return _canned(status, body, retry_after=str(fault.reset), **used)
    return _canned(status, body)


def _mastodon_refusal(fault: Fault, status: int, now: float) -> Answer:
    reset = datetime.fromtimestamp(now + fault.reset, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    told = {"x_ratelimit_limit": "300", "x_ratelimit_remaining": "0", "x_ratelimit_reset": reset}
    return _canned(status, json.dumps({"error": _TITLES[status]}).encode(), **(told if fault.mode is Mode.RATE_LIMITED else {}))


_OTHERS: dict[str, Callable[[Fault, int, float], Answer]] = {
    "reddit": _reddit_refusal,
    "mastodon": _mastodon_refusal,
    "bluesky": _bluesky_refusal,
}
