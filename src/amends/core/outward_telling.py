"""Keeps what is told to addresses that people enter for themselves away from the inside of our own network.

Place in the path: `deliver` of a channel built with `outward=True` -> here. The address is looked at again each time, since a name may lead
elsewhere by then.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from amends.core.errors import DeliveryError, SourceUnfit, Unreachable
from amends.core.outward import check_reached


@contextmanager
def told_as_trouble() -> Generator[None]:
    """Let an address inside our own network be a refusal for good, and a name that leads nowhere one for now."""
    try:
        yield
    except Unreachable as error:
        raise DeliveryError(str(error)) from error
    except SourceUnfit as error:
        raise DeliveryError(str(error), permanent=True) from error


def watching(host: str) -> Callable[[str, Mapping[str, Any]], None]:
    """Return what httpx is to tell of a connection to `host`: one that has reached the inside is closed before anything is said."""
    asked = ""

    def look(event: str, told: Mapping[str, Any]) -> None:
        nonlocal asked
        if event == "connection.connect_tcp.started":
            asked = told["host"]
        elif event == "connection.connect_tcp.complete" and asked == host:  # another host is a proxy of our own
            _check(told["return_value"], host)

    return look


def _check(stream: Any, host: str) -> None:
    try:
        check_reached(host, str(stream.get_extra_info("server_addr")[0]))
    except SourceUnfit:
        stream.close()
        raise
