"""The link that answers a survey: 256 random bits, signed, so that a guess is refused without a look into the database."""

from secrets import token_urlsafe

from amends.core.secrets import is_signed, sign


def new_link(secret_key: str) -> str:
    """Return a new token; kept is only its fingerprint (`core.secrets.fingerprint`)."""
    secret = token_urlsafe(32)
    return f"{secret}.{sign(_signed(secret), secret_key)}"


def is_ours(token: str, secret_key: str) -> bool:
    """Tell whether we made this token, whatever became of it, with the key of today or one before."""
    secret, _, signature = token.partition(".")
    return is_signed(_signed(secret), signature, secret_key)


def _signed(secret: str) -> str:
    return f"survey link {secret}"
