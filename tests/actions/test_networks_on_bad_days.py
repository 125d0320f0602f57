"""What a network does on a bad day, end to end: a clear state on the watch, a visit at the right time or a stop with words, no loss."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from typing_extensions import override

from amends import collectors
from amends.core.clock import utc_now
from amends.core.database import Pool, fetch_all, fetch_values
from amends.core.ports import Account, Collector
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.sources import add_source, retry_now
from amends.inbox.rules.ids import WatchId
from amends.worker.names import Task
from tests.cast import SECRET_KEY
from tests.sandbox_server import Networks, sandbox_networks
from tests.workplace import Workplace

WATCHES = {"x": WatchKind.MENTIONS, "reddit": WatchKind.SUBREDDIT_POSTS}
SECOND = timedelta(seconds=1)
STOPPED = {"401": "enter new ones", "402": "check the plan and the balance", "403": "give the app the missing right"}
WAITING = {"429": 40, "429-bare": 60}
RETRYING = ("500", "503", "html", "half", "hang")


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """A watch as the sources page shows it."""

    id: WatchId
    state: str
    state_note: str
    failures: int
    next_at: datetime


@dataclass(kw_only=True)
class RealNetworks(Workplace):
    """A workplace whose collectors are the real ones."""

    time_out: str = "10"

    @override
    def _build(self, network: str, account: Account) -> Collector:
        impatient = replace(account, options={**account.options, "time_out": self.time_out})
        return collectors.build(network, impatient, lambda: self.now)

    def watch(self) -> Health:
        """Return the only watch."""
        with self.pool.transaction() as conn:
            [only] = fetch_all(conn, Health, "select id, state, state_note, failures, next_at from watches")
        return only

    def times_stored(self, external_ids: list[str]) -> list[int]:
        """Return how often each of these posts is there."""
        with self.pool.transaction() as conn:
            query = "select (select count(*) from posts where external_id = g.id) from unnest(%(ids)s::text[]) g(id)"
            return fetch_values(conn, query, {"ids": external_ids})


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Generator[Networks]:
    with sandbox_networks(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def work(pool: Pool) -> RealNetworks:
    return RealNetworks(pool=pool, now=utc_now())


def _enter(work: RealNetworks, networks: Networks, network: str) -> None:
    told = networks.source("veloria", network)
    query = next(found["query"] for found in told["watches"] if found["kind"] == WATCHES[network])
    with work.pool.transaction() as conn:
        add_source(
            conn,
            brand="Air",
            network=network,
            handle=told["handle"],
            credentials=told["credentials"],
            options=told["options"],
            watches=[Watch(kind=WATCHES[network], query=query)],
            secret_key=SECRET_KEY,
            now=work.now,
        )


def _complain(networks: Networks, network: str) -> str:
    told = networks.source("veloria", network)
    place = {"subreddit": told["watches"][0]["query"], "title": "My bag is lost"} if network == "reddit" else {}
    return networks.publish(network, f"@{told['handle']} my bag is lost", **place)["id"]


def _bad_day(work: RealNetworks, networks: Networks, network: str, mode: str) -> list[str]:
    """Let two customers complain while the network is ill and we look, and return their posts."""
    _enter(work, networks, network)
    networks.fault(network, mode, reset=40)
    try:
        posts = [_complain(networks, network) for _ in range(2)]
        work.perform(Task.COLLECT_DUE)
    finally:
        networks.heal()
    assert work.times_stored(posts) == [0, 0]
    return posts


def _is_well_again(work: RealNetworks, posts: list[str]) -> None:
    work.now = max(work.now, work.watch().next_at)
    work.perform(Task.COLLECT_DUE)
    assert (work.watch().state, work.watch().state_note, work.watch().failures) == ("ok", "", 0)
    assert work.times_stored(posts) == [1, 1]


@pytest.mark.parametrize("network", WATCHES)
@pytest.mark.parametrize("mode", STOPPED)
def test_a_refusal_stops_the_watch_with_a_cure_and_nothing_is_lost_meanwhile(
    work: RealNetworks, networks: Networks, network: str, mode: str
) -> None:
    posts = _bad_day(work, networks, network, mode)
    ill = work.watch()
    assert ill.state == "stopped"
    assert STOPPED[mode] in ill.state_note

    work.now += timedelta(days=1)
    work.perform(Task.COLLECT_DUE)
    assert work.times_stored(posts) == [0, 0]
    with work.pool.transaction() as conn:
        retry_now(conn, watch_id=ill.id, agent_id=None, now=work.now)
    _is_well_again(work, posts)


@pytest.mark.parametrize("network", WATCHES)
@pytest.mark.parametrize("mode", WAITING)
def test_a_rate_limit_is_waited_out_as_the_network_says(work: RealNetworks, networks: Networks, network: str, mode: str) -> None:
    posts = _bad_day(work, networks, network, mode)
    assert work.watch().state == "waiting"
    assert abs(work.watch().next_at - work.now - WAITING[mode] * SECOND) < 15 * SECOND
    _is_well_again(work, posts)


@pytest.mark.parametrize("network", WATCHES)
@pytest.mark.parametrize("mode", RETRYING)
def test_a_network_that_talks_nonsense_is_tried_again_in_five_seconds(
    work: RealNetworks, networks: Networks, network: str, mode: str
) -> None:
    work.time_out = "1" if mode == "hang" else work.time_out
    posts = _bad_day(work, networks, network, mode)
    ill = work.watch()
    assert (ill.state, ill.failures, ill.next_at - work.now) == ("retrying", 1, 5 * SECOND)
    assert ill.state_note
    _is_well_again(work, posts)


@pytest.mark.parametrize(("network", "query"), [("x", "(unbalanced"), ("reddit", "no_such_place_anywhere"), ("reddit", "no name!")])
def test_a_query_that_the_network_refuses_stops_after_three_tries_and_asks_to_be_mended(
    work: RealNetworks, networks: Networks, network: str, query: str
) -> None:
    told = networks.source("veloria", network)
    kind = WatchKind.SEARCH if network == "x" else WatchKind.SUBREDDIT_POSTS
    with work.pool.transaction() as conn:
        add_source(
            conn,
            brand="Air",
            network=network,
            handle=told["handle"],
            credentials=told["credentials"],
            options=told["options"],
            watches=[Watch(kind=kind, query=query)],
            secret_key=SECRET_KEY,
            now=work.now,
        )
    states: list[str] = []
    for _ in range(4):
        work.perform(Task.COLLECT_DUE)
        states.append(work.watch().state)
        work.now = max(work.watch().next_at, work.now)
    assert states == ["retrying", "retrying", "stopped", "stopped"]
    assert "mend the watch" in work.watch().state_note


@pytest.mark.parametrize("network", WATCHES)
@pytest.mark.parametrize("value", ["abc", "1e300", "nan", "-1"])
def test_an_option_that_is_no_number_stops_the_watch_and_names_it(work: RealNetworks, networks: Networks, network: str, value: str) -> None:
    _enter(work, networks, network)
    with work.pool.transaction() as conn:
        fetch_values(
            conn,
            "update sources set options = options || jsonb_build_object('first_days', %(value)s::text) returning id",
            {"value": value},
        )
    work.perform(Task.COLLECT_DUE)
    assert work.watch().state == "stopped"
    assert "mend it, then retry. What is wrong: the option first_days must be a number" in work.watch().state_note


def test_entering_the_source_anew_with_other_options_or_credentials_starts_it_again(work: RealNetworks, networks: Networks) -> None:
    networks.fault("x", "401", count=1)
    _enter(work, networks, "x")
    work.perform(Task.COLLECT_DUE)
    networks.heal()
    _enter(work, networks, "x")
    assert work.watch().state == "stopped"

    told = networks.source("veloria", "x")
    with work.pool.transaction() as conn:
        add_source(
            conn,
            brand="Air",
            network="x",
            handle=told["handle"],
            credentials=told["credentials"],
            options={**told["options"], "first_days": "3"},
            watches=[],
            secret_key=SECRET_KEY,
            now=work.now,
        )
    work.perform(Task.COLLECT_DUE)
    assert work.watch().state == "ok"
