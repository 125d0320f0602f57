"""Reports: those there are, a new one, one made for whoever looks, its files, and when it goes to whom by mail."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.report_form import ReportBody, ReportForm
from amends.api.report_out import made_for, report_file
from amends.api.screen import saying
from amends.api.sent_once import ONCE
from amends.api.zones import zones
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import NATIVE_NAMES, _, spoken
from amends.core.written import weekday
from amends.inbox.actions import reports as keeping
from amends.inbox.rules import reports as rule
from amends.inbox.rules.report_tables import bars, shown
from amends.inbox.rules.reports import FileKind
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts, number_settings, people, report_sendings
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/reports", include_in_schema=False)
NUMBERS = [may(Right.NUMBERS)]
PLAN = [may(Right.REPORTS)]


@router.get("", dependencies=NUMBERS)
def show(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the reports that somebody has or is sent, and a form for a new one."""
    with desk.pool.transaction() as conn:
        values = _listed(conn, visitor) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "reports.html", values)


@router.post("", dependencies=[*PLAN, ONCE])
def save(desk: AtDesk, visitor: Meaning, body: Annotated[ReportBody, Form()]) -> Response:
    """Keep a new report, and show it."""
    with desk.pool.transaction() as conn:
        report_id = keeping.save(conn, body.kept(), visitor=visitor, now=desk.clock())
    return HTMLResponse(headers={"HX-Redirect": f"/reports/{report_id}"})


@router.get("/{report_id:int}", dependencies=NUMBERS)
def one(request: Request, desk: AtDesk, visitor: Reading, report_id: int) -> Response:
    """Show a report made for the visitor, what it is, and what became of its sendings."""
    return desk.screens.page(request, "report.html", _values(desk, visitor, report_id))


@router.post("/{report_id:int}", dependencies=PLAN)
def change(request: Request, desk: AtDesk, visitor: Meaning, report_id: int, body: Annotated[ReportForm, Form()]) -> Response:
    """Let a report be something else, unless somebody changed it since the page was opened."""
    with desk.pool.transaction() as conn:
        keeping.change(conn, report_id, body.kept(), visitor=visitor, now=desk.clock(), seen_as=body.seen)
    return _again(request, desk, visitor, report_id, _("Saved"))


@router.post("/{report_id:int}/delete", dependencies=PLAN)
def delete(request: Request, desk: AtDesk, visitor: Meaning, report_id: int) -> Response:
    """Take a report away; the toast brings it back."""
    with desk.pool.transaction() as conn:
        gone = keeping.delete(conn, report_id, visitor=visitor, now=desk.clock())
        values = _listed(conn, visitor) | {"apart": True}
    shown_again = desk.screens.blocks(request, "reports.html", ["listed"], values)
    return saying(shown_again, _("“%(name)s” is removed") % {"name": gone.name}, undo=f"/reports/{report_id}/restore")


@router.post("/{report_id:int}/restore", dependencies=PLAN)
def restore(request: Request, desk: AtDesk, visitor: Meaning, report_id: int) -> Response:
    """Bring a removed report back."""
    with desk.pool.transaction() as conn:
        back = keeping.restore(conn, report_id, visitor=visitor, now=desk.clock())
        values = _listed(conn, visitor) | {"apart": True}
    return saying(desk.screens.blocks(request, "reports.html", ["listed"], values), _("“%(name)s” is back") % {"name": back.name})


@router.post("/{report_id:int}/pause", dependencies=PLAN)
def pause(request: Request, desk: AtDesk, visitor: Meaning, report_id: int) -> Response:
    """Let a report not go out until it is resumed."""
    with desk.pool.transaction() as conn:
        keeping.pause(conn, report_id, visitor=visitor, now=desk.clock())
    return _again(request, desk, visitor, report_id, _("Paused"), undo=f"/reports/{report_id}/resume")


@router.post("/{report_id:int}/resume", dependencies=PLAN)
def resume(request: Request, desk: AtDesk, visitor: Meaning, report_id: int) -> Response:
    """Let a report go out again."""
    with desk.pool.transaction() as conn:
        keeping.resume(conn, report_id, visitor=visitor, now=desk.clock())
    return _again(request, desk, visitor, report_id, _("It goes out again"), undo=f"/reports/{report_id}/pause")


@router.post("/{report_id:int}/try", dependencies=PLAN)
def try_out(request: Request, desk: AtDesk, visitor: Meaning, report_id: int) -> Response:
    """Send a report to whoever asks, and to nobody else."""
    with desk.pool.transaction() as conn:
        keeping.try_out(conn, report_id, visitor=visitor, now=desk.clock())
    desk.wake()
    return _again(request, desk, visitor, report_id, _("It is on its way to %(email)s") % {"email": visitor.email})


@router.get("/{report_id:int}/file.{kind}", dependencies=NUMBERS)
def download(desk: AtDesk, visitor: Reading, report_id: int, kind: FileKind) -> Response:
    """Return the report of this day as a file, with what the visitor may see."""
    return report_file(desk, visitor, report_id, kind)


@router.get("/{report_id:int}/sendings", dependencies=NUMBERS)
def sendings(request: Request, desk: AtDesk, visitor: Reading, report_id: int) -> Response:
    """Show what became of the sendings."""
    with desk.pool.transaction() as conn:
        values = {"report": keeping.seen(conn, report_id, visitor), "log": report_sendings.log(conn, report_id)}
    return desk.screens.blocks(request, "report.html", ["sendings"], values)


def _listed(conn: Connection, visitor: Visitor) -> dict[str, Any]:
    return {"reports": keeping.listed(conn, visitor), "report": None} | _choices(conn, visitor, [])


def _choices(conn: Connection, visitor: Visitor, had: Sequence[str]) -> dict[str, Any]:
    """Return what the form offers; what the report had of parts before can be kept."""
    compares = number_settings.read(conn).may_compare(visitor.role)
    choices = {
        "parts": [part for part in rule.Part if compares or part is not rule.Part.ASSIGNEE or part in had],
        "files": [FileKind.CSV, FileKind.XLSX],
        "readers": keeping.who_may_read(conn),
        "weekdays": [(day + 1, weekday(day)) for day in range(7)],
        "languages": NATIVE_NAMES,
        "own_zone": people.profile(conn, visitor.agent_id).time_zone or "UTC",
        "own_language": spoken(),
    }
    return {"rule": rule, "choices": choices, "zones": zones()}


def _values(desk: Desk, visitor: Visitor, report_id: int) -> dict[str, Any]:
    with desk.pool.transaction() as conn:
        report = keeping.seen(conn, report_id, visitor)
        values = _choices(conn, visitor, report.parts) | {
            "report": report,
            "counts": counts.read(conn, visitor.scope),
            "trouble": "",
            "made": None,
        }
        values |= {"may_change": keeping.may_change(report, visitor) and visitor.may(Right.REPORTS)}
        values |= {"mark_of": keeping.mark_of, "log": report_sendings.log(conn, report_id), "shown": shown, "bars": bars}
        try:
            values["made"] = made_for(conn, report, visitor, desk)
        except Refused as error:
            values["trouble"] = str(error)
    return values


def _again(request: Request, desk: Desk, visitor: Visitor, report_id: int, text: str, *, undo: str = "") -> HTMLResponse:
    values = _values(desk, visitor, report_id) | {"apart": True}
    return saying(desk.screens.blocks(request, "report.html", ["whole"], values), text, undo=undo)
