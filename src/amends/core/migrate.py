"""Brings the database to the shape this version needs: the plain SQL files of `core/migrations`, run by yoyo, each once."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yoyo import get_backend, read_migrations

FOLDER = Path(__file__).parent / "migrations"


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


def migrate(database_url: str) -> list[str]:
    """Apply what is pending, each file in its own transaction, and return the names. Two at once wait for each other."""
    with _backend(database_url) as backend, backend.lock():
        todo = backend.to_apply(read_migrations(str(FOLDER)))
        backend.apply_migrations(todo)
    return [migration.id for migration in todo]
