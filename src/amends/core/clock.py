"""The one place that reads the wall clock; everything else takes `now` as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

CLOCKS_APART = timedelta(hours=2)
"""How far a network's clock and ours may be apart: where we look for an answer that may be out, we look so much further back."""


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(tz=UTC)  # noqa: TID251
