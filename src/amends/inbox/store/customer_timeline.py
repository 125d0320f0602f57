"""A page of a customer's timeline over all channels: the newest of what its kinds return below an entry, by keyset."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import LiteralString, Protocol, cast

from amends.core.database import Connection, execute, fetch_all
from amends.core.plugins import discover
from amends.inbox.rules.rights import Scope
from amends.inbox.store import timeline_kinds
from amends.inbox.store.timeline_kinds._entry import Asked, Entry, Place

__all__ = ["Asked", "Entry", "Place", "kinds", "page"]


class TimelineKind(Protocol):
    """A kind of entries, as a file of `timeline_kinds` has it."""

    NAME: str
    rows: Callable[[Scope], LiteralString]


@cache
def kinds() -> Mapping[str, TimelineKind]:
    """Return the kinds of entries that there are, by the word that stands for each in addresses."""
    return cast("Mapping[str, TimelineKind]", discover(timeline_kinds))


def page(conn: Connection, asked: Asked, *, only: Sequence[str] = ()) -> list[Entry]:
    """Return the newest `asked.limit` entries of the kinds in `only` (empty: of all), below `asked.after`."""
    wanted: dict[str, LiteralString] = {name: kind.rows(asked.scope) for name, kind in kinds().items() if not only or name in only}
    each: LiteralString = ") union all (".join(wanted.values())
    query: LiteralString = "select * from ((" + each + ')) timeline order by at desc, kind collate "C" desc, id desc limit %(limit)s'
    with _by_the_indices(conn):
        return fetch_all(conn, Entry, query, asked.params(wanted))


@contextmanager
def _by_the_indices(conn: Connection) -> Generator[None]:
    """Plan once for whomever it is: each kind is read through its index, the newest first, of a few entries as of 50,000.

    To plan it anew for each customer took longer than to read all that is shown.
    """
    execute(
        conn,
        """
        select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_bitmapscan', 'off', true),
               set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)
        """,
    )
    yield
    execute(
        conn,
        """
        select set_config('plan_cache_mode', 'auto', true), set_config('enable_bitmapscan', 'on', true),
               set_config('enable_seqscan', 'on', true), set_config('enable_sort', 'on', true)
        """,
    )
