"""Ids as the real networks make them: rising snowflakes on X and Mastodon, base 36 on Reddit, accounts by a hash of their handle."""

import hashlib
import string

X_EPOCH_MS = 1_288_834_974_657
_DIGITS = string.digits + string.ascii_lowercase
FIRST_REDDIT = int("1mk1000", 36)


def snowflake(at: float, after: int) -> int:
    """Return an X id for the moment `at` (seconds) that is greater than `after`."""
    return max((int(at * 1000) - X_EPOCH_MS) << 22, after + 1)


def snowflake_time(number: int) -> float:
    """Return the moment (seconds) that an X id carries."""
    return ((number >> 22) + X_EPOCH_MS) / 1000


def mastodon_id(at: float, after: int) -> int:
    """Return a status's id for the moment `at` (seconds) that is greater than `after`."""
    return max(int(at * 1000) << 16, after + 1)


def base36(number: int) -> str:
    """Return `number` in Reddit's digits."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"


def x_user_id(handle: str) -> str:
    """Return the numeric id of an X account, the same on every start."""
    return str(10**18 + _hash(handle, 10**17))


def mastodon_user_id(handle: str) -> str:
    """Return the numeric id of a Mastodon account, the same on every start."""
    return str(10**17 + _hash(handle, 10**16))


def reddit_user_id(handle: str) -> str:
    """Return the fullname (`t2_…`) of a Reddit account, the same on every start."""
    return "t2_" + base36(36**7 + _hash(handle, 36**7))


def subreddit_id(name: str) -> str:
    """Return the fullname (`t5_…`) of a subreddit."""
    return "t5_" + base36(36**5 + _hash(name, 36**5))


def _hash(text: str, size: int) -> int:
    return int.from_bytes(hashlib.sha256(text.lower().encode()).digest()[:12]) % size
