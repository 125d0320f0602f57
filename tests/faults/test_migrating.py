"""A start that changes the database, and is killed at it or meets another: the next one finds no lock, and does what is left once."""

import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from amends.core.database import Connection, DatabaseError, connect, execute, fetch_values
from amends.core.migrate import MIGRATES, migrate
from tests.databases import Server
from tests.streamers import until

SLOW = "create table slow_one (id integer);\nselect pg_advisory_xact_lock_shared(7);\n"
AFTER = "-- transactional: false\n-- depends: 0001_slow\ncreate index concurrently slow_one_id on slow_one (id);\n"
OF_ITS_OWN = """
import sys; from pathlib import Path; from amends.core.migrate import migrate
migrate(sys.argv[1], print, folder=Path(sys.argv[2]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two migrations: one that waits while somebody holds lock 7, and one that waits for everybody's snapshots."""
    (tmp_path / "0001_slow.sql").write_text(SLOW)
    (tmp_path / "0002_after.sql").write_text(AFTER)
    return tmp_path


@pytest.fixture
def url(server: Server) -> Generator[str]:
    """A database in which nothing is yet."""
    yield server.clone("migrating", of="template0")
    server.drop("migrating")


@pytest.fixture
def held(url: str) -> Generator[Connection]:
    """A connection that holds lock 7, and looks."""
    with connect(url, autocommit=True) as conn:
        execute(conn, "select pg_advisory_lock(7)")
        yield conn


def _is_at_work(conn: Connection) -> bool:
    return fetch_values(conn, "select count(*) from pg_locks where locktype = 'advisory' and objid = 7 and not granted") == [1]


def _migrators(conn: Connection) -> list[int]:
    return fetch_values(conn, "select pid from pg_stat_activity where application_name = %(name)s", {"name": MIGRATES})


def test_a_lock_that_was_left_behind_keeps_nobody_out(url: str, folder: Path) -> None:
    migrate(url, print, folder=folder)
    with connect(url, autocommit=True) as conn:
        execute(conn, "insert into yoyo_lock (locked, ctime, pid) values (1, now(), 1)")
    (folder / "0003_next.sql").write_text("-- depends: 0002_after\ncreate table next_one ()")

    assert migrate(url, print, folder=folder) == ["0003_next"]
    assert migrate(url, print, folder=folder) == []


def test_of_two_starts_one_waits_and_says_so_and_keeps_the_other_from_nothing(url: str, folder: Path, held: Connection) -> None:
    said = list[str]()
    with ThreadPoolExecutor() as pool:
        one = pool.submit(migrate, url, said.append, folder=folder)
        assert until(lambda: _is_at_work(held))
        another = pool.submit(migrate, url, said.append, folder=folder)
        assert until(lambda: bool(said))
        execute(held, "select pg_advisory_unlock(7)")

        assert one.result() == ["0001_slow", "0002_after"]
        assert another.result() == []
    assert said == ["Another start brings the database up to date; waiting for it."]


def test_what_a_killed_start_was_at_is_ended_and_done_by_the_next(url: str, folder: Path, held: Connection) -> None:
    with subprocess.Popen([sys.executable, "-c", OF_ITS_OWN, url, folder]) as start:
        assert until(lambda: _is_at_work(held))
        start.kill()
    assert _is_at_work(held)  # PostgreSQL goes on with the statement of whoever died
    (folder / "0001_slow.sql").write_text("create table slow_one (id integer)")

    assert migrate(url, print, folder=folder) == ["0001_slow", "0002_after"]
    assert until(lambda: not _migrators(held))  # a session ends some moments after its connection


def test_a_migration_that_cannot_be_noted_is_not_there_either(url: str, folder: Path, tmp_path: Path) -> None:
    (nothing := tmp_path / "none").mkdir()
    migrate(url, print, folder=nothing)
    with connect(url, autocommit=True) as conn:
        execute(conn, "alter table _yoyo_migration add check (migration_id <> '0001_slow')")
        with pytest.raises(DatabaseError):
            migrate(url, print, folder=folder)

        assert fetch_values(conn, "select to_regclass('slow_one')") == [None]
