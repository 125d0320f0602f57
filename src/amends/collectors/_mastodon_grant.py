"""How a user lets us in on a Mastodon server: any server takes a new app without asking who we are.

Place in the path: page of sources -> `grant` -> the server's `/api/v1/apps` -> `core.network_grant`.
"""

from amends.collectors._mastodon_client import USER_AGENT, Client
from amends.core import reading
from amends.core.clock import Clock
from amends.core.errors import Unreachable
from amends.core.network_grant import Grant
from amends.core.ports import Account
from amends.core.translating import N_

SCOPE = "read write:statuses write:media"


def grant(account: Account, clock: Clock, callback: str) -> Grant:
    """Return how our account's server is asked; an app is made there for it."""
    client = Client(account, clock)
    said = {"client_name": USER_AGENT, "redirect_uris": callback, "scopes": SCOPE}
    try:
        told = reading.mapping(client.wire.request("POST", f"{client.home}/api/v1/apps", data=said).json())
    except (ValueError, RecursionError) as error:
        raise Unreachable(N_("The server answered something that is no app.")) from error
    client_id, secret = reading.text(told.get("client_id")), reading.text(told.get("client_secret"))
    if not client_id or not secret:
        raise Unreachable(N_("The server made no app for us."))
    return Grant(
        authorize=f"{client.home}/oauth/authorize",
        token=f"{client.home}/oauth/token",
        client_id=client_id,
        client_secret=secret,
        scope=SCOPE,
        gives={"access_token": "access_token"},
    )
