"""Ask a Mastodon server, through Mastodon.py and our own wire, and hand back its JSON as it came.

Mastodon.py's methods turn every answer into objects of its own types and ask for the version in between; its one request function, which
all of them use, hands over the answer itself, and that is what is called here. Its waiting, its second tries and its reading of errors
never begin: the wire raises first.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from amends.core import reading
from amends.core.clock import Clock
from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, QueryRefused, ReplyRefused, SettingsWrong, Unreachable
from amends.core.network import NOT_JSON, SHORTEST_WAIT, TIME_OUT, Wire, is_refusal, words_of
from amends.core.ports import Account
from amends.core.translating import N_

NO_JSON = NOT_JSON % {"title": "Mastodon"}
STATUSES = "/api/v1/statuses"
MEDIA = "/api/v2/media"
USER_AGENT = "Amends"
SERVER = re.compile(r"(?:https://)?([\w-]+(?:\.[\w-]+)+(?::\d{1,5})?)/?", re.IGNORECASE)


class Gone(QueryRefused):
    """The server says that there is no such status, or none that we may see."""


class Client:
    """Our account's way to its server. `home` is the server's address."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self.home = home_of(account)
        self.token = account.credentials.get("access_token", "").strip()
        self.time_out = account.number("time_out", TIME_OUT, least=SHORTEST_WAIT)
        self.wire = Wire(clock=clock, judge=judge, routes={}, time_out=self.time_out)
        self.wire.trust_env = not account.options.get("base_url")
        if self.wire.trust_env:
            self.wire.stay_outside()

    def call(self, method: str, path: str, asked: Mapping[str, object] | None = None, **more: Any) -> object:
        """Return the JSON that the server answers with; `more` are `headers` and `files`."""
        self.must_have_token()
        answer = self._request(method, path, params=dict(asked or {}), **more)
        try:
            return json.loads(answer.content)
        except (ValueError, RecursionError) as error:
            raise Unreachable(NO_JSON) from error

    def must_have_token(self) -> None:
        """Refuse to ask without a token: half of what we ask is for those who are logged in."""
        if not self.token:
            raise CredentialsRefused(N_("Enter the access token."))

    def _request(self, method: str, path: str, **asked: Any) -> requests.Response:
        # Here, since a web worker only counts letters, and need not hold the 12 MB of the library for that.
        from mastodon import Mastodon  # noqa: PLC0415
        from mastodon.errors import MastodonError  # noqa: PLC0415

        library = Mastodon(
            api_base_url=self.home,
            session=self.wire,
            version_check_mode="none",
            ratelimit_method="throw",
            user_agent=USER_AGENT,
        )
        # Set beside the constructor, which would take a token that is a file's name for that file.
        library.access_token = self.token
        request = getattr(library, "_Mastodon__api_request")  # noqa: B009 (its name is mangled)
        try:
            answered: requests.Response = request(method, path, do_ratelimiting=False, return_response_object=True, **asked)
        except MastodonError as error:
            raise (error.__context__ if isinstance(error.__context__, NetworkError) else Unreachable(NO_JSON)) from error
        return answered


def home_of(account: Account) -> str:
    """Return the address of our server: as the options say, else the one in our handle; never without encryption, for our token's sake."""
    base_url = account.options.get("base_url")
    if base_url:
        return base_url.rstrip("/")
    told = account.options.get("instance", "").strip() or account.handle.strip().lstrip("@").partition("@")[2]
    server = SERVER.fullmatch(told)
    if not server:
        raise SettingsWrong(N_("Enter the server (mastodon.example) as an option, or the handle as @name@server."))
    return f"https://{server[1]}"


def judge(response: requests.Response) -> NetworkError | None:
    """Return the errors that only Mastodon makes."""
    path, status, method = _path(response), response.status_code, response.request.method
    if method == "POST" and path.endswith((STATUSES, MEDIA)) and is_refusal(status):
        words = words_of(response)
        return AccessDenied(words) if status == 403 and "scope" in words else ReplyRefused(words)  # noqa: PLR2004
    single = f"{STATUSES}/" in path
    if method == "GET" and single and status in {404, 410} and _says_so(response):
        return Gone(words_of(response))
    return None


def _path(response: requests.Response) -> str:
    return urlsplit(response.request.url or "").path.rstrip("/")


def _says_so(response: requests.Response) -> bool:
    """Tell whether it is Mastodon that speaks: a proxy's page without a word of its API deletes nothing."""
    try:
        return bool(reading.text(reading.mapping(json.loads(response.content)).get("error")))
    except (ValueError, RecursionError):
        return False
