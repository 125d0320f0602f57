"""The frame around every request: its id, on the answer and on every log line, and the headers that keep browsers on our side."""

import time
from collections.abc import Callable
from secrets import token_hex

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amends.api.screen import static
from amends.core.log import bound, logger
from amends.core.translating import ENGLISH, NATIVE_NAMES, speaking

log = logger(__name__)

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
LANGUAGE_COOKIE = "amends_language"
OPENED_BY_ADDRESS = ("/stop/", "/survey/", "/alarm/")
"""Whoever knows such an address may act by it, so it stands in no log."""
UNTOLD = ("/static/", "/stream", "/healthz", "/readyz")
A_YEAR = "public, max-age=31536000, immutable"


class Frame:
    """ASGI middleware; set apart from the routes so that error answers and static files have the frame too.

    `answer` tells a person or a program about an error that nobody foresaw.
    """

    def __init__(self, app: ASGIApp, *, answer: Callable[[Request, Exception], Response]) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with an id, and its answer back with our headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _given_id(Headers(scope=scope).get("x-request-id", "")) or token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        with bound(request_id=request_id), speaking(_wanted_language(Headers(scope=scope))):
            await self._run(scope, receive, _Framed(send, request_id, scope["path"]))

    async def _run(self, scope: Scope, receive: Receive, send: "_Framed") -> None:
        began = time.perf_counter()
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            if send.status:
                raise
            await (await run_in_threadpool(self.answer, Request(scope), error))(scope, receive, send)
        if not scope["path"].startswith(UNTOLD):
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
            log.info("request", method=scope["method"], path=_told(scope["path"]), status=send.status, ms=milliseconds)


class _Framed:
    """Sends an answer on with our headers; `status` is 0 until it has begun."""

    def __init__(self, send: Send, request_id: str, path: str) -> None:
        self.status = 0
        self._send = send
        self._path = path
        self._headers = HEADERS | {"X-Request-ID": request_id}

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in (self._headers | {"Cache-Control": _caching(self._path, self.status)}).items():
                headers.setdefault(name, value)
        await self._send(message)


def _wanted_language(headers: Headers) -> str:
    """Return the language that the person chose (a cookie), else the first of the browser's that we speak, else English."""
    chosen = cookie_parser(headers.get("cookie", "")).get(LANGUAGE_COOKIE, "")
    offered = (part.partition(";")[0].strip().partition("-")[0].lower() for part in headers.get("accept-language", "").split(","))
    return next((code for code in (chosen, *offered) if code in NATIVE_NAMES), ENGLISH)


def _given_id(text: str) -> str:
    """Return a caller's own request id where it is short and plain, so that its log and ours can be laid side by side."""
    return text if len(text) <= 64 and text.replace("-", "").replace("_", "").isalnum() and text.isascii() else ""  # noqa: PLR2004


def _told(path: str) -> str:
    """Return a path as the log has it: without what opens a page to whoever holds it."""
    return next((f"{opened}…" for opened in OPENED_BY_ADDRESS if path.startswith(opened)), path)


def _caching(path: str, status: int) -> str:
    """Files of exactly this version never change under their address; everything else, and every failure, stays out of caches."""
    ours = path.startswith((static(""), "/static/vendor/"))
    return A_YEAR if ours and status in {200, 206, 304} else "no-store"
