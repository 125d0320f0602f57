"""The pages of a list, whatever is asked: each case that fits once, in order, also where few fit among thousands."""

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.rules.views import Marker, Sort
from amends.inbox.store import inbox_list, matching
from tests.cast import NOON, a_post, a_source, ada
from tests.desk import Desk

COPIES = """
insert into cases (brand_id, source_id, network, author_id, customer_id, root_external_id, status, preview, language, sentiment, urgency,
                   opened_at, last_post_at, waiting_since, due_at, resolved_at, customer_posts)
select c.brand_id, c.source_id, c.network, c.author_id, c.customer_id, s.status || n, s.status, c.preview,
       case when mod(n, s.one_of) = 0 then 'ta' else 'en' end, c.sentiment, mod(n, 100), c.opened_at, c.last_post_at - n * s.apart,
       case when s.status = 'open' then c.last_post_at + n * s.apart end,
       case when s.status = 'open' then c.last_post_at + n * s.apart end,
       case when s.status = 'resolved' then c.last_post_at end, 1
from cases c, (values ('resolved', 6000, 60, interval '1 second'), ('open', 200, 2, interval '31 seconds')) s(status, n_of, one_of, apart),
     generate_series(1, s.n_of) n
"""


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("asked", ["lang:ta", "status:open,resolved lang:ta"])
def test_no_case_is_left_out_where_one_status_has_many_that_do_not_fit(conn: Connection, sort: Sort, asked: str) -> None:
    desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn))
    desk.hear(a_post())
    execute(conn, COPIES, {})
    asker, query = Asker(agent_id=desk.agent_id, now=NOON, scope=EVERYTHING), parse(asked)
    seen, after = list[int](), None
    while rows := inbox_list.page(conn, query, sort, asker, after=after, limit=50):
        seen += [row.id for row in rows]
        after = Marker.read(str(inbox_list.marker_of(rows[-1], sort)), sort)
    assert len(seen) == 200
    assert sorted(seen) == sorted(fetch_values(conn, "select id from cases where language = 'ta'"))


MANY = """
with made as (
  insert into authors (network, external_id, handle, name) select 'x', 'many' || n, 'tern_' || n, '' from generate_series(1, 2100) n
  returning id
), people as (
  insert into customers (name, created_at) select 'Perera ' || n, now() from generate_series(1, 2100) n returning id
)
insert into cases (brand_id, source_id, network, author_id, customer_id, root_external_id, status, preview, language, sentiment, urgency,
                   opened_at, last_post_at, customer_posts)
select c.brand_id, c.source_id, c.network, m.id, p.id, 'many' || m.n, 'resolved', c.preview, c.language, c.sentiment, 1, c.opened_at,
       c.last_post_at, 1
from cases c, (select id, row_number() over (order by id) as n from made) m
join (select id, row_number() over (order by id) as n from people) p using (n)
"""
ASKED = [("@tern_", 2100), ("customer:perera", 2100), ("-@tern_", 1), ("-customer:perera", 1), ("@tern_210", 2)]


@pytest.mark.parametrize(("asked", "n"), ASKED)
def test_who_is_asked_for_by_a_part_of_the_name_is_found_however_many_they_are(conn: Connection, asked: str, n: int) -> None:
    desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn))
    desk.hear(a_post())
    execute(conn, MANY, {})
    asker = Asker(agent_id=desk.agent_id, now=NOON, scope=EVERYTHING)
    assert matching.count_of(conn, parse(asked), asker, most=5_000) == n
    assert len(inbox_list.page(conn, parse(asked), Sort.NEWEST, asker, limit=5_000)) == n
