"""Secrets at rest: sealed with a key derived from `AMENDS_SECRET_KEY`, opened only for the moment of use.

Fernet (AES-128-CBC with HMAC-SHA256) from the `cryptography` package; the key comes by HKDF-SHA256 (RFC 5869). The setting may name
several keys, apart by spaces: the first seals, the others only open what they once sealed, until `./amends secret rotate` has sealed all
of it anew. The package is loaded with the first secret: a process that seals nothing need not hold its 6 MB.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from amends.core.errors import SettingsWrong

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet

_PLAIN = "bcdfghjkmnpqrstvwxyz"  # no figures, which a log might take for a phone number, and no words by accident


def _derived(key: str, *, length: int, use: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - see the top
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 - see the top

    return HKDF(algorithm=SHA256(), length=length, salt=None, info=use).derive(key.encode())


def _fernet(key: str) -> "Fernet":
    from cryptography.fernet import Fernet  # noqa: PLC0415 - see the top

    return Fernet(base64.urlsafe_b64encode(_derived(key, length=32, use=b"amends credentials v1")))


def _keyring(secret_key: str) -> "MultiFernet":
    """Return every key of the setting, the one that seals first; the whole text too, since one key may itself have spaces."""
    from cryptography.fernet import MultiFernet  # noqa: PLC0415 - see the top

    return MultiFernet([_fernet(key) for key in dict.fromkeys([*secret_key.split(), secret_key])])


def seal(values: Mapping[str, str], secret_key: str) -> bytes:
    """Return `values` encrypted."""
    return _keyring(secret_key).encrypt(json.dumps(dict(values)).encode())


def unseal(sealed: bytes, secret_key: str) -> dict[str, str]:
    """Return what `seal` was given; `SettingsWrong` where none of the keys is the one that sealed it."""
    with _opening():
        return json.loads(_keyring(secret_key).decrypt(bytes(sealed)))


def seal_anew(sealed: bytes, secret_key: str) -> bytes:
    """Return the same values encrypted with the first key; `SettingsWrong` where none of the keys opens them."""
    with _opening():
        return _keyring(secret_key).rotate(bytes(sealed))


@contextmanager
def _opening() -> Generator[None]:
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - see the top

    try:
        yield
    except InvalidToken as error:
        raise SettingsWrong(
            "stored credentials do not open with this AMENDS_SECRET_KEY: restore the old key, or enter them again"
        ) from error


def fingerprint(token: str) -> bytes:
    """Return the SHA-256 under which a session or API token is stored (tokens are 256 random bits, so no salt is needed)."""
    return hashlib.sha256(token.encode()).digest()


def sign(text: str, secret_key: str) -> str:
    """Return the signature of `text` as it stands in a link that we send out (HMAC-SHA256)."""
    return _signature(text, secret_key.split(maxsplit=1)[0])


def is_signed(text: str, signature: str, secret_key: str) -> bool:
    """Tell whether one of the keys signed `text`."""
    return any(hmac.compare_digest(_signature(text, key).encode(), signature.encode()) for key in secret_key.split())


def _signature(text: str, key: str) -> str:
    derived = _derived(key, length=32, use=b"amends links v1")
    return base64.urlsafe_b64encode(hmac.digest(derived, text.encode(), "sha256")).decode().rstrip("=")


def set_up_code(secret_key: str) -> str:
    """Return the code that a fresh installation asks of its first administrator: only who sees its terminal or log knows it."""
    derived = _derived(secret_key, length=15, use=b"amends set-up code v1")
    signs = "".join(_PLAIN[byte % len(_PLAIN)] for byte in derived)
    return "-".join(signs[place : place + 5] for place in range(0, 15, 5))
