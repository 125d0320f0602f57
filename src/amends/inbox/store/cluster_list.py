"""SQL of suggested incidents as screens and programs show them: what each is about, who speaks, and its cases, within somebody's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import BrandId, CaseId, ClusterId, CustomerId, IncidentId, PostId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggested:
    """Complaints that say the same; what is counted is what the visitor sees of it. `lately`: customers of the last hour."""

    id: ClusterId
    brand_id: BrandId
    brand: str
    words: Sequence[str]
    topics: Sequence[str]
    cases: int
    voices: int
    lately: int
    reach: int
    networks: Sequence[str]
    languages: Sequence[str]
    first_at: datetime
    last_at: datetime
    suggested_at: datetime
    quiet_at: datetime | None
    ended_at: datetime | None
    dismissed_at: datetime | None
    incident_id: IncidentId | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A case of a cluster; `taken_at` says since when it does not belong there."""

    cluster_id: ClusterId
    case_id: CaseId
    customer_id: CustomerId
    customer: str
    network: str
    language: str
    preview: str
    followers: int | None
    at: datetime
    taken_at: datetime | None


_SUGGESTED: LiteralString = """
select k.id, k.brand_id, b.name as brand, k.words, array(select name from topics t where t.id = any(k.topic_ids) order by name) as topics,
  n.cases, n.voices, n.lately, coalesce((select sum(followers) from authors a where a.id = any(n.authors)), 0)::bigint as reach,
  n.networks, n.languages, k.first_at, k.last_at, k.suggested_at, k.quiet_at, k.ended_at, k.dismissed_at, k.incident_id
from clusters k join brands b on b.id = k.brand_id
cross join lateral (
  select count(distinct c.id)::int as cases, count(distinct c.customer_id)::int as voices,
    count(distinct c.customer_id) filter (where m.published_at > %(lately)s)::int as lately,
    array_agg(distinct p.author_id) as authors, array_agg(distinct c.network) as networks, array_agg(distinct c.language) as languages
  from cluster_posts m join posts p on p.id = m.post_id join cases c on c.id = p.case_id and c.status <> 'dismissed'
  where m.cluster_id = k.id and m.taken_at is null
"""
_FROM_HERE: LiteralString = ") n where n.cases > 0 and k.suggested_at is not null and k.merged_into is null"
_MEMBERS: LiteralString = """
select m.cluster_id, c.id as case_id, c.customer_id, u.name as customer, c.network, c.language, c.preview, max(a.followers) as followers,
  max(m.published_at) as at, max(m.taken_at) as taken_at
from cluster_posts m join posts p on p.id = m.post_id
join cases c on c.id = p.case_id and c.status <> 'dismissed' join customers u on u.id = c.customer_id join authors a on a.id = c.author_id
"""


def suggestions(conn: Connection, scope: Scope, *, lately: datetime, limit: int) -> list[Suggested]:
    """Return the clusters that wait for somebody to say what they are, those of which most is heard first."""
    return fetch_all(
        conn,
        Suggested,
        _SUGGESTED
        + scopes.within(scope)
        + _FROM_HERE
        + " and k.ended_at is null and k.dismissed_at is null and k.incident_id is null"
        + " order by n.lately desc, n.voices desc, k.id desc limit %(limit)s",
        {"lately": lately, "limit": limit} | scopes.params(scope),
    )


def find(conn: Connection, scope: Scope, cluster_id: ClusterId, *, lately: datetime) -> Suggested | None:
    """Return a cluster that was ever suggested, or None."""
    query: LiteralString = _SUGGESTED + scopes.within(scope) + _FROM_HERE + " and k.id = %(id)s"
    return fetch_maybe(conn, Suggested, query, {"lately": lately, "id": cluster_id} | scopes.params(scope))


def members(conn: Connection, scope: Scope, cluster_id: ClusterId, *, limit: int) -> list[Member]:
    """Return the cases of a cluster, the newest first, and last those that were taken out."""
    return fetch_all(
        conn,
        Member,
        _MEMBERS
        + " where m.cluster_id = %(id)s"
        + scopes.within(scope)
        + " group by m.cluster_id, c.id, u.name order by max(m.taken_at) is not null, max(m.published_at) desc, c.id limit %(limit)s",
        {"id": cluster_id, "limit": limit} | scopes.params(scope),
    )


def loudest(conn: Connection, scope: Scope, cluster_ids: Sequence[ClusterId], *, each: int) -> dict[ClusterId, list[Member]]:
    """Return the cases of each cluster that most people may have read, one a customer, and no words twice."""
    rows = fetch_all(
        conn,
        Member,
        "select t.* from unnest(%(ids)s::bigint[]) given(id) cross join lateral ("
        "select * from (select distinct on (o.preview) o.* from (select distinct on (l.customer_id) l.* from ("
        + _MEMBERS
        + " where m.cluster_id = given.id and m.taken_at is null"
        + scopes.within(scope)
        + " group by m.cluster_id, c.id, u.name) l order by l.customer_id, l.followers desc nulls last) o"
        + " order by o.preview, o.followers desc nulls last) d order by d.followers desc nulls last, d.at desc limit %(each)s) t",
        {"ids": list(cluster_ids), "each": each} | scopes.params(scope),
    )
    found: dict[ClusterId, list[Member]] = {}
    for row in rows:
        found.setdefault(row.cluster_id, []).append(row)
    return found


def case_ids(conn: Connection, scope: Scope, cluster_id: ClusterId) -> list[CaseId]:
    """Return the cases that belong to a cluster."""
    query: LiteralString = (
        """
        select distinct c.id from cluster_posts m join posts p on p.id = m.post_id
        join cases c on c.id = p.case_id and c.status <> 'dismissed' where m.cluster_id = %(id)s and m.taken_at is null
        """
        + scopes.within(scope)
        + " order by 1"
    )
    return fetch_values(conn, query, {"id": cluster_id} | scopes.params(scope))


def post_ids(conn: Connection, scope: Scope, cluster_id: ClusterId, *, limit: int) -> list[PostId]:
    """Return posts of a cluster, one a customer, the newest first."""
    query: LiteralString = (
        """
        select id from (
          select distinct on (c.customer_id) p.id, p.published_at from cluster_posts m join posts p on p.id = m.post_id
          join cases c on c.id = p.case_id and c.status <> 'dismissed'
          where m.cluster_id = %(id)s and m.taken_at is null and p.deleted_at is null and not p.is_own
        """
        + scopes.within(scope)
        + " order by c.customer_id, p.published_at desc) one order by published_at desc limit %(limit)s"
    )
    return fetch_values(conn, query, {"id": cluster_id, "limit": limit} | scopes.params(scope))
