"""Who signs in at the mail servers, and with what: a password, or a token that is made anew before it ends (OAuth 2.0, XOAUTH2).

Place in the path: `Mail` -> `Login` -> the provider's token address; `_mail_box` and `_mail_send` sign in with what it says. Microsoft 365
hands out a new refresh token with each token and lets the old ones end after ninety days, so the newest is remembered.
"""

from urllib.parse import urlsplit

from amends.collectors._mail_grant import LOOPBACK, token_address
from amends.core.clock import Clock
from amends.core.errors import CredentialsRefused, SourceUnfit
from amends.core.network import SHORTEST_WAIT, TIME_OUT, Wire
from amends.core.ports import Account
from amends.core.tokens import Made, Token, granted
from amends.core.translating import N_

SCOPE = "https://outlook.office365.com/.default"
"""What Microsoft 365 wants to be asked for where an app signs in by itself, without a person's consent."""


class Login:
    """An account as it signs in; a token is kept as long as it lasts."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self.account = account
        self.clock = clock
        self._newest = account.memory or account.credentials.get("refresh_token", "").strip()
        self._token = Token(clock, self._make)

    @property
    def by_token(self) -> bool:
        """Whether a token is shown and not a password."""
        return bool(self._address)

    def user(self, *, sending: bool = False) -> str:
        """Return who signs in: what was entered, else the account's address where a token says the rest."""
        given = self.account.credentials
        entered = (given.get("smtp_user", "") if sending else "") or given.get("user", "")
        return entered or (self.account.handle.strip() if self.by_token else "")

    def password(self, *, sending: bool = False) -> str:
        """Return the password as it was entered."""
        given = self.account.credentials
        return (given.get("smtp_password", "") if sending else "") or given.get("password", "")

    def token(self) -> str:
        """Return a token that is good now."""
        return self._token.value()

    @property
    def _address(self) -> str:
        return token_address(self.account)

    def _make(self) -> Made:
        time_out = self.account.number("time_out", TIME_OUT, least=SHORTEST_WAIT)
        wire = Wire(clock=self.clock, routes={}, time_out=time_out)
        _check_address(self._address)
        made = granted(wire, self._address, self._asked(), self.clock())
        if made.renewed and made.renewed != self._newest:
            self._newest = made.renewed
            self.account.remember(made.renewed)
        return made

    def _asked(self) -> dict[str, str]:
        """Return what the token address wants: a person's refresh token, or an app's own id and secret."""
        client_id, secret = (self.account.credentials.get(name, "").strip() for name in ("client_id", "client_secret"))
        if not client_id or not (secret or self._newest):
            raise CredentialsRefused(N_("Enter the client's id, and its secret or a refresh token, or both."))
        asked = {"client_id": client_id, **({"client_secret": secret} if secret else {})}
        if self._newest:
            return {**asked, "grant_type": "refresh_token", "refresh_token": self._newest}
        return {**asked, "grant_type": "client_credentials", "scope": SCOPE}


def said(user: str, token: str) -> str:
    """Return what XOAUTH2 says of a user and a token."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def _check_address(address: str) -> None:
    """Raise `SourceUnfit` for a token address to which a secret would go in the open."""
    try:
        parts = urlsplit(address)
        fit = bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))
    except ValueError:
        fit = False
    if not fit:
        raise SourceUnfit(N_("The address of the tokens must begin with https://, such as https://oauth2.googleapis.com/token."))
