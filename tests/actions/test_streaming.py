"""Streams: one for each watch over all processes, nothing lost or doubled when one ends, breaks, hangs or is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest

from amends.core.database import Pool, fetch_values
from amends.core.errors import CredentialsRefused, RateLimited, Unreachable
from amends.core.ports import Page
from amends.core.post import Post
from amends.inbox.actions.sources import change_credentials, pause, resume_source
from amends.inbox.rules.stream_health import LEASE, RARELY
from amends.worker.names import Task
from amends.worker.streaming import Streams, kinds_of_streams
from tests.cast import NOON, SECRET_KEY, a_post, a_source
from tests.streamers import END, HANG, FakeStream, until
from tests.workplace import Workplace

KINDS = [("x", "mentions")]
MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).parents[2]


class Listening:
    """A workplace whose network pushes; every supervisor that a test makes is let go at the end."""

    def __init__(self, pool: Pool) -> None:
        self.network = FakeStream()
        self.work = Workplace(pool=pool, network=self.network)
        self.timer = 0.0
        self.made: list[Streams] = []

    def supervisor(self, **given: int) -> Streams:
        made = Streams(self.work.context, kinds=KINDS, timer=lambda: self.timer, **given)
        self.made.append(made)
        return made

    def push(self, *texts: str) -> list[Post]:
        posts = [a_post(text) for text in texts]
        for place, post in enumerate(posts):
            self.network.steps.put(Page(posts=(post,), cursor={"at": texts[place]}, reads=1))
        return posts

    def values(self, query: str) -> list[object]:
        with self.work.pool.transaction() as conn:
            return fetch_values(conn, query)  # pyright: ignore[reportArgumentType] - a literal at every call

    def texts(self) -> list[object]:
        return self.values("select text from posts order by id")

    def state(self) -> object:
        return self.values("select stream_state from watches")[0]

    def heard(self, *texts: str) -> bool:
        return until(lambda: self.texts() == list(texts))


@pytest.fixture
def listening(pool: Pool) -> Generator[Listening]:
    with pool.transaction() as conn:
        a_source(conn, options={"user_id": "us-0", "stream": "yes"})
    made = Listening(pool)
    yield made
    made.network.freed.set()
    for one in made.made:
        one.stop()
        one.join(5)


def test_what_is_pushed_is_stored_with_its_cursor_and_wakes_the_relay(listening: Listening) -> None:
    listening.push("one", "two")
    listening.supervisor().step()
    assert listening.heard("one", "two")
    assert until(lambda: listening.values("select stream_cursor ->> 'at' from watches") == ["two"])
    assert listening.state() == "live"
    assert Task.RELAY in listening.work.woken
    assert listening.values("select reads from watches") == [2]


def test_a_source_that_does_not_ask_for_it_is_not_listened_to(listening: Listening) -> None:
    with listening.work.pool.transaction() as conn:
        conn.execute("""update sources set options = '{"stream": "no"}'""")
    listening.supervisor().step()
    assert listening.network.opened == []


def test_the_kinds_that_can_be_listened_to_come_from_the_networks_files() -> None:
    assert all(isinstance(name, str) and isinstance(kind, str) for name, kind in kinds_of_streams())


def test_two_supervisors_hold_one_stream(listening: Listening) -> None:
    first, second = listening.supervisor(), listening.supervisor()
    for _ in range(3):
        first.step()
        second.step()
    assert until(lambda: listening.state() == "live")
    assert listening.network.listening == len(listening.network.opened) == 1


def test_while_a_stream_lives_the_watch_is_fetched_rarely_and_what_comes_twice_is_one(listening: Listening) -> None:
    [post] = listening.push("one")
    listening.supervisor().step()
    assert listening.heard("one")
    listening.network.pages = [Page(posts=(post,), cursor={})]

    def fetched() -> bool:
        # The stream's own row may be locked by its sign of life just now; then the next wake-up fetches.
        listening.work.perform(Task.COLLECT_DUE)
        return listening.values("select next_at from watches") == [NOON + RARELY]

    assert until(fetched)
    assert listening.texts() == ["one"]


@pytest.mark.parametrize("broken", [END, Unreachable("The connection is lost."), ZeroDivisionError("ours")])
def test_a_stream_that_ends_or_raises_is_opened_anew_from_its_cursor_and_fetched_at_once(
    listening: Listening, broken: Exception | str
) -> None:
    supervisor = listening.supervisor()
    listening.push("one")
    supervisor.step()
    assert listening.heard("one")
    listening.work.perform(Task.COLLECT_DUE)
    listening.work.woken.clear()
    listening.network.steps.put(broken)
    assert until(lambda: listening.state() == "broken")
    assert listening.values("select next_at <= '2026-03-02 12:00Z' from watches") == [True]
    assert until(lambda: Task.COLLECT_DUE in listening.work.woken)
    supervisor.step()
    assert len(listening.network.opened) == 1
    listening.work.now += timedelta(seconds=6)
    listening.push("two")
    supervisor.step()
    assert listening.heard("one", "two")
    assert listening.network.opened == [None, {"at": "one"}]


def test_pauses_grow_while_it_fails_and_shrink_after_it_lived(listening: Listening) -> None:
    supervisor = listening.supervisor()
    waits: list[object] = []
    for _ in range(4):
        listening.network.steps.put(Unreachable("Down."))
        supervisor.step()
        assert until(lambda: listening.state() == "broken")
        [failures] = listening.values("select stream_failures from watches")
        waits.append(failures)
        listening.work.now += timedelta(minutes=16)
    assert waits == [1, 2, 3, 4]
    supervisor.step()
    assert until(lambda: listening.state() == "live")
    listening.work.now += 2 * MINUTE
    listening.network.steps.put(END)
    assert until(lambda: listening.state() == "broken")
    assert listening.values("select stream_failures from watches") == [1]


@pytest.mark.parametrize(
    ("error", "wait", "note"),
    [
        (CredentialsRefused("Bad token."), timedelta(minutes=15), "enter new ones"),
        (RateLimited("Slow down.", until=NOON + timedelta(minutes=3)), timedelta(minutes=3), "Slow down"),
    ],
)
def test_what_the_network_says_decides_when_it_is_tried_again(listening: Listening, error: Exception, wait: timedelta, note: str) -> None:
    listening.network.steps.put(error)
    listening.supervisor().step()
    assert until(lambda: listening.state() == "broken")
    assert listening.values("select stream_next_at from watches") == [NOON + wait]
    assert note in str(listening.values("select stream_note from watches"))


def test_a_stream_that_hangs_is_given_up_and_opened_anew_and_cannot_write_any_more(listening: Listening) -> None:
    supervisor = listening.supervisor()
    listening.push("one")
    listening.network.steps.put(HANG)
    supervisor.step()
    assert listening.heard("one")
    assert until(listening.network.steps.empty)
    listening.timer += 61
    supervisor.step()
    assert listening.state() == "broken"
    assert "no sign of life" in str(listening.values("select stream_note from watches"))
    listening.work.now += timedelta(seconds=6)
    supervisor.step()
    listening.push("two")
    assert listening.heard("one", "two")
    listening.push("late")
    assert listening.heard("one", "two", "late")
    listening.network.freed.set()
    assert until(lambda: listening.network.listening == 1)
    assert listening.state() == "live"


def test_threads_that_hang_are_counted(listening: Listening) -> None:
    supervisor = listening.supervisor(most=1)
    listening.network.steps.put(HANG)
    supervisor.step()
    assert until(listening.network.steps.empty)
    listening.timer += 61
    listening.work.now += MINUTE
    supervisor.step()
    supervisor.step()
    assert len(listening.network.opened) == 1
    listening.network.freed.set()
    listening.work.now += MINUTE
    assert until(lambda: not supervisor.step() and len(listening.network.opened) == 2)


def test_pausing_ends_the_stream_and_resuming_opens_it(listening: Listening) -> None:
    supervisor = listening.supervisor()
    supervisor.step()
    assert until(lambda: listening.state() == "live")
    [source_id] = listening.values("select id from sources")
    with listening.work.pool.transaction() as conn:
        pause(conn, source_id=source_id, agent_id=None, now=NOON)  # pyright: ignore[reportArgumentType]
    assert until(lambda: listening.network.listening == 0)
    supervisor.step()
    assert len(listening.network.opened) == 1
    with listening.work.pool.transaction() as conn:
        resume_source(conn, source_id=source_id, agent_id=None, now=NOON)  # pyright: ignore[reportArgumentType]
    assert until(lambda: not supervisor.step() and len(listening.network.opened) == 2)


def test_new_credentials_open_a_new_stream_and_an_option_taken_back_ends_it(listening: Listening) -> None:
    supervisor = listening.supervisor()
    supervisor.step()
    assert until(lambda: listening.state() == "live")
    [source_id] = listening.values("select id from sources")
    with listening.work.pool.transaction() as conn:
        change_credentials(
            conn,
            source_id=source_id,  # pyright: ignore[reportArgumentType]
            credentials={"token": "t-2"},
            secret_key=SECRET_KEY,
            agent_id=None,
            now=NOON,
        )
    assert until(lambda: not supervisor.step() and listening.work.built[-1] == "x lankaair t-2")
    with listening.work.pool.transaction() as conn:
        conn.execute("update sources set options = '{}'")
    assert until(lambda: listening.network.listening == 0)
    assert until(lambda: not supervisor.step() and listening.state() == "")


def test_a_supervisor_that_stops_hands_its_streams_on_at_once(listening: Listening) -> None:
    first, second = listening.supervisor(), listening.supervisor()
    first.step()
    assert until(lambda: listening.state() == "live")
    first.stop()
    second.step()
    assert len(listening.network.opened) == 2
    assert until(lambda: listening.network.listening == 1)


def test_a_supervisor_that_is_killed_loses_nothing_and_another_goes_on(listening: Listening, database: str) -> None:
    run = [sys.executable, "-m", "tests.stream_until_killed", database]
    child = subprocess.Popen(run, cwd=ROOT, env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"})
    assert until(lambda: len(listening.texts()) >= 20, seconds=60)
    os.kill(child.pid, signal.SIGKILL)
    child.wait(10)
    got = listening.texts()
    assert got == [f"post {number}" for number in range(len(got))]
    assert listening.values("select (stream_cursor ->> 'next')::int from watches") == [len(got)]
    with listening.work.pool.transaction() as conn:
        conn.execute("update watches set state = 'ok', next_at = %s", [NOON + timedelta(hours=1)])
    supervisor = listening.supervisor()
    supervisor.step()
    assert listening.network.opened == []
    listening.work.now = NOON + LEASE + MINUTE
    supervisor.step()
    assert until(lambda: listening.network.opened == [{"next": len(got)}])
    assert listening.values("select next_at from watches") == [listening.work.now]
    listening.push("after")
    assert listening.heard(*[str(text) for text in got], "after")


def test_the_page_of_sources_says_how_the_stream_is(listening: Listening) -> None:
    from tests.door import open_door  # noqa: PLC0415 - the screens are no part of the other tests

    listening.network.steps.put(Unreachable("The connection is lost."))
    listening.supervisor().step()
    assert until(lambda: listening.state() == "broken")
    door = open_door(listening.work.pool)
    page = door.visitor(door.who.mia).get("/sources").text
    assert "the stream is down and is opened again; meanwhile we fetch" in page
    assert "The connection is lost." in page
