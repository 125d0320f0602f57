"""One real PostgreSQL for the whole run: migrated once as a template; tests roll back, or get a clone where commits matter."""

import gc
import itertools
import logging
import os
from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import structlog
from hypothesis import settings

from amends.core.clock import utc_now
from amends.core.database import Connection, Pool, connect, open_pool
from amends.core.embedded.postgres import EmbeddedPostgres
from tests.accounts import hash_quickly
from tests.cast import NOON, a_source, ada
from tests.databases import Server, quick_place
from tests.desk import Desk
from tests.door import Furnished, furnished_as
from tests.migrated import put_migrated

settings.register_profile("untimed", deadline=None)  # a slow machine is no fault of what is tested
settings.load_profile("untimed")
_NUMBERS = itertools.count(1)
LATELY = timedelta(minutes=5)
LONGEST = (
    "architecture/test_quality.py",
    "faults/test_killed_in_the_flow.py",
    "browser/test_every_screen.py",
    "faults/test_supervisor.py",
    "contract/test_collectors.py",
    "api/test_guards.py",
    "api/test_single_sign_on.py",
    "property/test_a_simulated_year.py",
)
"""Files that take half a minute and more begin first, so that none is left for the end: those that wait beside those that work."""


def pytest_configure(config: pytest.Config) -> None:
    """Look for garbage only once there can be some: while tests are collected it was a fifth of the time.

    Each process of a run begins to collect in another folder, so that it finds compiled what the others were at.
    """
    gc.disable()
    hash_quickly()
    number, of = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if config.args == ["tests"]:
        folders = sorted(str(file.parent) for file in Path(__file__).parent.glob("*/test_*.py"))
        begin = len(folders) * number // of
        config.args = list(dict.fromkeys(folders[begin:] + folders[:begin]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest files begin, and the others follow by name."""
    rank = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (rank.get(item.path, len(rank)), item.path))


def pytest_collection_finish() -> None:
    """Look for garbage from now on, and never again through what was loaded; seldom, since tests leave little and do not last."""
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell why a test had to be run again, although it passed then: where it is a fault of ours, it is seen no other time."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"run again: {report.nodeid}")
        report.toterminal(terminalreporter._tw)


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Generator[Server]:
    """The server of this run, with the migrated database `amends`.

    Not in pytest's own folder: its parent is closed to other accounts anew by each run that starts, and PostgreSQL is `nobody` under root.
    """
    with TemporaryDirectory(prefix="amends-tests-", dir=quick_place(), ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        postgres = EmbeddedPostgres(Path(folder) / "postgres", durable=False)
        put_migrated(postgres, kept=pytestconfig.cache.mkdir("postgres"))
        with postgres as url:
            yield Server(url)


@pytest.fixture(scope="session")
def furnished(server: Server) -> Furnished:
    """A furnished desk at noon, to copy."""
    return furnished_as(server, "furnished", now=NOON)


@pytest.fixture(scope="session")
def _furnished_lately(server: Server) -> Callable[[], Furnished]:
    """Whoever asks gets the newest furnished desk, unless it is too old: to furnish one costs as much as twenty copies."""
    made = list[Furnished]()

    def lately() -> Furnished:
        if not made or utc_now() - made[-1].now > LATELY:
            made.append(furnished_as(server, f"furnished_{next(_NUMBERS)}", now=utc_now()))
        return made[-1]

    return lately


@pytest.fixture(scope="module")
def furnished_now(_furnished_lately: Callable[[], Furnished]) -> Furnished:
    """A furnished desk of this very hour, to copy where a clock that is not ours counts too."""
    return _furnished_lately()


@pytest.fixture(scope="session")
def _steady(server: Server) -> Generator[Callable[[], Connection]]:
    """The one connection of all tests that roll back, since a new one plans every trigger anew; made again where a test closed it."""
    url = server.clone("rolled_back")
    kept = [connect(url)]

    def steady() -> Connection:
        if kept[0].closed:
            kept[0] = connect(url)
        return kept[0]

    yield steady
    kept[0].close()


@pytest.fixture
def conn(_steady: Callable[[], Connection]) -> Generator[Connection]:
    """A connection whose transaction is rolled back at the end: the fast default."""
    connection = _steady()
    yield connection
    if not connection.closed:
        connection.rollback()


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


@pytest.fixture
def desk(conn: Connection) -> Desk:
    """Ada at a desk with one source, in a transaction that is rolled back."""
    return Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn))


@pytest.fixture
def own_logging() -> Generator[None]:
    """Put the run's own logging back afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()
