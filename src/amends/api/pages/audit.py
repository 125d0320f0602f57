"""The audit log: who changed what, from where, searched and exported; nobody can change it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from amends.api.audit_words import FORMATS, NOUNS, changes, happened
from amends.api.auditing import Seeking, batches
from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.api.origins import origin_of
from amends.core.database import Connection
from amends.inbox.actions import audit
from amends.inbox.rules.auditing import AuditKind, Sought
from amends.inbox.rules.rights import Right
from amends.inbox.store import agents, audit_log, counts

router = APIRouter(prefix="/settings/audit", include_in_schema=False)
SHOWN = 50
FIELDS = ("person", "about", "since", "until", "q")


class Format(StrEnum):
    """As which file the log leaves."""

    CSV = "csv"
    JSONL = "jsonl"


@router.get("", dependencies=[may(Right.AUDIT)])
def show(
    request: Request, desk: AtDesk, visitor: Reading, wanted: Seeking, below: Annotated[int | None, Query(ge=0, lt=2**63)] = None
) -> Response:
    """Show the newest entries that fit; for htmx only the list, or the lines behind the entry `below`."""
    with desk.pool.transaction() as conn:
        values = _listed(conn, wanted, below) | {"query": _query(request.query_params)}
        if request.headers.get("HX-Request"):
            return desk.screens.blocks(request, "audit.html", ["lines" if below else "listed"], values)
        values |= {"people": agents.everyone(conn), "nouns": NOUNS, "counts": counts.read(conn, visitor.scope)}
    asked = {name: request.query_params.get(name, "") for name in FIELDS}
    return desk.screens.page(request, "audit.html", values | {"asked": asked})


@router.get("/export.{kind}", dependencies=[may(Right.AUDIT)])
def export(request: Request, desk: AtDesk, _visitor: Reading, wanted: Seeking, kind: Format) -> Response:
    """Return everything that fits as a file; that it was exported stands in the log, and is not in the file."""
    with desk.pool.transaction() as conn:
        upto = audit_log.newest_id(conn)
        audit.stamp(conn, origin_of(request), now=desk.clock())
        audit.record(conn, AuditKind.AUDIT_LOG_EXPORTED, about=f"{kind} {_query(request.query_params)}".strip())
    media_type, written = FORMATS[kind]
    named = {"Content-Disposition": f'attachment; filename="audit-log.{kind}"'}
    return StreamingResponse(written(batches(desk.pool, wanted, upto=upto)), media_type=media_type, headers=named)


def _listed(conn: Connection, wanted: Sought, below: int | None) -> dict[str, Any]:
    rows = audit_log.page(conn, wanted, below=below, limit=SHOWN + 1)
    more = rows[SHOWN - 1].id if len(rows) > SHOWN else None
    return {"rows": rows[:SHOWN], "more": more, "happened": happened, "changes": changes}


def _query(params: Mapping[str, str]) -> str:
    return urlencode({name: params[name] for name in FIELDS if params.get(name)})
