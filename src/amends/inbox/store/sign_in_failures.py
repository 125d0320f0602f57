"""SQL of failed tries at the doors that take a secret."""

from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection, execute, fetch_values


def note(conn: Connection, subject: str, now: datetime) -> None:
    """Remember a failed try."""
    execute(conn, "insert into sign_in_failures (subject, at) values (%(subject)s, %(now)s)", {"subject": subject, "now": now})


def since(conn: Connection, subject: str, since: datetime) -> Sequence[datetime]:
    """Return when tries of `subject` failed since then, oldest first."""
    return fetch_values(
        conn,
        "select at from sign_in_failures where subject = %(subject)s and at > %(since)s order by at",
        {"subject": subject, "since": since},
    )


def forget(conn: Connection, subject: str) -> None:
    """Delete the failed tries of `subject`."""
    execute(conn, "delete from sign_in_failures where subject = %(subject)s", {"subject": subject})


def one_at_a_time(conn: Connection, subject: str) -> None:
    """Let tries of `subject` wait for each other until the transaction ends, so that a thousand at once are counted one by one."""
    fetch_values(conn, "select pg_advisory_xact_lock(hashtextextended(%(subject)s, 0))", {"subject": subject})
