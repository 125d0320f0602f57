"""SQL of prototypes: the sentences that came with Amends."""

from collections.abc import Sequence
from dataclasses import dataclass

from amends.core.database import Connection, execute, fetch_all, fetch_values


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadPrototype:
    """A prototype as an encoder reads it."""

    kind: str
    text: str
    embedding: bytes


def is_any(conn: Connection) -> bool:
    """Return whether the prototypes are there."""
    return bool(fetch_values(conn, "select exists (select from prototypes)")[0])


def insert(conn: Connection, *, kinds: Sequence[str], texts: Sequence[str]) -> None:
    """Store prototypes that are not there yet."""
    execute(
        conn,
        """
        insert into prototypes (kind, text) select kind, text from unnest(%(kinds)s::text[], %(texts)s::text[]) given(kind, text)
        on conflict (text) do nothing
        """,
        {"kinds": list(kinds), "texts": list(texts)},
    )


def texts(conn: Connection) -> list[str]:
    """Return what the prototypes say."""
    return fetch_values(conn, "select text from prototypes order by id")


def read_by(conn: Connection, *, encoder: str) -> list[ReadPrototype]:
    """Return the prototypes that `encoder` has read, in the order they came."""
    return fetch_all(
        conn,
        ReadPrototype,
        "select kind, text, embedding from prototypes where encoder = %(encoder)s and embedding is not null order by id",
        {"encoder": encoder},
    )
