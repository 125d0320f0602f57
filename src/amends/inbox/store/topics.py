"""SQL of topics: the list, and the examples of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_one
from amends.inbox.rules.ids import AgentId, BrandId, PostId, TopicExampleId, TopicId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """A topic; `brand_id` is None where it is for posts of every brand."""

    id: TopicId
    name: str
    shipped: str | None
    brand_id: BrandId | None
    brand: str | None
    archived_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """An example or counter-example as a screen shows it; `post_id` names the post whose words it has, `agent` who gave it."""

    id: TopicExampleId
    topic_id: TopicId
    fits: bool
    post_id: PostId | None
    text: str
    language: str
    agent: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadExample:
    """An example as an encoder reads it; `text` tells which rows are one and the same."""

    topic_id: TopicId
    fits: bool
    text: str
    embedding: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class _Id:
    id: int


def every(conn: Connection, *, archived: bool = False) -> list[Topic]:
    """Return the topics in force by name, with the archived ones where asked for."""
    return fetch_all(
        conn,
        Topic,
        """
        select t.id, t.name, t.shipped, t.brand_id, b.name as brand, t.archived_at
        from topics t left join brands b on b.id = t.brand_id
        where t.archived_at is null or %(archived)s
        order by t.archived_at is not null, lower(t.name), t.id
        """,
        {"archived": archived},
    )


def lock(conn: Connection, *, topic_id: TopicId) -> Topic | None:
    """Return the topic, locked until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        Topic,
        """
        select t.id, t.name, t.shipped, t.brand_id, b.name as brand, t.archived_at
        from topics t left join brands b on b.id = t.brand_id where t.id = %(id)s for update of t
        """,
        {"id": topic_id},
    )


def find(conn: Connection, *, topic_id: TopicId) -> Topic | None:
    """Return the topic, also an archived one, or None."""
    return fetch_maybe(
        conn,
        Topic,
        """
        select t.id, t.name, t.shipped, t.brand_id, b.name as brand, t.archived_at
        from topics t left join brands b on b.id = t.brand_id where t.id = %(id)s
        """,
        {"id": topic_id},
    )


def insert(conn: Connection, *, name: str, brand_id: BrandId | None, shipped: str | None = None, now: datetime) -> TopicId:
    """Store a topic and return its id; UniqueViolation where one in force is called so."""
    found = fetch_one(
        conn,
        _Id,
        """
        insert into topics (name, brand_id, shipped, created_at) values (%(name)s, %(brand)s, %(shipped)s, %(now)s) returning id
        """,
        {"name": name, "brand": brand_id, "shipped": shipped, "now": now},
    )
    return TopicId(found.id)


def rename(conn: Connection, *, topic_id: TopicId, name: str) -> None:
    """Call a topic `name`."""
    execute(conn, "update topics set name = %(name)s where id = %(id)s", {"id": topic_id, "name": name})


def set_archived(conn: Connection, *, topic_id: TopicId, at: datetime | None) -> None:
    """Put a topic away, or back into force where `at` is None."""
    execute(conn, "update topics set archived_at = %(at)s where id = %(id)s", {"id": topic_id, "at": at})


def add_examples(conn: Connection, *, topic_id: TopicId, texts: Sequence[str], languages: Sequence[str], now: datetime) -> None:
    """Store the sentences with which a shipped topic begins."""
    execute(
        conn,
        """
        insert into topic_examples (topic_id, fits, text, language, created_at)
        select %(topic)s, true, text, language, %(now)s from unnest(%(texts)s::text[], %(languages)s::text[]) given(text, language)
        """,
        {"topic": topic_id, "texts": list(texts), "languages": list(languages), "now": now},
    )


def add_sentence(conn: Connection, *, topic_id: TopicId, text: str, fits: bool, agent_id: AgentId, now: datetime) -> TopicExampleId:
    """Store a sentence as example or counter-example, and return its id."""
    found = fetch_one(
        conn,
        _Id,
        """
        insert into topic_examples (topic_id, fits, text, agent_id, created_at)
        values (%(topic)s, %(fits)s, %(text)s, %(agent)s, %(now)s) returning id
        """,
        {"topic": topic_id, "fits": fits, "text": text, "agent": agent_id, "now": now},
    )
    return TopicExampleId(found.id)


def add_post(conn: Connection, *, topic_id: TopicId, post_id: PostId, fits: bool, agent_id: AgentId, now: datetime) -> None:
    """Take a post as example or counter-example, with what the model has read of it; its last word counts."""
    execute(
        conn,
        """
        insert into topic_examples (topic_id, fits, post_id, agent_id, created_at, encoder, embedding)
        select %(topic)s, %(fits)s, %(post)s, %(agent)s, %(now)s, r.encoder, r.embedding
        from (select %(post)s::bigint as id) p left join readings r on r.post_id = p.id
        on conflict (topic_id, post_id) where post_id is not null
          do update set fits = excluded.fits, agent_id = excluded.agent_id, created_at = excluded.created_at
        """,
        {"topic": topic_id, "fits": fits, "post": post_id, "agent": agent_id, "now": now},
    )


def drop_post(conn: Connection, *, topic_id: TopicId, post_id: PostId) -> int:
    """Take a post out of a topic's examples, and return whether it was one (0 or 1)."""
    return execute(
        conn,
        "delete from topic_examples where topic_id = %(topic)s and post_id = %(post)s",
        {"topic": topic_id, "post": post_id},
    )


def drop_example(conn: Connection, *, topic_id: TopicId, example_id: TopicExampleId) -> int:
    """Take an example away, and return whether there was one (0 or 1)."""
    return execute(conn, "delete from topic_examples where id = %(id)s and topic_id = %(topic)s", {"id": example_id, "topic": topic_id})


def examples(conn: Connection, scope: Scope, *, topic_id: TopicId, limit: int) -> list[Example]:
    """Return the newest examples and counter-examples of a topic; posts that the scope does not hold are left out."""
    seen: LiteralString = scopes.posts_within(scope)
    query: LiteralString = (
        """
        select e.id, e.topic_id, e.fits, e.post_id, coalesce(p.text, e.text) as text, coalesce(v.language, e.language) as language,
          g.name as agent, e.created_at
        from (
          select * from topic_examples x
          where topic_id = %(topic)s and (post_id is null or exists (select from posts where posts.id = x.post_id"""
        + seen
        + """))
          order by id desc limit %(limit)s
        ) e
        left join posts p on p.id = e.post_id left join verdicts v on v.post_id = e.post_id left join agents g on g.id = e.agent_id
        order by e.id desc
        """
    )
    return fetch_all(conn, Example, query, {"topic": topic_id, "limit": limit} | scopes.params(scope))


def read_by(conn: Connection, *, encoder: str, most: int) -> list[ReadExample]:
    """Return the newest `most` examples of each topic in force that `encoder` has read, of those of one text the newest last."""
    return fetch_all(
        conn,
        ReadExample,
        """
        select t.id as topic_id, e.fits, coalesce(p.text, e.text) as text, e.embedding
        from topics t
        cross join lateral (
          select * from topic_examples where topic_id = t.id and encoder = %(encoder)s and embedding is not null
          order by id desc limit %(most)s
        ) e
        left join posts p on p.id = e.post_id
        where t.archived_at is null
        order by e.id
        """,
        {"encoder": encoder, "most": most},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstRead:
    """What an example means, and by which encoder."""

    encoder: str
    embedding: bytes


def first_read(conn: Connection, *, topic_id: TopicId) -> list[FirstRead]:
    """Return what the examples of a topic mean to the encoder that read the newest of them."""
    return fetch_all(
        conn,
        FirstRead,
        """
        select encoder, embedding from topic_examples
        where topic_id = %(topic)s and fits and embedding is not null and encoder = (
          select encoder from topic_examples where topic_id = %(topic)s and fits and embedding is not null order by id desc limit 1
        )
        limit 50
        """,
        {"topic": topic_id},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Size:
    topic_id: TopicId
    n: int


def sizes(conn: Connection) -> dict[TopicId, int]:
    """Return how many examples each topic has, counter-examples left out."""
    rows = fetch_all(conn, _Size, "select topic_id, count(*) as n from topic_examples where fits group by topic_id")
    return {row.topic_id: row.n for row in rows}
