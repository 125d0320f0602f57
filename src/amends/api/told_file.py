"""Who was told after an incident and who was not, and why, as CSV that no spreadsheet runs as a formula. The page and REST share it."""

import csv
from collections.abc import Generator, Sequence
from io import StringIO

from fastapi import Request, Response

from amends.api.desk import Desk
from amends.api.origins import origin_of
from amends.core.translating import _
from amends.inbox.actions import audit, incidents, tell_affected
from amends.inbox.rules.auditing import AuditKind
from amends.inbox.rules.export_files import harmless
from amends.inbox.rules.telling import WHYS, State, Why
from amends.inbox.store import incident_answers
from amends.inbox.store.incident_answers import STATES, Answer
from amends.inbox.store.sessions import Visitor

BATCH = 1_000
HEADER = (
    "customer_id",
    "customer",
    "handle",
    "network",
    "case_id",
    "language",
    "outcome",
    "why",
    "note",
    "text",
    "by",
    "decided_at",
    "sent_at",
)


def told_file(request: Request, desk: Desk, visitor: Visitor, incident_id: int) -> Response:
    """Return everybody of the newest round whose case the visitor sees; that they were taken out stands in the audit log."""
    with desk.pool.transaction() as conn:
        incident = incidents.incident_of(conn, incident_id)
        audit.stamp(conn, origin_of(request), now=desk.clock())
        audit.record(conn, AuditKind.INCIDENT_EXPORTED, about=incident.name, after={"incident": incident_id})
    rows = [_cells(one) for some in _batches(desk, visitor, incident_id) for one in some]
    written = StringIO()
    csv.writer(written).writerows([HEADER, *rows])
    named = {"Content-Disposition": f'attachment; filename="incident-{incident_id}-told.csv"'}
    return Response(written.getvalue(), media_type="text/csv; charset=utf-8", headers=named)


def _batches(desk: Desk, visitor: Visitor, incident_id: int) -> Generator[list[Answer]]:
    after: int | None = 0
    while after is not None:
        with desk.pool.transaction() as conn:
            there = tell_affected.round_of(conn, incident_id)
            found = incident_answers.page(conn, visitor.scope, there.id, list(STATES), after=after, limit=BATCH) if there else []
        yield found
        after = found[-1].id if len(found) == BATCH else None


def _cells(one: Answer) -> Sequence[str]:
    texts = (one.customer, one.handle, one.network)
    said = (one.language, one.outcome, _why(one), one.note, one.text, one.agent)
    moments = [at.isoformat() if at else "" for at in (one.decided_at, one.sent_at)]
    return [str(one.customer_id), *map(harmless, texts), str(one.case_id), *map(harmless, said), *moments]


def _why(one: Answer) -> str:
    if one.reply_state == "failed":
        return one.reply_error
    if one.state == State.QUEUED and not one.reply_state:
        return _("taken back in its case")
    return WHYS[Why(one.why)] if one.why and one.state != State.APPROVED else ""
