"""Where an agent begins to read: the oldest post of a case that nobody has looked at yet."""

from amends.core.database import Connection, fetch_values


def is_unseen(conn: Connection, case_id: int) -> bool:
    """Return whether nobody has opened the case yet, so that all of it is new."""
    return not fetch_values(
        conn, "select true from events where case_id = %(case_id)s and kind = 'case_read' limit 1", {"case_id": case_id}
    )


def oldest(conn: Connection, case_id: int) -> int | None:
    """Return the customer's oldest post that came after somebody last opened the case; None where there is none, or all are new."""
    found = fetch_values(
        conn,
        """
        select p.id from posts p join cases c on c.id = p.case_id
        cross join lateral (select max(at) as at from events where case_id = c.id and kind = 'case_read') looked
        where p.case_id = %(case_id)s and p.author_id = c.author_id and not p.is_own and c.unread and p.seen_at > looked.at
        order by p.published_at, p.id limit 1
        """,
        {"case_id": case_id},
    )
    return found[0] if found else None
