"""Settings whose history is kept: a row for each time that somebody set them, of which the newest counts.

Place in the path: `alarm_thresholds`, `urgency_weights`, `budget` -> here. Whoever sets one or brings one back says which they saw in
force, so that neither a page of before nor the undo of an old toast overwrites what is newer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import N_, _

NOBODY = N_("Nobody")
Id = TypeVar("Id", bound=int)
Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True, slots=True)
class Version(Generic[Id, Value]):
    """What somebody set, or what counts where nobody did."""

    id: Id
    value: Value
    agent: str = NOBODY


@dataclass(frozen=True, kw_only=True, slots=True)
class History(Generic[Id, Value]):
    """One such setting: what counts at `first`, how it is locked and read, and what is told where it is not as somebody thinks.

    `newer` names an %(agent)s.
    """

    first: Version[Id, Value]
    lock: Callable[[Connection], None]
    newest: Callable[[Connection], Version[Id, Value] | None]
    find: Callable[[Connection, Id], Version[Id, Value] | None]
    newer: str
    absent: str
    same: str

    def in_force(self, conn: Connection) -> Version[Id, Value]:
        """Return the version that counts."""
        return self.newest(conn) or self.first

    def replaced(self, conn: Connection, value: Value, *, instead_of: Id | None) -> Version[Id, Value]:
        """Return the version that `value` is to replace, which nobody else changes until the transaction ends.

        `Conflict` where it is not the one that somebody saw (None: whichever), `Refused` where it is the same.
        """
        self.lock(conn)
        before = self.in_force(conn)
        if instead_of is not None and before.id != instead_of:
            raise Conflict(_(self.newer) % {"agent": _(NOBODY) if before is self.first else before.agent})
        if before.value == value:
            raise Refused(_(self.same))
        return before

    def earlier(self, conn: Connection, version_id: Id) -> Value:
        """Return what a version says, be it the one that nobody set; `NotFound` where there is none."""
        found = self.first if version_id == self.first.id else self.find(conn, version_id)
        if found is None:
            raise NotFound(_(self.absent))
        return found.value
