"""Brings the database to the shape this version needs: the plain SQL files of `core/migrations`, run by yoyo, each once.

One start at a time does so. Yoyo marks that by a row, which a start that is killed leaves behind; so we hold an advisory lock, which goes
with its session however the process ends. It has a connection of its own, on which nothing is open: `create index concurrently` in a
migration waits for every snapshot there is.
"""

import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from yoyo import get_backend, read_migrations

from amends.core.database import Connection, connect, fetch_values

FOLDER = Path(__file__).parent / "migrations"
PAUSE = 0.25
MIGRATES = "amends-migrates"
"""By this name PostgreSQL knows the sessions that change the database."""


def _yoyo_url(database_url: str) -> str:
    """Yoyo picks its driver by scheme: psycopg 3 is `postgresql+psycopg`."""
    scheme, rest = database_url.split("://", 1)
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else database_url


@contextmanager
def _backend(database_url: str) -> Generator[Any]:
    """Yield yoyo's backend, and close its connection, which yoyo leaves open."""
    backend = get_backend(_yoyo_url(database_url))
    try:
        yield backend
    finally:
        backend.connection.close()


def pending(database_url: str) -> list[str]:
    """Return the names of the migrations that are not applied yet, in order."""
    with _backend(database_url) as backend:
        return [migration.id for migration in backend.to_apply(read_migrations(str(FOLDER)))]


def migrate(database_url: str, say: Callable[[str], object], *, folder: Path = FOLDER) -> list[str]:
    """Apply what is pending, each file in its own transaction, and return the names. Two at once wait for each other, and `say` so."""
    with _alone(database_url, say), _backend(_named(database_url)) as backend:
        backend.break_lock()
        with backend.lock():  # which a start of a version before this one looks at
            todo = backend.to_apply(read_migrations(str(folder)))
            for migration in todo:
                _apply(backend, migration)
    return [migration.id for migration in todo]


def _named(database_url: str) -> str:
    return f"{database_url}{'&' if '?' in database_url else '?'}application_name={MIGRATES}"


def _apply(backend: Any, migration: Any) -> None:
    """Run a migration, and note so in the same transaction: whoever is killed leaves both or neither."""
    if migration.use_transactions:
        with backend.transaction():
            _run(backend, migration)
    else:
        _run(backend, migration)


def _run(backend: Any, migration: Any) -> None:
    migration.process_steps(backend, "apply")
    backend.log_migration(migration, "apply")
    backend.mark_one(migration, log=False)


@contextmanager
def _alone(database_url: str, say: Callable[[str], object]) -> Generator[None]:
    """Hold the lock of all starts on this database.

    It is asked for again and again, since whoever waits inside a statement has a snapshot, which the migration may be waiting for.
    """
    with closing(connect(database_url, autocommit=True)) as conn:
        if not _taken(conn):
            say("Another start brings the database up to date; waiting for it.")
            while not _taken(conn):
                time.sleep(PAUSE)
        _end_orphans(conn)
        yield


def _taken(conn: Connection) -> bool:
    return bool(fetch_values(conn, "select pg_try_advisory_lock(hashtextextended('migrate', 0))")[0])


def _end_orphans(conn: Connection) -> None:
    """End what a start that was killed left at work: PostgreSQL sees that nobody waits for a statement only once it is done."""
    fetch_values(
        conn,
        """
        select pg_terminate_backend(pid, 10000) from pg_stat_activity
        where application_name = %(name)s and datname = current_database() and usename = current_user
        """,
        {"name": MIGRATES},
    )
