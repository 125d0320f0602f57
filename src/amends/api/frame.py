"""The frame around every request: its id, on the answer and on every log line, and the headers that keep browsers on our side."""

from secrets import token_hex

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amends.core.log import bound

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
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
A_YEAR = "public, max-age=31536000, immutable"


class Frame:
    """ASGI middleware; set apart from the routes so that error answers and static files have the frame too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with an id, and its answer back with our headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _given_id(Headers(scope=scope).get("x-request-id", "")) or token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        caching = _caching(scope)

        async def send_framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", caching)
                headers["X-Request-ID"] = request_id
            await send(message)

        with bound(request_id=request_id):
            await self.app(scope, receive, send_framed)


def _given_id(text: str) -> str:
    """Return a caller's own request id where it is short and plain, so that its log and ours can be laid side by side."""
    return text if len(text) <= 64 and text.replace("-", "").replace("_", "").isalnum() and text.isascii() else ""  # noqa: PLR2004


def _caching(scope: Scope) -> str:
    """Static files carry their hash in the query and never change; everything else is one agent's and stays out of caches."""
    return A_YEAR if scope["path"].startswith("/static/") and b"v=" in scope["query_string"] else "no-store"
