"""Whatever the order in which things happen at the desk, what must always be true stays true.

Three orders each time; a thousand take a quarter of an hour: `EXAMPLES_TIMES=80 ./amends test --timeout 3600 tests/property/test_desk.py`.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.core.database import Connection, fetch_values
from amends.core.errors import Conflict, Refused, Unreachable
from amends.core.post import Author, Post
from amends.inbox.actions import reply, resolve, send_reply
from amends.inbox.actions.follow_up import conclude_due
from amends.inbox.actions.sweep import fold_counts
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.store import counts
from amends.inbox.store.reply_jobs import ReplyJob
from tests.cast import NOON, US, a_post, a_source, ada
from tests.desk import DAY, MINUTE, Desk
from tests.often import few

PEOPLE = [Author(external_id=f"a{n}", handle=f"a{n}") for n in range(2)]
WORDS = ["my bag is lost", "thank you", "hm", "where is it?", "unreadable"]


def _the_posts() -> list[Post]:
    """Return a small world: two authors and ourselves, two threads, every mood."""
    made: list[Post] = []
    for n, text in enumerate(WORDS * 4):
        author = US if n % 7 == 6 else PEOPLE[n % 2]
        made.append(
            a_post(
                f"{text} {n}",
                external_id=f"w{n}",
                root_id=f"w{n % 4 // 2}",
                author=author,
                is_own=author is US,
                shared_id="w0" if n % 9 == 8 else None,
                published_at=NOON + n * MINUTE,
            )
        )
    return made


POSTS = _the_posts()

AGENT_STEPS = ["write", "write_and_resolve", "resolve", "resolve", "undo", "undo", "dismiss", "reopen"]
STEPS = st.one_of(
    st.tuples(st.just("page"), st.lists(st.integers(0, len(POSTS) - 1), max_size=6)),
    st.tuples(st.just("edit"), st.integers(0, len(POSTS) - 1)),
    st.tuples(st.just("delete"), st.integers(0, len(POSTS) - 1)),
    st.tuples(st.just("triage"), st.integers(1, 5)),
    st.tuples(st.just("hear"), st.integers(0, len(POSTS) - 1)),
    st.tuples(st.sampled_from(AGENT_STEPS), st.integers(0, 1)),
    st.tuples(st.sampled_from(AGENT_STEPS), st.integers(0, 3)),
    st.tuples(st.sampled_from(["claim", "sent", "send", "send", "trouble", "conclude", "fold"]), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from([1, 1, 30, 60 * 24 * 8])),
)
ORDERS = st.lists(STEPS, min_size=15, max_size=40)


@contextmanager
def _desk(conn: Connection) -> Generator[Desk]:
    try:
        yield Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn), now=NOON + timedelta(hours=1))
    finally:
        conn.rollback()


class World:
    """Does one step after another; a step that the rules refuse changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.jobs: list[ReplyJob] = []

    def do(self, step: str, value: object) -> None:
        """Take one step."""
        self.desk.now += timedelta(seconds=1)
        try:
            with self.desk.conn.transaction():
                getattr(self, f"_{step}")(value)
        except (Conflict, Refused):
            pass

    def _page(self, numbers: list[int]) -> None:
        self.desk.collect(*(POSTS[n] for n in numbers))

    def _edit(self, number: int) -> None:
        self.desk.collect(replace(POSTS[number], text="edited, lost", edited_at=self.desk.now))

    def _delete(self, number: int) -> None:
        self.desk.collect(replace(POSTS[number], deleted=True))

    def _triage(self, limit: int) -> None:
        self.desk.triage(limit=limit)

    def _hear(self, number: int) -> None:
        self.desk.hear(POSTS[number])

    def _case_id(self, number: int) -> CaseId:
        ids = fetch_values(self.desk.conn, "select id from cases order by id")
        if number >= len(ids):
            raise Refused
        return ids[number]

    def _write(self, number: int, *, then_resolve: bool = False) -> None:
        at = self.desk
        reply.queue_reply(
            at.conn,
            case_id=self._case_id(number),
            agent_id=at.agent_id,
            text="Hi",
            now=at.now,
            policy=at.policy,
            resolve=then_resolve,
        )

    def _write_and_resolve(self, number: int) -> None:
        self._write(number, then_resolve=True)

    def _resolve(self, number: int) -> None:
        at = self.desk
        resolve.resolve(at.conn, case_id=self._case_id(number), agent_id=at.agent_id, policy=at.policy, now=at.now)

    def _undo(self, number: int) -> None:
        resolve.undo_resolve(self.desk.conn, case_id=self._case_id(number), agent_id=self.desk.agent_id, now=self.desk.now)

    def _dismiss(self, number: int) -> None:
        resolve.dismiss(self.desk.conn, case_id=self._case_id(number), agent_id=self.desk.agent_id, now=self.desk.now)

    def _reopen(self, number: int) -> None:
        resolve.reopen(self.desk.conn, case_id=self._case_id(number), agent_id=self.desk.agent_id, now=self.desk.now)

    def _claim(self, _value: int) -> None:
        job = send_reply.claim_reply(self.desk.conn, now=self.desk.now, lease=MINUTE)
        if job:
            self.jobs.append(job)

    def _sent(self, _value: int) -> None:
        if self.jobs:
            job = self.jobs.pop()
            send_reply.record_sent(self.desk.conn, job, self.desk.published(job), now=self.desk.now)

    def _send(self, value: int) -> None:
        self._claim(value)
        self._sent(value)

    def _trouble(self, _value: int) -> None:
        if self.jobs:
            send_reply.record_reply_trouble(self.desk.conn, self.jobs.pop(), Unreachable(), now=self.desk.now)

    def _conclude(self, _value: int) -> None:
        conclude_due(self.desk.conn, now=self.desk.now)

    def _fold(self, _value: int) -> None:
        fold_counts(self.desk.conn)

    def _wait(self, minutes: int) -> None:
        self.desk.now += minutes * MINUTE


@settings(max_examples=few(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=ORDERS)
def test_the_desk_stays_true_in_any_order_of_things(conn: Connection, steps: list[tuple[str, object]]) -> None:
    with _desk(conn) as desk:
        world = World(desk)
        desk.hear(*POSTS[:4])
        for step, value in steps:
            world.do(step, value)
        _is_true(desk)
        while desk.triage():
            pass
        _is_true(desk)


def _is_true(desk: Desk) -> None:
    for what, broken in BROKEN.items():
        assert fetch_values(desk.conn, broken) == [], what  # pyright: ignore[reportArgumentType]
    assert {view: n for view, n in counts.read(desk.conn, EVERYTHING).items() if n} == _counted(desk)


def _counted(desk: Desk) -> dict[str, int]:
    """Return the counters as a count of the rows says."""
    counted: dict[str, int] = {}
    for case in desk.cases():
        views = ["all", f"status:{case.status}"]
        views += ["unassigned"] if case.status == "open" and case.assignee_id is None else []
        views += ["needs_look"] if case.status == "open" and case.needs_look else []
        views += [f"mine:{case.assignee_id}"] if case.status in {"open", "waiting"} and case.assignee_id else []
        for view in views:
            counted[view] = counted.get(view, 0) + 1
    return counted


BROKEN = {
    "a post is stored twice": "select external_id from posts group by source_id, external_id having count(*) > 1",
    "a post has two verdicts": "select post_id from verdicts group by post_id having count(*) > 1",
    "a post is routed and not triaged, or the other way round": "select id from posts where (route is null) <> (triaged_at is null)",
    "a post received is not told once": """
        select p.id from posts p left join events e on e.post_id = p.id and e.kind = 'post_received' group by p.id having count(e.id) <> 1
    """,
    "two cases of one author in one thread": """
        select min(id) from cases group by source_id, root_external_id, author_id having count(*) > 1
    """,
    "a case counts its posts wrongly": """
        select c.id from cases c join posts p on p.case_id = c.id
        group by c.id having count(*) <> c.customer_posts or max(p.case_number) <> c.customer_posts
    """,
    "an open case does not wait, or another does": "select id from cases where (status = 'open') <> (waiting_since is not null)",
    "a case waits since a moment at which no post of its was published and nobody reopened it": """
        select c.id from cases c where waiting_since is not null
          and not exists (select from posts p where p.case_id = c.id and p.published_at = c.waiting_since)
          and not exists (select from episodes e where e.case_id = c.id and e.published_at = c.waiting_since)
    """,
    "a case waits for the customer though no reply of the episode went out": """
        select c.id from cases c where status = 'waiting'
          and not exists (select from replies r where r.case_id = c.id and r.state = 'sent')
    """,
    "a case waits for the customer who has written since": """
        select c.id from cases c join posts p on p.case_id = c.id where c.status = 'waiting'
          and p.case_number > (select max(answers) from replies r where r.case_id = c.id and r.state = 'sent')
    """,
    "a case does not wait since the first unanswered post of its episode": """
        select c.id from cases c
        join episodes e on e.case_id = c.id and e.number = c.episode
        join posts p on p.case_id = c.id
        join events told on told.post_id = p.id and told.case_id = c.id and (told.facts->>'episode')::int = c.episode
        where c.status = 'open' and e.published_at <> e.triaged_at
          and p.case_number > (select coalesce(max(answers), 0) from replies r where r.case_id = c.id and r.state = 'sent')
        group by c.id having min(p.published_at) <> c.waiting_since
    """,
    "a resolved case lacks its time, or another has one": "select id from cases where (status = 'resolved') <> (resolved_at is not null)",
    "the running episode is not the case's": """
        select c.id from cases c left join episodes e on e.case_id = c.id and e.number = c.episode
        where e.id is null or (e.resolved_at is not null) <> (c.status = 'resolved')
          or (e.dismissed_at is not null) <> (c.status = 'dismissed')
    """,
    "episodes are not numbered from one": """
        select case_id from episodes group by case_id having min(number) <> 1 or max(number) <> count(*)
    """,
    "a resolved episode has no follow-up, or another has one": """
        select e.id from episodes e left join follow_ups f on f.episode_id = e.id where (e.resolved_at is null) <> (f.id is null)
    """,
    "an earlier episode was ended by the customer and is not called a relapse": """
        select e.id from episodes e join follow_ups f on f.episode_id = e.id join cases c on c.id = e.case_id
        where e.number < c.episode and f.concluded_at is null
    """,
    "episode and follow-up disagree on the outcome": """
        select e.id from episodes e where e.outcome is distinct from (
          select outcome from follow_ups f where f.episode_id = e.id and f.concluded_at is not null order by f.days desc limit 1)
    """,
    "a case has no customer of its author": """
        select c.id from cases c left join customer_links l on l.author_id = c.author_id where l.customer_id is distinct from c.customer_id
    """,
    "our own post or a share became work": "select id from posts where (is_own or shared_id is not null) and case_id is not null",
    "a deleted post kept its words": "select id from posts where deleted_at is not null and (text <> '' or media <> '[]')",
}


@settings(max_examples=few(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages=st.lists(st.lists(st.integers(0, len(POSTS) - 1), max_size=12), max_size=6))
def test_posts_that_come_again_in_any_pages_change_nothing(conn: Connection, pages: list[list[int]]) -> None:
    with _desk(conn) as desk:
        first = [desk.collect(*(POSTS[n] for n in page)) for page in pages]
        again = [desk.collect(*(POSTS[n] for n in page)) for page in pages]

        seen = {n for page in pages for n in page}
        assert sum(page.new for page in first) == len(seen)
        assert all((page.new, page.edited, page.deleted) == (0, 0, 0) for page in again)
        assert fetch_values(desk.conn, "select count(*) from raw_bodies") == [len(seen)]


@settings(max_examples=few(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(), max_size=60), name=st.text(alphabet=st.characters(), max_size=20))
def test_any_text_is_stored_triaged_and_previewed(conn: Connection, text: str, name: str) -> None:
    with _desk(conn) as desk:
        desk.hear(a_post(text, author=Author(external_id="odd", handle="odd", name=name), published_at=NOON + DAY))
        _is_true(desk)


@settings(max_examples=few(6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(8)), size=st.integers(1, 8))
def test_the_wait_begins_with_the_first_post_in_whatever_order_they_come(conn: Connection, order: list[int], size: int) -> None:
    thread = [a_post(f"lost {n}", external_id=f"t{n}", root_id="t0", published_at=NOON + n * MINUTE) for n in range(8)]
    with _desk(conn) as desk:
        for n in order:
            desk.collect(thread[n])
            desk.triage(limit=size)

        case = desk.case()
        assert (case.waiting_since, case.last_post_at, case.preview, case.customer_posts) == (NOON, NOON + 7 * MINUTE, "lost 7", 8)
