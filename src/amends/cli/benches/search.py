"""Searching: the page as it is fetched while one types, and words in the inbox's list, class by class, against the bare index."""

from collections.abc import Mapping
from urllib.parse import urlencode

import httpx

from amends.cli.measuring.desks import desk_of
from amends.cli.measuring.inbox import POSTS_A_CASE, settle
from amends.cli.measuring.row import Row, Timed, limited, tail, warmed
from amends.cli.measuring.web import browsing
from amends.cli.running.installation import say
from amends.core.clock import utc_now
from amends.core.database import Connection, connect, fetch_values
from amends.inbox.actions.search_index import read_batch
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.search_words import sought
from amends.inbox.rules.views import Sort
from amends.inbox.store import inbox_list, search_index

FULL = 100_000
ROUNDS = 60
BATCH = 2_000
AT_MOST = 100
WORKLOAD = f"cases with {POSTS_A_CASE} posts each, all read; 99th percentile of {ROUNDS} answers against the index asked for the same words"
LIST = {"HX-Request": "true", "HX-Target": "results"}
CLASSES: Mapping[str, Mapping[str, str]] = {
    "common word": {"q": "nobody"},
    "pair": {"q": "flight answers"},
    "pair that only few have": {"q": "parcel 7777"},
    "phrase": {"q": '"nobody answers and"'},
    "rare": {"q": "17777"},
    "beginning of a word": {"q": "cance"},
    "none": {"q": "zyxomma"},
    "author": {"q": "@handle17777"},
    "part of a handle": {"q": "ndle1777"},
    "filtered": {"q": "flight", "lang": "kn", "network": "bluesky"},
    "filtered by what there is not": {"q": "flight", "kind": "note"},
}
LISTS: Mapping[str, str] = {
    "list, common word": "nobody",
    "list, common word among few": 'nobody lang:kn reason:"legal threat" mood:positive network:bluesky',
    "list, rare": "status:open 17777",
    "list, none": "zyxomma",
}


def run(url: str, *, full: int = FULL) -> list[Row]:
    """Return what searching costs at `full` cases."""
    large = desk_of(url, cases=full)
    with connect(large) as conn:
        _read_all(conn)
        conn.commit()
        with browsing(large) as client:
            rows = [_page(client, conn, name, asked) for name, asked in CLASSES.items()]
        return [*rows, *(_list(conn, name, text) for name, text in LISTS.items()), _size(conn)]


def _read_all(conn: Connection) -> None:
    """Read what waits, as the worker does."""
    if not search_index.is_behind(conn):
        return
    say("reading what is searched")
    while read_batch(conn, limit=BATCH):
        conn.commit()
    with connect(conn.info.dsn, autocommit=True) as other:
        settle(other)


def _page(client: httpx.Client, conn: Connection, name: str, asked: Mapping[str, str]) -> Row:
    address = "/search?" + urlencode(asked)
    return _row(name, lambda: client.get(address, headers=LIST).raise_for_status(), _bare(conn, asked["q"]))


def _list(conn: Connection, name: str, text: str) -> Row:
    asker = Asker(agent_id=1, now=utc_now())
    return _row(name, lambda: inbox_list.page(conn, parse(text), Sort.NEWEST, asker), _bare(conn, text.rsplit(maxsplit=1)[-1]))


def _row(name: str, product: Timed, floor: Timed) -> Row:
    ours, bare = (tail(warmed(work), rounds=ROUNDS) for work in (product, floor))
    return limited(f"{name}, p99", product=ours, floor=bare, unit="ms", at_most=AT_MOST)


def _bare(conn: Connection, text: str) -> Timed:
    """Return the floor: the index asked for the words alone, for a page of ids in no order."""
    words = {"words": sought(text).words}
    return lambda: fetch_values(conn, "select row_id from search_texts where words @@ %(words)s::tsquery limit 30", words)


def _size(conn: Connection) -> Row:
    posts = fetch_values(conn, "select pg_total_relation_size('posts')")[0]
    ours, theirs = search_index.bytes_of(conn) / 1e6, posts / 1e6
    return limited("size of what is searched, against the posts", product=ours, floor=theirs, unit="MB", at_most=1.5 * theirs)
