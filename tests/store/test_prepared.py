"""What is asked again and again is planned once, on each connection of a pool."""

from typing import LiteralString

from amends.core.database import Connection, fetch_all, fetch_values, open_pool
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.views import Sort, View, query_of_view
from amends.inbox.store import inbox_list
from amends.inbox.store.agent_list import AgentRow
from tests.desk import Desk

ASKED_AGAIN: LiteralString = "select id, name, role from agents where id = %(id)s"
DIFFERENT = 200


def test_a_connection_keeps_what_all_screens_together_ask(database: str) -> None:
    pool = open_pool(database, size=1)
    try:
        with pool.transaction() as conn:
            for _ in range(6):
                for n in range(DIFFERENT):
                    fetch_all(conn, AgentRow, ASKED_AGAIN + " " * n, {"id": 1})
            kept = fetch_values(conn, "select statement from pg_prepared_statements where statement like '%from agents where id%'")
        assert len(kept) == DIFFERENT
    finally:
        pool.close()


def test_ids_of_any_size_and_lists_of_them_ask_one_statement(conn: Connection) -> None:
    for _ in range(6):
        for some in ([1], [40_000], [7, 40_000], [-1]):
            fetch_values(conn, "select id from agents where id = any(%(ids)s) or id = %(id)s", {"ids": some, "id": some[0]})
    kept = fetch_values(conn, "select parameter_types::text from pg_prepared_statements where statement like '%agents where id = any(%'")
    assert kept == ["{integer[],integer}"]


def test_the_page_of_a_view_is_asked_with_its_statuses_and_numbers_in_the_text_so_that_it_is_planned_once(desk: Desk) -> None:
    asker = Asker(agent_id=desk.agent_id, now=desk.now, scope=Scope(teams=(1,)))
    for _ in range(20):
        inbox_list.page(desk.conn, query_of_view(View.OPEN), Sort.NEWEST, asker)
    walks = "select parameter_types::text from pg_prepared_statements where statement like '%cross join lateral%'"
    assert sorted(fetch_values(desk.conn, walks)) == ["{integer[]}", "{}"]
