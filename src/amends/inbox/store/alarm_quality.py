"""SQL of how good the alarms of single posts were: each rule's, those that were missed, and the posts that others would ring for."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.inbox.rules.alarm_quality import Bad, Judged
from amends.inbox.rules.ids import AgentId, CaseId, PostId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """The first post of a case that never rang, though it is urgent, goes on or came back; `marked`: somebody says it should have."""

    post_id: PostId
    case_id: CaseId
    customer: str
    preview: str
    published_at: datetime
    urgency: int
    customer_posts: int
    episode: int
    marked: bool


def of_rules(conn: Connection, scope: Scope, *, since: datetime) -> list[Judged]:
    """Return how the alarms of each rule were judged since then, of cases that somebody sees, the most alarms first."""
    return fetch_all(
        conn,
        Judged,
        """
        select a.rule, count(*)::int as raised,
          count(*) filter (where a.acknowledged_at is not null and a.dismissed_at is null)::int as useful,
          count(*) filter (where a.dismissed_at is not null)::int as useless,
          count(*) filter (where a.acknowledged_at is null and a.dismissed_at is null)::int as open
        from alerts a join cases c on c.id = a.case_id where a.raised_at >= %(since)s
        """
        + scopes.within(scope)
        + " group by a.rule order by 2 desc, 1",
        {"since": since} | scopes.params(scope),
    )


def missed(conn: Connection, scope: Scope, *, since: datetime, urgency: int, limit: int = 50) -> list[Missed]:
    """Return the cases opened since then that turned bad and never rang, of those that somebody sees, the most urgent first."""
    return fetch_all(
        conn,
        Missed,
        """
        select p.id as post_id, c.id as case_id, u.name as customer, left(c.preview, 160) as preview, p.published_at, c.urgency,
          c.customer_posts, c.episode, m.post_id is not null as marked
        from cases c
        join customers u on u.id = c.customer_id
        join lateral (
          select p.id, p.published_at from posts p
          where p.case_id = c.id and p.case_number is not null and p.deleted_at is null order by p.published_at limit 1
        ) p on true
        left join missed_alarms m on m.post_id = p.id
        where c.opened_at >= %(since)s and c.sentiment = 'negative'
          and (c.urgency >= %(urgency)s or c.customer_posts >= 3 or c.episode > 1 or m.post_id is not null)
          and not exists (select from alerts a where a.case_id = c.id)
        """
        + scopes.within(scope)
        + " order by (m.post_id is not null), c.urgency desc, c.id desc limit %(limit)s",
        {"since": since, "urgency": urgency, "limit": limit} | scopes.params(scope),
    )


def mark(conn: Connection, post_id: PostId, *, agent_id: AgentId, now: datetime) -> CaseId | None:
    """Keep that a post should have rung, and return its case; None where it has none."""
    found = fetch_values(
        conn,
        """
        insert into missed_alarms (post_id, case_id, agent_id, at)
        select id, case_id, %(agent)s, %(now)s from posts where id = %(id)s and case_id is not null
        on conflict (post_id) do update set at = missed_alarms.at returning case_id
        """,
        {"id": post_id, "agent": agent_id, "now": now},
    )
    return found[0] if found else None


def unmark(conn: Connection, post_id: PostId) -> None:
    """Take that back."""
    execute(conn, "delete from missed_alarms where post_id = %(id)s", {"id": post_id})


def bad_posts(conn: Connection, scope: Scope, *, since: datetime, limit: int) -> list[Bad]:
    """Return the newest negative posts since then of cases that somebody sees, as far as they were fresh when read, in order of time."""
    found = fetch_all(
        conn,
        Bad,
        """
        select p.id as post_id, p.case_id, p.published_at, v.urgency, w.followers, coalesce(a.rang, false) as rang,
          coalesce(a.useless, false) as useless, m.post_id is not null as missed
        from posts p
        join verdicts v on v.post_id = p.id and v.sentiment = 'negative'
        join authors w on w.id = p.author_id
        join cases c on c.id = p.case_id
        left join missed_alarms m on m.post_id = p.id
        left join lateral (
          select bool_or(a.acknowledged_at is not null and a.dismissed_at is null) as rang, bool_or(a.dismissed_at is not null) as useless
          from alerts a where a.case_id = p.case_id and a.post_id = p.id
        ) a on true
        where p.case_id is not null and p.case_number is not null and p.published_at >= %(since)s
          and p.seen_at - p.published_at <= interval '1 day'
        """
        + scopes.within(scope)
        + " order by p.published_at desc, p.id desc limit %(limit)s",
        {"since": since, "limit": limit} | scopes.params(scope),
    )
    return found[::-1]
