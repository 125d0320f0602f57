"""SQL of triage: the posts that wait for it, the locks that keep two workers apart, and what became of each post."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_values
from amends.inbox.rules.ids import AuthorId, CaseId
from amends.inbox.rules.placing import Claimed, Placed

TALK: LiteralString = """
left join lateral (
  -- A private message that answers nothing by name goes on with the case in which we wrote to its author last.
  select c.root_external_id as root_id from cases c join replies r on r.case_id = c.id
  where p.visibility = 'direct' and p.parent_id is null and not p.is_own
    and c.author_id = p.author_id and c.source_id = p.source_id and (r.private or c.root_external_id = p.root_id)
    and r.state = 'sent' and r.sent_at between p.published_at - interval '30 days' and p.published_at
  order by r.sent_at desc limit 1
) talk on true
"""


def claim(conn: Connection, *, limit: int) -> list[Claimed]:
    """Lock and return posts without a verdict, the first stored first; those that another worker holds are passed over.

    The root of a private message is that of the case in which we moved to private.
    """
    return fetch_all(
        conn,
        Claimed,
        """
        select p.id, p.source_id, s.brand_id, p.network, coalesce(talk.root_id, p.root_id) as root_id, p.author_id,
          a.external_id as author_external_id,
          coalesce(nullif(a.name, ''), a.handle) as author_name, a.followers, p.text, p.language_hint, p.region, p.published_at,
          p.seen_at,
          p.is_own, p.shared_id is not null as is_share, p.deleted_at is not null as is_deleted,
          coalesce(root.author_id <> p.author_id and not root.is_own, false) as of_another,
          coalesce(parent.is_own, false) or exists (select from unnest(p.mentions) named where lower(named) = lower(s.handle)) as to_us,
          (
            select count(*)::integer from (
              select text from posts o where o.author_id = p.author_id and o.id < p.id order by o.published_at desc limit 20
            ) before where before.text = p.text
          ) as repeats,
          exists (select from relevance_examples e where e.post_id = p.id and e.kept) as kept, p.case_number
        from (select * from posts where triaged_at is null order by id limit %(limit)s for update skip locked) p
        join sources s on s.id = p.source_id
        join authors a on a.id = p.author_id
        left join posts root on root.source_id = p.source_id and root.external_id = p.root_id
        left join posts parent on parent.source_id = p.source_id and parent.external_id = p.parent_id
        """
        + TALK
        + """
        order by p.id
        """,
        {"limit": limit},
    )


def lock_authors(conn: Connection, author_ids: Sequence[AuthorId]) -> None:
    """Wait until nobody else triages posts of these authors: one author's posts open one case, and make one customer."""
    execute(
        conn,
        """
        select pg_advisory_xact_lock(hashtextextended('author', id))
        from (select distinct id from unnest(%(ids)s::bigint[]) given(id) order by id) sorted
        """,
        {"ids": list(author_ids)},
    )


def save_routes(conn: Connection, rows: Sequence[tuple[Placed, CaseId | None]], *, now: datetime) -> None:
    """Store where each post went, and that it is triaged."""
    facts = [
        {"id": placed.post.id, "route": placed.route, "why": placed.why, "case_id": case_id, "case_number": placed.case_number}
        for placed, case_id in rows
    ]
    execute(
        conn,
        """
        update posts p
        set triaged_at = %(now)s, route = r.route, route_why = r.why, case_id = r.case_id, case_number = r.case_number,
          reworded = false
        from jsonb_to_recordset(%(rows)s) as r(id bigint, route text, why text, case_id bigint, case_number integer)
        where p.id = r.id
        """,
        {"now": now, "rows": Jsonb(facts)},
    )


def save_verdicts(conn: Connection, placed: Sequence[Placed], *, now: datetime) -> None:
    """Store what the model said of each post it read."""
    facts = [
        {
            "post_id": place.post.id,
            "model": place.verdict.model,
            "language": place.verdict.language,
            "sentiment": place.verdict.sentiment,
            "negative": place.verdict.negative,
            "neutral": place.verdict.neutral,
            "positive": place.verdict.positive,
            "complaint": place.verdict.complaint,
            "confidence": place.verdict.confidence,
            "urgency": place.verdict.urgency,
            "reasons": place.verdict.reasons,
            "points": place.verdict.points,
            "shares": place.verdict.shares,
            "needs_look": place.verdict.needs_look,
            "intent": place.verdict.intent,
            "intents": place.verdict.intents,
            "noise": place.verdict.noise,
            "personal": place.verdict.personal,
        }
        for place in placed
        if place.verdict is not None
    ]
    execute(
        conn,
        """
        insert into verdicts (post_id, model, language, sentiment, negative, neutral, positive, complaint, confidence, urgency,
          reasons, points, shares, needs_look, intent, intents, noise, personal, created_at)
        select post_id, model, language, sentiment, negative, neutral, positive, complaint, confidence, urgency, reasons, points, shares,
          needs_look, intent, intents, noise, personal, %(now)s
        from jsonb_to_recordset(%(rows)s) as r(post_id bigint, model text, language text, sentiment text, negative real, neutral real,
          positive real, complaint real, confidence real, urgency smallint, reasons text[], points smallint[],
          shares real[], needs_look boolean, intent text, intents real[], noise text, personal text[])
        """,
        {"now": now, "rows": Jsonb(facts)},
    )


def is_any(conn: Connection) -> bool:
    """Tell whether a post waits to be triaged."""
    return bool(fetch_values(conn, "select id from posts where triaged_at is null limit 1"))
