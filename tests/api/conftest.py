"""One furnished desk for the tests that only look or may see each other's traces, a copy of it for the rest."""

from collections.abc import Generator

import pytest

from tests.databases import Server
from tests.door import Door, Furnished, door_of


@pytest.fixture
def door(server: Server, furnished: Furnished) -> Generator[Door]:
    """The application on a desk of the test's own."""
    with door_of(server, furnished) as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_door(server: Server, furnished: Furnished) -> Generator[Door]:
    """The application on a desk that every test of the run shares: look, do not count."""
    with door_of(server, furnished) as opened:
        yield opened
