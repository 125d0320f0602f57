"""Imports of customers for tests: a file goes in, is looked over, run and taken back, all within one transaction."""

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from amends.core.database import Connection, fetch_values
from amends.inbox.actions import customer_import, jobs
from amends.inbox.actions.job_kinds import Tools
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.import_mapping import ImportMapping
from amends.inbox.store import import_rows
from amends.inbox.store.imports import Import
from amends.inbox.store.jobs import Job
from tests.cast import NOON
from tests.fakes import FakeClassifier


@dataclass(kw_only=True)
class Importing:
    """Mia imports; `now` is moved by hand."""

    conn: Connection
    agent_id: AgentId | None = None
    now: datetime = field(default=NOON)

    def read(self, content: bytes | str, *, name: str = "people.csv", encoding: str = "") -> Import:
        """Take a file in."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            return customer_import.take_in(self.conn, path, name=name, encoding=encoding, agent_id=self.agent_id, now=self.now)

    def look(self, one: Import, mapping: ImportMapping | None = None, **changed: Any) -> Import:
        """Do a dry run."""
        chosen = replace(mapping or one.mapping, **changed)
        customer_import.look_over(self.conn, one.id, chosen, agent_id=self.agent_id, now=self.now)
        return self._worked(one)

    def run(self, one: Import) -> Import:
        """Do what the dry run found."""
        customer_import.run(self.conn, one.id, agent_id=self.agent_id, now=self.now)
        return self._worked(one)

    def undo(self, one: Import) -> Import:
        """Take the import back."""
        customer_import.undo(self.conn, one.id, agent_id=self.agent_id, now=self.now)
        return self._worked(one)

    def whole(self, content: bytes | str, *, name: str = "people.csv", **changed: Any) -> Import:
        """Take a file in, look it over and run it."""
        return self.run(self.look(self.read(content, name=name), **changed))

    def refused(self, one: Import) -> list[tuple[int, str]]:
        """Return the line and reason of each row that was refused."""
        return [(row.line, row.reason) for row in import_rows.refused(self.conn, one.id, after=0, limit=100)]

    def names(self) -> list[str]:
        """Return the names of all customers."""
        return fetch_values(self.conn, "select name from customers order by id")

    def values(self, query: Any) -> list[Any]:
        """Return the first column of what a query finds."""
        return fetch_values(self.conn, query)

    def portions(self, one: Import) -> Generator[Job]:
        """Do what the dry run found, and yield the job after its beginning and after each portion."""
        customer_import.run(self.conn, one.id, agent_id=self.agent_id, now=self.now)
        yield from self._carried_on()

    def worked(self) -> None:
        """Do what is waiting."""
        for _job in self._carried_on():
            pass

    def _worked(self, one: Import) -> Import:
        self.worked()
        return customer_import.found(self.conn, one.id)

    def _carried_on(self) -> Generator[Job]:
        self.now += timedelta(seconds=1)
        tools = Tools(classifier=FakeClassifier, clock=lambda: self.now)
        while job := jobs.claim(self.conn, now=self.now):
            jobs.carry_on(self.conn, job, tools)
            yield job


def counts(one: Import) -> tuple[int, int, int, int]:
    """Return how many were made, changed, the same, and refused."""
    return one.made, one.changed, one.same, one.refused
