"""The codes of an authenticator app (TOTP, RFC 6238: six figures, thirty seconds) and what a code or recovery code looks like."""

from datetime import datetime
from hmac import compare_digest
from secrets import choice

from pyotp import random_base32
from pyotp.totp import TOTP

SECONDS = 30
DRIFT = 1
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step whose code this is, None for a wrong one; a clock that is one step away is forgiven."""
    totp = TOTP(secret)
    around = int(now.timestamp()) // SECONDS
    steps = range(around - DRIFT, around + DRIFT + 1)
    return next((step for step in steps if compare_digest(totp.generate_otp(step).encode(), code.encode())), None)


def bare(code: str) -> str:
    """Return a code as it was meant: without the spaces and dashes that people type, in small letters."""
    return "".join(sign for sign in code.lower() if sign.isalnum())


def is_recovery(code: str) -> bool:
    """Tell whether this bare text is as long as a recovery code."""
    return len(code) > 6  # noqa: PLR2004


def recovery_code() -> str:
    """Return a new recovery code: sixteen letters and figures that cannot be mistaken for each other, 79 random bits."""
    signs = "".join(choice(_LETTERS) for _ in range(16))
    return "-".join(signs[place : place + 4] for place in range(0, 16, 4))


def app_address(secret: str, *, email: str) -> str:
    """Return the `otpauth://` address that authenticator apps read from the QR code."""
    return TOTP(secret).provisioning_uri(name=email, issuer_name="Amends")


def new_secret() -> str:
    """Return a new secret for an app, 160 random bits in Base32."""
    return random_base32()
