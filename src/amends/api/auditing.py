"""What somebody looks for in the audit log, as a URL says it, and the whole of it in batches; pages and REST share both."""

from collections.abc import Generator
from datetime import UTC, date, datetime, time
from typing import Annotated, Literal

from fastapi import Depends, Query

from amends.core.database import Pool
from amends.inbox.rules.auditing import AuditNoun, Sought
from amends.inbox.rules.text import storable
from amends.inbox.store import audit_log
from amends.inbox.store.audit_log import AuditRow

BATCH = 1_000


def sought(
    person: Annotated[str, Query(max_length=18, pattern=r"^\d*$")] = "",
    about: Annotated[AuditNoun | Literal[""], Query()] = "",
    since: Annotated[date | Literal[""], Query()] = "",
    until: Annotated[date | Literal[""], Query()] = "",
    q: Annotated[str, Query(max_length=200)] = "",
) -> Sought:
    """Return what the URL asks for; both days are whole days in UTC and belong to it."""
    return Sought(
        agent_id=int(person) if person else None,
        noun=about or None,
        since=datetime.combine(since, time(), UTC) if since else None,
        until=datetime.combine(until, time.max, UTC) if until else None,
        words=storable(q),
    )


Seeking = Annotated[Sought, Depends(sought)]


def batches(pool: Pool, wanted: Sought, *, upto: int) -> Generator[list[AuditRow]]:
    """Yield every entry with an id of at most `upto`, the newest first, each batch from a transaction of its own."""
    below = upto + 1
    while True:
        with pool.transaction() as conn:
            rows = audit_log.page(conn, wanted, below=below, limit=BATCH)
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        below = rows[-1].id
