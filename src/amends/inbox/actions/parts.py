"""Keeps one bad row from taking its batch along: what fails together is done in halves, until the bad one stands alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from amends.core.database import Connection, DatabaseError, is_rows_fault
from amends.core.log import logger

log = logger(__name__)

Item = TypeVar("Item")
LONGEST_WORDS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoiled(Generic[Item]):
    """What could not be done, alone either, and why."""

    item: Item
    error: Exception

    @property
    def why(self) -> str:
        """The error in one short line."""
        first = str(self.error).strip().partition("\n")[0]
        return f"{type(self.error).__name__}: {first}"[:LONGEST_WORDS]


def in_parts(conn: Connection, items: Sequence[Item], step: Callable[[Sequence[Item]], None]) -> list[Spoiled[Item]]:
    """Do `step` for all of `items`, in halves where it fails, and return those for which it fails alone.

    What a failed step has written is taken back. Whatever is not the fault of a row (database gone, model missing) comes out.
    """
    try:
        with conn.transaction():
            step(items)
    except Exception as error:
        if not items or not is_rows_fault(error):
            raise
        if len(items) == 1:
            return [_spoiled(items[0], error)]
        half = len(items) // 2
        return [*in_parts(conn, items[:half], step), *in_parts(conn, items[half:], step)]
    return []


def _spoiled(item: Item, error: Exception) -> Spoiled[Item]:
    """Return the item with its error, told to the log; PostgreSQL's own words hold the row, and with it somebody's words."""
    spoiled = Spoiled(item=item, error=error)
    log.error("row_spoiled", words=spoiled.why, exc_info=None if isinstance(error, DatabaseError) else error)
    return spoiled
