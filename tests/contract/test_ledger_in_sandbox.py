"""What the sandbox networks show, faults and odd posts among it, is rebuilt from the ledger, byte for byte.

Of posts that are made up, tests/property/test_ledger_replayed.py asks the same; of the networks,
`./amends test -m soak tests/contract/test_ledger_in_sandbox.py`.
"""

from collections.abc import Generator
from datetime import timedelta

import pytest

from amends.cli.ledgering.rebuilding import rebuild
from amends.collectors import build
from amends.core.clock import utc_now
from amends.core.database import Connection, connect, fetch_values, snapshot
from amends.core.ports import Account, Cursor
from amends.core.post import Post
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.ingest import ingest
from amends.inbox.rules.ids import SourceId
from tests.cast import a_source
from tests.databases import Server
from tests.sandbox_server import Networks, sandbox_networks

NETWORKS = ("x", "reddit", "mastodon", "bluesky")
ODD = ("\u202etidwob\u200b", "=HYPERLINK('x')", "<script>alert(1)</script>", "🤬" * 200, "a\\u0000b", "&lt;b&gt;", "ඇයි மிகவும் ለምን")


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Generator[Networks]:
    with sandbox_networks(tmp_path_factory.mktemp("sandbox")) as running:
        running.step(12 * 60)
        yield running


class Watching:
    """All default watches of all brands, stored as the worker stores them, and read again on every visit."""

    def __init__(self, networks: Networks, conn: Connection) -> None:
        self.networks, self.conn = networks, conn
        self.now = utc_now()
        self.cursors: dict[tuple[int, int], Cursor] = {}
        self.brands: list[str] = [brand["key"] for brand in networks.control.get("/control/watches").json()["brands"]]
        self.sources = [self._source(brand, network) for brand in self.brands for network in NETWORKS]

    def _source(self, brand: str, network: str) -> tuple[SourceId, str, Account, list[Watch]]:
        told = self.networks.source(brand, network)
        watches = [Watch(kind=WatchKind(found["kind"]), query=found["query"]) for found in told["watches"]]
        source_id = a_source(self.conn, network=network, handle=told["handle"], brand=brand, options=told["options"], watches=watches)
        return source_id, network, Account(handle=told["handle"], credentials=told["credentials"], options=told["options"]), watches

    def visit(self) -> None:
        for source_id, network, account, watches in self.sources:
            for way, watch in enumerate(watches, start=1):
                self._read(source_id, network, account, watch, way)
            self._look(source_id, network, account)

    def _read(self, source_id: SourceId, network: str, account: Account, watch: Watch, way: int) -> None:
        collector, more = build(network, account), True
        while more:
            page = collector.fetch(watch, self.cursors.get((source_id, way)), budget=50)
            self.cursors[source_id, way], more = page.cursor, page.more
            self._store(source_id, network, page.posts, way)

    def _look(self, source_id: SourceId, network: str, account: Account) -> None:
        known = fetch_values(
            self.conn, "select external_id from posts where source_id = %(id)s order by id desc limit 100", {"id": source_id}
        )
        if known:
            self._store(source_id, network, build(network, account).refresh(known), None)

    def _store(self, source_id: SourceId, network: str, posts: tuple[Post, ...], way: int | None) -> None:
        self.now += timedelta(seconds=1)
        ingest(self.conn, source_id=source_id, network=network, posts=posts, now=self.now, beside=way is None, watch_id=way)
        self.conn.commit()


@pytest.mark.soak
def test_all_that_the_sandbox_shows_is_rebuilt_byte_for_byte(networks: Networks, server: Server, database: str) -> None:
    with connect(database) as conn:
        watching = Watching(networks, conn)
        watching.visit()
        odd = [
            networks.publish(network, f"@{brand} {text}", brand=brand) for brand in watching.brands for network in NETWORKS for text in ODD
        ]
        watching.visit()
        for place, told in enumerate(odd):
            if place % 3 == 0 and told["network"] != "bluesky":
                networks.edit(told["network"], told["id"], f"changed {place}")
            elif place % 3 == 1:
                networks.delete(told["network"], told["id"])
        watching.visit()
        assert fetch_values(conn, "select count(*) > 60 from posts") == [True]
        assert fetch_values(conn, "select count(*) > 0 from posts where deleted_at is not null") == [True]
        assert fetch_values(conn, "select count(*) > 0 from post_versions") == [True]

    try:
        with snapshot(database) as live:
            report = rebuild(live, server.clone("of_the_sandbox"), progress=lambda _done, _total: None)
    finally:
        server.drop("of_the_sandbox")
    assert report.good, report.sentences()
