"""How the owner of a mailbox lets us in: who is asked for it, and where (Google, Microsoft 365).

Place in the path: page of sources -> `grant` -> `core.network_grant`; and `_mail_login`, which makes tokens of what was given.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from amends.core.errors import CredentialsRefused
from amends.core.network_grant import Grant
from amends.core.network_words import Said
from amends.core.ports import Account
from amends.core.translating import N_

GMAIL_SCOPE = "https://mail.google.com/"
OUTLOOK = "https://outlook.office.com"
OUTLOOK_SCOPE = f"offline_access {OUTLOOK}/IMAP.AccessAsUser.All {OUTLOOK}/SMTP.Send"
MICROSOFT_HOST = "login.microsoftonline.com"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
UNKNOWN = N_(
    "Signing in is known for Gmail and for Microsoft 365. For other mailboxes enter a password, or a refresh token from their own tool."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """Whose mailboxes these are: where a person is asked, where tokens are made, and what for. `hosts` are the servers for reading."""

    name: str
    authorize: str
    token: str
    scope: str
    hosts: frozenset[str] = frozenset()
    more: Mapping[str, str] = field(default_factory=dict)


GOOGLE = Provider(
    name="Google",
    authorize="https://accounts.google.com/o/oauth2/v2/auth",
    token="https://oauth2.googleapis.com/token",  # noqa: S106
    scope=GMAIL_SCOPE,
    hosts=frozenset({"imap.gmail.com", "imap.googlemail.com"}),
    more={"access_type": "offline", "prompt": "consent"},
)
MICROSOFT = Provider(
    name="Microsoft 365",
    authorize=f"https://{MICROSOFT_HOST}/common/oauth2/v2.0/authorize",
    token=f"https://{MICROSOFT_HOST}/common/oauth2/v2.0/token",
    scope=OUTLOOK_SCOPE,
    hosts=frozenset({"outlook.office365.com", "imap-mail.outlook.com"}),
)


def provider(options: Mapping[str, str]) -> Provider | None:
    """Return whose mailbox this is, by the address of the tokens or else by the server; None where we do not know how they ask."""
    address, host = options.get("token_url", "").strip(), options.get("imap_host", "").strip().lower()
    if not address:
        return next((one for one in (GOOGLE, MICROSOFT) if host in one.hosts), None)
    if address == GOOGLE.token:
        return GOOGLE
    # Each company has an address of its own at Microsoft; what is on this machine is a stand-in that asks as Microsoft does.
    if _is_microsoft_s(address) and address.endswith("/token"):
        return Provider(name=MICROSOFT.name, authorize=f"{address.removesuffix('token')}authorize", token=address, scope=OUTLOOK_SCOPE)
    return None


def token_address(account: Account) -> str:
    """Return where the account's tokens are made: as entered, else as its provider has it where an app of ours was entered; or nowhere."""
    entered = account.options.get("token_url", "").strip()
    found = provider(account.options) if account.credentials.get("client_id") else None
    return entered or (found.token if found else "")


def grant(account: Account, callback: str) -> Grant:
    """Return how the owner of our mailbox is asked; our app's id is entered before, and `callback` is in it."""
    asked = provider(account.options)
    client_id, secret = (account.credentials.get(name, "").strip() for name in ("client_id", "client_secret"))
    if asked is None:
        raise CredentialsRefused(UNKNOWN)
    if not client_id:
        raise CredentialsRefused(Said.APP_FIRST, name=asked.name, callback=callback)
    return Grant(
        authorize=asked.authorize,
        token=asked.token,
        client_id=client_id,
        client_secret=secret,
        scope=asked.scope,
        gives={"refresh_token": "refresh_token"},
        more={**asked.more, "login_hint": account.credentials.get("user", "").strip() or account.handle.strip()},
    )


def _is_microsoft_s(address: str) -> bool:
    """Tell whether Microsoft makes the tokens, or its stand-in; an address to which our secret would go in the open is neither's."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return (parts.scheme, host) == ("https", MICROSOFT_HOST) or (parts.scheme in {"http", "https"} and host in LOOPBACK)
