"""Speak to X through tweepy, with its requests session exchanged for our wire, and in whichever spelling X understands.

Place in the path: `x.fetch` -> `Api.call` -> tweepy -> `core.network.Wire` -> X. Who signed in on X (OAuth 2.0) is asked as our user with
a token that is renewed by itself; else the four keys are our user, and the bearer token is the app.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any

import requests
import tweepy
from typing_extensions import override

from amends.collectors._x_answers import judge
from amends.collectors._x_login import rotation
from amends.collectors._x_tweepy import Client
from amends.core import reading
from amends.core.clock import Clock
from amends.core.errors import CredentialsRefused, QueryRefused, Unreachable
from amends.core.network import NOT_JSON, SHORTEST_WAIT, TIME_OUT, OpenWire, Wire
from amends.core.ports import Account
from amends.core.rotating import Rotation
from amends.core.translating import N_

API = "https://api.twitter.com/"
USER_KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
APP_KEYS = (*USER_KEYS, "bearer_token")
CREDENTIALS = (*APP_KEYS, "client_id", "client_secret", "refresh_token")
NO_JSON = NOT_JSON % {"title": "X"}
OLD_SPELLING_REFUSED = re.compile(r"\[(?:tweet\.fields|referenced_tweets|edit_history_tweet_ids|note_tweet)\b")
SPELLED = ("tweet.fields", "expansions")
NEW_WORDS = {
    "tweet.fields": "post.fields",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
}

# tweepy writes whole requests, tokens included, at DEBUG.
logging.getLogger("tweepy").setLevel(logging.INFO)


class XWire(Wire):
    """A wire that asks once more in the newer spelling (`post.fields`) where X no longer knows the older one, and stays with it."""

    newer = False

    @override
    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        """Return the response to a request, in the spelling that X understands."""
        if self.newer:
            return super().request(method, url, *args, **respelled(options))
        try:
            return super().request(method, url, *args, **options)
        except QueryRefused as refusal:
            if not OLD_SPELLING_REFUSED.search(str(refusal)):
                raise
        self.newer = True
        return super().request(method, url, *args, **respelled(options))


class OpenXWire(XWire, OpenWire):
    """The same for an answer that does not end."""


def respelled(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is asked for in the newer spelling."""
    asked = options.get("params")
    if not isinstance(asked, dict):
        return dict(options)
    return {**options, "params": {newly(name): newly(said) if name in SPELLED else said for name, said in asked.items()}}


def newly(word: str) -> str:
    """Return the name of a parameter, or a list of fields, in the newer spelling."""
    for old, new in NEW_WORDS.items():
        word = word.replace(old, new)
    return word


class Api:
    """X's API for one account: as whoever signed in on X, else as the app where there is a bearer token, else as our user."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self.base_url = account.options.get("base_url", "")
        self.time_out = account.number("time_out", TIME_OUT, least=SHORTEST_WAIT)
        self.wire = XWire(clock=clock, judge=judge, routes=self.routes, time_out=self.time_out)
        self.bearer_token = account.credentials.get("bearer_token", "")
        self.tokens = rotation(account, clock, self.time_out)
        self._has_keys = all(account.credentials.get(key) for key in USER_KEYS)
        self._client: Any = _client(account.credentials)
        self._client.session = self.wire

    @property
    def routes(self) -> dict[str, str]:
        """Where requests to X's address go instead."""
        return {API: self.base_url} if self.base_url else {}

    @property
    def as_user(self) -> bool:
        """Whether X certainly takes us for a user, and not for the app alone."""
        return self._has_keys or self.tokens is not None

    def call(self, method: str, *args: object, **asked: object) -> Mapping[str, object]:
        """Call tweepy's client and return the JSON object that X answers with."""
        if self.tokens:
            return self._with_token(self.tokens, method, *args, **{**asked, "user_auth": False})
        asked.setdefault("user_auth", not self.bearer_token)
        if asked["user_auth"] and not self._has_keys:
            raise CredentialsRefused(
                N_(
                    "Sign in on X on the page Sources, or enter a bearer token, or all four: consumer key and secret, "
                    "access token and secret."
                )
            )
        return told_by(self._client, method, *args, **asked)

    def call_as_user(self, method: str, *args: object, **asked: object) -> Mapping[str, object]:
        """Call what X lets only a user do: by the four keys where they are there, else by a bearer token that is a user's."""
        return self.call(method, *args, **asked, user_auth=self._has_keys)

    def call_as_app(self, method: str, *args: object, **asked: object) -> Mapping[str, object]:
        """Call what X lets only the app itself do, with its bearer token."""
        self.must_be_app()
        self._client.bearer_token = self.bearer_token
        return told_by(self._client, method, *args, **asked)

    def must_be_app(self) -> None:
        """Raise `CredentialsRefused` where there is no bearer token."""
        if not self.bearer_token:
            raise CredentialsRefused(N_("X lets only the app itself do this: enter its bearer token too."))

    def _with_token(self, tokens: Rotation, method: str, *args: object, **asked: object) -> Mapping[str, object]:
        """Call as who signed in on X. X may end a token early, when another worker got the next: what it refused it did not do."""
        self._client.bearer_token = tokens.value()
        try:
            return told_by(self._client, method, *args, **asked)
        except CredentialsRefused:
            self._client.bearer_token = tokens.instead()
        return told_by(self._client, method, *args, **asked)


def told_by(client: Any, method: str, *args: object, **asked: object) -> Mapping[str, object]:
    """Call a method of one of tweepy's clients and return the JSON object that X answers with."""
    try:
        body: object = getattr(client, method)(*args, **asked)
    except (requests.RequestException, tweepy.TweepyException, ValueError, RecursionError) as error:
        raise Unreachable(NO_JSON) from error
    if not isinstance(body, dict):
        raise Unreachable(NO_JSON)
    return reading.mapping(body)


def _client(credentials: Mapping[str, str]) -> tweepy.Client:
    given = {key: credentials.get(key) for key in APP_KEYS}
    return Client(**given, return_type=dict, wait_on_rate_limit=False)  # pyright: ignore[reportArgumentType]
