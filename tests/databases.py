"""Clones of the migrated template: a database of one's own in a tenth of a second."""

import psycopg
from psycopg import sql


class Server:
    """The test run's PostgreSQL; `url` is the migrated template, which nobody writes to."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._admin = url.replace("@/amends?", "@/postgres?")

    def clone(self, name: str) -> str:
        """Return the URL of a new database with the template's tables."""
        self._run(sql.SQL("create database {} template amends").format(sql.Identifier(name)))
        return self.url.replace("@/amends?", f"@/{name}?")

    def drop(self, name: str) -> None:
        """Throw a clone away, with whoever is still connected to it."""
        self._run(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._admin, autocommit=True) as conn:
            conn.execute(statement)
