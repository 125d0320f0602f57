"""SQL of stopping messages on occasions: all of an occasion, one of them, or by the person who holds the link of one."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_maybe, fetch_values
from amends.inbox.rules.ids import CustomerId


def stop(conn: Connection, *, occasion_id: int, message_id: int | None = None, now: datetime) -> int:
    """Stop what has not gone out of an occasion, or one message of it, and return how many that were.

    What a worker has claimed is stopped too, until the mail server may have it. Of who died while it had, it does not go again.
    """
    return execute(
        conn,
        """
        update occasion_messages set state = 'stopped', claimed_until = null
        where (state in ('proposed', 'queued', 'failed') or state = 'sending' and (handed_at is null or claimed_until <= %(now)s))
          and occasion_id = %(occasion)s and (%(message)s::bigint is null or id = %(message)s)
        """,
        {"occasion": occasion_id, "message": message_id, "now": now},
    )


def stop_trying(conn: Connection, *, occasion_id: int) -> int:
    """Let no answer of an occasion that a network may have be tried again, and return how many those are.

    It is looked for there; where it is not, it does not go any more, also once the occasion sends again.
    """
    return execute(
        conn,
        """
        update occasion_messages m set why = 'stopped' from replies r
        where r.id = m.reply_id and m.occasion_id = %(occasion)s and m.state = 'sent' and r.state in ('queued', 'sending')
        """,
        {"occasion": occasion_id},
    )


def handed_over(conn: Connection, *, occasion_id: int) -> int:
    """Return how many letters of an occasion a mail server may have already."""
    return fetch_values(
        conn, "select count(*) from occasion_messages where occasion_id = %(occasion)s and state = 'sending'", {"occasion": occasion_id}
    )[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopper:
    """Whose message a token belongs to, and over which way it came."""

    customer_id: CustomerId
    contact_way_id: int | None


def stopper(conn: Connection, stop_hash: bytes) -> Stopper | None:
    """Return who may stop messages with the token of this hash, or None."""
    return fetch_maybe(
        conn,
        Stopper,
        "select customer_root(customer_id) as customer_id, contact_way_id from occasion_messages where stop_hash = %(hash)s",
        {"hash": stop_hash},
    )
