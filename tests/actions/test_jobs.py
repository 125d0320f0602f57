"""Long work: a portion a transaction, begun anew, cancelled, tried again, and gone on with after a crash."""

import sys
from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path

import pytest

from amends.core.database import Pool, execute, fetch_values
from amends.core.errors import ModelMissing, NotFound, Refused
from amends.core.ports import Classifier
from amends.inbox.actions import job_kinds, jobs
from amends.inbox.rules.ids import JobId
from amends.inbox.store.jobs import Job
from amends.worker.names import Task
from tests.cast import a_post, a_source, ada
from tests.desk import Desk
from tests.workplace import Workplace

COUNTING = '''
"""Counts to `facts["to"]`, three at a time, and keeps each number in the database."""
from amends.core.database import execute
from amends.inbox.actions.job_kinds import Portion


def total(conn, job):
    return job.facts["to"]


def portion(conn, job, tools):
    if job.facts.get("needs_model"):
        tools.classifier()
    for number in range(job.position + 1, min(job.position + 3, job.facts["to"]) + 1):
        execute(conn, "insert into heartbeats (part, at) values (%(n)s, now()) on conflict do nothing", {"n": f"counted {number}"})
        if number == job.facts.get("breaks_at"):
            raise ZeroDivisionError("counted too far")
    return Portion(position=number, done=number - job.position, over=number == job.facts["to"])
'''


PONDERING = '''
"""Thinks for long with no transaction open: `facts["while"]` names what happens meanwhile."""
from amends.core.database import execute
from amends.inbox.actions.job_kinds import Portion

MEANWHILE = []


def total(conn, job):
    return 1


def portion(conn, job, tools):
    def slow():
        for happens in MEANWHILE:
            happens()

        def finish(conn):
            execute(conn, "insert into heartbeats (part, at) values ('counted 1', now())")
            return Portion(position=1, done=1, over=True)

        return finish

    return slow
'''


@pytest.fixture
def work(pool: Pool, tmp_path: Path) -> Generator[Workplace]:
    """A worker that knows two more kinds of job, `counting` and `pondering`, since there are files for them."""
    (tmp_path / "counting.py").write_text(COUNTING)
    (tmp_path / "pondering.py").write_text(PONDERING)
    job_kinds.__path__.append(str(tmp_path))
    job_kinds.load.cache_clear()
    yield Workplace(pool=pool)
    job_kinds.__path__.remove(str(tmp_path))
    job_kinds.load.cache_clear()
    for name in ("counting", "pondering"):
        sys.modules.pop(f"amends.inbox.actions.job_kinds.{name}", None)


def begin(work: Workplace, *, to: int = 7, why: str = "to test", **facts: object) -> JobId:
    with work.pool.transaction() as conn:
        return jobs.start(conn, kind="counting", why=why, facts={"to": to, **facts}, agent_id=ada(conn), now=work.now)


def seen(work: Workplace, job_id: JobId) -> Job:
    with work.pool.transaction() as conn:
        return jobs.job_of(conn, job_id)


def counted(work: Workplace) -> list[str]:
    with work.pool.transaction() as conn:
        return fetch_values(conn, "select part from heartbeats where part like 'counted %%' order by part", {})


def told(work: Workplace) -> list[str]:
    with work.pool.transaction() as conn:
        return fetch_values(conn, "select kind from events where kind like 'job_%%' order by id", {})


def test_a_job_runs_in_portions_until_it_is_done(work: Workplace) -> None:
    job_id = begin(work)
    work.perform(Task.JOBS)
    job = seen(work, job_id)
    assert (job.state, job.done, job.total, job.position, job.agent) == ("done", 7, 7, 7, "Ada")
    assert len(counted(work)) == 7
    assert told(work) == ["job_started", "job_done"]


def test_the_event_of_its_start_and_the_sweep_both_wake_it(work: Workplace) -> None:
    begin(work)
    work.perform(Task.RELAY)
    assert Task.JOBS in work.woken
    work.woken.clear()
    work.perform(Task.SWEEP)
    assert Task.JOBS in work.woken
    work.perform(Task.JOBS)
    work.woken.clear()
    work.perform(Task.SWEEP)
    assert Task.JOBS not in work.woken


def test_where_posts_wait_for_triage_a_job_takes_one_portion_and_lets_them_go_first(work: Workplace) -> None:
    job_id = begin(work)
    with work.pool.transaction() as conn:
        Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn)).collect(a_post())
    work.perform(Task.JOBS)
    assert (seen(work, job_id).state, counted(work)) == ("running", [])
    work.perform(Task.JOBS)
    assert len(counted(work)) == 3
    work.perform(Task.TRIAGE, Task.JOBS)
    assert seen(work, job_id).state == "done"


def test_a_job_started_again_replaces_the_one_that_waits_or_runs(work: Workplace) -> None:
    first = begin(work)
    second = begin(work, why="again")
    other = begin(work, to=2)
    assert [seen(work, job_id).state for job_id in (first, second, other)] == ["cancelled", "queued", "queued"]
    work.perform(Task.JOBS)
    assert [seen(work, job_id).state for job_id in (second, other)] == ["done", "done"]


def test_a_cancelled_job_does_no_more_and_cannot_be_cancelled_twice(work: Workplace) -> None:
    job_id = begin(work)
    with work.pool.transaction() as conn:
        jobs.cancel(conn, job_id=job_id, agent_id=ada(conn), now=work.now)
    work.perform(Task.JOBS)
    assert (seen(work, job_id).state, counted(work)) == ("cancelled", [])
    with work.pool.transaction() as conn, pytest.raises(Refused):
        jobs.cancel(conn, job_id=job_id, agent_id=None, now=work.now)


def test_a_portion_that_fails_leaves_nothing_is_tried_again_and_then_the_job_fails_with_words(work: Workplace) -> None:
    job_id = begin(work, breaks_at=5)
    for _ in range(jobs.MOST_FAILURES):
        work.perform(Task.JOBS)
        work.now += timedelta(minutes=5)
    job = seen(work, job_id)
    assert (job.state, job.done, job.error) == ("failed", 3, "ZeroDivisionError: counted too far")
    assert counted(work) == ["counted 1", "counted 2", "counted 3"]
    assert told(work)[-1] == "job_failed"


def test_a_job_that_failed_once_goes_on_where_it_was(work: Workplace) -> None:
    job_id = begin(work, breaks_at=5)
    work.perform(Task.JOBS)
    assert seen(work, job_id).failures == 1
    with work.pool.transaction() as conn:
        execute(conn, "update jobs set facts = facts - 'breaks_at'")
    work.perform(Task.JOBS)
    assert seen(work, job_id).state == "running"
    work.now += timedelta(minutes=1)
    work.perform(Task.JOBS)
    assert (seen(work, job_id).state, seen(work, job_id).failures, len(counted(work))) == ("done", 0, 7)


def test_without_a_model_a_job_waits_for_as_long_as_it_takes(work: Workplace) -> None:
    def missing() -> Classifier:
        raise ModelMissing("model.onnx is damaged")

    loads, work.model = work.model, missing
    job_id = begin(work, needs_model=True)
    for _ in range(jobs.MOST_FAILURES + 2):
        work.perform(Task.JOBS)
        work.now += timedelta(minutes=5)
    assert (seen(work, job_id).state, seen(work, job_id).error) == ("running", "model.onnx is damaged")
    work.model = loads
    work.perform(Task.JOBS)
    assert seen(work, job_id).state == "done"


def ponder(work: Workplace, *meanwhile: Callable[[], None]) -> JobId:
    vars(job_kinds.load()["pondering"])["MEANWHILE"].extend(meanwhile)
    with work.pool.transaction() as conn:
        return jobs.start(conn, kind="pondering", why="to test", facts={}, agent_id=None, now=work.now)


def test_long_work_holds_nothing_and_no_second_worker_tries_it(work: Workplace) -> None:
    rows: list[object] = []

    def look() -> None:
        with work.pool.transaction() as conn:
            rows.extend(fetch_values(conn, "select state from jobs for update nowait"))
            rows.append(jobs.claim(conn, now=work.now))

    job_id = ponder(work, look)
    work.perform(Task.JOBS)
    assert rows == ["running", None]
    assert (seen(work, job_id).state, counted(work)) == ("done", ["counted 1"])


def test_the_result_of_long_work_that_was_cancelled_meanwhile_is_thrown_away(work: Workplace) -> None:
    def cancel() -> None:
        with work.pool.transaction() as conn:
            jobs.cancel(conn, job_id=job_id, agent_id=None, now=work.now)

    job_id = ponder(work, cancel)
    work.perform(Task.JOBS)
    assert (seen(work, job_id).state, counted(work)) == ("cancelled", [])


def test_long_work_of_a_worker_that_was_killed_is_done_by_the_next_when_the_lease_is_over(work: Workplace) -> None:
    def die() -> None:
        work.now += timedelta(seconds=1)
        raise SystemExit("kill -9")

    job_id = ponder(work, die)
    with pytest.raises(SystemExit):
        work.perform(Task.JOBS)
    vars(job_kinds.load()["pondering"])["MEANWHILE"].clear()
    work.perform(Task.JOBS)
    assert seen(work, job_id).state == "running"
    work.now += jobs.LEASE
    work.perform(Task.JOBS)
    assert (seen(work, job_id).state, counted(work)) == ("done", ["counted 1"])


def test_there_are_only_jobs_of_kinds_that_have_a_file(work: Workplace) -> None:
    with work.pool.transaction() as conn, pytest.raises(Refused, match="counting"):
        jobs.start(conn, kind="juggling", why="", facts={}, agent_id=None, now=work.now)
    with work.pool.transaction() as conn, pytest.raises(NotFound):
        jobs.job_of(conn, JobId(404))
