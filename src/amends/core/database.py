"""The one door to PostgreSQL: a pool, transactions, and queries that come back as frozen dataclasses.

Nothing else imports psycopg. SQL is a literal at the call (`LiteralString`), values are named parameters.
"""

import select
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, LiteralString, TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import psycopg
from psycopg import sql
from psycopg.rows import class_row, tuple_row
from psycopg.types.json import Jsonb
from psycopg.types.numeric import Int4, Int4BinaryDumper, Int4Dumper, Int8, IntBinaryDumper, IntDumper
from psycopg_pool import ConnectionPool

from amends.core.errors import AmendsError, Refused, SettingsWrong
from amends.core.translating import _

FRESH = 5
"""For so many seconds after a transaction a connection is taken to be there, unless it says otherwise."""
Row = TypeVar("Row")
Params = Mapping[str, Any]
Connection = psycopg.Connection[Any]
DatabaseError = psycopg.Error
DatabaseGone = psycopg.OperationalError
QueryCanceled = psycopg.errors.QueryCanceled
UniqueViolation = psycopg.errors.UniqueViolation
_OF_A_ROW = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded, psycopg.errors.StatementTooComplex)

OPTIONS = "-c timezone=UTC -c jit=off"
"""How each of our connections is set. Compiling one of our statements takes longer than running it, seconds where it looks dear."""

PREPARED = 300
"""So many statements each connection of a pool keeps prepared, of 110 kB each at the server.

What an agent reads asks a hundred different ones, once more for other types and scopes; of psycopg's 100 each would be planned anew.
"""
BigInt = Int8
"""A number that is bigint to PostgreSQL however small it is, where a statement shall be prepared once and not for each size of number."""

__all__ = [
    "BigInt",
    "Connection",
    "DatabaseError",
    "DatabaseGone",
    "Jsonb",
    "Params",
    "Pool",
    "QueryCanceled",
    "UniqueViolation",
    "connect",
    "copy_rows",
    "database_beside",
    "execute",
    "fetch_all",
    "fetch_binary",
    "fetch_maybe",
    "fetch_one",
    "fetch_values",
    "is_rows_fault",
    "listen",
    "open_pool",
    "snapshot",
    "stream",
]


class _Int(IntBinaryDumper):
    """Sends small numbers as integer, not as smallint: else a statement is prepared once for ids below 32,768 and once for others."""

    _int2_dumper = Int4BinaryDumper(Int4)  # pyrefly: ignore[bad-override] - as psycopg does it for numbers of other sizes


class _IntInList(IntDumper):
    """Does the same for lists, which go out as text."""

    _int2_dumper = Int4Dumper(Int4)  # pyrefly: ignore[bad-override]


psycopg.adapters.register_dumper(int, _IntInList)
psycopg.adapters.register_dumper(int, _Int)


class Pool:
    """A pool of connections; `transaction()` or `statements()` gives one, or raises `DatabaseGone` after `patience` seconds without.

    A connection that was used less than `fresh` seconds ago is not asked whether it works, unless the server has said something.
    What somebody entered and PostgreSQL cannot keep (a NUL character, a key of kilobytes) comes out as `Refused`.
    """

    def __init__(self, url: str, *, size: int = 8, patience: float = 5, fresh: float = FRESH) -> None:
        self.url = url
        self._fresh = fresh
        self._stamp: Callable[[Connection], object] | None = None
        self._used: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()
        self._pool = ConnectionPool(
            url,
            min_size=1,
            max_size=size,
            timeout=patience,
            open=False,
            check=self._check,
            kwargs={"options": OPTIONS},
            configure=_keep_prepared,
        )

    def open(self, timeout: float = 30) -> None:
        """Open the pool; `SettingsWrong` where the database does not answer within `timeout` seconds."""
        self._pool.open()
        try:
            self._pool.wait(timeout)
        except psycopg.OperationalError as error:
            self._pool.close()
            raise SettingsWrong(f"PostgreSQL does not answer: {error}") from error

    def close(self) -> None:
        """Give every connection back to the server."""
        self._pool.close()

    @contextmanager
    def transaction(self) -> Generator[Connection]:
        """Yield a connection in a transaction: committed at the end, rolled back on any error."""
        with _unstorable_is_refused(), self._pool.connection() as conn:
            if self._stamp:
                self._stamp(conn)
            yield conn
            self._used[conn] = time.monotonic()

    @contextmanager
    def statements(self) -> Generator[Connection]:
        """Yield a connection on which each statement stands for itself, without the two trips that begin and end a transaction."""
        with _unstorable_is_refused(), self._pool.connection() as conn:
            conn.autocommit = True
            try:
                yield conn
                self._used[conn] = time.monotonic()
            finally:
                if not conn.closed:
                    conn.autocommit = False

    def stamped(self, stamp: Callable[[Connection], object]) -> "Pool":
        """Return the same pool, each of whose transactions begins with `stamp`."""
        found = copy(self)
        found._stamp = stamp  # noqa: SLF001
        return found

    def _check(self, conn: Connection) -> None:
        """Raise `DatabaseGone` where the server is gone; it is asked, by three trips, where nobody has used the connection for a while."""
        is_fresh = time.monotonic() - self._used.get(conn, 0) < self._fresh
        if not is_fresh or _has_news(conn):
            ConnectionPool.check_connection(conn)


def _has_news(conn: Connection) -> bool:
    """Tell whether something came that nobody asked for, as from a server that hangs up."""
    socket = select.poll()
    socket.register(conn.fileno(), select.POLLIN)
    return bool(socket.poll(0))


def _keep_prepared(conn: Connection) -> None:
    conn.prepared_max = PREPARED


@contextmanager
def _unstorable_is_refused() -> Generator[None]:
    try:
        yield
    except psycopg.errors.ProgramLimitExceeded as error:
        raise Refused(_("One of the values is far too long to be kept.")) from error
    except psycopg.DataError as error:
        if "NUL" not in str(error):
            raise
        raise Refused(_("One of the values holds a character that cannot be kept (NUL).")) from error


def open_pool(url: str, *, size: int = 8, timeout: float = 30, patience: float = 5) -> Pool:
    """Return an open pool of at most `size` connections."""
    pool = Pool(url, size=size, patience=patience)
    pool.open(timeout)
    return pool


def connect(url: str, *, autocommit: bool = False) -> Connection:
    """Return one connection outside any pool (migrations, tests, benches)."""
    return psycopg.connect(url, autocommit=autocommit, options=OPTIONS)


@contextmanager
def snapshot(url: str) -> Generator[Connection]:
    """Yield a connection that only reads, and sees the database as it was at its first query, whatever is stored meanwhile."""
    with psycopg.connect(url, options=OPTIONS) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.read_only = True
        yield conn


@contextmanager
def database_beside(url: str, name: str, *, keep: bool = False) -> Generator[str]:
    """Yield the URL of a new, empty database on the same server; it is gone at the end unless we `keep` it. `Refused` where we may not."""
    with psycopg.connect(url, autocommit=True) as conn:
        try:
            conn.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.DuplicateDatabase) as error:
            raise Refused(_("PostgreSQL makes us no database %(name)s: %(error)s") % {"name": name, "error": error}) from error
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        if not keep:
            with psycopg.connect(url, autocommit=True) as conn:
                conn.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def fetch_all(conn: Connection, row: type[Row], query: LiteralString, params: Params | None = None) -> list[Row]:
    """Return every row of `query` as a `row`."""
    with conn.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(query, params).fetchall()


def fetch_maybe(conn: Connection, row: type[Row], query: LiteralString, params: Params | None = None) -> Row | None:
    """Return the first row of `query`, or None."""
    with conn.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(query, params).fetchone()


def fetch_one(conn: Connection, row: type[Row], query: LiteralString, params: Params | None = None) -> Row:
    """Return the only row of `query`; LookupError where there is none."""
    found = fetch_maybe(conn, row, query, params)
    if found is None:
        raise LookupError(query)
    return found


def fetch_values(conn: Connection, query: LiteralString, params: Params | None = None) -> list[Any]:
    """Return the first column of every row."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return [values[0] for values in cursor.execute(query, params)]


def fetch_binary(conn: Connection, query: LiteralString, params: Params | None = None) -> list[tuple[Any, ...]]:
    """Return the rows of `query`, whose values come without the detour over text: for long ones of `bytea`."""
    with conn.cursor(binary=True, row_factory=tuple_row) as cursor:
        return cursor.execute(query, params).fetchall()


def stream(conn: Connection, row: type[Row], query: LiteralString) -> Generator[Row]:
    """Yield every row of `query` as a `row`, however many there are: the server keeps them and sends some at a time."""
    with conn.cursor(name="stream", row_factory=class_row(row)) as cursor:
        cursor.itersize = 1_000
        yield from cursor.execute(query)


def execute(conn: Connection, query: LiteralString, params: Params | None = None) -> int:
    """Run `query` and return how many rows it touched."""
    with conn.cursor() as cursor:
        return cursor.execute(query, params).rowcount


def copy_rows(conn: Connection, query: LiteralString, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Stream `rows` into `query` (a `COPY … FROM STDIN (FORMAT BINARY)`), whose columns have the PostgreSQL `types`."""
    with conn.cursor() as cursor, cursor.copy(query) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def is_rows_fault(error: Exception) -> bool:
    """Tell whether what was to be stored is to blame: not the server, the schema, the moment, or a refusal of our own."""
    return isinstance(error, _OF_A_ROW) or not isinstance(error, psycopg.Error | AmendsError | MemoryError)


def listen(url: str, channel: LiteralString, *, timeout: float) -> Generator[str | None]:
    """Yield None as soon as we listen, then the payload of each notification on `channel`, and None after each silence of `timeout` s."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
        yield None
        while True:
            heard = False
            for notification in conn.notifies(timeout=timeout, stop_after=1):
                heard = True
                yield notification.payload
            if not heard:
                yield None
