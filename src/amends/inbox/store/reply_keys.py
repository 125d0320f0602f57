"""SQL of the keys of replies that were taken back or thrown away."""

from datetime import datetime
from uuid import UUID

from amends.core.database import Connection, execute, fetch_values


def is_spent(conn: Connection, key: UUID) -> bool:
    """Tell whether the reply of this key was taken back or thrown away."""
    return bool(fetch_values(conn, "select 1 from reply_keys where key = %(key)s", {"key": key}))


def drop_forgotten(conn: Connection, *, before: datetime) -> int:
    """Delete the keys that were spent before `before`, and return how many."""
    return execute(conn, "delete from reply_keys where spent_at < %(before)s", {"before": before})
