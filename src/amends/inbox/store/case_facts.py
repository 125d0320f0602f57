"""SQL of what conditions ask of cases."""

from collections.abc import Sequence

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.condition import CaseFacts
from amends.inbox.rules.ids import CaseId


def of(conn: Connection, case_ids: Sequence[CaseId]) -> list[CaseFacts]:
    """Return what is known of these cases."""
    return fetch_all(
        conn,
        CaseFacts,
        """
        select c.id, c.status, c.sentiment, c.language, c.network, b.slug as brand, c.urgency_now::int as urgency, c.preview,
          coalesce(a.name, '') as assignee, coalesce(t.name, '') as team,
          array(select distinct topic.name from posts p join post_topics l on l.post_id = p.id and l.fits
                join topics topic on topic.id = l.topic_id and topic.archived_at is null
                where p.case_id = c.id and p.case_number is not null and p.deleted_at is null) as topics
        from cases c join brands b on b.id = c.brand_id left join agents a on a.id = c.assignee_id left join teams t on t.id = c.team_id
        where c.id = any(%(ids)s)
        """,
        {"ids": list(case_ids)},
    )
