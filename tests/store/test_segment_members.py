"""Whom a segment finds comes by the indices, the newest first, also where there are few among many."""

from collections.abc import Generator
from typing import LiteralString

import pytest

from amends.core.database import Connection, connect, execute, fetch_values
from amends.inbox.actions.segments import asked
from amends.inbox.rules.asking import Asker
from amends.inbox.store import segment_members
from amends.inbox.store.customer_pieces import FROM
from amends.inbox.store.customer_sql import Condition
from tests.cast import NOON
from tests.databases import Server

MANY = """
insert into customers (name, created_at, loyalty_number, tags)
select 'C ' || n, now(), case when n %% 9 = 0 then 'LA' || n else '' end, case when n %% 1000 = 1 then '{rare}'::text[] else '{}' end
from generate_series(1, %(n)s) n
"""
FACTS = """
insert into customer_facts (customer_id, risk, signals, counted_at)
select id, case when id % 50 = 0 then 'high' else 'none' end, '{}', now() from customers
"""

PURCHASES = """
insert into purchases (customer_id, kind, name, order_number, amount, currency, bought_at, created_at)
select id, 'purchase', 'Fibre', '', id % 500, 'EUR', now() - id * interval '1 hour', now() from customers
"""


@pytest.fixture(scope="module")
def crowd(server: Server) -> Generator[Connection]:
    """Twenty thousand customers, of whom a few hundred may leave, in a database whose statistics are of them alone."""
    conn = connect(server.clone("segment_members"))
    execute(conn, MANY, {"n": 20_000})
    execute(conn, FACTS)
    execute(conn, PURCHASES)
    execute(conn, "analyze customers, customer_facts, purchases")
    conn.commit()
    yield conn
    conn.close()
    server.drop("segment_members")


@pytest.fixture
def many(crowd: Connection) -> Generator[Connection]:
    """The crowd, for a test that rolls back."""
    yield crowd
    crowd.rollback()


def _asked(conn: Connection, text: str) -> Condition:
    return asked(conn, text, Asker(agent_id=0, now=NOON))


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("risk:high", "Index Only Scan using customer_facts_risk"),
        ("loyalty:ZZ9", "customers_loyalty_begins"),
        ("amount:>=499 tag:rare", "purchases_amount"),
        ("amount:>498", "purchases_amount"),
        ("-amount:>=1", "Anti Join"),
        ("-has:purchase tag:rare", "Anti Join"),
    ],
)
def test_who_may_leave_who_has_a_number_and_who_paid_much_or_never_is_found_by_the_index(many: Connection, text: str, index: str) -> None:
    found = _asked(many, text)
    execute(many, "select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)")
    query: LiteralString = "explain select u.id" + FROM + "where " + found.sql  # noqa: S608 - literals of ours
    assert index in "\n".join(fetch_values(many, query, found.params))


@pytest.mark.parametrize("text", ["tag:rare", "risk:high", "risk:high -tag:rare", "risk:none tag:rare"])
def test_the_newest_are_the_same_whether_met_on_the_way_or_gathered(many: Connection, text: str) -> None:
    met, gathered = (segment_members.page(many, _asked(many, text), limit=7, walked=walked) for walked in (20_000, 1))
    assert [one.id for one in met.members] == sorted((one.id for one in met.members), reverse=True)
    assert len(met.members) == 7
    assert gathered == met


@pytest.mark.parametrize(("text", "fit"), [("-purchases:>=1", 0), ("tag:rare", 20)])
def test_what_no_index_tells_is_looked_for_a_part_of_the_customers_a_page_until_the_last(many: Connection, text: str, fit: int) -> None:
    found, below, pages = list[int](), None, 0
    while pages == 0 or below is not None:
        page = segment_members.page(many, _asked(many, text), below=below, walked=5_000, dear=0)
        found, below, pages = [*found, *(one.id for one in page.members)], page.below, pages + 1
    assert (len(found), pages) == (fit, 5)
    assert found == sorted(set(found), reverse=True)
