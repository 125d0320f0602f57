"""A page of a customer's timeline over all channels: the newest of what its kinds return below an entry, by keyset."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Protocol, cast

from amends.core.database import Connection, execute
from amends.core.plugins import discover
from amends.inbox.store import timeline_kinds
from amends.inbox.store.query_words import plan_by_value
from amends.inbox.store.timeline_kinds._entry import Asked, Entry, Place

__all__ = ["Asked", "Entry", "Place", "kinds", "page"]


class TimelineKind(Protocol):
    """A kind of entries, as a file of `timeline_kinds` has it."""

    NAME: str
    rows: Callable[[Connection, Asked], list[Entry]]


@cache
def kinds() -> Mapping[str, TimelineKind]:
    """Return the kinds of entries that there are, by the word that stands for each in addresses."""
    return cast("Mapping[str, TimelineKind]", discover(timeline_kinds))


def page(conn: Connection, asked: Asked, *, only: Sequence[str] = ()) -> list[Entry]:
    """Return the newest `asked.limit` entries of the kinds in `only` (empty: of all), below `asked.after`."""
    plan_by_value(conn)
    execute(conn, "select set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true)")
    wanted = [kind for name, kind in kinds().items() if not only or name in only]
    found = [entry for kind in wanted for entry in kind.rows(conn, asked)]
    execute(conn, "select set_config('enable_bitmapscan', 'on', true), set_config('enable_sort', 'on', true)")
    return sorted(found, key=lambda one: (one.at, one.kind, one.id), reverse=True)[: asked.limit]
