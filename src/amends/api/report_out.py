"""A report as it leaves by the web: made for whoever looks, and as a file; pages and REST share it."""

from fastapi import Response

from amends.api.desk import Desk
from amends.api.looking import asker_of
from amends.core.database import Connection
from amends.core.translating import speaking
from amends.inbox.actions import reports as keeping
from amends.inbox.rules.report_files import MEDIA, as_file, file_name
from amends.inbox.rules.report_tables import Document
from amends.inbox.rules.reports import FileKind
from amends.inbox.store import number_settings
from amends.inbox.store.reports import Report
from amends.inbox.store.sessions import Visitor


def made_for(conn: Connection, report: Report, visitor: Visitor, desk: Desk) -> Document:
    """Return the report of this day with what the visitor may see. `NotAQuery`, `TooBroad`."""
    compares = number_settings.read(conn).may_compare(visitor.role)
    now = desk.clock()
    asker, path = asker_of(visitor, now), f"/reports/{report.id}"
    return keeping.document(conn, report, asker, turn=now, reader=visitor.agent_id, compares=compares, path=path)


def report_file(desk: Desk, visitor: Visitor, report_id: int, kind: FileKind) -> Response:
    """Return the report as a file in its own language."""
    with desk.pool.transaction() as conn:
        report = keeping.seen(conn, report_id, visitor)
        with speaking(report.language):
            made = made_for(conn, report, visitor, desk)
            content = as_file(made, kind, (desk.settings.public_url or "").rstrip("/"))
    named = {"Content-Disposition": f'attachment; filename="{file_name(made, kind)}"'}
    return Response(content, media_type=MEDIA[kind], headers=named)
