"""The time zones that people choose from."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zones() -> tuple[str, ...]:
    """Return the zones of places and UTC, by name; read from the machine once."""
    every = available_timezones()
    return tuple(sorted(name for name in every if ("/" in name and not name.startswith(("posix/", "right/"))) or name == "UTC"))
