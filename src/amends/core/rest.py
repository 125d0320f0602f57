"""Speak JSON to a network that has no client library of its own worth having: one `Wire`, one base address, errors as everywhere.

Place in the path: collector -> `Rest` -> `core.network.Wire` -> the network.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from amends.core.clock import Clock
from amends.core.errors import AccessDenied, QueryRefused, ReplyRefused, Unreachable
from amends.core.network import MISSING, NOT_JSON, SHORTEST_WAIT, TIME_OUT, Judge, Wire, come_back, no_verdict
from amends.core.ports import Account

Params = Mapping[str, str | int | None]
Files = Mapping[str, tuple[str, bytes, str]]
Headers = Callable[[], Mapping[str, str]]


def _no_headers() -> Mapping[str, str]:
    return {}


class Rest:
    """A JSON API at `base` (the account's option `base_url` goes before it); `title` names it in errors.

    `headers` is asked before each request (a token that ends is renewed there); `judge` may name a more telling error than the status.
    """

    def __init__(
        self,
        account: Account,
        clock: Clock,
        *,
        base: str,
        title: str,
        headers: Headers = _no_headers,
        judge: Judge = no_verdict,
    ) -> None:
        self.base = (account.options.get("base_url") or base).rstrip("/")
        self.title = title
        self._clock = clock
        self._headers = headers
        time_out = account.number("time_out", TIME_OUT, least=SHORTEST_WAIT)
        elsewhere = account.options.get("base_url")
        self.wire = Wire(clock=clock, judge=judge, routes={base: elsewhere} if elsewhere else {}, time_out=time_out)

    def get(self, path: str, params: Params | None = None) -> object:
        """Return the JSON that `path` answers; parameters that are None are left out."""
        return self.ask("GET", path, params=params)

    def ask(self, method: str, path: str, *, params: Params | None = None, body: object = None, files: Files | None = None) -> object:
        """Return the JSON that the network answers, None for an answer without a body; `Unreachable` where it is not JSON.

        With `files` (a name, the bytes and their type for each field) the body is a form's fields.
        """
        given = {name: value for name, value in (params or {}).items() if value is not None}
        sent = {"data": body, "files": files} if files else {"json": body}
        response = self.wire.request(method, f"{self.base}/{path.lstrip('/')}", params=given, headers=dict(self._headers()), **sent)
        if not response.content and response.status_code in {202, 204}:
            return None
        try:
            answer: object = response.json()
        except (ValueError, RecursionError) as error:
            raise Unreachable(NOT_JSON % {"title": self.title}) from error
        return answer

    def publish(self, path: str, body: object, *, method: str = "POST") -> object:
        """Send what is to be public; what the network refuses for good is `ReplyRefused`, in its words."""
        try:
            return self.ask(method, path, body=body)
        except (QueryRefused, AccessDenied) as refusal:
            raise ReplyRefused(str(refusal)) from refusal

    def said_missing(self) -> bool:
        """Tell whether the last answer said that there is no such thing; any other refusal says nothing of what was asked for."""
        return self.wire.status_seen in MISSING

    def come_back_at(self) -> datetime | None:
        """Return when the network wants to be asked again where the last answer said that its limit is used up."""
        seen = self.wire.headers_seen
        used_up = any(seen.get(name) in {"0", "0.0"} for name in ("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining"))
        return come_back(seen, self._clock()) if used_up else None
