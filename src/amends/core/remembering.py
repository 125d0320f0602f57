"""What an account that nobody keeps does with what its collector wants to remember: nothing. Place in the path: `ports.Account` -> here."""

from collections.abc import Callable
from datetime import datetime

Make = Callable[[str], str]
"""Makes a new memory of the newest one; empty: there is none yet."""


def forget(_: str) -> None:
    """Keep nothing: what `Account.remember` does where there is nobody to remember."""


def alone(make: Make, _: datetime) -> str | None:
    """Make it at once: what `Account.renew` does where nobody else could be at it."""
    return make("")
