"""All that a rule did is taken back in one step, in the background, each case for itself, save what something later stands against."""

from datetime import timedelta

import pytest

from amends.core.database import Pool, fetch_values
from amends.core.errors import Conflict, Refused
from amends.inbox.actions import bulk, rule_book, snooze, topics
from amends.inbox.actions.assign import assign
from amends.inbox.actions.rule_book import Draft
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.store.bulk import Run, left
from amends.worker.names import Task
from tests.cast import NOON, a_post, a_source, ada, bo, mia
from tests.desk import MINUTE, Desk
from tests.workplace import Workplace

DAY = timedelta(days=1)


class Mistake:
    """A rule that does too much as soon as a case is given to somebody."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.work = Workplace(pool=pool)
        with pool.transaction() as conn:
            self.ada, self.bo, self.mia = ada(conn), bo(conn), mia(conn)
            desk = Desk(conn=conn, source_id=a_source(conn), agent_id=self.ada)
            desk.hear(*(a_post(f"lost {n}", external_id=f"p{n}", root_id=f"p{n}") for n in range(4)))
            self.ids: list[CaseId] = [case.id for case in desk.cases()]
            topic_id = topics.create(conn, name="Bags", brand_id=None, agent_id=self.mia, now=NOON)
            deeds = [
                {"deed": "note", "text": "A rule was here."},
                {"deed": "topic", "topic": str(topic_id)},
                {"deed": "press", "points": "20", "reason": "wrong"},
                {"deed": "snooze", "hours": "5"},
            ]
            wrong = Draft(name="Wrong", trigger="assigned", condition="", hours="", stops=False, deeds=deeds)
            self.rule_id = rule_book.save(conn, wrong, rule_id=None, agent_id=self.mia, now=NOON)
        self.work.now = NOON + MINUTE

    def hit(self, *case_ids: CaseId) -> None:
        """Let the rule do it to cases."""
        with self.pool.transaction() as conn:
            for case_id in case_ids:
                assign(conn, case_id=case_id, assignee_id=self.bo, agent_id=self.ada, now=self.work.now)
        self.work.perform(Task.APPLY_RULES)

    def begin(self, within: timedelta | None = None) -> int:
        """Begin to take back what the rule did."""
        with self.pool.transaction() as conn:
            return bulk.take_back_rule(conn, rule_id=self.rule_id, within=within, agent_id=self.mia, now=self.work.now)

    def take_back(self, within: timedelta | None = None) -> Run:
        """Take it back, and return the run."""
        run_id = self.begin(within)
        self.work.perform(Task.JOBS)
        with self.pool.transaction() as conn:
            return bulk.run_of(conn, run_id)

    def stands(self) -> list[tuple[str, int, int, int]]:
        """Return of each case its state, its notes, its topics by hand and whether it is pressed."""
        with self.pool.transaction() as conn:
            query = """
                select jsonb_build_array(c.status, (select count(*) from notes n where n.case_id = c.id),
                  (select count(*) from post_topics t join posts p on p.id = t.post_id where p.case_id = c.id and t.agent_id is not null),
                  (select count(*) from unnest(c.reasons) r where r = 'wrong')) from cases c order by c.id
                """
            return [(status, notes, given, pressed) for status, notes, given, pressed in fetch_values(conn, query)]


@pytest.fixture
def mistake(pool: Pool) -> Mistake:
    """A rule that was a mistake, and four cases."""
    return Mistake(pool)


def test_all_of_it_is_taken_back_and_the_rule_does_not_do_it_again(mistake: Mistake) -> None:
    before = mistake.stands()
    mistake.hit(*mistake.ids)
    assert all(one != as_it_was for one, as_it_was in zip(mistake.stands(), before, strict=True))
    mistake.work.now += DAY
    run = mistake.take_back()
    mistake.work.perform(Task.APPLY_RULES)
    assert (run.state, run.done, run.skipped, run.failed, run.can_be_taken_back) == ("done", 4, 0, 0, False)
    assert mistake.stands() == before
    with pytest.raises(Refused, match="nothing to take back"):
        mistake.begin()


def test_what_somebody_changed_since_stays_and_the_rest_of_it_goes(mistake: Mistake, pool: Pool) -> None:
    mistake.hit(mistake.ids[0])
    with pool.transaction() as conn:
        snooze.wake(conn, case_id=mistake.ids[0], agent_id=mistake.ada, now=mistake.work.now)
    run = mistake.take_back()
    assert (run.done, run.skipped, mistake.stands()[0]) == (1, 0, ("open", 0, 0, 0))


def test_a_case_in_which_all_of_it_was_changed_since_is_told_with_the_reason(mistake: Mistake, pool: Pool) -> None:
    with pool.transaction() as conn:
        wrong = Draft(name="Wrong", trigger="assigned", condition="", hours="", stops=False, deeds=[{"deed": "snooze", "hours": "5"}])
        rule_book.save(conn, wrong, rule_id=mistake.rule_id, agent_id=mistake.mia, now=NOON)
    mistake.hit(mistake.ids[0])
    with pool.transaction() as conn:
        snooze.wake(conn, case_id=mistake.ids[0], agent_id=mistake.ada, now=mistake.work.now)
    run = mistake.take_back()
    assert (run.done, run.skipped) == (0, 1)
    with pool.transaction() as conn:
        assert [one.why for one in left(conn, EVERYTHING, run_id=run.id)] == [
            "Something else was done since; undoing this would overwrite it."
        ]


def test_only_what_is_younger_is_taken_back_where_that_is_asked_for(mistake: Mistake) -> None:
    mistake.hit(mistake.ids[0])
    mistake.work.now += DAY
    mistake.hit(mistake.ids[1])
    assert mistake.take_back(timedelta(hours=1)).done == 1
    assert [status for status, *_rest in mistake.stands()] == ["snoozed", "open", "open", "open"]


def test_what_the_rule_does_after_one_began_stays_and_two_do_not_take_it_back_at_once(mistake: Mistake, pool: Pool) -> None:
    mistake.hit(mistake.ids[0])
    mistake.begin()
    mistake.hit(mistake.ids[1])
    with pytest.raises(Conflict):
        mistake.begin()
    mistake.work.perform(Task.JOBS)
    assert [status for status, *_rest in mistake.stands()] == ["open", "snoozed", "open", "open"]


def test_the_taking_back_cannot_be_taken_back(mistake: Mistake, pool: Pool) -> None:
    mistake.hit(mistake.ids[0])
    run = mistake.take_back()
    with pool.transaction() as conn, pytest.raises(Refused):
        bulk.take_back(conn, run_id=run.id, agent_id=mistake.mia, now=mistake.work.now)
