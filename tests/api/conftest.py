"""One furnished database for the tests that only look or may see each other's traces, one of their own for the rest."""

from collections.abc import Generator

import pytest

from amends.core.database import Pool, open_pool
from tests.databases import Server
from tests.door import Door, open_door


@pytest.fixture
def door(pool: Pool) -> Door:
    """The application on a database of the test's own."""
    return open_door(pool)


@pytest.fixture(scope="session")
def shared_door(server: Server) -> Generator[Door]:
    """The application on a database that every test of the run shares: look, do not count."""
    opened = open_pool(server.clone("shared_door"), size=4)
    yield open_door(opened)
    opened.close()
