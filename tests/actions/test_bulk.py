"""Work on many cases: the set is fixed, each case goes its own way, a killed worker goes on, and it is taken back as far as it can be."""

from collections.abc import Mapping

import pytest

from amends.core.database import Pool, execute, fetch_values
from amends.core.errors import Conflict, Refused
from amends.core.kept import told
from amends.core.translating import gettext, speaking
from amends.inbox.actions import bulk, jobs, resolve, selecting
from amends.inbox.actions.assign import assign
from amends.inbox.actions.bulk import Wanted
from amends.inbox.actions.job_kinds import bulk as kind
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.store.bulk import Run, left
from amends.worker.names import Task
from tests.cast import NOON, a_post, a_source, ada, bo, mia
from tests.desk import MINUTE, Desk
from tests.workplace import Workplace

MANY = 7


class Bulk:
    """A worker, and some cases that are open."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.work = Workplace(pool=pool)
        with pool.transaction() as conn:
            self.agent = ada(conn)
            self.boss = mia(conn)
            desk = Desk(conn=conn, source_id=a_source(conn), agent_id=self.agent)
            desk.hear(*(a_post(f"lost {n}", external_id=f"p{n}", root_id=f"p{n}") for n in range(MANY)))
            self.ids: list[CaseId] = [case.id for case in desk.cases()]
        self.work.now = NOON + MINUTE

    def start(self, deed: str, asked: Mapping[str, object] | None = None, ids: list[CaseId] | None = None) -> int:
        """Start a run as Ada."""
        with self.pool.transaction() as conn:
            wanted = Wanted(deed=deed, asked=asked or {}, case_ids=self.ids if ids is None else ids)
            return bulk.start(conn, wanted, agent_id=self.agent, now=self.work.now)

    def run(self, run_id: int) -> Run:
        """Let the worker finish, and return the run."""
        self.work.perform(Task.JOBS)
        with self.pool.transaction() as conn:
            return bulk.run_of(conn, run_id)

    def take_back(self, run_id: int) -> int:
        """Start to take the run back as Ada."""
        with self.pool.transaction() as conn:
            return bulk.take_back(conn, run_id=run_id, agent_id=self.agent, now=self.work.now)

    def states(self) -> list[str]:
        """Return how the cases are."""
        with self.pool.transaction() as conn:
            return fetch_values(conn, "select status from cases order by id")


@pytest.fixture
def many(pool: Pool) -> Bulk:
    """Seven open cases."""
    return Bulk(pool)


def numbers(run: Run) -> tuple[str, int, int, int, int]:
    return run.state, run.queued, run.done, run.skipped, run.failed


def test_thousands_would_be_done_a_portion_at_a_time(many: Bulk, pool: Pool) -> None:
    before, kind.CASES = kind.CASES, 2
    try:
        run_id = many.start("resolve")
        assert numbers(many.run(run_id)) == ("done", 0, MANY, 0, 0)
    finally:
        kind.CASES = before
    assert set(many.states()) == {"resolved"}
    with pool.transaction() as conn:
        assert fetch_values(conn, "select distinct because ->> 'run' from events where kind = 'case_resolved'") == [str(run_id)]


def test_a_case_that_was_so_already_is_skipped_with_the_reason(many: Bulk, pool: Pool) -> None:
    with pool.transaction() as conn:
        resolve.resolve(conn, case_id=many.ids[2], agent_id=many.agent, policy=many.work.context.policy, now=NOON)
    run = many.run(many.start("resolve"))
    assert numbers(run) == ("done", 0, MANY - 1, 1, 0)
    with pool.transaction() as conn:
        [one] = left(conn, EVERYTHING, run_id=run.id)
    assert (one.case_id, one.why) == (many.ids[2], "This case is resolved already.")


def test_why_a_case_was_skipped_is_told_to_each_reader_in_their_language(many: Bulk, pool: Pool) -> None:
    with pool.transaction() as conn:
        colleague = bo(conn)
    run_id = many.start("assign", {"to": str(colleague)})
    with pool.transaction() as conn:
        execute(conn, "update agents set role = 'auditor' where id = %(id)s", {"id": colleague})
    run = many.run(run_id)
    with pool.transaction() as conn:
        whys = {one.why for one in left(conn, EVERYTHING, run_id=run.id)}
    assert set(map(told, whys)) == {"Bo only looks and cannot work on a case."}
    with speaking("ta"):
        assert told(whys.pop()) == gettext("%(name)s only looks and cannot work on a case.") % {"name": "Bo"}


def test_it_is_taken_back_where_it_is_still_as_it_was_left(many: Bulk, pool: Pool) -> None:
    with pool.transaction() as conn:
        colleague = bo(conn)
    run_id = many.start("assign", {"to": str(colleague)})
    many.run(run_id)
    with pool.transaction() as conn:
        assign(conn, case_id=many.ids[0], assignee_id=many.agent, agent_id=many.agent, now=many.work.now)

    undone = many.run(many.take_back(run_id))
    assert numbers(undone) == ("done", 0, MANY - 1, 1, 0)
    with pool.transaction() as conn:
        assert fetch_values(conn, "select assignee_id from cases order by id") == [many.agent, *[None] * (MANY - 1)]
        assert bulk.run_of(conn, run_id).undone_by == undone.id
    with pytest.raises(Conflict):
        many.take_back(run_id)


@pytest.mark.parametrize(
    ("deed", "asked"), [("dismiss", {}), ("snooze", {"reason": "customer"}), ("note", {"text": "Known."}), ("read", {}), ("resolve", {})]
)
def test_every_deed_is_done_and_taken_back(many: Bulk, deed: str, asked: dict[str, object]) -> None:
    run_id = many.start(deed, asked)
    assert numbers(many.run(run_id)) == ("done", 0, MANY, 0, 0)
    many.work.now += 3 * MINUTE
    assert numbers(many.run(many.take_back(run_id))) == ("done", 0, MANY, 0, 0)
    assert set(many.states()) == {"open"}


def test_taking_back_stops_what_still_goes_on(many: Bulk, pool: Pool) -> None:
    run_id = many.start("resolve")
    with pool.transaction() as conn:
        execute(conn, "update bulk_cases set state = 'queued'")
    with pytest.raises(Refused, match="Nothing was done yet"):
        many.take_back(run_id)
    with pool.transaction() as conn:
        bulk.stop(conn, run_id=run_id, agent_id=many.agent, now=many.work.now)
        with pytest.raises(Refused, match="over already"):
            bulk.stop(conn, run_id=run_id, agent_id=many.agent, now=many.work.now)
    assert numbers(many.run(run_id)) == ("cancelled", MANY, 0, 0, 0)
    assert set(many.states()) == {"open"}


def test_a_portion_that_died_with_its_worker_is_done_again_and_once(many: Bulk, pool: Pool) -> None:
    many.start("note", {"text": "Known."})
    tools = kind.Tools(classifier=many.work.model, clock=lambda: many.work.now)

    def die_in_the_middle() -> None:
        with pool.transaction() as conn:
            job = jobs.claim(conn, now=many.work.now)
            assert job is not None
            kind.portion(conn, job, tools)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        die_in_the_middle()
    many.work.perform(Task.JOBS)
    with pool.transaction() as conn:
        assert fetch_values(conn, "select count(*) from notes") == [MANY]


def test_rights_are_asked_when_it_is_done_and_for_each_case(many: Bulk, pool: Pool) -> None:
    run_id = many.start("dismiss")
    with pool.transaction() as conn:
        execute(conn, "insert into teams (name, created_at) values ('Elsewhere', now())")
        execute(conn, "update cases set team_id = (select id from teams) where id = %(id)s", {"id": many.ids[0]})
    assert numbers(many.run(run_id)) == ("done", 0, MANY - 1, 1, 0)

    run_id = many.start("reopen")
    with pool.transaction() as conn:
        execute(conn, "update agents set role = 'auditor' where id = %(id)s", {"id": many.agent})
    assert numbers(many.run(run_id)) == ("done", 0, 0, MANY - 1, 0)


def test_what_breaks_over_one_case_leaves_the_others_alone(many: Bulk, pool: Pool) -> None:
    run_id = many.start("assign", {"to": str(many.boss)})
    with pool.transaction() as conn:
        execute(conn, "create function stumble() returns trigger language plpgsql as $$ begin raise exception 'stumbled'; end $$")
        execute(
            conn,
            """
            create trigger stumbles before update of assignee_id on cases for each row
            when (new.preview like '%3') execute function stumble()
            """,
        )
    assert numbers(many.run(run_id)) == ("done", 0, MANY - 1, 0, 1)


@pytest.mark.parametrize(
    ("deed", "asked", "words"),
    [
        ("shred", {}, "no action called"),
        ("alert", {"channel": "1"}, "for rules"),
        ("assign", {"to": "x"}, "of the list"),
        ("assign", {"to": "999999"}, "does not work here"),
        ("team", {"team": "999999"}, "no such team"),
        ("note", {"text": " "}, "some words"),
        ("snooze", {"preset": "never"}, "cannot be chosen"),
        ("snooze", {"at": "soon"}, "no date"),
        ("snooze", {"reason": "boredom"}, "until a time"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_at_once(many: Bulk, deed: str, asked: dict[str, object], words: str) -> None:
    with pytest.raises(Refused, match=words):
        many.start(deed, asked)


def test_no_case_is_no_work(many: Bulk) -> None:
    with pytest.raises(Refused, match="No case"):
        many.start("resolve", ids=[CaseId(999_999)])


def test_all_that_match_are_those_that_the_list_shows_on_all_its_pages(many: Bulk, pool: Pool) -> None:
    asker = Asker(agent_id=many.agent, now=NOON)
    with pool.transaction() as conn:
        found = selecting.matching(conn, parse("status:open"), asker)
        fewer = selecting.matching(conn, parse('status:open "lost 3"'), asker)
    assert (sorted(found), fewer) == (many.ids, [many.ids[3]])
