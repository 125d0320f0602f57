"""SQL of urgency that somebody adds to a case, beside what its posts say."""

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.rules.ids import CaseId


def add(conn: Connection, *, case_id: CaseId, points: int, reason: str) -> int | None:
    """Add points, up to 100 in all, with the reason; return how many were added, None where the case has the reason already."""
    found = fetch_values(
        conn,
        """
        with was as (select id, urgency from cases where id = %(id)s and not %(reason)s = any(reasons) for update)
        update cases c set urgency = least(100, c.urgency + %(points)s), reasons = c.reasons || %(reason)s::text
        from was where c.id = was.id returning (c.urgency - was.urgency)::int
        """,
        {"id": case_id, "points": points, "reason": reason},
    )
    return found[0] if found else None


def take(conn: Connection, *, case_id: CaseId, points: int, reason: str) -> int:
    """Take points and their reason back, and return whether they were there (0 or 1)."""
    return execute(
        conn,
        """
        update cases set urgency = greatest(0, urgency - %(points)s), reasons = array_remove(reasons, %(reason)s::text)
        where id = %(id)s and %(reason)s = any(reasons)
        """,
        {"id": case_id, "points": points, "reason": reason},
    )
