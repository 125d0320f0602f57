"""Learning on a real desk: agents correct what a word means, the night learns it, history follows, and a manager goes back."""

from datetime import datetime, timedelta

import pytest

from amends.core.database import Connection, Pool, fetch_values
from amends.core.errors import NotFound, Refused
from amends.core.post import Author
from amends.inbox.actions import jobs, learn
from amends.inbox.actions.correct import correct
from amends.inbox.actions.job_kinds import Tools
from amends.inbox.actions.tuning import head_in_force, tuning
from amends.inbox.rules.ids import PostId
from amends.inbox.rules.job_reasons import JobWhy
from amends.inbox.store import heads
from amends.worker.names import Task
from tests.cast import NOON, a_post, a_source, ada
from tests.desk import Desk
from tests.fakes import EMBEDDING, FakeClassifier
from tests.lessons import a_replay
from tests.workplace import Workplace

REPLAY = a_replay(rows=1200, width=EMBEDDING)
DEEP_NIGHT = NOON.replace(hour=learn.NIGHT)
SLANG = "that set was broken wicked sick dude {place}"


def hear(conn: Connection, texts: list[str]) -> None:
    """Hear each text from an author of its own."""
    desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn))
    posts = [
        a_post(text, external_id=f"s-{place}", author=Author(external_id=f"who-{place}", handle=f"who_{place}", name="Who"))
        for place, text in enumerate(texts)
    ]
    desk.hear(*posts[:50])
    desk.hear(*posts[50:])


def teach(conn: Connection, number: int) -> None:
    """Let Ada call the first posts positive, which the model takes for negative."""
    for post_id in fetch_values(conn, "select id from posts order by id limit %(n)s", {"n": number}):
        correct(conn, post_id=PostId(post_id), field="mood", new="positive", agent_id=ada(conn), now=NOON)


def slangy(conn: Connection, *, taught: int) -> None:
    hear(conn, [SLANG.format(place=place) for place in range(60)])
    teach(conn, taught)


def carry_out(conn: Connection, *, now: datetime = NOON) -> None:
    """Do every portion of every job, as a worker would."""
    tools = Tools(classifier=FakeClassifier, clock=lambda: now, replay=lambda: REPLAY)
    while job := jobs.claim(conn, now=now):
        slow = jobs.carry_on(conn, job, tools)
        if slow:
            assert jobs.finish(conn, job, slow(), now=now)


def wish(conn: Connection) -> None:
    jobs.start(conn, kind="learn", why="to test", facts={}, agent_id=ada(conn), now=NOON)
    carry_out(conn)


def moods(conn: Connection) -> list[str]:
    return fetch_values(conn, "select distinct model || ' ' || sentiment from verdicts order by 1")


def test_what_agents_agree_on_is_learnt_adopted_and_judges_history(conn: Connection) -> None:
    slangy(conn, taught=45)
    wish(conn)
    [trial] = heads.newest(conn)
    assert (trial.version, trial.refused_why, trial.in_force, trial.agent) == ("fake-1+1", "", True, "Ada")
    assert trial.report["gained"] > 30
    assert moods(conn) == ["fake-1+1 positive"]
    assert fetch_values(conn, "select count(*) from verdicts where said is null") == [15]
    assert tuning(conn).head is not None


def test_too_few_corrections_are_kept_as_a_trial_that_says_so(conn: Connection) -> None:
    slangy(conn, taught=12)
    wish(conn)
    [trial] = heads.newest(conn)
    assert (trial.refused_why, trial.in_force) == ("12 corrections are too few: at least 30", False)
    with pytest.raises(Refused, match="12 corrections are too few"):
        learn.use(conn, version=trial.version, agent_id=None, now=NOON)
    assert moods(conn) == ["fake-1 negative", "fake-1 positive"]


def test_without_any_correction_nothing_breaks(conn: Connection) -> None:
    wish(conn)
    assert heads.newest(conn)[0].refused_why == "no corrections are too few: at least 30"


def test_any_version_can_be_brought_back_and_history_follows(conn: Connection) -> None:
    slangy(conn, taught=45)
    wish(conn)
    learn.use(conn, version="shipped", agent_id=ada(conn), now=NOON)
    carry_out(conn)
    assert head_in_force(conn) is None
    assert fetch_values(conn, "select sentiment from verdicts where said is null group by 1") == ["negative"]
    learn.use(conn, version="fake-1+1", agent_id=ada(conn), now=NOON)
    carry_out(conn)
    assert moods(conn) == ["fake-1+1 positive"]
    for version, error in (("fake-1+1", Refused), ("fake-1+9", NotFound)):
        with pytest.raises(error):
            learn.use(conn, version=version, agent_id=None, now=NOON)
    learn.use(conn, version="shipped", agent_id=None, now=NOON)
    with pytest.raises(Refused, match="already"):
        learn.use(conn, version="shipped", agent_id=None, now=NOON)


def test_what_was_learnt_is_not_learnt_again(conn: Connection) -> None:
    slangy(conn, taught=45)
    wish(conn)
    wish(conn)
    assert [trial.refused_why for trial in heads.newest(conn)] == ["no corrections since fake-1+1 are too few: at least 30", ""]
    assert heads.newest(conn)[1].in_force


def test_a_trial_that_another_version_overtook_is_not_adopted(conn: Connection) -> None:
    slangy(conn, taught=45)
    gathered = learn.gather(conn, encoder="fake-1")
    found = learn.try_out(gathered, REPLAY)
    wish(conn)
    assert not learn.keep(conn, gathered, found, agent_id=None, now=NOON)
    assert "another version" in heads.newest(conn)[0].refused_why
    assert heads.newest(conn)[0].version == "fake-1+2"


def test_a_damaged_head_leaves_the_shipped_model_speaking(conn: Connection) -> None:
    slangy(conn, taught=45)
    wish(conn)
    conn.execute("update heads set weights = 'no head'")
    assert tuning(conn).head is None


def test_it_learns_at_night_once_where_something_new_was_corrected(pool: Pool) -> None:
    work = Workplace(pool=pool, now=DEEP_NIGHT)
    work.perform(Task.LEARN)
    with pool.transaction() as conn:
        assert jobs.latest(conn, kind="learn") is None
        slangy(conn, taught=1)
    work.now = NOON
    work.perform(Task.LEARN)
    with pool.transaction() as conn:
        assert jobs.latest(conn, kind="learn") is None
    work.now = DEEP_NIGHT
    work.perform(Task.LEARN, Task.LEARN)
    work.now += timedelta(minutes=10)
    work.perform(Task.LEARN)
    with pool.transaction() as conn:
        assert fetch_values(conn, "select why from jobs") == [JobWhy.NIGHTLY]
        carry_out(conn, now=work.now)
        assert [(trial.at_night, trial.agent) for trial in heads.newest(conn)] == [(True, "")]
    work.now += timedelta(days=1)
    work.perform(Task.LEARN)
    with pool.transaction() as conn:
        assert fetch_values(conn, "select count(*) from jobs") == [1]
