"""SQL of resolved cases that may be like one that is answered: a bounded number of the newest, with what they mean and what was said."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, fetch_all, fetch_maybe
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """What the first post of a case means to an encoder."""

    case_id: CaseId
    post_id: PostId
    encoder: str
    embedding: bytes
    outcome: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """A resolved case with its first words and the last answer in it that everybody could read."""

    case_id: CaseId
    customer: str
    handle: str
    preview: str
    language: str
    reply: str
    agent: str
    resolved_at: datetime


def of_case(conn: Connection, *, case_id: CaseId) -> Meaning | None:
    """Return what the newest readable post of the customer in a case means, or None."""
    return fetch_maybe(
        conn,
        Meaning,
        """
        select p.case_id, p.id as post_id, r.encoder, r.embedding, null as outcome
        from posts p join readings r on r.post_id = p.id
        where p.case_id = %(case_id)s and p.case_number is not null and p.deleted_at is null and r.embedding is not null
        order by p.published_at desc, p.id desc limit 1
        """,
        {"case_id": case_id},
    )


def candidates(conn: Connection, scope: Scope, *, case_id: CaseId, encoder: str, since: datetime, limit: int) -> list[Meaning]:
    """Return the cases of the same brand within the scope that were resolved last and answered in public, with whether that held."""
    return fetch_all(
        conn,
        Meaning,
        """
        select c.id as case_id, p.id as post_id, r.encoder, r.embedding, f.outcome
        from (
          select c.id, c.source_id, c.resolved_at from cases c
          where c.status = 'resolved' and c.brand_id = (select brand_id from cases where id = %(case_id)s) and c.id <> %(case_id)s
            and c.resolved_at > %(since)s
        """
        + scopes.within(scope)
        + """
          order by c.resolved_at desc limit %(limit)s
        ) c
        join lateral (
          select id from posts where case_id = c.id and case_number is not null and deleted_at is null order by case_number limit 1
        ) p on true
        join readings r on r.post_id = p.id and r.encoder = %(encoder)s and r.embedding is not null
        left join lateral (
          select outcome from follow_ups where case_id = c.id and concluded_at is not null order by id desc limit 1
        ) f on true
        where exists (
          select from replies r join posts t on t.id = r.post_id
          where r.case_id = c.id and r.state = 'sent' and not r.private and t.visibility in ('public', 'unlisted')
        )
        """,
        {"case_id": case_id, "encoder": encoder, "since": since, "limit": limit} | scopes.params(scope),
    )


def answered(conn: Connection, case_ids: list[CaseId]) -> dict[CaseId, Answered]:
    """Return what was said in these cases."""
    rows = fetch_all(
        conn,
        Answered,
        """
        select c.id as case_id, u.name as customer, a.handle, c.preview, c.language, r.text as reply, g.name as agent, c.resolved_at
        from cases c join customers u on u.id = c.customer_id join authors a on a.id = c.author_id
        join lateral (
          select r.text, r.agent_id from replies r join posts t on t.id = r.post_id
          where r.case_id = c.id and r.state = 'sent' and not r.private and t.visibility in ('public', 'unlisted')
          order by r.id desc limit 1
        ) r on true
        join agents g on g.id = r.agent_id
        where c.id = any(%(ids)s) and c.resolved_at is not null
        """,
        {"ids": case_ids},
    )
    return {row.case_id: row for row in rows}
