"""Who is who, for benchmarks: new handles, some of them somebody's elsewhere, and a record with many entries.

The handles are rolled back; the entries stay, and what is merged is taken apart again.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from typing import LiteralString

from amends.cli.measuring.customers import HANDLES
from amends.cli.measuring.matching_fit import measured
from amends.cli.measuring.row import Row, compared, limited, seconds, warmed
from amends.core.database import Connection, Pool, connect, execute, fetch_values
from amends.inbox.actions.find_same import find_same
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.actions.unmerge import unmerge
from amends.inbox.rules.ids import AuthorId, CustomerId, MergeId
from amends.inbox.store import customers

BATCH = 50
NEW = 10_000
ROUNDS = 7
PEOPLE = 6_000
LEAST_RIGHT = 0.75
NOW = datetime(2026, 11, 1, tzinfo=UTC)

_NEWCOMERS: LiteralString = """
with new as (
  insert into authors (network, external_id, handle, name)
  select 'bluesky', 'new-' || n, case when n %% 10 = 0 then 'p' || md5((1 + n %% %(people)s) || '-1') else 'n' || md5(n::text) end,
         'Nila Perera ' || n
  from generate_series(1, %(new)s) n returning id, name
), made as (
  insert into customers (name, created_at) select name, now() from new returning id
)
insert into customer_links (author_id, customer_id, basis, created_at)
select a.id, u.id, 'handle', now() from (select id, row_number() over (order by id) as n from new) a
join (select id, row_number() over (order by id) as n from made) u using (n)
"""
_ENTRIES: Sequence[LiteralString] = (
    """
    insert into cases (brand_id, source_id, network, author_id, customer_id, root_external_id, status, preview, language, sentiment,
      urgency, opened_at, last_post_at, customer_posts, unread)
    select 1, 1, 'x', %(author)s, %(id)s, 'much' || n, 'resolved', 'again', 'en', 'negative', 50, now(), now(), 3, false
    from generate_series(1, 400) n
    """,
    """
    insert into posts (source_id, network, external_id, author_id, text, published_at, seen_at, triaged_at, permalink, root_id, route)
    select 1, 'x', 'much-' || n, %(author)s, 'and another thing', now(), now(), now(), '', 'much', 'context' from generate_series(1, 7600) n
    """,
    """
    insert into customer_notes (customer_id, kind, text, at, created_at)
    select %(id)s, 'call', 'Rang about it', now(), now() from generate_series(1, 1500) n
    """,
    """
    insert into purchases (customer_id, kind, name, order_number, bought_at, created_at)
    select %(id)s, 'purchase', 'Flight', 'M-' || n, now(), now() from generate_series(1, 500) n
    """,
)


def identity_rows(pool: Pool, *, people: int) -> list[Row]:
    """Return what it costs to know somebody, to look for the same person elsewhere, and to merge; and what suggestions are worth."""
    return [_lookup(pool, people), _suggesting(pool, people), _merging(pool), *_worth()]


def _lookup(pool: Pool, people: int) -> Row:
    batches = [[AuthorId(1 + (start * 7919 + n * 104_729) % (people * HANDLES)) for n in range(BATCH)] for start in range(200)]
    with pool.transaction() as conn:
        warmed(lambda: customers.of_authors(conn, batches[0]))
        taken = [seconds(lambda batch=batch: customers.of_authors(conn, batch)) * 1000 / BATCH for batch in batches]
    return limited("whose post it is, p50 in batches of 50", product=median(taken), floor=1, unit="ms", at_most=1)


def _suggesting(pool: Pool, people: int) -> Row:
    """Let new handles come, each tenth of them spelled as somebody's elsewhere, and look for all of them."""
    with connect(pool.url) as conn:
        execute(conn, _NEWCOMERS, {"new": NEW, "people": people})
        taken = seconds(lambda: _until_done(conn))
        conn.rollback()
    return limited("suggestions for 10,000 new handles", product=taken, floor=60, unit="s", at_most=60)


def _until_done(conn: Connection) -> None:
    while find_same(conn, now=NOW):
        pass


def _merging(pool: Pool) -> Row:
    """Merge what was written before, in transactions as anybody does: what is changed again and again within one costs more each time."""
    absorbed, survivor = CustomerId(3), CustomerId(2)
    with pool.transaction() as conn:
        _let_write(conn, absorbed)
    taken = [_merge_once(pool, survivor, absorbed) for _ in range(ROUNDS)]
    return limited("merge with 10,000 entries", product=median(taken), floor=200, unit="ms", at_most=200)


def _let_write(conn: Connection, writer: CustomerId) -> None:
    if fetch_values(conn, "select exists (select from cases where root_external_id = 'much1')")[0]:
        return
    [author] = fetch_values(conn, "select min(author_id) from customer_links where customer_id = %(id)s", {"id": writer})
    for statement in _ENTRIES:
        execute(conn, statement, {"author": author, "id": writer})


def _merge_once(pool: Pool, survivor: CustomerId, absorbed: CustomerId) -> float:
    made: list[MergeId] = []
    pair = Pair(survivor_id=survivor, absorbed_id=absorbed)
    taken = seconds(lambda: made.append(_merged(pool, pair))) * 1000
    with pool.transaction() as conn:
        unmerge(conn, made[0], agent_id=None, now=NOW)
    return taken


def _merged(pool: Pool, pair: Pair) -> MergeId:
    with pool.transaction() as conn:
        return merge(conn, pair, agent_id=None, now=NOW)


def _worth() -> list[Row]:
    worth = measured(PEOPLE)
    return [
        compared("suggestions that are right, invented people", product=worth.precision, floor=LEAST_RIGHT, unit="share", at_least=1),
        limited("how far chances are off (ECE), invented people", product=worth.error, floor=0.02, unit="share", at_most=0.02),
    ]
