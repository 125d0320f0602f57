"""SQL of clustering: the posts that wait for it, the clusters that may be joined, who belongs to them, and what they add up to."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_values
from amends.inbox.rules.ids import BrandId, ClusterId, PostId
from amends.inbox.rules.routing import COMPLAINT


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A post that is new or changed: what it means now, whether it may be in a cluster, and in which it is (with whose embeddings)."""

    post_id: PostId
    brand_id: BrandId
    published_at: datetime
    encoder: str
    embedding: bytes | None = field(repr=False)
    topics: Sequence[int]
    fits: bool
    cluster_id: ClusterId | None
    cluster_encoder: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Alive:
    """A cluster that may be joined."""

    id: ClusterId
    encoder: str
    vector: bytes = field(repr=False)
    weight: int
    topic_ids: Sequence[int]
    first_at: datetime
    last_at: datetime
    is_suggested: bool
    incident_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A post of a cluster that counts there, with what it means to the cluster's encoder."""

    post_id: PostId
    published_at: datetime
    embedding: bytes = field(repr=False)
    topics: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """What a cluster adds up to."""

    cluster_id: ClusterId
    vector: bytes = field(repr=False)
    weight: int


def lock(conn: Connection) -> bool:
    """Tell whether we alone cluster until the transaction ends: two at once would begin one cluster each for the same thing."""
    return bool(fetch_values(conn, "select pg_try_advisory_xact_lock(hashtextextended('clusters', 0))")[0])


def claim(conn: Connection, *, limit: int) -> list[Waiting]:
    """Take posts off the backlog, the first stored first, and return them as they are now."""
    return fetch_all(
        conn,
        Waiting,
        """
        with due as (
          select post_id from cluster_backlog order by post_id limit %(limit)s for update skip locked
        ), taken as (
          delete from cluster_backlog where post_id in (select post_id from due) returning post_id
        )
        select p.id as post_id, s.brand_id, p.published_at, coalesce(r.encoder, '') as encoder, r.embedding,
          array(select topic_id from post_topics t where t.post_id = p.id and t.fits) as topics,
          p.deleted_at is null and p.case_number is not null and not p.is_own and p.shared_id is null and r.embedding is not null
            and coalesce(c.status <> 'dismissed', false) and coalesce(v.noise = '', false)
            and (v.sentiment = 'negative' or v.complaint >= %(complaint)s) as fits,
          m.cluster_id, k.encoder as cluster_encoder
        from taken t
        join posts p on p.id = t.post_id
        join sources s on s.id = p.source_id
        left join readings r on r.post_id = p.id
        left join verdicts v on v.post_id = p.id
        left join cases c on c.id = p.case_id
        left join cluster_posts m on m.post_id = p.id
        left join clusters k on k.id = m.cluster_id
        order by p.published_at, p.id
        """,
        {"limit": limit, "complaint": COMPLAINT},
    )


def alive(conn: Connection, *, brand_id: BrandId, encoder: str, since: datetime, limit: int, least: int = 1) -> list[Alive]:
    """Return the clusters of at least so many posts of a brand and an encoder that somebody joined since then, the newest first."""
    return fetch_all(
        conn,
        Alive,
        """
        select id, encoder, vector, weight, topic_ids, first_at, last_at, suggested_at is not null as is_suggested, incident_id
        from clusters
        where brand_id = %(brand)s and encoder = %(encoder)s and ended_at is null and last_at >= %(since)s and weight >= %(least)s
        order by last_at desc limit %(limit)s
        """,
        {"brand": brand_id, "encoder": encoder, "since": since, "limit": limit, "least": least},
    )


def these(conn: Connection, cluster_ids: Iterable[ClusterId]) -> list[Alive]:
    """Return those of the clusters that go on, as they are now."""
    return fetch_all(
        conn,
        Alive,
        """
        select id, encoder, vector, weight, topic_ids, first_at, last_at, suggested_at is not null as is_suggested, incident_id
        from clusters where id = any(%(ids)s) and ended_at is null order by id
        """,
        {"ids": sorted(cluster_ids)},
    )


def begin(
    conn: Connection, sums: Sequence[tuple[bytes, int, datetime, datetime]], *, brand_id: BrandId, encoder: str, now: datetime
) -> list[ClusterId]:
    """Store new clusters (their sums, weights and times) and return their ids in the same order."""
    rows = [
        {"place": place, "vector": b64encode(vector).decode(), "weight": weight, "first_at": first.isoformat(), "last_at": last.isoformat()}
        for place, (vector, weight, first, last) in enumerate(sums)
    ]
    return fetch_values(
        conn,
        """
        insert into clusters (brand_id, encoder, vector, weight, first_at, last_at, made_at)
        select %(brand)s, %(encoder)s, decode(vector, 'base64'), weight, first_at, last_at, %(now)s
        from jsonb_to_recordset(%(rows)s)
          as r(place integer, vector text, weight integer, first_at timestamptz, last_at timestamptz)
        order by place returning id
        """,
        {"brand": brand_id, "encoder": encoder, "rows": Jsonb(rows), "now": now},
    )


def set_sums(conn: Connection, sums: Sequence[Sum], *, encoder: str) -> None:
    """Keep what clusters add up to by now, as this encoder reads their posts."""
    rows = [{"id": one.cluster_id, "vector": b64encode(one.vector).decode(), "weight": one.weight} for one in sums]
    execute(
        conn,
        """
        update clusters k set vector = decode(r.vector, 'base64'), weight = r.weight, encoder = %(encoder)s
        from jsonb_to_recordset(%(rows)s) as r(id bigint, vector text, weight integer) where k.id = r.id
        """,
        {"rows": Jsonb(rows), "encoder": encoder},
    )


def add(conn: Connection, members: Mapping[PostId, ClusterId]) -> None:
    """Let posts join; one whose case an agent took out of that cluster joins, but does not count."""
    execute(
        conn,
        """
        insert into cluster_posts (post_id, cluster_id, published_at, taken_at, taken_by)
        select g.post_id, g.cluster_id, p.published_at, o.taken_at, o.taken_by
        from unnest(%(posts)s::bigint[], %(clusters)s::bigint[]) g(post_id, cluster_id)
        join posts p on p.id = g.post_id
        left join lateral (
          select m.taken_at, m.taken_by from posts q join cluster_posts m on m.post_id = q.id
          where q.case_id = p.case_id and m.cluster_id = g.cluster_id and m.taken_at is not null limit 1
        ) o on true
        order by g.post_id on conflict (post_id) do nothing
        """,
        {"posts": list(members), "clusters": list(members.values())},
    )


def leave(conn: Connection, post_ids: Sequence[PostId]) -> None:
    """Let posts leave their clusters."""
    execute(conn, "delete from cluster_posts where post_id = any(%(ids)s)", {"ids": list(post_ids)})


def move(conn: Connection, members: Mapping[PostId, ClusterId]) -> None:
    """Let posts belong to other clusters."""
    execute(
        conn,
        """
        update cluster_posts m set cluster_id = g.cluster_id
        from unnest(%(posts)s::bigint[], %(clusters)s::bigint[]) g(post_id, cluster_id) where m.post_id = g.post_id
        """,
        {"posts": list(members), "clusters": list(members.values())},
    )


def members(conn: Connection, cluster_id: ClusterId, *, encoder: str) -> list[Member]:
    """Return the posts of a cluster that an encoder has read, the oldest first."""
    return fetch_all(
        conn,
        Member,
        """
        select m.post_id, m.published_at, r.embedding,
          array(select topic_id from post_topics t where t.post_id = m.post_id and t.fits) as topics
        from cluster_posts m join readings r on r.post_id = m.post_id and r.encoder = %(encoder)s
        where m.cluster_id = %(id)s and m.taken_at is null and r.embedding is not null order by m.published_at, m.post_id
        """,
        {"id": cluster_id, "encoder": encoder},
    )


def members_meant(conn: Connection, cluster_id: ClusterId, *, encoder: str, limit: int) -> list[bytes]:
    """Return what the newest posts of a cluster mean to an encoder."""
    return fetch_values(
        conn,
        """
        select r.embedding from cluster_posts m join readings r on r.post_id = m.post_id and r.encoder = %(encoder)s
        where m.cluster_id = %(id)s and m.taken_at is null and r.embedding is not null order by m.published_at desc limit %(limit)s
        """,
        {"id": cluster_id, "encoder": encoder, "limit": limit},
    )


def add_up(conn: Connection, cluster_ids: Sequence[ClusterId], *, now: datetime) -> None:
    """Count clusters anew: their posts, customers, times, and the topics of half of their posts; one without a post has ended."""
    execute(
        conn,
        """
        with members as (
          select m.cluster_id, m.post_id, m.published_at, c.customer_id
          from cluster_posts m join posts p on p.id = m.post_id join cases c on c.id = p.case_id and c.status <> 'dismissed'
          where m.cluster_id = any(%(ids)s) and m.taken_at is null
        ), counted as (
          select cluster_id, count(*)::int as posts, count(distinct customer_id)::int as voices, min(published_at) as first_at,
            max(published_at) as last_at
          from members group by cluster_id
        ), about as (
          select m.cluster_id, t.topic_id from members m join post_topics t on t.post_id = m.post_id and t.fits
          group by 1, 2 having count(*) * 2 >= (select posts from counted where counted.cluster_id = m.cluster_id)
        )
        update clusters k set posts = coalesce(n.posts, 0), voices = coalesce(n.voices, 0), first_at = coalesce(n.first_at, k.first_at),
          last_at = coalesce(n.last_at, k.last_at), quiet_at = null,
          topic_ids = array(select topic_id from about where about.cluster_id = k.id order by topic_id),
          ended_at = case when n.posts is null then coalesce(k.ended_at, %(now)s) else k.ended_at end
        from unnest(%(ids)s::bigint[]) given(id) left join counted n on n.cluster_id = given.id where k.id = given.id
        """,
        {"ids": list(cluster_ids), "now": now},
    )


def become_one(conn: Connection, *, absorbed: ClusterId, survivor: ClusterId, now: datetime) -> None:
    """Let all posts of a cluster be another's; what is open about the first is over."""
    ids = {"from": absorbed, "to": survivor, "now": now}
    execute(conn, "update cluster_posts set cluster_id = %(to)s where cluster_id = %(from)s", ids)
    execute(conn, "update clusters set merged_into = %(to)s, ended_at = %(now)s where id = %(from)s", ids)


def settle(conn: Connection, *, quiet_before: datetime, ended_before: datetime, now: datetime) -> list[ClusterId]:
    """Keep which clusters are quiet and which have ended, and return those that were suggested and ended."""
    return fetch_values(
        conn,
        """
        with still as (
          update clusters set quiet_at = coalesce(quiet_at, %(now)s), ended_at = case when last_at < %(ended)s then %(now)s end
          where ended_at is null and last_at < %(quiet)s and (quiet_at is null or last_at < %(ended)s)
          returning id, ended_at, suggested_at
        )
        select id from still where ended_at is not null and suggested_at is not null order by id
        """,
        {"quiet": quiet_before, "ended": ended_before, "now": now},
    )
