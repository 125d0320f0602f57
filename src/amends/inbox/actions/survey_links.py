"""The link that answers a survey: 256 random bits, signed, so that a guess is refused without a look into the database."""

import hmac
from secrets import token_urlsafe

WHAT = b"survey link v1 "


def new_link(secret_key: str) -> str:
    """Return a new token; kept is only its fingerprint (`core.secrets.fingerprint`)."""
    secret = token_urlsafe(32)
    return f"{secret}.{_signature(secret, secret_key)}"


def is_ours(token: str, secret_key: str) -> bool:
    """Tell whether we made this token, whatever became of it."""
    secret, _, signature = token.partition(".")
    return hmac.compare_digest(signature.encode(), _signature(secret, secret_key).encode())


def _signature(secret: str, secret_key: str) -> str:
    return hmac.digest(secret_key.encode(), WHAT + secret.encode(), "sha256").hex()[:24]
