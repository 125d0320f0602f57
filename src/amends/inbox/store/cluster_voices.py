"""SQL of what clusters say and how usual that is: words of their customers and of others, voices of a window, complaints before it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.inbox.rules.cluster_words import Voice
from amends.inbox.rules.ids import BrandId, ClusterId
from amends.inbox.rules.routing import COMPLAINT

Window = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class Touched:
    """A cluster whose posts changed, with what decides whether it is told of."""

    id: ClusterId
    brand_id: BrandId
    encoder: str
    vector: bytes = field(repr=False)
    weight: int
    voices: int
    worded_at: int
    suggested_at: datetime | None
    watched_since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """A complaint of an earlier window: who wrote it, and what it means."""

    window: int
    customer_id: int
    embedding: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Loud:
    """How many customers of a cluster wrote within a window."""

    cluster_id: ClusterId
    n: int


def of(conn: Connection, cluster_ids: Sequence[ClusterId]) -> list[Touched]:
    """Return clusters that go on; `watched_since` is since when their brand has been watched."""
    return fetch_all(
        conn,
        Touched,
        """
        select k.id, k.brand_id, k.encoder, k.vector, k.weight, k.voices, k.worded_at, k.suggested_at,
          (select min(s.created_at) from sources s where s.brand_id = k.brand_id) as watched_since
        from clusters k where k.id = any(%(ids)s) and k.ended_at is null order by k.id
        """,
        {"ids": list(cluster_ids)},
    )


def said_in(conn: Connection, cluster_id: ClusterId, *, limit: int) -> list[Voice]:
    """Return the newest words of a cluster, none of a private message: its name is seen by more than those who see its cases."""
    return fetch_all(
        conn,
        Voice,
        """
        select c.customer_id, left(p.text, 600) as text
        from cluster_posts m join posts p on p.id = m.post_id and p.deleted_at is null and p.visibility <> 'direct'
          join cases c on c.id = p.case_id
        where m.cluster_id = %(id)s and m.taken_at is null order by m.published_at desc limit %(limit)s
        """,
        {"id": cluster_id, "limit": limit},
    )


def said_elsewhere(conn: Connection, *, brand_id: BrandId, cluster_id: ClusterId, limit: int) -> list[str]:
    """Return the newest words that customers of a brand wrote outside of a cluster."""
    return fetch_values(
        conn,
        """
        select left(p.text, 600) from (
          select id, source_id, text from posts where case_id is not null and deleted_at is null and not is_own
          order by published_at desc limit %(limit)s * 4
        ) p join sources s on s.id = p.source_id and s.brand_id = %(brand)s
        where not exists (select from cluster_posts m where m.post_id = p.id and m.cluster_id = %(id)s) limit %(limit)s
        """,
        {"brand": brand_id, "id": cluster_id, "limit": limit},
    )


def set_words(conn: Connection, cluster_id: ClusterId, words: Sequence[str], *, voices: int) -> None:
    """Keep what tells a cluster from others, and how many voices it had then."""
    execute(
        conn,
        "update clusters set words = %(words)s, worded_at = %(voices)s where id = %(id)s",
        {"id": cluster_id, "words": list(words), "voices": voices},
    )


def within(conn: Connection, cluster_ids: Sequence[ClusterId], window: Window) -> dict[ClusterId, int]:
    """Return how many customers of each cluster wrote within a window; none: it is left out. Clock zero is when they published."""
    rows = fetch_all(
        conn,
        Loud,
        """
        select m.cluster_id, count(distinct c.customer_id)::int as n
        from cluster_posts m join posts p on p.id = m.post_id join cases c on c.id = p.case_id and c.status <> 'dismissed'
        where m.cluster_id = any(%(ids)s) and m.published_at > %(since)s and m.published_at <= %(until)s and m.taken_at is null
        group by m.cluster_id
        """,
        {"ids": list(cluster_ids), "since": window[0], "until": window[1]},
    )
    return {row.cluster_id: row.n for row in rows}


def earlier(conn: Connection, windows: Sequence[Window], *, brand_id: BrandId, encoder: str, limit: int) -> list[Earlier]:
    """Return what customers of a brand complained of within earlier windows (counted from 1), of each the newest."""
    return fetch_all(
        conn,
        Earlier,
        """
        select w.place::int as window, q.customer_id, q.embedding
        from unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) with ordinality w(since, until, place)
        cross join lateral (
          select c.customer_id, r.embedding
          from posts p
          join cases c on c.id = p.case_id and c.brand_id = %(brand)s
          join verdicts v on v.post_id = p.id and v.noise = '' and (v.sentiment = 'negative' or v.complaint >= %(complaint)s)
          join readings r on r.post_id = p.id and r.encoder = %(encoder)s and r.embedding is not null
          where p.case_id is not null and p.published_at > w.since and p.published_at <= w.until
          order by p.published_at desc limit %(limit)s
        ) q
        """,
        {
            "since": [since for since, _until in windows],
            "until": [until for _since, until in windows],
            "brand": brand_id,
            "complaint": COMPLAINT,
            "encoder": encoder,
            "limit": limit,
        },
    )


def suggest(conn: Connection, cluster_id: ClusterId, *, now: datetime) -> None:
    """Keep that a cluster may be an incident."""
    execute(conn, "update clusters set suggested_at = %(now)s where id = %(id)s and suggested_at is null", {"id": cluster_id, "now": now})


def words_of(conn: Connection, cluster_id: ClusterId) -> list[str]:
    """Return what tells a cluster from others."""
    found = fetch_values(conn, "select words from clusters where id = %(id)s", {"id": cluster_id})
    return list(found[0]) if found else []
