"""SQL of the ledger: what came from the networks, in its order; appended to, and never changed.

Only a deletion on the network takes entries away, and leaves one without words in their place (`store.withdrawn`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.database import Connection, Jsonb, copy_rows, fetch_all, fetch_one, fetch_values, stream
from amends.inbox.rules.ids import SourceId
from amends.inbox.rules.ways import Way


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One body, compressed, with what it does not say."""

    external_id: str
    body: bytes = field(repr=False)
    facts: dict[str, object] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Came:
    """What entries of one batch share: their number, whose they are, when and how they came."""

    batch: int
    source_id: SourceId
    at: datetime
    way: Way | None
    beside: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """An entry as it is read again; `body` is None where the post is gone and `facts` are all that may remain."""

    batch: int
    source_id: SourceId
    external_id: str
    at: datetime
    way: Way | None
    beside: bool
    body: bytes | None = field(repr=False)
    facts: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceVersion:
    """Who we were on a source from batch `since` on."""

    source_id: SourceId
    since: int
    network: str
    handle: str
    options: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Count:
    n: int


def next_batch(conn: Connection) -> int:
    """Return the number of the next batch; call it with the source locked, so that its batches are in order."""
    [number] = fetch_values(conn, "select nextval('ledger_batches')")
    return int(number)


def copy(conn: Connection, entries: Sequence[Entry], came: Came) -> None:
    """Append a batch."""
    copy_rows(
        conn,
        "copy raw_bodies (source_id, external_id, seen_at, body, batch, place, watch_id, beside, facts) from stdin (format binary)",
        ("int8", "text", "timestamptz", "bytea", "int8", "int2", "int8", "bool", "jsonb"),
        (
            (
                came.source_id,
                entry.external_id,
                came.at,
                entry.body,
                came.batch,
                place,
                came.way,
                came.beside,
                None if entry.facts is None else Jsonb(entry.facts),
            )
            for place, entry in enumerate(entries)
        ),
    )


def count(conn: Connection) -> int:
    """Return how many entries there are."""
    return fetch_one(conn, _Count, "select count(*) as n from raw_bodies").n


def read(conn: Connection) -> Iterator[Kept]:
    """Yield every entry in the order of the ledger, a few at a time in memory."""
    return stream(
        conn,
        Kept,
        """
        select batch, source_id, external_id, seen_at as at, watch_id as way, beside, body, facts from raw_bodies order by batch, place
        """,
    )


def source_versions(conn: Connection) -> list[SourceVersion]:
    """Return who we were on each source, in order."""
    return fetch_all(
        conn,
        SourceVersion,
        """
        select v.source_id, v.since, s.network, v.handle, v.options
        from source_versions v join sources s on s.id = v.source_id order by v.source_id, v.since
        """,
    )
