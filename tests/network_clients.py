"""The real client libraries, pointed at the sandbox as the collectors point them at a network."""

from typing import Any

import praw
import requests
import tweepy
from mastodon import Mastodon
from requests.adapters import HTTPAdapter
from typing_extensions import override

from tests.sandbox_server import Networks

X_HOST = "https://api.twitter.com"


class LedAstray(HTTPAdapter):
    """Sends what was meant for X to the sandbox."""

    def __init__(self, base: str) -> None:
        self.base = base
        super().__init__()

    @override
    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = str(request.url).replace(X_HOST, self.base, 1)
        return super().send(request, *args, **kwargs)


def tweepy_client(networks: Networks, brand: str = "veloria", **credentials: str) -> Any:
    """A tweepy client in a brand's name, its credentials changed by `credentials`."""
    given: dict[str, Any] = networks.source(brand, "x")["credentials"] | credentials | {"return_type": dict}
    client = tweepy.Client(**given)
    client.session.mount(X_HOST, LedAstray(networks.x))
    return client


def praw_client(networks: Networks, brand: str = "veloria", **credentials: Any) -> Any:
    """A praw client in a brand's name, its credentials changed by `credentials` (None takes one away)."""
    known = networks.source(brand, "reddit")["credentials"]
    given = {key: known[key] for key in ("client_id", "client_secret", "username", "password")} | credentials
    return praw.Reddit(
        **{key: value for key, value in given.items() if value is not None},
        reddit_url=networks.reddit,
        oauth_url=f"{networks.reddit}/",
        user_agent="amends tests",
        ratelimit_seconds=0,
        check_for_updates=False,
    )


def mastodon_client(networks: Networks, brand: str = "veloria", **credentials: str) -> Any:
    """A Mastodon.py client in a brand's name, its credentials changed by `credentials`."""
    given = networks.source(brand, "mastodon")["credentials"] | credentials
    return Mastodon(api_base_url=networks.mastodon, version_check_mode="none", ratelimit_method="throw", **given)
