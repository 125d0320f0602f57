"""SQL of the topics of posts: given by the model, which may change its mind, or by an agent, whose word stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe
from amends.inbox.rules.ids import AgentId, CaseId, PostId, TopicId

Scores = Mapping[PostId, Sequence[tuple[int, float]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class PostTopic:
    """A topic of a post; `by` is the agent who said so, None for the model."""

    post_id: PostId
    topic_id: TopicId
    name: str
    score: float
    by: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicCount:
    """How many posts of a time a topic has."""

    topic_id: TopicId
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ToLabel:
    """A post that may be labelled again: what its reading means, by which encoder."""

    post_id: PostId
    source_id: int
    encoder: str
    embedding: bytes | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseTopic:
    """A topic of a case: that of any of its customer's posts. `post_id` is the newest of them."""

    case_id: CaseId
    topic_id: TopicId
    post_id: PostId
    name: str
    by: str | None


def rewrite(conn: Connection, scores: Scores) -> None:
    """Store the model's topics of posts in the place of those it gave before; what agents said stays."""
    rows = [{"post_id": post, "topic_id": topic, "score": score} for post, found in scores.items() for topic, score in found]
    params = {"posts": list(scores), "rows": Jsonb(rows)}
    execute(
        conn,
        """
        delete from post_topics t where t.post_id = any(%(posts)s) and t.agent_id is null
          and (t.post_id, t.topic_id) not in (
            select post_id, topic_id from jsonb_to_recordset(%(rows)s) as r(post_id bigint, topic_id bigint)
          )
        """,
        params,
    )
    execute(
        conn,
        """
        insert into post_topics (post_id, topic_id, score, published_at)
        select r.post_id, r.topic_id, r.score, p.published_at
        from jsonb_to_recordset(%(rows)s) as r(post_id bigint, topic_id bigint, score real)
        join posts p on p.id = r.post_id join topics t on t.id = r.topic_id
        order by r.post_id, r.topic_id
        on conflict (post_id, topic_id) do update set score = excluded.score where post_topics.agent_id is null
        """,
        params,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """What an agent said of a topic of a post."""

    fits: bool
    agent_id: AgentId


def word_on(conn: Connection, *, post_id: PostId, topic_id: TopicId) -> Word | None:
    """Return what an agent said of a topic of a post, None where nobody did."""
    return fetch_maybe(
        conn,
        Word,
        "select fits, agent_id from post_topics where post_id = %(post)s and topic_id = %(topic)s and agent_id is not null",
        {"post": post_id, "topic": topic_id},
    )


def say(conn: Connection, *, post_id: PostId, topic_id: TopicId, fits: bool, agent_id: AgentId) -> None:
    """Store what an agent says of a topic of a post."""
    execute(
        conn,
        """
        insert into post_topics (post_id, topic_id, fits, score, agent_id, published_at)
        select id, %(topic)s, %(fits)s, %(score)s, %(agent)s, published_at from posts where id = %(post)s
        on conflict (post_id, topic_id) do update set fits = excluded.fits, agent_id = excluded.agent_id
        """,
        {"post": post_id, "topic": topic_id, "fits": fits, "score": 1.0 if fits else 0.0, "agent": agent_id},
    )


def unsay(conn: Connection, *, post_id: PostId, topic_id: TopicId) -> int:
    """Take back what an agent said, and return whether there was something (0 or 1); the model labels the post anew."""
    return execute(
        conn,
        "delete from post_topics where post_id = %(post)s and topic_id = %(topic)s and agent_id is not null",
        {"post": post_id, "topic": topic_id},
    )


def of_case(conn: Connection, case_id: CaseId) -> list[CaseTopic]:
    """Return the topics of a case, by name."""
    return fetch_all(
        conn,
        CaseTopic,
        """
        select distinct on (lower(t.name), t.id)
          p.case_id, t.id as topic_id, p.id as post_id, t.name, g.name as by
        from posts p join post_topics l on l.post_id = p.id and l.fits join topics t on t.id = l.topic_id and t.archived_at is null
        left join agents g on g.id = l.agent_id
        where p.case_id = %(case)s and p.case_number is not null and p.deleted_at is null
        order by lower(t.name), t.id, p.published_at desc
        """,
        {"case": case_id},
    )


def counts(conn: Connection, *, since: datetime) -> dict[TopicId, int]:
    """Return how many posts each topic has that were published after `since`: one walk through one index for all of them."""
    rows = fetch_all(
        conn,
        TopicCount,
        "select topic_id, count(*) as n from post_topics where fits and published_at >= %(since)s group by topic_id",
        {"since": since},
    )
    return {row.topic_id: row.n for row in rows}


def count_readings(conn: Connection) -> int:
    """Return how many posts can be labelled again."""
    found = fetch_maybe(conn, TopicCount, "select 0::bigint as topic_id, count(*) as n from readings")
    return found.n if found else 0


def before(conn: Connection, *, position: int, limit: int) -> list[ToLabel]:
    """Return read posts with ids below `position` (0: from the newest on), the newest first, locked."""
    return fetch_all(
        conn,
        ToLabel,
        """
        select r.post_id, p.source_id, r.encoder, r.embedding
        from (
          select * from readings where %(position)s = 0 or post_id < %(position)s order by post_id desc limit %(limit)s
        ) r
        join posts p on p.id = r.post_id
        order by r.post_id desc
        """,
        {"position": position, "limit": limit},
    )


def of_posts(conn: Connection, post_ids: Sequence[PostId]) -> list[ToLabel]:
    """Return what is needed to label these posts again, where they were read."""
    return fetch_all(
        conn,
        ToLabel,
        """
        select r.post_id, p.source_id, r.encoder, r.embedding from readings r join posts p on p.id = r.post_id
        where r.post_id = any(%(ids)s)
        """,
        {"ids": list(post_ids)},
    )


def wearing(conn: Connection, *, case_id: CaseId, topic_id: TopicId) -> list[PostTopic]:
    """Return the posts of a case that are about a topic."""
    return fetch_all(
        conn,
        PostTopic,
        """
        select l.post_id, l.topic_id, t.name, l.score, g.name as by
        from posts p join post_topics l on l.post_id = p.id and l.topic_id = %(topic)s and l.fits join topics t on t.id = l.topic_id
        left join agents g on g.id = l.agent_id
        where p.case_id = %(case)s and p.case_number is not null and p.deleted_at is null
        order by l.post_id
        """,
        {"case": case_id, "topic": topic_id},
    )
