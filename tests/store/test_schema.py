"""The migrated database itself."""

from amends.core.database import Connection, fetch_values


def test_every_table_of_the_path_is_there(conn: Connection) -> None:
    tables = set(fetch_values(conn, "select tablename::text from pg_tables where schemaname = 'public'"))

    assert {"sources", "watches", "posts", "verdicts", "cases", "episodes", "replies", "follow_ups", "alerts", "events"} <= tables
