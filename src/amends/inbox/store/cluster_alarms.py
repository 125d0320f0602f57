"""SQL of the alarm of a new topic: which clusters fit no topic, and how many customers speak in them within a window."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, fetch_all
from amends.inbox.store.cluster_voices import Loud, Window
from amends.inbox.store.matching import carefully
from amends.inbox.store.query_sql import Condition
from amends.inbox.store.surge_rules import Counted


def loud(conn: Connection, asked: Condition, *, rule_id: int, since: datetime, until: datetime) -> list[Loud]:
    """Return the clusters that somebody joined since then, that have no topic and no alarm that is over, with the customers who fit."""
    found: LiteralString = (
        """
        select m.cluster_id, count(distinct c.customer_id)::int as n
        from clusters k
        join cluster_posts m on m.cluster_id = k.id and m.published_at > %(since)s and m.published_at <= %(until)s and m.taken_at is null
        join posts p on p.id = m.post_id
        join cases c on c.id = p.case_id and c.status <> 'dismissed'
        where k.ended_at is null and k.last_at > %(since)s and k.topic_ids = '{}' and k.dismissed_at is null and k.incident_id is null
          and not exists (
            select from alerts a where a.surge_rule_id = %(rule_id)s and a.key = k.id::text and a.ended_at is not null
          ) and (
        """
        + asked.whole
        + ") group by m.cluster_id"
    )
    with carefully(conn):
        return fetch_all(conn, Loud, found, asked.params | {"rule_id": rule_id, "since": since, "until": until})


def counted(conn: Connection, asked: Condition, windows: Sequence[Window], *, least: int) -> list[Counted]:
    """Return how many customers who fit wrote within each window (by its place), by cluster without a topic; what is none is left out."""
    found: LiteralString = (
        """
        select k.id::text as key, w.place::int as window, count(distinct c.customer_id)::int as n
        from clusters k
        join cluster_posts m on m.cluster_id = k.id and m.taken_at is null
        join unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) with ordinality w(since, until, place)
          on m.published_at > w.since and m.published_at <= w.until
        join posts p on p.id = m.post_id
        join cases c on c.id = p.case_id and c.status <> 'dismissed'
        where k.topic_ids = '{}' and k.merged_into is null and k.voices >= %(least)s and k.last_at > %(first)s and (
        """
        + asked.whole
        + ") group by 1, 2"
    )
    times = {"since": [since for since, _until in windows], "until": [until for _since, until in windows]}
    with carefully(conn):
        return fetch_all(conn, Counted, found, asked.params | times | {"least": least, "first": min(times["since"])})
