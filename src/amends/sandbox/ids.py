"""Ids as the real networks make them: snowflakes on X and Mastodon, base 36 on Reddit, addresses on Bluesky; accounts hash their handle."""

import base64
import hashlib
import string

X_EPOCH_MS = 1_288_834_974_657
_DIGITS = string.digits + string.ascii_lowercase
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
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


def did(handle: str) -> str:
    """Return the id of a Bluesky account, the same on every start."""
    digest = hashlib.sha256(handle.lower().encode()).digest()
    return "did:plc:" + base64.b32encode(digest).decode().lower()[:24]


def tid_number(at: float, after: int) -> int:
    """Return the number of a Bluesky record made at `at` (seconds) that is greater than `after`."""
    return max(int(at * 1_000_000) << 10, after + 1)


def tid(number: int) -> str:
    """Return a number as Bluesky's keys write it."""
    return "".join(_SORTABLE[number >> place & 31] for place in range(60, -1, -5))


def cid(text: str) -> str:
    """Return the name that Bluesky gives to a version of something."""
    return "bafyrei" + base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().lower()[:52]


def _hash(text: str, size: int) -> int:
    return int.from_bytes(hashlib.sha256(text.lower().encode()).digest()[:12]) % size
