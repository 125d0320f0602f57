"""A desk for tests: the steps of a complaint as one would say them, with `now` moved by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

import psycopg

from amends.core.database import Connection, fetch_all, fetch_values
from amends.core.ports import Published
from amends.core.post import Post
from amends.inbox.actions import alerts, reply, resolve, send_reply
from amends.inbox.actions.ingest import Ingested, ingest
from amends.inbox.actions.rejudge import rejudge_pending
from amends.inbox.actions.search_index import read_batch
from amends.inbox.actions.triage import triage_pending
from amends.inbox.rules.ids import AgentId, CaseId, ReplyId, SourceId
from amends.inbox.rules.policy import Policy
from amends.inbox.store.deliveries import DeliveryJob
from amends.inbox.store.reply_jobs import ReplyJob
from tests.cast import NOON, POLICY
from tests.fakes import FakeClassifier

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseSeen:
    """A case as it stands in the database."""

    id: CaseId
    status: str
    preview: str
    sentiment: str
    urgency: int
    needs_look: bool
    assignee_id: AgentId | None
    episode: int
    opened_at: datetime
    last_post_at: datetime
    waiting_since: datetime | None
    resolved_at: datetime | None
    customer_posts: int
    unread: bool


@dataclass(kw_only=True, slots=True)
class Desk:
    """One source, one agent, and a clock that only the test moves."""

    conn: Connection
    source_id: SourceId
    agent_id: AgentId
    network: str = "x"
    now: datetime = NOON
    policy: Policy = POLICY
    model: FakeClassifier = field(default_factory=FakeClassifier)

    def collect(self, *posts: Post) -> Ingested:
        """Store what the network showed."""
        return ingest(self.conn, source_id=self.source_id, network=self.network, posts=posts, now=self.now)

    def triage(self, *, limit: int = 50) -> int:
        """Triage what waits, and read what is searched, as the worker does then."""
        done = triage_pending(self.conn, classifier=self.model, policy=self.policy, clock=lambda: self.now, limit=limit)
        read_batch(self.conn)
        return done

    def rejudge(self, *, limit: int = 50) -> int:
        """Judge what was edited."""
        return rejudge_pending(self.conn, classifier=self.model, clock=lambda: self.now, limit=limit)

    def hear(self, *posts: Post) -> None:
        """Collect and triage."""
        self.collect(*posts)
        self.triage()

    def cases(self) -> list[CaseSeen]:
        """Return every case, the first opened first."""
        return fetch_all(
            self.conn,
            CaseSeen,
            """
            select id, status, preview, sentiment, urgency, needs_look, assignee_id, episode, opened_at, last_post_at, waiting_since,
              resolved_at, customer_posts, unread
            from cases order by id
            """,
        )

    def case(self) -> CaseSeen:
        """Return the only case."""
        [only] = self.cases()
        return only

    def write(self, text: str = "We are on it.", *, then_resolve: bool = False) -> ReplyId:
        """Queue a reply in the only case."""
        return reply.queue_reply(
            self.conn,
            case_id=self.case().id,
            agent_id=self.agent_id,
            text=text,
            now=self.now,
            policy=self.policy,
            resolve=then_resolve,
        )

    def claim(self) -> ReplyJob:
        """Claim the reply that is due."""
        job = send_reply.claim_reply(self.conn, now=self.now, lease=MINUTE)
        assert job is not None
        return job

    def send(self) -> None:
        """Publish the reply that is due."""
        job = self.claim()
        send_reply.record_sent(self.conn, job, self.published(job), now=self.now)

    def published(self, job: ReplyJob) -> Published:
        """Return what a network says that took this reply."""
        return Published(external_id=f"r{job.reply_id}", permalink=f"https://x.example/r{job.reply_id}", published_at=self.now)

    def answer(self, text: str = "We are on it.") -> None:
        """Write a reply and publish it."""
        self.write(text)
        self.send()

    def resolve(self) -> None:
        """Resolve the only case."""
        resolve.resolve(self.conn, case_id=self.case().id, agent_id=self.agent_id, policy=self.policy, now=self.now)

    def events(self) -> list[str]:
        """Return the kinds of all events about cases, in order."""
        return fetch_values(self.conn, "select kind from events where case_id is not null order by id")

    def routes(self) -> list[str | None]:
        """Return where each post went, in the order they were stored."""
        return fetch_values(self.conn, "select route from posts order by id")


class _Counted(psycopg.Cursor[Any]):
    """A cursor that counts what is asked."""

    asked = 0

    def execute(self, *args: Any, **kwargs: Any) -> Self:
        """Count and ask."""
        type(self).asked += 1
        return super().execute(*args, **kwargs)


def asked(conn: Connection, do: Callable[[], object]) -> int:
    """Return how many statements doing something takes."""
    _Counted.asked, conn.cursor_factory = 0, _Counted
    try:
        do()
    finally:
        conn.cursor_factory = psycopg.Cursor
    return _Counted.asked


def claimed(conn: Connection, *, now: datetime) -> DeliveryJob | None:
    """Claim one delivery of an alarm for a minute."""
    return next(iter(alerts.claim_deliveries(conn, now=now, lease=MINUTE, limit=1)), None)
