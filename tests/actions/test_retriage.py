"""History judged anew: verdicts and what cases show change, nothing else does; killed in the middle, the result is the same."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from typing_extensions import override

from amends.core.database import Connection, Pool, execute, fetch_values
from amends.core.ports import Reading
from amends.inbox.actions import jobs
from amends.inbox.actions.correct import correct
from amends.inbox.actions.job_kinds import Tools, retriage
from amends.inbox.rules.ids import PostId
from amends.inbox.store import heads
from amends.inbox.store.heads import NewHead
from amends.triage.head import Head, Layer, pack
from amends.worker.names import Task
from tests.cast import DEE, NOON, a_post, a_source, ada
from tests.desk import Desk
from tests.fakes import EMBEDDING, FakeClassifier
from tests.workplace import Workplace

GLAD = Layer(weights=np.zeros((3, EMBEDDING), np.float32), bias=np.array([0, 0, 9], np.float32))


def put_in_force(conn: Connection, *, encoder: str = "fake-1") -> None:
    """Put a head in force by which every post is positive."""
    head = Head(version=f"{encoder}+1", encoder=encoder, mood=GLAD)
    new = NewHead(version=head.version, encoder=encoder, weights=pack(head), report={}, refused_why="", learnt_until=0, agent_id=None)
    heads.insert(conn, new, now=NOON)
    heads.adopt(conn, version=head.version, now=NOON)


@pytest.fixture
def work(pool: Pool) -> Generator[Workplace]:
    """A worker that judges three posts a portion, and a desk with eight complaints."""
    usual, retriage.POSTS = retriage.POSTS, 3
    with pool.transaction() as conn:
        desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn))
        desk.hear(*(a_post(f"My bag number {place} is lost!", external_id=f"bag-{place}") for place in range(8)))
    yield Workplace(pool=pool)
    retriage.POSTS = usual


def begin(work: Workplace) -> None:
    with work.pool.transaction() as conn:
        jobs.start(conn, kind="retriage", why="to test", facts={}, agent_id=None, now=work.now)


def values(work: Workplace, query: str) -> list[object]:
    with work.pool.transaction() as conn:
        return fetch_values(conn, query)  # pyright: ignore[reportArgumentType] - a literal at every call


def everything(work: Workplace) -> list[object]:
    """Return all that re-triage may change, and what it may not."""
    return [
        *values(work, "select row(post_id, model, sentiment, positive, urgency, reasons, needs_look, said)::text from verdicts order by 1"),
        *values(work, "select row(id, status, sentiment, urgency, reasons, needs_look, episode, unread)::text from cases order by 1"),
        *values(work, "select row(post_id, encoder, mood)::text from readings order by 1"),
    ]


def test_a_new_head_speaks_for_all_of_history_without_reading_it_again(work: Workplace) -> None:
    model = FakeClassifier()
    work.model = lambda: model
    with work.pool.transaction() as conn:
        put_in_force(conn)
    begin(work)
    work.perform(Task.JOBS)
    assert set(values(work, "select model || ' ' || sentiment from verdicts")) == {"fake-1+1 positive"}
    assert set(values(work, "select sentiment from cases")) == {"positive"}
    assert [text for batch in model.batches for text in batch] == []
    assert values(work, "select state || ' ' || done || ' ' || total from jobs") == ["done 8 8"]


def test_nothing_is_opened_reopened_or_alarmed(work: Workplace) -> None:
    execute_all(work, "update cases set status = 'resolved' where id % 2 = 0")
    tables = "select (select count(*) from cases) || ' ' || (select count(*) from episodes) || ' ' || (select count(*) from alerts)"
    before, statuses = values(work, tables), values(work, "select status from cases order by id")
    with work.pool.transaction() as conn:
        put_in_force(conn)
    begin(work)
    work.perform(Task.JOBS)
    assert values(work, tables) == before
    assert values(work, "select status from cases order by id") == statuses
    assert set(values(work, "select sentiment from cases where status = 'resolved'")) == {"negative"}


def execute_all(work: Workplace, query: str) -> None:
    with work.pool.transaction() as conn:
        execute(conn, query)  # pyright: ignore[reportArgumentType] - a literal at every call


class SecondModel(FakeClassifier):
    """Another model that finds everything neutral."""

    version = "fake-2"

    @override
    def read(self, texts: Sequence[str], languages: Sequence[str]) -> list[Reading | None]:
        return [reading and replace(reading, negative=0.1, neutral=0.8, positive=0.1) for reading in super().read(texts, languages)]


def test_what_another_model_read_is_read_again_and_its_head_is_silent(work: Workplace) -> None:
    with work.pool.transaction() as conn:
        put_in_force(conn)
    work.model = SecondModel
    begin(work)
    work.perform(Task.JOBS)
    assert set(values(work, "select model || ' ' || sentiment from verdicts")) == {"fake-2 neutral"}
    assert set(values(work, "select encoder from readings")) == {"fake-2"}


def test_labels_that_agents_gave_stay(work: Workplace) -> None:
    [post_id] = values(work, "select id from posts where external_id = 'bag-4'")
    with work.pool.transaction() as conn:
        correct(conn, post_id=PostId(int(str(post_id))), field="mood", new="neutral", agent_id=ada(conn), now=work.now)
        put_in_force(conn)
    begin(work)
    work.perform(Task.JOBS)
    assert values(work, "select post_id from verdicts where sentiment = 'neutral'") == [post_id]
    assert values(work, "select said ->> 'sentiment' from verdicts where said is not null") == ["positive"]


def test_a_language_that_an_agent_gave_stays(work: Workplace) -> None:
    [post_id] = values(work, "select id from posts where external_id = 'bag-4'")
    with work.pool.transaction() as conn:
        correct(conn, post_id=PostId(int(str(post_id))), field="language", new="kn-Latn", agent_id=ada(conn), now=work.now)
        put_in_force(conn)
    begin(work)
    work.perform(Task.JOBS)
    assert values(work, "select post_id from verdicts where language = 'kn-Latn' and sentiment = 'positive'") == [post_id]
    assert values(work, "select said ->> 'language' from verdicts where said is not null") == ["en"]


@pytest.mark.parametrize("portions", [0, 1, 2, 3])
def test_a_worker_killed_in_the_middle_makes_no_difference(work: Workplace, portions: int) -> None:
    with work.pool.transaction() as conn:
        put_in_force(conn)
    begin(work)
    loads, calls = work.model, 0

    def dying() -> FakeClassifier:
        nonlocal calls
        calls += 1
        if calls > portions:
            raise SystemExit("kill -9")
        return FakeClassifier()

    work.model = dying
    if portions < 3:
        with pytest.raises(SystemExit):
            work.perform(Task.JOBS)
        assert values(work, "select done from jobs") == [portions * 3]
    work.model = loads
    work.perform(Task.JOBS)
    once = everything(work)
    assert values(work, "select state || ' ' || done from jobs") == ["done 8"]
    work.now += timedelta(hours=1)
    begin(work)
    work.perform(Task.JOBS)
    assert everything(work) == once


def test_an_edited_post_is_read_again_and_of_a_deleted_one_nothing_is_left(desk: Desk) -> None:
    first, second = a_post("My bag is lost!"), a_post("My seat is broken!")
    desk.hear(first, second)
    desk.collect(replace(first, text="thank you, it came", edited_at=NOON + timedelta(minutes=5)), replace(second, deleted=True))
    assert fetch_values(desk.conn, "select count(*) from readings") == [0]
    jobs.start(desk.conn, kind="retriage", why="to test", facts={}, agent_id=None, now=NOON)
    tools = Tools(classifier=FakeClassifier, clock=lambda: NOON)
    while job := jobs.claim(desk.conn, now=NOON):
        jobs.carry_on(desk.conn, job, tools)
    assert fetch_values(desk.conn, "select sentiment from verdicts order by post_id") == ["positive", "negative"]


def test_the_same_words_again_and_again_are_spam_also_when_history_is_judged_anew(desk: Desk) -> None:
    for _ in range(6):
        desk.hear(a_post("Come to the shop in the harbour", author=DEE))
    noise = "select noise from verdicts order by post_id"
    before = fetch_values(desk.conn, noise)
    jobs.start(desk.conn, kind="retriage", why="to test", facts={}, agent_id=None, now=NOON)
    tools = Tools(classifier=FakeClassifier, clock=lambda: NOON)
    while job := jobs.claim(desk.conn, now=NOON):
        jobs.carry_on(desk.conn, job, tools)
    assert fetch_values(desk.conn, noise) == before == [""] * 4 + ["spam"] * 2
