"""One real PostgreSQL for the whole run: migrated once as a template; tests roll back, or get a clone where commits matter."""

import itertools
from collections.abc import Generator
from pathlib import Path

import pytest

from amends.core.database import Connection, Pool, connect, open_pool
from amends.core.embedded.postgres import EmbeddedPostgres
from amends.core.migrate import migrate
from tests.databases import Server

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """The server of this run, with the migrated database `amends`."""
    folder: Path = tmp_path_factory.mktemp("server")
    for parent in (folder, folder.parent, folder.parent.parent):
        parent.chmod(0o755)
    postgres = EmbeddedPostgres(folder / "postgres", durable=False)
    url = postgres.start()
    try:
        migrate(url)
        yield Server(url)
    finally:
        postgres.stop()


@pytest.fixture(scope="session")
def _steady_database(server: Server) -> str:
    return server.clone("rolled_back")


@pytest.fixture
def conn(_steady_database: str) -> Generator[Connection]:
    """A connection whose transaction is rolled back at the end: the fast default."""
    connection = connect(_steady_database)
    yield connection
    connection.rollback()
    connection.close()


@pytest.fixture
def database(server: Server) -> Generator[str]:
    """The URL of a database of the test's own, for where commits matter."""
    name = f"own_{next(_NUMBERS)}"
    yield server.clone(name)
    server.drop(name)


@pytest.fixture
def pool(database: str) -> Generator[Pool]:
    """A pool on the test's own database."""
    opened = open_pool(database, size=4)
    yield opened
    opened.close()
