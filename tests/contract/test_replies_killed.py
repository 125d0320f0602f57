"""A worker that is killed at any step of a reply, and again at the next try, on every network of the sandbox: one reply, never two."""

from collections import Counter
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import product

import pytest

from amends import collectors
from amends.core.clock import utc_now
from amends.core.database import Pool, fetch_values
from amends.core.ports import Account, Collector, Draft, Published
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.reply import queue_reply
from amends.inbox.actions.sources import add_source
from amends.inbox.rules.ids import CaseId
from amends.worker.context import Context
from amends.worker.lending import Collectors
from amends.worker.names import Task
from amends.worker.tasks import perform
from tests.cast import POLICY, SECRET_KEY, ada
from tests.sandbox_server import Networks, sandbox_networks
from tests.workplace import Workplace

BRAND = "veloria"
CALLED = {"x": "@", "reddit": "u/", "mastodon": "@", "bluesky": "@"}
STEPS = ("claimed", "looked for", "before publishing", "published", "recorded")
LIVES = (*product(("claimed", "before publishing", "published"), STEPS), ("recorded",))


class Killed(BaseException):
    """The worker dies with no chance to write anything down."""


@dataclass
class Deaths:
    """The steps at which the worker dies, in turn; `died` counts how often it did at each."""

    next: list[str] = field(default_factory=list)
    died: Counter[str] = field(default_factory=Counter)

    def at(self, step: str) -> None:
        """Die here where it is time to."""
        if self.next[:1] == [step]:
            self.next.pop(0)
            self.died[step] += 1
            raise Killed


class Mortal:
    """A collector of a worker that dies around the steps of its reply."""

    def __init__(self, collector: Collector, deaths: Deaths) -> None:
        self._collector, self._deaths = collector, deaths

    def __getattr__(self, name: str) -> object:
        return getattr(self._collector, name)

    def find_reply(self, draft: Draft) -> Published | None:
        found = self._collector.find_reply(draft)
        self._deaths.at("looked for")
        return found

    def reply(self, draft: Draft) -> Published:
        self._deaths.at("before publishing")
        published = self._collector.reply(draft)
        self._deaths.at("published")
        return published


@dataclass
class Worker:
    """A worker beside the sandbox that can be killed; its time is moved by hand."""

    work: Workplace
    deaths: Deaths = field(default_factory=Deaths)

    @property
    def context(self) -> Context:
        def wake(task: Task) -> bool:
            self.deaths.at({Task.SEND_REPLIES: "claimed", Task.RELAY: "recorded"}.get(task, ""))
            return True

        return replace(self.work.context, collectors=Collectors(SECRET_KEY, build=self._build), wake=wake)

    def _build(self, network: str, account: Account) -> Collector:
        return Mortal(collectors.build(network, account), self.deaths)  # pyright: ignore[reportReturnType] - delegates the rest

    def perform(self, *tasks: Task) -> None:
        for task in tasks:
            perform(task, self.context)

    def queue(self, case_id: CaseId) -> None:
        with self.work.pool.transaction() as conn:
            queue_reply(conn, case_id=case_id, agent_id=ada(conn), text="We look for it.", now=self.work.now, policy=POLICY)

    def send_until_done(self, *deaths: str) -> None:
        """Send what is queued, be killed at these steps, and start again after each death once the claim has lapsed."""
        self.deaths.next = list(deaths)
        for _ in range(len(deaths) + 1):
            with suppress(Killed):
                self.perform(Task.SEND_REPLIES)
            self.work.now += timedelta(minutes=1)

    def values(self, query: str) -> list[object]:
        with self.work.pool.transaction() as conn:
            return fetch_values(conn, query)  # pyright: ignore[reportArgumentType] - a literal at every call


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Generator[Networks]:
    with sandbox_networks(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


def with_cases(pool: Pool, networks: Networks, network: str, count: int) -> Worker:
    """Return a worker that has collected `count` complaints about us, each a case."""
    worker, told = Worker(Workplace(pool=pool, now=utc_now())), networks.source(BRAND, network)
    with pool.transaction() as conn:
        add_source(
            conn,
            brand=BRAND,
            network=network,
            handle=told["handle"],
            credentials=told["credentials"],
            options=told["options"],
            watches=[Watch(kind=WatchKind(watch["kind"]), query=watch["query"]) for watch in told["watches"]],
            secret_key=SECRET_KEY,
            now=worker.work.now,
        )
    for number in range(count):
        text = f"{CALLED[network]}{told['handle']} my bag {number} is lost!"
        networks.publish(network, text, brand=BRAND, author=f"{network}_{number}")
    worker.perform(Task.COLLECT_DUE, Task.TRIAGE)
    return worker


@pytest.mark.parametrize("network", CALLED)
def test_a_reply_goes_out_once_wherever_its_worker_is_killed_twice(pool: Pool, networks: Networks, network: str) -> None:
    worker = with_cases(pool, networks, network, len(LIVES))
    cases = worker.values("select id from cases order by id")
    for case_id, deaths in zip(cases, LIVES, strict=True):
        worker.queue(CaseId(int(str(case_id))))
        worker.send_until_done(*deaths)

    assert worker.values("select state from replies") == ["sent"] * len(LIVES)
    published = [reply for reply in networks.replies() if reply["network"] == network]
    assert len({reply["parent_id"] for reply in published}) == len(published) == len(LIVES)
    assert {reply["id"] for reply in published} == set(worker.values("select external_id from replies"))
    assert set(worker.deaths.died) == set(STEPS)
