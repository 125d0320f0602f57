"""Alerts as a signed JSON POST, after the Standard Webhooks headers. Target: `webhook+https://host/path?secret=…` (or `webhook+http://`).

`secret` never leaves the house: it is taken out of the address and keys `webhook-signature: v1,BASE64(HMAC-SHA256("id.timestamp.body"))`.
It may be plain text or `whsec_` followed by base64. Without it the POST is not signed.
"""

import base64
import binascii
import json
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import httpx
import urllib3

from amends.core.clock import Clock, utc_now
from amends.core.connections import IDLE, line_to
from amends.core.errors import DeliveryError, Refused
from amends.core.outward import check_host
from amends.core.outward_telling import told_as_trouble
from amends.core.ports import Message
from amends.core.translating import _
from amends.inbox.rules.delivery import ANSWERED, SILENT
from amends.inbox.rules.signature import sign

SCHEMES = frozenset({"webhook+http", "webhook+https"})
TIME_OUT = 5.0
SHORT = 1_024
"""Bytes of an answer that are read, so that its connection can be kept."""
PASSING = frozenset({302, 303, 307, 408, 409, 425, 429})


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
        """POST the message; any 2xx within five seconds is delivered, the rest may be tried again.

        Final are 410, most other 4xx, and a redirect for good.
        """
        body = json.dumps(payload(message), ensure_ascii=False).encode()
        try:
            with told_as_trouble():
                status = self._post(body, self._headers(message.key, body))
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise DeliveryError(SILENT % {"what": type(error).__name__}) from error
        if not httpx.codes.is_success(status):
            raise DeliveryError(ANSWERED % {"status": status}, permanent=_is_final(status))

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        parts = urlsplit(self.url)
        if self.outward:
            check_host(parts.hostname or "", parts.port or 443)
        line = line_to(parts.scheme, parts.netloc.rpartition("@")[2], outward=self.outward, idle=self.idle)
        answer = line.urlopen("POST", self.url, body=body, headers=headers, timeout=self.time_out, redirect=False, preload_content=False)
        _let_go(answer)
        return answer.status

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        stamp = str(int(self.clock().timestamp()))
        headers = {"content-type": "application/json; charset=utf-8", "webhook-id": key, "webhook-timestamp": stamp} | _entry(self.url)
        if self.secret:
            headers["webhook-signature"] = sign(self.secret, key, stamp, body)
        return headers


def _entry(url: str) -> dict[str, str]:
    """Return what lets one in where an address holds a name and a password."""
    named, _at, _place = urlsplit(url).netloc.rpartition("@")
    return urllib3.make_headers(basic_auth=unquote(named)) if named else {}


def _let_go(answer: urllib3.BaseHTTPResponse) -> None:
    """Be done with an answer; where it was short and came at once, its connection serves once more."""
    length = answer.headers.get("content-length", "")
    with suppress(urllib3.exceptions.HTTPError, OSError):
        if length.isdecimal() and int(length) <= SHORT and len(answer.read1(SHORT)) == int(length):
            answer.release_conn()
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
        return str(httpx.URL(url))
    except httpx.InvalidURL as error:
        raise Refused(_("A webhook needs an address that can be called: %(error)s") % {"error": error}) from error


def masked(target: str) -> str:
    """Return scheme, host and port; path and query often hold a key."""
    parts = urlsplit(target)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/…"
