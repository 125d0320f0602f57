"""Clones of the migrated template: a database of one's own in a tenth of a second."""

import os
import shutil
from pathlib import Path

import psycopg
from psycopg import sql

MEMORY = Path("/dev/shm")  # noqa: S108 - a place, not a file with a name that others can guess
ENOUGH = 2_000_000_000


def quick_place() -> str | None:
    """Return a folder in memory where there is room for the run's data, None where the usual one must do.

    A clone has a thousand files, which cost a disk twenty times what they cost there.
    """
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ENOUGH:
        return None
    return None if os.statvfs(MEMORY).f_flag & os.ST_NOEXEC else str(MEMORY)


class Server:
    """The test run's PostgreSQL; `url` is the migrated template, which nobody writes to."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._admin = url.replace("@/amends?", "@/postgres?")

    def clone(self, name: str, *, of: str = "amends") -> str:
        """Return the URL of a new database like `of`; copying its files costs a tenth of writing each of its pages to the log."""
        made = sql.SQL("create database {} template {} strategy file_copy").format(sql.Identifier(name), sql.Identifier(of))
        self._run(made)
        return self.url.replace("@/amends?", f"@/{name}?")

    def drop(self, name: str) -> None:
        """Throw a clone away, with whoever is still connected to it."""
        self._run(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._admin, autocommit=True) as conn:
            conn.execute(statement)
