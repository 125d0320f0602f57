"""The signature of what we POST, after the Standard Webhooks specification: the receiver knows that it is from us, and not old."""

import base64
import hashlib
import hmac


def sign(secret: bytes, key: str, stamp: str, body: bytes) -> str:
    """Return the value of `webhook-signature` for a body of this `key` (its id), sent at `stamp` (seconds since 1970)."""
    digest = hmac.new(secret, f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
