"""Customers as a file: nobody is left out for what happens while it is written."""

from typing import Any

import psycopg

from amends.core.database import Connection, execute
from amends.inbox.actions import export_customers
from amends.inbox.actions.customer_record import make
from tests.cast import NOON, mia


def test_who_is_merged_away_while_a_piece_is_written_does_not_end_the_file(conn: Connection) -> None:
    first, second, third = (make(conn, name=name, by=mia(conn), now=NOON) for name in ("Ada", "Bela", "Cyra"))
    one = export_customers.start(conn, kind="csv", which="since:>=2020-01-01", agent_id=mia(conn), now=NOON)

    class MergedMeanwhile(psycopg.Cursor[Any]):
        def execute(self, query: Any, *given: Any, **more: Any) -> Any:
            if "from customers c " in query:
                conn.cursor_factory = psycopg.Cursor
                execute(conn, "update customers set merged_into = %(second)s where id = %(first)s", {"first": first, "second": second})
            return super().execute(query, *given, **more)

    conn.cursor_factory = MergedMeanwhile
    people = export_customers.people_after(conn, one, after=first - 1, limit=2, now=NOON)

    assert [person.id for person in people] == [second, third]
