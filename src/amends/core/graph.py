"""Meta's Graph API, as pages on Facebook and accounts on Instagram need it: requests, errors, limits, and what a token may do.

Place in the path: collector -> `Graph` -> `core.rest.Rest` -> Graph API. The token goes into a header, so that it stands in no address,
save where Meta is asked about the token itself; `appsecret_proof` shows that we know the app's secret.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import requests

from amends.core import reading
from amends.core.clock import Clock
from amends.core.errors import (
    AccessDenied,
    CredentialsRefused,
    NetworkError,
    QueryRefused,
    RateLimited,
    ReplyRefused,
    Unreachable,
)
from amends.core.harvest import Fields, parsed
from amends.core.network import NOT_JSON, UNEXPECTED, words_of
from amends.core.ports import Account, Attachment
from amends.core.rest import Params, Rest

VERSION = "v25.0"
"""As Meta's own reference shows it in 2026; a version lives about two years."""

API = f"https://graph.facebook.com/{VERSION}"
CREDENTIALS = ("access_token", "app_id", "app_secret", "verify_token")
PASSING = frozenset({1, 2})
LIMITS = frozenset({4, 17, 32, 341, 613, *range(80_000, 80_015)})
BAD_TOKEN = frozenset({102, 190, 463, 467})
NO_RIGHT = frozenset({3, 10, 368, *range(200, 300)})
GONE, GONE_SUBCODE, UNKNOWN_ALIAS = 100, 33, 803
USED_UP = 95
BATCH = 50
OUTSIDE_THE_WINDOW = frozenset({2018278, 2534022})
WAIT, LONGEST_WAIT = timedelta(minutes=15), timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """What Meta says of our token: whether it is good, what it may do, and when it ends (None: not at all)."""

    valid: bool
    scopes: tuple[str, ...]
    expires_at: datetime | None


class WindowClosed(AccessDenied):
    """Meta lets nobody answer this message any more."""


class Graph:
    """The Graph API for one token; `title` names the network in errors."""

    def __init__(self, account: Account, clock: Clock, *, title: str) -> None:
        self._account = account
        self._clock = clock
        self._title = title
        self._rest = Rest(account, clock, base=API, title=title, headers=self._headers, judge=lambda response: _judge(response, clock()))

    def get(self, path: str, params: Params | None = None) -> Fields:
        """Return the object that `path` answers."""
        self._check_credentials()
        body = self._rest.get(path, {**(params or {}), **self._proof()})
        return self._object(body)

    def the(self, object_id: str, params: Params) -> Fields:
        """Return the object with this id; `Unreachable` where the answer is none, or another."""
        found = self.get(object_id, params)
        if reading.name(found.get("id")) != object_id:
            raise Unreachable(UNEXPECTED % {"title": self._title})
        return found

    def page(self, path: str, params: Params) -> Fields:
        """Return a page of a list; `Unreachable` where the answer is none."""
        body = self.get(path, params)
        if not isinstance(body.get("data"), list):
            raise Unreachable(UNEXPECTED % {"title": self._title})
        return body

    def publish(self, path: str, body: Mapping[str, object], *, fields: str | None = None) -> Fields:
        """Send what is to be seen, and return it with these `fields`; what Meta refuses for good is `ReplyRefused`, in its words.

        `WindowClosed` where a message comes too late.
        """
        self._check_credentials()
        try:
            told = self._rest.ask("POST", path, params={"fields": fields, **self._proof()}, body=dict(body))
        except WindowClosed:
            raise
        except (QueryRefused, AccessDenied) as refusal:
            raise ReplyRefused(str(refusal)) from refusal
        return self._object(told)

    def upload(self, path: str, picture: Attachment) -> str:
        """Give Meta a picture that nobody sees yet, and return its id; the same refusals as for what is to be seen."""
        self._check_credentials()
        asked = {"published": "false", **({"alt_text_custom": picture.alt} if picture.alt else {})}
        files = {"source": ("picture", picture.content, picture.content_type)}
        try:
            told = self._object(self._rest.ask("POST", path, params=self._proof(), body=asked, files=files))
        except (QueryRefused, AccessDenied) as refusal:
            raise ReplyRefused(str(refusal)) from refusal
        if not reading.name(told.get("id")):
            raise Unreachable(f"{self._title} has not finished with a picture yet.")
        return reading.name(told.get("id"))

    def each(self, paths: Iterable[str]) -> list[Fields | None]:
        """Return what each path answers, None for what Meta shows no longer, in one request for fifty.

        What is not answered, or refused for another reason, is an empty object. A token that lost a right is told "does not exist" too, so
        None is only said where the token is good.
        """
        self._check_credentials()
        wanted = list(paths)
        found: list[Fields | None] = []
        for at in range(0, len(wanted), BATCH):
            part = wanted[at : at + BATCH]
            asked = [{"method": "GET", "relative_url": path} for path in part]
            told = self._rest.ask("POST", "", params=self._proof(), body={"batch": asked, "include_headers": False})
            if not isinstance(told, list) or len(told) != len(part):
                raise Unreachable(f"{self._title} did not answer every question.")
            found += map(_answered, told)
        return found

    def token(self) -> Token:
        """Return what our token may do; asked with the app's own token, since no other may ask."""
        credentials = self._account.credentials
        self._check_credentials()
        told = self._rest.ask(
            "GET",
            "debug_token",
            params={
                "input_token": credentials.get("access_token", ""),
                "access_token": f"{credentials.get('app_id')}|{credentials.get('app_secret')}",
            },
        )
        data = reading.mapping(reading.mapping(told).get("data"))
        if not isinstance(data.get("is_valid"), bool):
            raise Unreachable(f"{self._title} does not say what our token may do.")
        ends = reading.whole(data.get("expires_at")) or reading.whole(data.get("data_access_expires_at"))
        scopes = tuple(filter(None, map(reading.text, reading.sequence(data.get("scopes")))))
        return Token(valid=data["is_valid"] is True, scopes=scopes, expires_at=reading.moment(ends) if ends else None)

    def come_back_at(self) -> datetime | None:
        """Return when Meta wants to be asked again where the last answer says that a limit is all but used up."""
        now, seen = self._clock(), self._rest.wire.headers_seen
        return come_back(seen, now) if any(_share(usage) >= USED_UP for usage in _usages(seen)) else None

    def _headers(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self._account.credentials.get('access_token', '')}"}

    def _proof(self) -> Params:
        token, secret = (self._account.credentials.get(name, "").encode() for name in ("access_token", "app_secret"))
        return {"appsecret_proof": hmac.new(secret, token, hashlib.sha256).hexdigest()}

    def _check_credentials(self) -> None:
        missing = [name for name in CREDENTIALS[:3] if not self._account.credentials.get(name)]
        if missing:
            raise CredentialsRefused(f"Enter {', '.join(name.replace('_', ' ') for name in missing)}.")

    def _object(self, body: object) -> Fields:
        if not isinstance(body, dict):
            raise Unreachable(NOT_JSON % {"title": self._title})
        return reading.mapping(body)


def _answered(told: object) -> Fields | None:
    """Return one answer of a batch: an object, None where there is no such thing, an empty object where we do not know."""
    answer = reading.mapping(told)
    body = reading.mapping(parsed(answer.get("body")))
    error = reading.mapping(body.get("error"))
    code, subcode = reading.whole(error.get("code")), reading.whole(error.get("error_subcode"))
    if (code == GONE and subcode == GONE_SUBCODE) or code == UNKNOWN_ALIAS:
        return None
    return body if reading.whole(answer.get("code")) == 200 and not error else {}  # noqa: PLR2004


def _judge(response: requests.Response, now: datetime) -> NetworkError | None:
    """Return the error that the body names: Meta says 400 to almost everything."""
    error = reading.mapping(reading.mapping(parsed(response.content)).get("error"))
    code = reading.whole(error.get("code"))
    if code is None:
        return None
    words = f"{words_of(response)} ({code})"
    if code in LIMITS:
        return RateLimited(words, until=come_back(response.headers, now))
    kinds = {**dict.fromkeys(PASSING, Unreachable), **dict.fromkeys(BAD_TOKEN, CredentialsRefused), **dict.fromkeys(NO_RIGHT, AccessDenied)}
    if reading.whole(error.get("error_subcode")) in OUTSIDE_THE_WINDOW:
        return WindowClosed(words)
    kind = Unreachable if error.get("is_transient") is True else kinds.get(code, QueryRefused)
    return kind(words)


def come_back(headers: Mapping[str, str], now: datetime) -> datetime:
    """Return when a limit ends: as the headers say in minutes, else in a quarter of an hour."""
    minutes = [reading.number(usage.get("estimated_time_to_regain_access")) or 0 for usage in _usages(headers)]
    told = timedelta(minutes=min(max(minutes, default=0), 1e5))
    return now + (min(told, LONGEST_WAIT) or WAIT)


def _usages(headers: Mapping[str, str]) -> list[Fields]:
    """Return what the headers say of our use: of the app, and of each business that it works for."""
    business = reading.mapping(parsed(headers.get("x-business-use-case-usage", "")))
    app = reading.mapping(parsed(headers.get("x-app-usage", "")))
    return [app, *(usage for uses in business.values() for usage in reading.mappings(uses))]


def _share(usage: Fields) -> float:
    return max(reading.number(usage.get(name)) or 0 for name in ("call_count", "total_time", "total_cputime"))


def moment(value: object) -> datetime | None:
    """Return a moment as Meta writes it: `2026-02-20T11:00:00+0000`, or seconds since 1970."""
    return reading.moment(value) if value else None


def batch_path(external_id: str, fields: str) -> str:
    """Return the path of one object with these fields, as a batch takes it."""
    return f"{external_id}?fields={fields}"


def same_words(said: str, meant: str) -> bool:
    """Tell whether two texts are the same apart from their spaces."""
    return said.split() == meant.split()
