"""What an agent said of a topic of a post survives any sequence of labelling, learning, archiving and re-triage."""

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import NotFound
from amends.inbox.actions import topic_labels, topics
from amends.inbox.actions.job_kinds import Tools, retriage
from amends.inbox.actions.job_kinds import topics as labelling
from amends.inbox.actions.jobs import start
from amends.inbox.rules.ids import PostId, TopicId
from amends.inbox.store import jobs
from tests.cast import a_post, a_source, ada
from tests.desk import Desk
from tests.often import few
from tests.teaching import LUGGAGE, MEALS, label_history, teach, topic

STEPS = ("give", "take", "unsay", "label", "learn", "example", "retriage", "archive", "restore")
SEQUENCES = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 1), st.integers(0, 1)), max_size=12)


class Play:
    """A desk with two topics and two posts, and what agents said of them last."""

    def __init__(self, conn: Connection) -> None:
        self.desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn))
        self.topics = [topic(self.desk, "Luggage", *LUGGAGE), topic(self.desk, "Meals", *MEALS)]
        self.desk.hear(a_post(LUGGAGE[0]), a_post("hello there"))
        self.posts = [PostId(found) for found in fetch_values(conn, "select id from posts order by id")]
        self.said: dict[tuple[PostId, TopicId], bool] = {}

    def step(self, name: str, post: int, meant: int) -> None:
        where = self.posts[post], self.topics[meant]
        doing: dict[str, Callable[[PostId, TopicId], None]] = {"give": self._give, "take": self._take, "unsay": self._unsay}
        try:
            if name in doing:
                doing[name](*where)
            else:
                self._work(name, where[1])
        except NotFound:
            return

    def _give(self, post: PostId, meant: TopicId) -> None:
        topic_labels.give(self.desk.conn, post_id=post, topic_id=meant, agent_id=self.desk.agent_id, now=self.desk.now)
        self.said[post, meant] = True

    def _take(self, post: PostId, meant: TopicId) -> None:
        topic_labels.take(self.desk.conn, post_id=post, topic_id=meant, agent_id=self.desk.agent_id, now=self.desk.now)
        self.said[post, meant] = False

    def _unsay(self, post: PostId, meant: TopicId) -> None:
        topic_labels.unsay(self.desk.conn, post_id=post, topic_id=meant, agent_id=self.desk.agent_id, now=self.desk.now)
        self.said.pop((post, meant))

    def _work(self, name: str, meant: TopicId) -> None:
        conn, me, now = self.desk.conn, self.desk.agent_id, self.desk.now
        if name == "label":
            label_history(self.desk)
        elif name == "learn":
            teach(self.desk)
        elif name == "example":
            topics.add_example(conn, topic_id=meant, text="hello there you", fits=True, agent_id=me, now=now)
        elif name == "retriage":
            self._retriage()
        else:
            change = topics.archive if name == "archive" else topics.restore
            change(conn, topic_id=meant, agent_id=me, now=now)

    def _retriage(self) -> None:
        conn = self.desk.conn
        start(conn, kind="retriage", why="to test", facts={}, agent_id=None, now=self.desk.now)
        tools = Tools(classifier=lambda: self.desk.model, clock=lambda: self.desk.now)
        retriage.portion(conn, jobs.latest(conn, kind="retriage")[0], tools)

    def stored(self) -> dict[tuple[PostId, TopicId], bool]:
        rows = fetch_values(
            self.desk.conn, "select array[post_id, topic_id, fits::integer] from post_topics where agent_id is not null", {}
        )
        return {(PostId(post), TopicId(meant)): bool(fits) for post, meant, fits in rows}


@settings(max_examples=few(6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SEQUENCES)
def test_what_agents_said_survives_whatever_the_model_does(conn: Connection, steps: list[tuple[str, int, int]]) -> None:
    execute(conn, "savepoint before")
    play = Play(conn)
    for name, post, meant in steps:
        play.step(name, post, meant)
        assert play.stored() == play.said
    execute(conn, "rollback to savepoint before")


def test_portions_that_a_killed_worker_did_twice_are_as_good_as_one_that_ran_through(conn: Connection) -> None:
    play = Play(conn)
    query = "select array_agg(post_id || ':' || topic_id || ':' || score order by post_id, topic_id)::text from post_topics"
    label_history(play.desk)
    through = fetch_values(conn, query)
    execute(conn, "delete from post_topics")
    position, over = 0, False
    while not over:
        labelling.next_posts(conn, position=position, limit=1)
        again = labelling.next_posts(conn, position=position, limit=1)
        position, over = again.position, again.over
    assert fetch_values(conn, query) == through
    assert through != [None]
