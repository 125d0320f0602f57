"""Whatever the order of snoozes, posts, resolves and undos: no case sleeps past its time or past a post, and each is where it may be."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.core.database import Connection, fetch_values
from amends.core.errors import Conflict, NotFound, Refused
from amends.inbox.actions import resolve, snooze
from amends.inbox.actions.assign import assign
from amends.inbox.actions.sweep import fold_counts
from amends.inbox.actions.undo import undo
from amends.inbox.rules.snoozing import Reason, Sleep
from tests.cast import NOON, a_post, a_source, ada, an_answer_to
from tests.desk import HOUR, Desk
from tests.often import few

FIRST = a_post("My bag is lost!", external_id="bag")
STEPS = st.one_of(
    st.tuples(st.just("sleep"), st.sampled_from([1, 5, 48])),
    st.tuples(st.just("undo"), st.integers(0, 4)),
    st.tuples(st.just("wait"), st.sampled_from([0, 1, 6, 50])),
    st.tuples(
        st.sampled_from(["forever", "wake", "post", "thank", "answer", "resolve", "dismiss", "reopen", "assign", "sweep"]), st.just(0)
    ),
)


@contextmanager
def _desk(conn: Connection) -> Generator[Desk]:
    try:
        desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn))
        desk.hear(FIRST)
        yield desk
    finally:
        conn.rollback()


class World:
    """Does one step after another; a step that the rules refuse changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self.at = desk
        self.case_id = desk.case().id
        self.posts = 0

    def do(self, step: str, value: int) -> None:
        """Take one step, and look whether what must be true still is."""
        self.at.now += timedelta(seconds=1)
        try:
            with self.at.conn.transaction():
                getattr(self, f"_{step}")(value)
        except (Conflict, Refused, NotFound):
            pass
        self.check()

    def check(self) -> None:
        """Look at the case from all sides."""
        case, asleep = self.at.case(), fetch_values(self.at.conn, "select count(*) from snoozes")[0]
        assert asleep == (case.status == "snoozed")
        assert case.status != "open" or case.waiting_since is not None
        assert case.status not in {"waiting", "resolved", "dismissed"} or case.waiting_since is None
        assert (case.status == "resolved") == (case.resolved_at is not None)
        episodes = fetch_values(self.at.conn, "select count(*) from episodes where resolved_at is null and dismissed_at is null")[0]
        assert episodes == (case.status in {"open", "waiting", "snoozed"})
        due = fetch_values(self.at.conn, "select count(*) from follow_ups where concluded_at is null")[0]
        assert due == 0 or case.status == "resolved"

    def _sleep(self, hours: int) -> None:
        self._lay_down(Sleep(reason=Reason.TIME, until=self.at.now + hours * HOUR))

    def _forever(self, _value: int) -> None:
        self._lay_down(Sleep(reason=Reason.CUSTOMER))

    def _lay_down(self, sleep: Sleep) -> None:
        since = self.at.case().waiting_since
        snooze.snooze(self.at.conn, case_id=self.case_id, sleep=sleep, agent_id=self.at.agent_id, now=self.at.now)
        assert self.at.case().waiting_since == since

    def _wake(self, _value: int) -> None:
        snooze.wake(self.at.conn, case_id=self.case_id, agent_id=self.at.agent_id, now=self.at.now)

    def _say(self, text: str) -> None:
        self.posts += 1
        slept = self.at.case().status == "snoozed"
        self.at.hear(an_answer_to(FIRST, text, published_at=self.at.now, external_id=f"again {self.posts}"))
        assert self.at.case().status != "snoozed"
        assert not slept or self.at.case().status == "open"

    def _post(self, _value: int) -> None:
        self._say("it is still lost!")

    def _thank(self, _value: int) -> None:
        self._say("thank you so much")

    def _answer(self, _value: int) -> None:
        self.at.answer()

    def _resolve(self, _value: int) -> None:
        self.at.resolve()

    def _dismiss(self, _value: int) -> None:
        resolve.dismiss(self.at.conn, case_id=self.case_id, agent_id=self.at.agent_id, now=self.at.now)

    def _reopen(self, _value: int) -> None:
        resolve.reopen(self.at.conn, case_id=self.case_id, agent_id=self.at.agent_id, now=self.at.now)

    def _assign(self, _value: int) -> None:
        whom = None if self.at.case().assignee_id else self.at.agent_id
        assign(self.at.conn, case_id=self.case_id, assignee_id=whom, agent_id=self.at.agent_id, now=self.at.now)

    def _undo(self, back: int) -> None:
        told = fetch_values(self.at.conn, "select id from events where case_id is not null order by id desc")
        undo(self.at.conn, case_id=self.case_id, event_id=told[min(back, len(told) - 1)], agent_id=self.at.agent_id, now=self.at.now)

    def _wait(self, hours: int) -> None:
        self.at.now += hours * HOUR

    def _sweep(self, _value: int) -> None:
        snooze.wake_due(self.at.conn, now=self.at.now)
        late = "select count(*) from snoozes where until <= %(now)s"
        assert fetch_values(self.at.conn, late, {"now": self.at.now}) == [0]


@settings(max_examples=few(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=25))
def test_no_case_sleeps_past_its_time_or_past_a_post(conn: Connection, steps: list[tuple[str, int]]) -> None:
    with _desk(conn) as desk:
        world = World(desk)
        assert desk.now == NOON
        for step, value in steps:
            world.do(step, value)
        fold_counts(desk.conn)
        status = desk.case().status
        assert fetch_values(desk.conn, "select view from case_counts where n > 0 and view like 'status:%%'", {}) == [f"status:{status}"]
