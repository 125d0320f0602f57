"""Reports over REST: saved, changed, paused, tried out, their tables and files, and what became of the sendings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.report_form import ReportBody
from amends.api.report_out import made_for, report_file
from amends.api.rest._matching import SeenAt, tag
from amends.inbox.actions import reports as keeping
from amends.inbox.rules.report_tables import ReportTable
from amends.inbox.rules.reports import FileKind
from amends.inbox.rules.rights import Right
from amends.inbox.store import report_sendings
from amends.inbox.store.report_sendings import Sending
from amends.inbox.store.reports import Report

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])
ReportId = Annotated[int, Path(ge=1, lt=2**63)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """A report made for who asks; lengths of time are seconds, shares are of one, moments are UTC."""

    since: datetime
    until: datetime
    zone: str
    tables: Sequence[ReportTable]


@router.get("", operation_id="reports", dependencies=[program_may(Right.NUMBERS)])
def every(desk: AtDesk, visitor: Bearing) -> Sequence[Report]:
    """Return the reports that you have or are sent."""
    with desk.pool.transaction() as conn:
        return keeping.listed(conn, visitor)


@router.post("", operation_id="save_report", status_code=201, dependencies=[program_may(Right.REPORTS)])
def save(desk: AtDesk, visitor: Bearing, body: ReportBody) -> Report:
    """Keep a new report."""
    with desk.pool.transaction() as conn:
        report_id = keeping.save(conn, body.kept(), visitor=visitor, now=desk.clock())
        return keeping.seen(conn, report_id, visitor)


@router.get("/{report_id}", operation_id="get_report", dependencies=[program_may(Right.NUMBERS)])
def one(desk: AtDesk, visitor: Bearing, response: Response, report_id: ReportId) -> Report:
    """Return a report that you have or are sent."""
    with desk.pool.transaction() as conn:
        found = keeping.seen(conn, report_id, visitor)
    tag(response, keeping.mark_of(found))
    return found


@router.put("/{report_id}", operation_id="change_report", dependencies=[program_may(Right.REPORTS)])
def change(desk: AtDesk, visitor: Bearing, response: Response, report_id: ReportId, body: ReportBody, seen: SeenAt) -> Report:
    """Let a report be something else; with `If-Match` (its `ETag`) only where nobody changed it since, else 409."""
    with desk.pool.transaction() as conn:
        keeping.change(conn, report_id, body.kept(), visitor=visitor, now=desk.clock(), seen_as=seen)
        found = keeping.seen(conn, report_id, visitor)
    tag(response, keeping.mark_of(found))
    return found


@router.delete("/{report_id}", operation_id="remove_report", status_code=204, dependencies=[program_may(Right.REPORTS)])
def delete(desk: AtDesk, visitor: Bearing, report_id: ReportId) -> None:
    """Take a report away."""
    with desk.pool.transaction() as conn:
        keeping.delete(conn, report_id, visitor=visitor, now=desk.clock())


@router.post("/{report_id}/restore", operation_id="restore_report", dependencies=[program_may(Right.REPORTS)])
def restore(desk: AtDesk, visitor: Bearing, report_id: ReportId) -> Report:
    """Bring a removed report back."""
    with desk.pool.transaction() as conn:
        keeping.restore(conn, report_id, visitor=visitor, now=desk.clock())
        return keeping.seen(conn, report_id, visitor)


@router.post("/{report_id}/pause", operation_id="pause_report", dependencies=[program_may(Right.REPORTS)])
def pause(desk: AtDesk, visitor: Bearing, report_id: ReportId) -> Report:
    """Let a report not go out until it is resumed."""
    with desk.pool.transaction() as conn:
        keeping.pause(conn, report_id, visitor=visitor, now=desk.clock())
        return keeping.seen(conn, report_id, visitor)


@router.post("/{report_id}/resume", operation_id="resume_report", dependencies=[program_may(Right.REPORTS)])
def resume(desk: AtDesk, visitor: Bearing, report_id: ReportId) -> Report:
    """Let a report go out again."""
    with desk.pool.transaction() as conn:
        keeping.resume(conn, report_id, visitor=visitor, now=desk.clock())
        return keeping.seen(conn, report_id, visitor)


@router.post("/{report_id}/try", operation_id="try_report", status_code=202, dependencies=[program_may(Right.REPORTS)])
def try_out(desk: AtDesk, visitor: Bearing, report_id: ReportId) -> None:
    """Send a report to yourself, and to nobody else."""
    with desk.pool.transaction() as conn:
        keeping.try_out(conn, report_id, visitor=visitor, now=desk.clock())
    desk.wake()


@router.get("/{report_id}/tables", operation_id="tables_of_report", dependencies=[program_may(Right.NUMBERS)])
def tables(desk: AtDesk, visitor: Bearing, report_id: ReportId) -> Tables:
    """Return the report of this day, with what you may see; `path` of a cell opens the rows behind it."""
    with desk.pool.transaction() as conn:
        made = made_for(conn, keeping.seen(conn, report_id, visitor), visitor, desk)
    return Tables(since=made.period.since, until=made.period.until, zone=made.zone.key, tables=made.tables)


@router.get("/{report_id}/file.{kind}", operation_id="file_of_report", dependencies=[program_may(Right.NUMBERS)])
def download(desk: AtDesk, visitor: Bearing, report_id: ReportId, kind: FileKind) -> Response:
    """Return the report of this day as a file: HTML, CSV or XLSX."""
    return report_file(desk, visitor, report_id, kind)


@router.get("/{report_id}/sendings", operation_id="sendings_of_report", dependencies=[program_may(Right.NUMBERS)])
def sendings(
    desk: AtDesk,
    visitor: Bearing,
    report_id: ReportId,
    below: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Sequence[Sending]:
    """Return what became of the sendings, the newest first, those below an id."""
    with desk.pool.transaction() as conn:
        keeping.seen(conn, report_id, visitor)
        return report_sendings.log(conn, report_id, below=below, limit=limit)
