"""A pool hands out connections that work, and asks none that was used just now whether it does."""

import re
from collections.abc import Generator
from pathlib import Path

import pytest

from amends.core.database import DatabaseError, Pool, connect, execute, fetch_values, open_pool


@pytest.fixture
def pool(database: str) -> Generator[Pool]:
    found = open_pool(database, size=1)
    try:
        yield found
    finally:
        found.close()


def wire_of_two_transactions(pool: Pool, kept: Path) -> str:
    """Return what went over the wire from the first transaction on until after the second."""
    with kept.open("w") as wire:
        with pool.transaction() as conn:
            conn.pgconn.trace(wire.fileno())
        with pool.transaction() as conn:
            fetch_values(conn, "select 1")
            conn.pgconn.untrace()
    return kept.read_text()


def two_of_which_the_second_fails(pool: Pool) -> None:
    with pool.transaction() as conn:
        execute(conn, "insert into told values (2)")
        execute(conn, "insert into told values (1 / 0)")


def test_a_connection_that_was_used_just_now_is_not_asked_whether_it_works(pool: Pool, tmp_path: Path) -> None:
    assert "EmptyQueryResponse" not in wire_of_two_transactions(pool, tmp_path / "wire")


def test_a_connection_that_nobody_used_for_a_while_is_asked(database: str, tmp_path: Path) -> None:
    pool = Pool(database, size=1, fresh=0)
    pool.open()
    try:
        assert "EmptyQueryResponse" in wire_of_two_transactions(pool, tmp_path / "wire")
    finally:
        pool.close()


def test_single_statements_begin_and_end_no_transaction_and_leave_the_next_one_whole(pool: Pool, tmp_path: Path) -> None:
    kept = tmp_path / "wire"
    with kept.open("w") as wire, pool.statements() as conn:
        conn.pgconn.trace(wire.fileno())
        execute(conn, "create table told (id int)")
        execute(conn, "insert into told values (1)")
        with pytest.raises(DatabaseError):
            execute(conn, "insert into told values (1 / 0)")
        conn.pgconn.untrace()
    assert not {"BEGIN", "COMMIT", "ROLLBACK"} & set(re.findall("[A-Z]+", kept.read_text()))
    with pytest.raises(DatabaseError):
        two_of_which_the_second_fails(pool)
    with pool.transaction() as conn:
        assert fetch_values(conn, "select id from told") == [1]


def test_a_connection_that_the_server_hung_up_on_just_now_is_replaced(pool: Pool, database: str) -> None:
    with pool.transaction() as conn:
        [gone] = fetch_values(conn, "select pg_backend_pid()")
    with connect(database) as other:
        assert fetch_values(other, "select pg_terminate_backend(%(pid)s, 60000)", {"pid": gone}) == [True]
    with pool.transaction() as conn:
        assert fetch_values(conn, "select pg_backend_pid()") != [gone]


def test_no_statement_is_compiled_where_the_server_would(database: str) -> None:
    with connect(database) as conn:
        execute(conn, "do $$ begin execute format('alter database %I set jit = on', current_database()); end $$")
    pool = open_pool(database, size=1)
    try:
        with pool.transaction() as conn, connect(database) as other:
            assert [fetch_values(one, "show jit") for one in (conn, other)] == [["off"], ["off"]]
    finally:
        pool.close()
