"""Speak to Bluesky through atproto, over our wire: sign in once, keep the session over restarts, renew it when it runs out.

Place in the path: `Bluesky` -> `Line` -> atproto's low-level client -> `core.network.Wire` -> Bluesky. Of atproto the models stay
out: they refuse a whole page for one odd record. Importing it takes a second and 60 MB, so it waits for the first request.
"""

import base64
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import requests

from amends.core import reading
from amends.core.clock import Clock
from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, QueryRefused, ReplyRefused, Unreachable
from amends.core.network import NOT_JSON, SHORTEST_WAIT, TIME_OUT, Wire, is_refusal, words_of
from amends.core.network_words import NOT_TOLD_WHY, Said
from amends.core.ports import Account
from amends.core.translating import N_, Table, _

if TYPE_CHECKING:
    from atproto_client.client.base import ClientBase
    from atproto_client.client.session import Session

HOME = "https://bsky.social"
LOGIN, RENEWAL = "com.atproto.server.createSession", "com.atproto.server.refreshSession"
WRITING = frozenset({"com.atproto.repo.createRecord", "com.atproto.repo.uploadBlob"})
RUN_OUT = frozenset({"ExpiredToken", "InvalidToken"})
OUT_OF_USE = Table({"AccountTakedown": N_("taken down"), "AccountSuspended": N_("suspended"), "AccountDeactivated": N_("deactivated")})
NOT_ITS_JSON = NOT_JSON % {"title": "Bluesky"}


class TokenRunOut(CredentialsRefused):
    """The session has run out; a new one is needed."""


class Line:
    """One signed-in connection; every answer is a JSON object or a `NetworkError`."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._home = (account.options.get("pds_url") or HOME).rstrip("/")
        base_url, time_out = account.options.get("base_url"), account.number("time_out", TIME_OUT, least=SHORTEST_WAIT)
        self._wire = Wire(clock=clock, judge=judge, routes={f"{self._home}/": base_url} if base_url else {}, time_out=time_out)
        if not base_url:
            self._wire.stay_outside()
        self._open: Session | None = None

    @property
    def headers_seen(self) -> Mapping[str, str]:
        """The headers of the last answer."""
        return self._wire.headers_seen

    @property
    def did(self) -> str:
        """Our own account, as Bluesky calls it."""
        return self._session().did

    @property
    def scope(self) -> str:
        """What our session may do, in Bluesky's words; nothing where the token does not say."""
        try:
            payload = self._session().access_jwt.split(".")[1]
            told: object = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (ValueError, IndexError, RecursionError):
            return ""
        return reading.text(reading.mapping(told).get("scope"))

    def get(self, method: str, asked: Mapping[str, object]) -> dict[str, object]:
        """Return the answer to a query."""
        return self._twice(lambda token: self._query(method, asked, token))

    def post(self, method: str, said: Mapping[str, object]) -> dict[str, object]:
        """Return the answer to a procedure."""
        return self._twice(lambda token: self._procedure(method, said, token))

    def upload(self, method: str, content: bytes, content_type: str) -> dict[str, object]:
        """Return the answer to a procedure that takes bytes."""
        headers = {"Content-Type": content_type}
        return self._twice(lambda token: _object(self._client.invoke_procedure(method, data=content, headers={**headers, **token})))

    def _twice(self, call: Callable[[dict[str, str]], dict[str, object]]) -> dict[str, object]:
        """Call; where the session has run out, once more with a new one: the first call was refused, so it changed nothing."""
        session = self._session()
        try:
            return call(_signed(session.access_jwt))
        except TokenRunOut:
            return call(_signed(self._renewed(session).access_jwt))

    def _session(self) -> "Session":
        if self._open is None:
            self._open = self._remembered() or self._signed_in()
        return self._open

    def _remembered(self) -> "Session | None":
        from atproto_client.client.session import Session  # noqa: PLC0415 - see the top

        try:
            return Session.decode(self._account.memory)
        except ValueError:
            return None

    def _signed_in(self) -> "Session":
        password = self._account.credentials.get("app_password")
        if not password:
            raise CredentialsRefused(N_("The app password is missing."))
        return self._kept(self._procedure(LOGIN, {"identifier": self._account.handle.lstrip("@"), "password": password}, {}))

    def _renewed(self, session: "Session") -> "Session":
        self._open = None
        try:
            self._open = self._kept(self._procedure(RENEWAL, {}, _signed(session.refresh_jwt)))
        except (CredentialsRefused, QueryRefused):
            self._open = self._signed_in()
        return self._open

    def _kept(self, told: Mapping[str, object]) -> "Session":
        """Return the session that Bluesky gave us, and have it remembered: it gives out only 300 a day."""
        from atproto_client.client.session import Session  # noqa: PLC0415 - see the top

        if told.get("active") is False:
            raise AccessDenied(Said.BLUESKY_OUT_OF_USE, why=reading.text(told.get("status")) or _(NOT_TOLD_WHY))
        given = {name: reading.text(told.get(name)) for name in ("handle", "did", "accessJwt", "refreshJwt")}
        if not all(given.values()):
            raise Unreachable(N_("Bluesky's login answers no session."))
        session = Session(given["handle"], given["did"], given["accessJwt"], given["refreshJwt"], self._home)
        self._account.remember(session.encode())
        return session

    def _query(self, method: str, asked: Mapping[str, object], headers: dict[str, str]) -> dict[str, object]:
        from atproto_client.models.dot_dict import DotDict  # noqa: PLC0415 - see the top

        return _object(self._client.invoke_query(method, params=DotDict(dict(asked)), headers=headers))  # pyright: ignore[reportArgumentType]

    def _procedure(self, method: str, said: Mapping[str, object], headers: dict[str, str]) -> dict[str, object]:
        from atproto_client.models.dot_dict import DotDict  # noqa: PLC0415 - see the top

        given: dict[str, Any] = {"data": DotDict(dict(said)), "input_encoding": "application/json"} if said else {}
        return _object(self._client.invoke_procedure(method, headers=headers, **given))

    @cached_property
    def _client(self) -> "ClientBase":
        from atproto_client.client.base import ClientBase  # noqa: PLC0415 - see the top

        from amends.collectors._bluesky_courier import Courier  # noqa: PLC0415

        return ClientBase(base_url=self._home, request=Courier(self._wire))


def _signed(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _object(response: Any) -> dict[str, object]:
    try:
        body: object = json.loads(response.content)
    except (ValueError, RecursionError) as error:
        raise Unreachable(NOT_ITS_JSON) from error
    if not isinstance(body, dict):
        raise Unreachable(NOT_ITS_JSON)
    return reading.mapping(body)


def judge(response: requests.Response) -> NetworkError | None:
    """Return the errors that only Bluesky makes: their names stand in the body, under status 400 or 401."""
    status, code, method = response.status_code, _code(response), (response.request.url or "").partition("?")[0].rpartition("/")[2]
    if method in {LOGIN, RENEWAL}:
        return _login_error(response, code)
    if status in {400, 401} and code in RUN_OUT:
        return TokenRunOut(words_of(response))
    if method in WRITING and is_refusal(status):
        return ReplyRefused(words_of(response))
    return None


def _login_error(response: requests.Response, code: str) -> NetworkError | None:
    if code in OUT_OF_USE:
        return AccessDenied(Said.BLUESKY_OUT_OF_USE, why=OUT_OF_USE[code])
    return CredentialsRefused(words_of(response)) if is_refusal(response.status_code) else None


def _code(response: requests.Response) -> str:
    try:
        return reading.text(reading.mapping(response.json()).get("error"))
    except (ValueError, RecursionError):
        return ""
