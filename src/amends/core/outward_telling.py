"""Keeps what is told to addresses that people enter for themselves away from the inside of our own network.

Place in the path: `deliver` of a channel built with `outward=True` -> here. The address is looked at again each time, since a name may lead
elsewhere by then.
"""

from collections.abc import Generator
from contextlib import contextmanager

from amends.core.errors import DeliveryError, SourceUnfit, Unreachable


@contextmanager
def told_as_trouble() -> Generator[None]:
    """Let an address inside our own network be a refusal for good, and a name that leads nowhere one for now."""
    try:
        yield
    except Unreachable as error:
        raise DeliveryError(str(error)) from error
    except SourceUnfit as error:
        raise DeliveryError(str(error), permanent=True) from error
