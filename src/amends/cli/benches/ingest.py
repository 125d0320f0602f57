"""Storing posts: `inbox.actions.ingest` against a bare COPY of the same rows into a table with the same indexes."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from statistics import median
from typing import LiteralString

from amends.cli.measuring.posts import BORN, make_posts
from amends.cli.measuring.row import Row, Timed, compared, rate, seconds
from amends.core.database import Connection, connect, copy_rows, execute
from amends.core.post import Post
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.sources import add_source
from amends.inbox.rules.ids import SourceId

BATCH = 500
ROUND = 5_000
ROUNDS = 5
FULL = 300_000
FLAT = 1 / 1.5
WORKLOAD = f"posts of 6 to 40 words with their raw bodies, 4,000 authors, {ROUND} a round in batches of {BATCH}, one transaction a batch"
SEEN = BORN + timedelta(days=30)
COLUMNS = ("int8", "text", "text", "int8", "text", "text", "timestamptz", "timestamptz", "text", "text", "text[]")


def run(url: str, *, full: int = FULL) -> list[Row]:
    """Return what storing, storing again, and storing beside `full` posts cost."""
    with connect(url) as conn:
        bench = Bench(conn)
        fresh = rate("store new posts", product=bench.store_new, floor=bench.copy_new, things=ROUND, rounds=ROUNDS, at_least=0.2)
        again = rate("see known posts again", product=bench.store_again, floor=bench.copy_aside, things=ROUND, rounds=ROUNDS, at_least=0.15)
        return [fresh, again, bench.when_full(full)]


class Bench:
    """One source, and how far its posts have come."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._stored = self._copied = 0
        self._source_id = _a_source(conn)
        execute(conn, "create table floor_posts (like posts including all)")
        execute(conn, "create temp table floor_aside (like posts including defaults)")
        execute(conn, "alter table floor_aside alter id drop not null")
        conn.commit()

    def store_new(self) -> Timed:
        """Let the product store a round of posts that nobody has seen."""
        posts = make_posts(self._stored, ROUND)
        self._stored += ROUND
        return lambda: self._store(posts, new=ROUND)

    def store_again(self) -> Timed:
        """Let the product meet the last round once more."""
        posts = make_posts(self._stored - ROUND, ROUND)
        return lambda: self._store(posts, new=0)

    def copy_new(self) -> Timed:
        """Copy a round into a table with the same indexes."""
        rows = list(self._rows(make_posts(self._copied, ROUND)))
        self._copied += ROUND
        return lambda: self._copy(_INTO_FLOOR, rows)

    def copy_aside(self) -> Timed:
        """Copy a round into a table without indexes: known posts, too, must first reach the server."""
        rows = list(self._rows(make_posts(0, ROUND)))
        return lambda: self._copy(_INTO_ASIDE, rows)

    def when_full(self, full: int) -> Row:
        """Return how storing beside `full` posts compares with storing beside a few rounds of them, both measured against COPY."""
        few, early = self._stored, self._against_copy()
        for table in (_FILL_POSTS, _FILL_BODIES, _FILL_FLOOR):
            execute(self._conn, table, {"source_id": self._source_id, "first": -full, "last": -self._stored, "seen": SEEN})
            self._conn.commit()
        execute(self._conn, "analyze")
        self._conn.commit()
        unit = f"of COPY's speed, beside {full:,} posts and beside {few:,}"
        return compared("store new posts into a full table", product=self._against_copy(), floor=early, unit=unit, at_least=FLAT)

    def _against_copy(self) -> float:
        return median(seconds(self.copy_new()) / seconds(self.store_new()) for _ in range(ROUNDS))

    def _store(self, posts: Sequence[Post], *, new: int) -> None:
        stored = 0
        for start in range(0, len(posts), BATCH):
            stored += ingest(
                self._conn, source_id=self._source_id, network="x", posts=posts[start : start + BATCH], now=SEEN, watch_id=1
            ).new
            self._conn.commit()
        if stored != new:
            raise AssertionError(f"{stored} posts were new, {new} should have been")

    def _copy(self, into: LiteralString, rows: Sequence[Sequence[object]]) -> None:
        for start in range(0, len(rows), BATCH):
            copy_rows(self._conn, into, COLUMNS, rows[start : start + BATCH])
            self._conn.commit()

    def _rows(self, posts: Sequence[Post]) -> Iterator[tuple[object, ...]]:
        for post in posts:
            yield (
                self._source_id,
                post.network,
                post.external_id,
                int(post.author.external_id),
                post.text,
                post.language_hint,
                post.published_at,
                SEEN,
                post.permalink,
                post.root_id,
                list(post.mentions),
            )


_FILL_POSTS: LiteralString = """
insert into posts (source_id, network, external_id, author_id, text, language_hint, published_at, seen_at, permalink, root_id, mentions,
  seen_by)
select %(source_id)s, 'x', n::text, 1 + abs(n) %% 4000, 'my parcel is late again, order ' || n, 'en', %(seen)s + n * interval '1 second',
  %(seen)s + n * interval '1 second', 'http://127.0.0.1/x/' || n, n::text, '{VeloriaAir}', '{1}'
from generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
_FILL_BODIES: LiteralString = """
insert into raw_bodies (source_id, external_id, seen_at, body)
select %(source_id)s, n::text, %(seen)s, sha512(n::text::bytea) from generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
_FILL_FLOOR: LiteralString = """
insert into floor_posts (source_id, network, external_id, author_id, text, language_hint, published_at, seen_at, permalink, root_id,
  mentions, seen_by)
select %(source_id)s, 'x', n::text, 1 + abs(n) %% 4000, 'my parcel is late again, order ' || n, 'en',
  %(seen)s + n * interval '1 second', %(seen)s + n * interval '1 second', 'http://127.0.0.1/x/' || n, n::text, '{VeloriaAir}', '{1}'
from generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
_INTO_FLOOR: LiteralString = """
copy floor_posts (source_id, network, external_id, author_id, text, language_hint, published_at, seen_at, permalink, root_id, mentions)
from stdin (format binary)
"""
_INTO_ASIDE: LiteralString = """
copy floor_aside (source_id, network, external_id, author_id, text, language_hint, published_at, seen_at, permalink, root_id, mentions)
from stdin (format binary)
"""


def _a_source(conn: Connection) -> SourceId:
    return add_source(
        conn,
        brand="Bench",
        network="x",
        handle="bench",
        credentials={"bearer_token": "bench"},
        options={},
        watches=[Watch(kind=WatchKind.MENTIONS)],
        secret_key="a key for the bench alone",  # noqa: S106
        now=BORN,
    )
