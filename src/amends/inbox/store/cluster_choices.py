"""SQL of what agents say of clusters: an incident, none, a case that does not belong; and which cases an incident gets by likeness."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, BrandId, CaseId, ClusterId, IncidentId


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A cluster that was suggested, ours alone until the transaction ends."""

    id: ClusterId
    brand_id: BrandId
    encoder: str
    words: Sequence[str]
    dismissed_at: datetime | None
    incident_id: IncidentId | None
    confirmed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Newcomer:
    """A case that says what an incident is about, and is not in it."""

    incident_id: IncidentId
    case_id: CaseId
    words: Sequence[str]


def lock(conn: Connection, cluster_id: ClusterId) -> Held | None:
    """Return a suggested cluster, or None."""
    return fetch_maybe(
        conn,
        Held,
        """
        select id, brand_id, encoder, words, dismissed_at, incident_id, confirmed_at from clusters
        where id = %(id)s and suggested_at is not null and merged_into is null for update
        """,
        {"id": cluster_id},
    )


def confirm(conn: Connection, cluster_id: ClusterId, *, incident_id: IncidentId, agent_id: AgentId, now: datetime) -> None:
    """Keep which incident a cluster is."""
    execute(
        conn,
        """
        update clusters set incident_id = %(incident)s, confirmed_at = %(now)s, confirmed_by = %(agent)s, dismissed_at = null,
          dismissed_by = null
        where id = %(id)s
        """,
        {"id": cluster_id, "incident": incident_id, "agent": agent_id, "now": now},
    )


def unconfirm(conn: Connection, cluster_id: ClusterId) -> None:
    """Keep that a cluster is no incident yet."""
    execute(conn, "update clusters set incident_id = null, confirmed_at = null, confirmed_by = null where id = %(id)s", {"id": cluster_id})


def brought(conn: Connection, held: Held) -> list[CaseId]:
    """Return the cases that its incident has by the likeness of this cluster alone, since it was confirmed."""
    return fetch_values(
        conn,
        """
        select m.case_id from incident_cases m
        where m.incident_id = %(incident)s and m.left_at is null and m.how = 'cluster' and m.joined_at >= %(at)s
          and exists (select from posts p join cluster_posts k on k.post_id = p.id where p.case_id = m.case_id and k.cluster_id = %(id)s)
        order by m.case_id
        """,
        {"id": held.id, "incident": held.incident_id, "at": held.confirmed_at},
    )


def set_dismissed(conn: Connection, cluster_id: ClusterId, *, agent_id: AgentId | None, at: datetime | None) -> None:
    """Keep that a cluster is no incident, or that it may be one."""
    execute(
        conn,
        "update clusters set dismissed_at = %(at)s, dismissed_by = %(agent)s where id = %(id)s",
        {"id": cluster_id, "agent": agent_id, "at": at},
    )


def set_taken(conn: Connection, cluster_id: ClusterId, case_id: CaseId, *, agent_id: AgentId | None, at: datetime | None) -> int:
    """Keep that a case does not belong to a cluster, or that it does; return how many of its posts that changed."""
    return execute(
        conn,
        """
        update cluster_posts m set taken_at = %(at)s, taken_by = %(agent)s from posts p
        where p.id = m.post_id and p.case_id = %(case)s and m.cluster_id = %(id)s
          and (m.taken_at is null) = (%(at)s::timestamptz is not null)
        """,
        {"id": cluster_id, "case": case_id, "agent": agent_id, "at": at},
    )


def newcomers(conn: Connection, cluster_ids: Sequence[ClusterId]) -> list[Newcomer]:
    """Return the cases of clusters whose incidents go on that are in no incident, and that nobody took out of it."""
    return fetch_all(
        conn,
        Newcomer,
        """
        select distinct k.incident_id, c.id as case_id, k.words
        from clusters k
        join incidents i on i.id = k.incident_id and i.fixed_at is null and i.closed_at is null
        join cluster_posts m on m.cluster_id = k.id and m.taken_at is null
        join posts p on p.id = m.post_id
        join cases c on c.id = p.case_id and c.status <> 'dismissed'
        where k.id = any(%(ids)s)
          and not exists (select from incident_cases o where o.case_id = c.id and (o.incident_id = k.incident_id or o.left_at is null))
        order by 1, 2
        """,
        {"ids": list(cluster_ids)},
    )
