"""Customers as a file: nobody is left out for what happens while it is written."""

from typing import Any

import psycopg
import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.actions import export_customers
from amends.inbox.actions.customer_record import make
from amends.inbox.rules.export_files import ENDINGS, WRITERS
from amends.inbox.store import exports
from tests.cast import NOON, mia
from tests.importing import Importing


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


def exported(desk: Importing, kind: str) -> str:
    """Return the file of everybody, as the worker writes it."""
    one = export_customers.start(desk.conn, kind=kind, agent_id=desk.agent_id, now=NOON)
    desk.worked()
    piece = exports.next_piece(desk.conn, one.id, after=-1)
    assert piece is not None
    return piece.body


@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_of_ours_taken_in_again_changes_nobody_be_they_without_an_address(conn: Connection, kind: str) -> None:
    desk = Importing(conn=conn, agent_id=mia(conn))
    desk.whole("Name,Email,Tags\nAnn,ann@mail.example,a b;c\nBen,,\nBen,,\nCy,cy@mail.example,\n")
    ids = fetch_values(conn, "select id from customers order by id")
    execute(conn, "update customers set merged_into = %(cy)s where id = %(ann)s", {"cy": ids[3], "ann": ids[0]})
    file = exported(desk, kind)
    execute(conn, "delete from customer_refs")

    again = desk.whole(file, name=f"people.{ENDINGS[kind]}")

    assert (again.made, again.changed, again.same, again.refused) == (0, 0, 3, 0)
    assert fetch_values(conn, "select id from customers order by id") == ids
    assert fetch_values(conn, "select external_id from customer_refs") == []


def test_a_file_that_was_given_out_before_a_merge_finds_who_they_became(conn: Connection) -> None:
    desk = Importing(conn=conn, agent_id=mia(conn))
    desk.whole("Name\nAnn\nBen\n")
    file = exported(desk, "csv")
    first, second = fetch_values(conn, "select id from customers order by id")
    execute(conn, "update customers set merged_into = %(second)s where id = %(first)s", {"first": first, "second": second})

    again = desk.look(desk.read(file))

    assert (again.made, desk.refused(again)) == (0, [(3, "again")])


def test_a_number_that_another_installation_gave_is_nobody_of_ours(conn: Connection) -> None:
    desk = Importing(conn=conn, agent_id=mia(conn))
    desk.whole("Name\nAnn\n")
    file = exported(desk, "csv")
    execute(conn, "update installation set stamp = 'another'")

    assert desk.look(desk.read(file)).made == 1
