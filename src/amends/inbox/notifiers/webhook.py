"""Alerts as a signed JSON POST, after the Standard Webhooks headers. Target: `webhook+https://host/path?secret=…` (or `webhook+http://`).

`secret` never leaves the house: it is taken out of the address and keys `webhook-signature: v1,BASE64(HMAC-SHA256("id.timestamp.body"))`.
It may be plain text or `whsec_` followed by base64. Without it the POST is not signed.
"""

import base64
import binascii
import json
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx

from amends.core.clock import Clock, utc_now
from amends.core.errors import DeliveryError, Refused
from amends.core.outward import check_host
from amends.core.outward_telling import told_as_trouble, watching
from amends.core.ports import Message
from amends.core.translating import _
from amends.inbox.rules.signature import sign

SCHEMES = frozenset({"webhook+http", "webhook+https"})
TIME_OUT = 5.0
IDLE = 1.0
"""Seconds for which a connection is kept that nobody uses."""
SHORT = 1_024
"""Bytes of an answer that are read, so that its connection can be kept."""
PASSING = frozenset({408, 409, 425, 429})


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """One address that takes JSON."""

    url: str = field(repr=False)
    secret: bytes = field(repr=False)
    clock: Clock
    time_out: float = TIME_OUT
    idle: float = IDLE
    outward: bool = False

    def deliver(self, message: Message) -> None:
        """POST the message; any 2xx within five seconds is delivered, 410 and most other 4xx are final, the rest may be tried again."""
        body = json.dumps(payload(message), ensure_ascii=False).encode()
        try:
            with told_as_trouble():
                status = self._post(body, self._headers(message.key, body))
        except (httpx.HTTPError, OSError) as error:
            raise DeliveryError(f"no answer ({type(error).__name__})") from error
        if not httpx.codes.is_success(status):
            raise DeliveryError(f"the receiver answers {status}", permanent=_is_final(status))

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        client = client_for(outward=self.outward, idle=self.idle)
        request = client.build_request("POST", self.url, content=body, headers=headers, timeout=self.time_out)
        if self.outward:
            check_host(request.url.host, request.url.port or 443)
            request.extensions["trace"] = watching(request.url.raw_host.decode())
        answer = client.send(request, stream=True)
        _let_go(answer)
        return answer.status_code

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        stamp = str(int(self.clock().timestamp()))
        headers = {"content-type": "application/json; charset=utf-8", "webhook-id": key, "webhook-timestamp": stamp}
        if self.secret:
            headers["webhook-signature"] = sign(self.secret, key, stamp, body)
        return headers


@cache
def client_for(*, outward: bool, idle: float = IDLE) -> httpx.Client:  # noqa: ARG001 - one for each
    """Return what this process asks with: to read the certificates takes longer than a delivery, to connect anew about as long.

    What is told outward only has connections of its own, each of which was looked at when it was opened. Nothing is remembered of a
    receiver but an open connection, for a moment: many close one that was idle for longer.
    """
    forgetful = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=idle)
    return httpx.Client(cookies=forgetful, follow_redirects=False, limits=limits)


def _let_go(answer: httpx.Response) -> None:
    """Be done with an answer; where it was short and came at once, its connection serves once more."""
    length = answer.headers.get("content-length", "")
    if length.isdecimal() and int(length) <= SHORT:
        with suppress(httpx.HTTPError):
            for piece in answer.iter_raw():
                if len(piece) < int(length):
                    break
    answer.close()


def payload(message: Message) -> dict[str, object]:
    """Return what the receiver reads."""
    return {
        "type": message.happening,
        "key": message.key,
        "severity": message.severity,
        "title": message.title,
        "body": message.body,
        "url": message.url,
        "facts": dict(message.facts),
    }


def _is_final(status: int) -> bool:
    return 300 <= status < 500 and status not in PASSING  # noqa: PLR2004


def _secret_of(text: str) -> bytes:
    if not text.startswith("whsec_"):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise Refused(_("What follows whsec_ in the webhook's secret is not base64.")) from error


def build(target: str, clock: Clock = utc_now, *, outward: bool = False) -> Webhook:
    """Return the notifier for `webhook+http(s)://…`."""
    parts = urlsplit(target.removeprefix("webhook+"))
    if not parts.hostname or parts.port == 0:
        raise Refused(_("A webhook needs a host: webhook+https://host/path"))
    query = parse_qsl(parts.query, keep_blank_values=True)
    secret = next((value for name, value in query if name == "secret"), "")
    rest = urlencode([(name, value) for name, value in query if name != "secret"])
    return Webhook(url=_readable(urlunsplit(parts._replace(query=rest))), secret=_secret_of(secret), clock=clock, outward=outward)


def _readable(url: str) -> str:
    try:
        httpx.URL(url)
    except httpx.InvalidURL as error:
        raise Refused(_("A webhook needs an address that can be called: %(error)s") % {"error": error}) from error
    return url


def masked(target: str) -> str:
    """Return scheme, host and port; path and query often hold a key."""
    parts = urlsplit(target)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/…"
