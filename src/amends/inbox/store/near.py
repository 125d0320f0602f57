"""SQL of the page of topics: the newest posts with what they mean, and sentences that somebody tries."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_one
from amends.inbox.rules.ids import AgentId, PostId, TopicId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class NearPost:
    """A post, and whether it is an example of the topic asked for, or a counter-example (None: neither)."""

    id: PostId
    text: str
    language: str
    network: str
    published_at: datetime
    fits: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """A sentence that somebody tries; `encoder` is None until the worker has read it."""

    id: int
    text: str
    encoder: str | None
    embedding: bytes | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class _Id:
    id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Meaning:
    post_id: PostId
    embedding: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Meanings:
    """The newest posts as an encoder reads them, row by row."""

    post_ids: list[PostId]
    embeddings: list[bytes]


def newest(conn: Connection, scope: Scope, *, encoder: str, limit: int) -> Meanings:
    """Return the newest posts within the scope that `encoder` has read."""
    query = (
        """
        select readings.post_id, readings.embedding from readings join posts on posts.id = readings.post_id
        where readings.encoder = %(encoder)s and readings.embedding is not null
        """
        + scopes.posts_within(scope)
        + " order by readings.post_id desc limit %(limit)s"
    )
    rows = fetch_all(conn, _Meaning, query, {"encoder": encoder, "limit": limit} | scopes.params(scope))
    return Meanings(post_ids=[row.post_id for row in rows], embeddings=[row.embedding for row in rows])


def posts(conn: Connection, *, topic_id: TopicId, post_ids: list[PostId]) -> dict[PostId, NearPost]:
    """Return these posts as the page of a topic shows them."""
    rows = fetch_all(
        conn,
        NearPost,
        """
        select p.id, p.text, coalesce(v.language, p.language_hint) as language, p.network, p.published_at, e.fits
        from posts p left join verdicts v on v.post_id = p.id
        left join topic_examples e on e.post_id = p.id and e.topic_id = %(topic)s
        where p.id = any(%(ids)s) and p.deleted_at is null
        """,
        {"ids": post_ids, "topic": topic_id},
    )
    return {row.id: row for row in rows}


def try_sentence(conn: Connection, *, text: str, agent_id: AgentId, now: datetime) -> int:
    """Store a sentence for the worker to read, and return its id."""
    return fetch_one(
        conn,
        _Id,
        "insert into trials (agent_id, text, created_at) values (%(agent)s, %(text)s, %(now)s) returning id",
        {"agent": agent_id, "text": text, "now": now},
    ).id


def trial(conn: Connection, *, trial_id: int, agent_id: AgentId) -> Trial | None:
    """Return a sentence that the agent tries, or None."""
    return fetch_maybe(
        conn,
        Trial,
        "select id, text, encoder, embedding, created_at from trials where id = %(id)s and agent_id = %(agent)s",
        {"id": trial_id, "agent": agent_id},
    )


def drop_trials(conn: Connection, *, before: datetime) -> int:
    """Forget sentences that were tried before `before`, and return how many."""
    return execute(conn, "delete from trials where created_at < %(before)s", {"before": before})
