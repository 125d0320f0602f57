"""Looks for a word everywhere in the database, bytes read and unpacked."""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress

from psycopg import sql

from amends.core.database import Connection, fetch_values

HEX = re.compile(r"\\\\x((?:[0-9a-f]{2})+)")


def everything(conn: Connection) -> Iterator[tuple[str, str]]:
    """Yield each table with all that stands in it, bytes read and unpacked."""
    for table in fetch_values(conn, "select tablename::text from pg_tables where schemaname = 'public'"):
        for (row,) in conn.execute(sql.SQL("select to_jsonb(t)::text from {} t").format(sql.Identifier(table))):
            yield table, row
            yield from ((table, read) for found in HEX.findall(row) for read in _read(bytes.fromhex(found)))


def _read(content: bytes) -> Iterator[str]:
    yield content.decode("latin-1")
    with suppress(zlib.error):
        yield zlib.decompress(content).decode("utf-8", "replace")


def tables_with(conn: Connection, word: str) -> set[str]:
    return {table for table, content in everything(conn) if word in content.lower()}
