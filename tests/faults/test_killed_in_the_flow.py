"""Everything is killed with -9 while posts flow and replies go out: nothing is lost, nothing happens twice.

One flow serves all of it, since a start is dear: the supervisor is killed and with it everything, the networks too, and a second start goes
on where the first was. Before that the worker's two lanes, beat, Valkey (its memory gone) and PostgreSQL are killed in turn, among four
times as many posts, by `./amends test -m soak tests/faults/test_killed_in_the_flow.py`.

Before each kill come a few posts more, so that it falls into the flow however slow the machine is.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from amends.cli.running.away import Away, away
from amends.core.clock import utc_now
from amends.core.database import Connection, DatabaseGone, connect, fetch_all, fetch_values
from amends.core.embedded.places import scratch_dir
from amends.inbox.actions.reply import queue_reply
from amends.inbox.actions.sources import slug
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.rules.policy import Policy
from tests.sandbox_server import Networks, networks_at

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]

DEMO = ("demo", "--pace", "0", "--no-colleague")
ENV = {"AMENDS_DATABASE_URL": "", "AMENDS_BROKER_URL": "", "PYTHONPATH": str(Path(__file__).parents[2] / "src"), "AMENDS_POLL_SECONDS": "5"}
"""Visited each second, the thirty watches take a third of all work; what is published waits for its visit, and is not lost either."""
FLOODED = ("x", "reddit")
FEW, MANY = 12, 50
"""Posts of each brand on each of these networks that come before a kill."""
KILLED = ("worker-collect", "worker-desk", "beat", "valkey", "postgres")
REPLIES_EACH = 10
PATIENCE = 300.0


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A post of ours in the database."""

    brand: str
    network: str
    external_id: str
    triaged: bool
    told: int


@dataclass(kw_only=True)
class Flow:
    """What the networks published and what we made of it; filled by the kills."""

    each: int
    """Posts of each brand on each network in one flood."""
    killed: Sequence[str]
    """The parts that are killed in turn before everything is."""
    published: list[dict[str, Any]] = field(default_factory=list)
    public_replies: list[dict[str, Any]] = field(default_factory=list)
    posts: list[Seen] = field(default_factory=list)
    replies: Counter[str] = field(default_factory=Counter)
    queued: int = 0
    came_back: list[str] = field(default_factory=list)
    brands: Mapping[str, str] = field(default_factory=dict)

    def expected(self) -> Counter[tuple[str, str, str]]:
        """Every post that must be there, once for each brand that watches it."""
        due = [post for post in self.published if post["must_be_collected"]]
        return Counter((self.brands[brand], post["network"], post["id"]) for post in due for brand in post["brands"])


def until(condition: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)  # each look is a connection, which the database has better use for
    return True


def flood(networks: Networks, *, each: int, per_second: float) -> None:
    for brand in networks.control.get("/control/watches").json()["brands"]:
        for network in FLOODED:
            networks.flood(network, brand["key"], each, per_second, wait=False)


def answer_some(database_url: str, flow: Flow) -> None:
    """Queue replies in cases that have none, as an agent would; tried again while PostgreSQL is away."""

    def answered() -> bool:
        try:
            flow.queued += _answer(database_url)
        except DatabaseGone:
            return False
        return True

    assert until(answered, seconds=PATIENCE)


def _answer(database_url: str) -> int:
    with connect(database_url) as conn:
        agent_id = AgentId(fetch_values(conn, "select min(id) from agents")[0])
        cases = fetch_values(
            conn,
            """
            select c.id from cases c where c.status = 'open' and not exists (select from replies r where r.case_id = c.id)
              and not exists (select from posts p where p.case_id = c.id and not p.can_reply)
            order by c.network, c.id desc limit %(limit)s
            """,
            {"limit": REPLIES_EACH},
        )
        for case_id in cases:
            text = f"We are sorry and look into it, case {case_id}."
            queue_reply(conn, case_id=CaseId(case_id), agent_id=agent_id, text=text, now=utc_now(), policy=Policy())
    return len(cases)


def kill_each_part(installation: Away, networks: Networks, flow: Flow) -> None:
    """Kill one part after the other, and see that the supervisor brings each back while the flow goes on."""
    for name in flow.killed:
        before = installation.state
        answer_some(before.database_url, flow)
        so_far = triaged(before.database_url)
        flood(networks, each=flow.each, per_second=3)
        os.kill(before.parts[name], signal.SIGKILL)
        back = until(lambda name=name, pid=before.parts[name]: installation.state.parts.get(name, pid) != pid, seconds=PATIENCE)
        if back and goes_on(before.database_url, after=so_far):
            flow.came_back.append(name)


def goes_on(database_url: str, *, after: int) -> bool:
    """Whether fifty more posts than `after` are triaged before long."""
    return until(lambda: triaged(database_url) >= after + 50, seconds=PATIENCE)


def triaged(database_url: str) -> int:
    try:
        with connect(database_url) as conn:
            return fetch_values(conn, "select count(*) from posts where triaged_at is not null")[0]
    except DatabaseGone:
        return 0


def is_done(database_url: str, flow: Flow) -> bool:
    """Whether everything that was published is here and triaged, and no reply waits."""
    try:
        with connect(database_url) as conn:
            waiting = fetch_values(conn, "select count(*) from replies where state in ('queued', 'sending')")[0]
    except DatabaseGone:
        return False
    return triaged(database_url) >= flow.expected().total() and not waiting


def look(conn: Connection, flow: Flow) -> None:
    flow.posts = fetch_all(
        conn,
        Seen,
        """
        select b.slug as brand, p.network, p.external_id, p.triaged_at is not null as triaged,
          (select count(*) from events e where e.post_id = p.id and e.kind in ('case_opened', 'post_joined', 'case_reopened')) as told
        from posts p join sources s on s.id = p.source_id join brands b on b.id = s.brand_id
        """,
    )
    flow.replies = Counter(fetch_values(conn, "select state || ' ' || error from replies"))


def first_life(data: Path, flow: Flow) -> None:
    """Let posts flow and replies go out, kill each part in the middle of it, and at last the supervisor with everything."""
    with away(DEMO, data=data, env=ENV) as installation:
        state = installation.wait_until_ready(timeout=PATIENCE)
        with networks_at(state.sandbox_url) as networks:
            networks.fault("x", "lost", path="/2/tweets", method="POST", count=2, wait=1)
            networks.fault("reddit", "lost", path="/api/comment", method="POST", count=2, wait=1)
            flood(networks, each=flow.each, per_second=6)
            assert goes_on(state.database_url, after=0)
            kill_each_part(installation, networks, flow)
            answer_some(state.database_url, flow)
            flood(networks, each=flow.each, per_second=3)
        os.kill(installation.child.pid, signal.SIGKILL)
        installation.child.wait(20)


def second_life(data: Path, flow: Flow) -> None:
    """Start again on the same data, let more posts come, wait until nothing is undone, and look."""
    with away(DEMO, data=data, env=ENV) as installation:
        state = installation.wait_until_ready(timeout=PATIENCE)
        with networks_at(state.sandbox_url) as networks:
            flow.brands = {one["key"]: slug(one["name"]) for one in networks.control.get("/control/watches").json()["brands"]}
            flood(networks, each=flow.each, per_second=60)
            assert until(lambda: not networks.state()["flooding"], seconds=PATIENCE)
            flow.published = networks.published()
            until(lambda: is_done(state.database_url, flow), seconds=PATIENCE)
            flow.published, flow.public_replies = networks.published(), networks.replies()
            until(lambda: is_done(state.database_url, flow), seconds=PATIENCE)
        with connect(state.database_url) as conn:
            look(conn, flow)


@pytest.fixture(
    scope="module", params=[pytest.param((FEW, ()), id="at once"), pytest.param((MANY, KILLED), id="in turn", marks=pytest.mark.soak)]
)
def flow(request: pytest.FixtureRequest) -> Flow:
    """The flow and what became of it."""
    each, killed = request.param
    flow = Flow(each=each, killed=killed)
    with scratch_dir() as folder:
        first_life(folder / "data", flow)
        second_life(folder / "data", flow)
    return flow


def test_what_is_killed_is_started_again_and_the_flow_goes_on(flow: Flow) -> None:
    assert flow.came_back == [*flow.killed]


def test_every_published_post_is_there_once(flow: Flow) -> None:
    assert len(flow.published) >= (len(flow.killed) + 1) * flow.each * len(flow.brands) * len(FLOODED)
    assert Counter((post.brand, post.network, post.external_id) for post in flow.posts) == flow.expected()


def test_every_post_is_triaged_once(flow: Flow) -> None:
    assert [post for post in flow.posts if not post.triaged] == []
    assert [post for post in flow.posts if post.told > 1] == []


def test_no_reply_is_lost_and_none_is_published_twice(flow: Flow) -> None:
    assert flow.queued >= REPLIES_EACH * max(len(flow.killed), 1)
    assert flow.replies == {"sent ": flow.queued}
    assert [reply for reply in flow.public_replies if reply["doubled"]] == []
    assert len(flow.public_replies) == flow.queued
