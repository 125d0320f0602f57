"""SQL of the alarm of a new topic: which clusters fit no topic, and how many customers speak in them within a window."""

from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, fetch_all
from amends.inbox.store.cluster_voices import Loud
from amends.inbox.store.matching import carefully
from amends.inbox.store.query_sql import Condition


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
