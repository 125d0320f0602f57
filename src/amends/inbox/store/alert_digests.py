"""SQL of digests: what one tells, from the moment it is first put into words the same for every try."""

from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.inbox.rules.alert_digest_text import DigestItem


def close(conn: Connection, digest_id: int, *, now: datetime) -> list[DigestItem]:
    """Let nothing more into a digest, and return what it tells: what comes later is told by itself."""
    execute(conn, "update alert_digests set closed_at = %(now)s where id = %(id)s and closed_at is null", {"id": digest_id, "now": now})
    return fetch_all(
        conn,
        DigestItem,
        """
        select a.id as alert_id, a.case_id, a.rule, a.severity, a.reason, a.raised_at, i.why, a.acknowledged_at is not null as is_seen_to,
          a.ended_at is not null as is_over
        from alert_digest_items i join alerts a on a.id = i.alert_id where i.digest_id = %(id)s order by a.raised_at, a.id
        """,
        {"id": digest_id},
    )


def is_empty(conn: Connection, digest_id: int) -> bool:
    """Tell whether nothing is left of what a digest was to tell."""
    return not fetch_values(conn, "select exists(select from alert_digest_items where digest_id = %(id)s)", {"id": digest_id})[0]
