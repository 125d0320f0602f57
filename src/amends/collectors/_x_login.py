"""How a user lets us in on X (OAuth 2.0 with PKCE), and the token that we then read and answer with.

Place in the path: page of sources -> `grant` -> X's question -> `core.network_grant`; `Api.call` -> `rotation` -> X's token address.
X's access tokens last two hours; each refresh token is good once (`core.rotating`).
"""

from collections.abc import Mapping, Sequence

from amends.core.clock import Clock
from amends.core.errors import CredentialsRefused
from amends.core.kept import keep
from amends.core.network import TIME_OUT, Wire
from amends.core.network_grant import Grant
from amends.core.ports import Account
from amends.core.rotating import Rotation
from amends.core.tokens import Made, granted
from amends.core.translating import N_

QUESTION = "https://x.com/i/oauth2/authorize"
TOKENS = "https://api.x.com/2/oauth2/token"
NEEDED = {
    "tweet.write": N_("“%(right)s” (to answer)"),
    "dm.read": N_("“%(right)s” (to read private messages)"),
    "dm.write": N_("“%(right)s” (to send private messages)"),
    "media.write": N_("“%(right)s” (to send pictures)"),
}
SCOPE = "tweet.read tweet.write users.read dm.read dm.write media.write offline.access"
"""Read, answer, know who we are, private messages, pictures, and to go on when the first token has ended."""


def grant(account: Account, clock: Clock, callback: str) -> Grant:
    """Return how X is asked to let us in; the app's client id is entered before, and `callback` is among its addresses."""
    del clock, callback
    client_id, secret = _app(account.credentials)
    if not client_id:
        raise CredentialsRefused(N_("Enter the client's id of the app first, and its secret where it is a confidential client."))
    return Grant(
        authorize=_address(account, QUESTION),
        token=_address(account, TOKENS),
        client_id=client_id,
        client_secret=secret,
        scope=SCOPE,
        gives={"refresh_token": "refresh_token"},
        login=bool(secret),
    )


def lacking(rights: Sequence[str]) -> tuple[str, ...]:
    """Return a warning where the sign-in lacks rights that we ask for."""
    missed = [keep(told, right=right) for right, told in NEEDED.items() if right not in rights]
    return (keep(N_("The sign-in lacks rights: %(rights)s."), rights=missed),) if rights and missed else ()


def rotation(account: Account, clock: Clock, time_out: float) -> Rotation | None:
    """Return the token of who signed in on X, renewed by itself; None where nobody did."""
    if not account.credentials.get("refresh_token", "").strip():
        return None
    wire = Wire(clock=clock, routes={}, time_out=min(time_out, TIME_OUT))
    client_id, secret = _app(account.credentials)

    def ask(refresh: str) -> Made:
        asked = {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": client_id}
        return granted(wire, _address(account, TOKENS), asked, clock(), login=(client_id, secret) if secret else None)

    return Rotation(account, clock, ask)


def _app(credentials: Mapping[str, str]) -> tuple[str, str]:
    return credentials.get("client_id", "").strip(), credentials.get("client_secret", "").strip()


def _address(account: Account, address: str) -> str:
    """Return an address of X's, or its like on the server that stands for X."""
    base = account.options.get("base_url", "").rstrip("/")
    return f"{base}/{address.split('/', 3)[3]}" if base else address
