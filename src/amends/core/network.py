"""Speak HTTP to a social network: one time-out, one way to turn every failure into a `NetworkError`, no sleep, no second try.

Place in the path: collector -> the network's client library -> `Wire` -> the network. The libraries take a requests session each, so
what they would do with a bad answer (wait, try again, stumble over a missing header) never begins: `Wire` raises first. `OpenWire` is
for answers that do not end (`core/lines.py` reads them).
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from typing_extensions import override

from amends.core import reading
from amends.core.clock import Clock
from amends.core.errors import (
    AccessDenied,
    CredentialsRefused,
    NetworkError,
    PaymentRequired,
    QueryRefused,
    RateLimited,
    Unreachable,
)
from amends.core.outward import NOT_REACHED, OutwardAdapter
from amends.core.translating import N_

TIME_OUT = 10.0
SHORTEST_WAIT = 0.1
LONGEST_ANSWER = 3
LARGEST_ANSWER = 32 * 1024 * 1024
CHUNK = 64 * 1024
SAME_TIME = timedelta(seconds=5)
WAIT_UNTOLD = timedelta(seconds=60)
LONGEST_WORDS = 300
PASSING = frozenset({408, 425})
MISSING = frozenset({404, 410})
LIMITS = ("x-rate-limit", "x-ratelimit", "ratelimit", "x-user-limit-24hour", "x-app-limit-24hour")
SPOKEN = ("detail", "description", "error_message", "error_description", "explanation", "reason", "message", "title", "error")
EPOCH_BEGINS = 1_000_000_000
UNUSABLE = N_("No usable answer (%(what)s).")
TOO_SLOW = N_("%(host)s does not answer in time.")
ANSWERED = N_("The network answers %(status)s.")
NOT_JSON = N_("%(title)s answered something that is not its API's JSON.")
NOT_SHOWN = N_("%(title)s took the answer but does not show it.")
UNEXPECTED = N_("%(title)s answered something else than what was asked for.")
WHO_ARE_WE = N_("%(title)s does not say who we are.")
NOT_WATCHED = N_("%(title)s has nothing of this kind to watch.")
TEXTS = (UNUSABLE, TOO_SLOW, ANSWERED, NOT_JSON, NOT_SHOWN, UNEXPECTED, WHO_ARE_WE, NOT_WATCHED)
"""What is said where a network has no words; kept in English, and screens recognise it."""

Judge = Callable[[requests.Response], NetworkError | None]


def no_verdict(_: requests.Response) -> NetworkError | None:
    """Leave every answer to its status: who asks has no errors of their own kind."""
    return None


class Wire(requests.Session):
    """A requests session that returns a successful response or raises a `NetworkError`.

    `judge` looks at each response first and may name a more telling error; `routes` lead what a library asks of a fixed address to
    another one (`{"https://api.example/": "http://127.0.0.1:8000/x"}`); `time_out` (seconds) bounds the wait for a connection and for
    each part of the answer. `headers_seen` and `status_seen` are those of the last response, `ahead` is how far its
    clock was ahead of ours.
    """

    def __init__(self, *, clock: Clock, judge: Judge = no_verdict, routes: Mapping[str, str], time_out: float = TIME_OUT) -> None:
        super().__init__()
        self.headers_seen: Mapping[str, str] = {}
        self.status_seen = 0
        self.ahead = timedelta()
        self._clock = clock
        self._judge = judge
        self._time_out = time_out
        self.trust_env = not routes
        for address, elsewhere in routes.items():
            self.mount(address, Detour(address, elsewhere))

    def stay_outside(self) -> None:
        """Reach nothing inside our own network: for addresses that people enter."""
        for scheme in ("http://", "https://"):
            self.mount(scheme, OutwardAdapter())

    @override
    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        """Return the response to one request; options as in requests, but the time-out is ours and no redirect is followed."""
        asked: dict[str, Any] = {**options, "timeout": self._time_out, "allow_redirects": False}
        try:
            response = super().request(method, url, *args, **asked)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
            raise Unreachable(cut_off(error, url)) from error
        self.headers_seen, self.status_seen = dict(response.headers.lower_items()), response.status_code
        self.ahead = _ahead(self.headers_seen.get("date"), self._clock())
        error = self._error_of(response)
        if error is not None:
            raise error
        return response

    def _error_of(self, response: requests.Response) -> NetworkError | None:
        return self._judge(response) or error_of(response, self._clock())

    @override
    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Return the response with its whole body, read within three time-outs: one alone lets a body drip for ever."""
        options["stream"] = True
        response = super().send(request, **options)
        response._content = _body_of(response.raw, monotonic() + LONGEST_ANSWER * self._time_out)  # noqa: SLF001
        return response


class OpenWire(Wire):
    """A wire that leaves a good answer open; a refusal is read whole, as by any wire."""

    @override
    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Return the response with its body still to come."""
        options["stream"] = True
        response = requests.Session.send(self, request, **options)
        if not is_good(response):
            response._content = _body_of(response.raw, monotonic() + LONGEST_ANSWER * self._time_out)  # noqa: SLF001
        return response

    @override
    def _error_of(self, response: requests.Response) -> NetworkError | None:
        """Judge only what is no good answer: to look into one would be to read it to its end."""
        return None if is_good(response) else super()._error_of(response)


class Detour(HTTPAdapter):
    """Lead requests for one address to another one, for a library that has the first built in."""

    def __init__(self, address: str, elsewhere: str) -> None:
        super().__init__()
        self.address = address
        self.elsewhere = elsewhere.rstrip("/") + "/"

    @override
    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send the request on its other way."""
        request.url = self.elsewhere + (request.url or "").removeprefix(self.address)
        return super().send(request, *args, **options)


def _body_of(raw: urllib3.HTTPResponse, deadline: float) -> bytes:
    parts: list[bytes] = []
    while part := raw.read1(CHUNK, decode_content=True):
        parts.append(part)
        if monotonic() > deadline or sum(map(len, parts)) > LARGEST_ANSWER:
            raw.close()
            raise Unreachable(N_("The answer does not end."))
    return b"".join(parts)


def cut_off(error: Exception, url: str | bytes) -> str:
    """Return what to say of a request to `url` that brought no answer: why, as far as somebody can do something about it."""
    try:
        host = urlsplit(url if isinstance(url, str) else url.decode("utf-8", "replace")).hostname
    except ValueError:  # no address at all, as "http://[::1"
        host = None
    if not host or isinstance(error, requests.exceptions.SSLError):
        return UNUSABLE % {"what": type(error).__name__}
    if isinstance(error, requests.ReadTimeout):
        return TOO_SLOW % {"host": host}
    return NOT_REACHED % {"host": host} if isinstance(error, requests.ConnectionError) else UNUSABLE % {"what": type(error).__name__}


def is_good(response: requests.Response) -> bool:
    """Tell whether a response brings what was asked for, or says that it has not changed since."""
    return response.status_code < 300 or response.status_code == 304  # noqa: PLR2004


def is_refusal(status: int) -> bool:
    """Tell whether a status refuses what was sent for good: neither our login, nor money, nor the moment is to blame."""
    return 400 <= status < 500 and status not in {401, 402, 429, *PASSING}  # noqa: PLR2004


def error_of(response: requests.Response, now: datetime) -> NetworkError | None:
    """Return the error that the response's status means; None for success."""
    status, words = response.status_code, words_of(response)
    plain: dict[int, type[NetworkError]] = {401: CredentialsRefused, 402: PaymentRequired, 403: AccessDenied, 451: AccessDenied}
    if is_good(response):
        return None
    if status in plain:
        return plain[status](words)
    if status == 429:  # noqa: PLR2004
        return RateLimited(words, until=come_back(response.headers, now))
    if status >= 500 or status in PASSING:  # noqa: PLR2004
        return Unreachable(words or ANSWERED % {"status": status})
    return QueryRefused(words or ANSWERED % {"status": status})


def come_back(headers: Mapping[str, str], now: datetime) -> datetime:
    """Return when the network wants to be asked again: as its headers say, else in a minute; never in the past."""
    told = [
        _seconds_or_date(headers.get("retry-after"), now),
        *(_reset(headers.get(f"{limit}-reset"), now) for limit in LIMITS if _used_up(headers, limit)),
    ]
    ahead = [moment for moment in told if moment is not None and moment > now]
    return max(ahead, default=now + WAIT_UNTOLD)


def _used_up(headers: Mapping[str, str], limit: str) -> bool:
    """Tell whether this limit may be the one that was met: a network may tell of several at once."""
    left = reading.number(headers.get(f"{limit}-remaining"))
    return left is None or left < 1


def _reset(value: str | None, now: datetime) -> datetime | None:
    """Read a reset header: seconds since 1970 (X), seconds from now (Reddit) or a moment (Mastodon)."""
    seconds = reading.number(value)
    if seconds is None:
        return reading.moment(value)
    return reading.moment(seconds) if seconds > EPOCH_BEGINS else now + timedelta(seconds=seconds)


def _seconds_or_date(value: str | None, now: datetime) -> datetime | None:
    if value is None or reading.number(value) is not None:
        return _reset(value, now)
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except ValueError:
        return None


def _ahead(date: str | None, now: datetime) -> timedelta:
    """Return how far a clock is ahead of ours by the date of an answer; nothing where that is a matter of seconds."""
    told = _seconds_or_date(date, now) if date else None
    return told - now if told is not None and abs(told - now) > SAME_TIME else timedelta()


def words_of(response: requests.Response) -> str:
    """Return what the network says about its refusal, in one line; nothing where it says nothing readable."""
    try:
        body: object = json.loads(response.content)
    except (ValueError, RecursionError):
        return ""
    told = reading.mapping(body)
    said = [_spoken(body), *(_spoken(error) for error in (told.get("error"), *reading.sequence(told.get("errors"))))]
    return " ".join(" ".join(dict.fromkeys(filter(None, said))).split())[:LONGEST_WORDS]


def _spoken(body: object) -> str:
    if isinstance(body, str):
        return reading.text(body)
    fields = reading.mapping(body)
    return next((said for key in SPOKEN if (said := reading.text(fields.get(key)))), "")
