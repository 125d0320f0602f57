"""Speak to Reddit through praw: its login and its requests, over our wire. praw's models are not used, since they fetch by themselves.

Place in the path: `reddit.fetch` -> `Api.call` -> praw -> `core.network.Wire` -> Reddit.
"""

import re
from collections.abc import Mapping
from typing import Any

import praw
import praw.exceptions
import prawcore
import requests
from typing_extensions import override

from amends.core import reading
from amends.core.clock import Clock
from amends.core.errors import CredentialsRefused, NetworkError, QueryRefused, ReplyRefused, Unreachable
from amends.core.network import NOT_JSON, SHORTEST_WAIT, TIME_OUT, Wire, is_refusal, words_of
from amends.core.network_grant import Grant
from amends.core.ports import Account
from amends.core.translating import N_

API = "https://oauth.reddit.com/"
LOGIN = "https://www.reddit.com/"
TOKEN_PATH = "api/v1/access_token"  # noqa: S105
REPLY_PATH = "api/comment"
CREDENTIALS = ("client_id", "client_secret", "username", "password", "refresh_token")


class Api:
    """Reddit's API for one account: as our user with a password (script app) or a refresh token (web app), else as the app alone."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        base_url, time_out = account.options.get("base_url"), account.number("time_out", TIME_OUT, least=SHORTEST_WAIT)
        self.wire = Wire(clock=clock, judge=judge, routes={API: base_url, LOGIN: base_url} if base_url else {}, time_out=time_out)
        self._client: praw.Reddit | None = None
        self._token_works = False

    def call(self, method: str, path: str, asked: Mapping[str, str | int]) -> Any:
        """Call Reddit through praw and return the JSON that it answers with."""
        sent: dict[str, Any] = {"params" if method == "GET" else "data": dict(asked)}
        try:
            self._client = self._client or _client(self._account, self.wire)
            body: object = self._client.request(method=method, path=path, **sent)
        except CredentialsRefused:
            self._refuse_credentials()
            raise
        except (prawcore.PrawcoreException, praw.exceptions.PRAWException, requests.RequestException, ValueError, RecursionError) as error:
            raise Unreachable(NOT_JSON % {"title": "Reddit"}) from error
        if not isinstance(body, dict | list):
            raise Unreachable(NOT_JSON % {"title": "Reddit"})
        self._token_works = True
        return body

    def _refuse_credentials(self) -> None:
        """Forget a refused token; where it worked before it has only run out, and the next call gets a new one."""
        ran_out, self._client, self._token_works = self._token_works, None, False
        if ran_out:
            raise Unreachable(N_("Reddit's access token has run out; the next call gets a new one."))

    def scopes(self) -> tuple[str, ...]:
        """Return the rights that our login has; `*` is all of them. Asks nothing after a call."""
        return tuple(sorted(self._client.auth.scopes())) if self._client else ()


class Requestor(prawcore.Requestor):
    """prawcore's requestor over our wire: its errors are ours at once, and no header makes prawcore sleep before the next request."""

    @override
    def request(self, *args: Any, timeout: float | None = None, **kwargs: Any) -> requests.Response:
        """Return a successful response, without the headers that prawcore would wait for."""
        response = self._http.request(*args, **kwargs)
        for header in [name for name in response.headers if name.lower().startswith("x-ratelimit")]:
            del response.headers[header]
        return response


def grant(account: Account, clock: Clock, callback: str) -> Grant:
    """Return how Reddit is asked to let us in; the web app's id and secret are entered before, and `callback` is in it."""
    del clock, callback
    client_id, secret = (account.credentials.get(name, "") for name in ("client_id", "client_secret"))
    if not client_id or not secret:
        raise CredentialsRefused(N_("Enter the id and the secret of the web app first."))
    home = f"{(account.options.get('base_url') or LOGIN).rstrip('/')}/api/v1"
    return Grant(
        authorize=f"{home}/authorize",
        token=f"{home}/access_token",
        client_id=client_id,
        client_secret=secret,
        scope="identity read submit privatemessages history",
        gives={"refresh_token": "refresh_token"},
        more={"duration": "permanent"},
        login=True,
    )


def name_of(account: Account) -> str:
    """Return the name of our account, without what people write before it."""
    return re.sub(r"\A/?u/", "", account.handle.lstrip("@"))


def judge(response: requests.Response) -> NetworkError | None:
    """Return the errors that only Reddit makes."""
    path, status = (response.request.url or "").partition("?")[0].rstrip("/"), response.status_code
    if path.endswith(TOKEN_PATH):
        return _token_error(response)
    if status in {301, 302, 307, 308}:
        return QueryRefused(N_("There is no such place on Reddit."))
    if path.endswith(REPLY_PATH) and is_refusal(status) and "insufficient_scope" not in response.headers.get("www-authenticate", ""):
        return ReplyRefused(words_of(response))
    return None


def _token_error(response: requests.Response) -> NetworkError | None:
    """Judge the answer to a login: Reddit refuses some with status 200, and prawcore believes whatever else is in it."""
    try:
        told = reading.mapping(response.json())
    except (ValueError, RecursionError):
        return Unreachable(N_("Reddit's login answers no JSON.")) if response.ok else None
    if "error" in told and response.status_code in {200, 400}:
        return CredentialsRefused(words_of(response))
    whole = isinstance(told.get("access_token"), str) and isinstance(told.get("expires_in"), int) and isinstance(told.get("scope"), str)
    return Unreachable(N_("Reddit's login answers no token.")) if response.ok and not whole else None


def _client(account: Account, wire: Wire) -> praw.Reddit:
    """Return praw's client, with nothing taken from a praw.ini or the environment."""
    given = {key: account.credentials.get(key) or None for key in CREDENTIALS}
    if not given["client_id"]:
        raise CredentialsRefused(N_("The client id is missing."))
    return praw.Reddit(
        "DEFAULT",
        **given,
        oauth_url=API.rstrip("/"),
        reddit_url=LOGIN.rstrip("/"),
        user_agent=account.options.get("user_agent") or f"server:amends:v1 (by /u/{name_of(account)})",
        ratelimit_seconds=0,
        check_for_updates=False,
        check_for_async=False,
        requestor_class=Requestor,
        requestor_kwargs={"session": wire},
    )
