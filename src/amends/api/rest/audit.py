"""The audit log over REST: the same entries as on screen, a page at a time."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query

from amends.api.auditing import Seeking
from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.inbox.rules.rights import Right
from amends.inbox.store import audit_log

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditPage:
    """One page of the log, the newest first; `next` is what `before` takes for the following one, null at the end."""

    entries: list[audit_log.AuditRow]
    next: int | None


@router.get("", operation_id="list_audit_log", dependencies=[program_may(Right.AUDIT)])
def list_audit_log(
    desk: AtDesk, _visitor: Bearing, wanted: Seeking, before: int | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> AuditPage:
    """List what administrators changed: who, what, from where; `person` is an agent's id, `q` words that all stand in the entry."""
    with desk.pool.transaction() as conn:
        rows = audit_log.page(conn, wanted, below=before, limit=limit + 1)
    return AuditPage(entries=rows[:limit], next=rows[limit - 1].id if len(rows) > limit else None)
