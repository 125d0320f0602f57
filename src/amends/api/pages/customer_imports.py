"""Imports of customers: a file goes up, its columns are understood, a dry run is looked at, it runs, and it can be taken back."""

import csv
from collections.abc import Generator
from io import StringIO
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._import_view import import_values, mapped
from amends.api.screen import saying
from amends.core.errors import AmendsError, Refused
from amends.core.translating import _
from amends.inbox.actions import customer_import
from amends.inbox.rules.export_files import as_it_came, harmless
from amends.inbox.rules.import_mapping import ImportMapping
from amends.inbox.rules.import_reasons import reason
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts, import_rows, imports
from amends.inbox.store.imports import Import

router = APIRouter(prefix="/customers/import", include_in_schema=False)
EXCHANGE = [may(Right.EXCHANGE)]
MOST_BYTES = 300_000_000
BATCH = 1_000
Mapped = Annotated[ImportMapping, Depends(mapped)]


@router.get("", dependencies=EXCHANGE)
def every(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show the imports so far, and a place for the next file."""
    with desk.pool.transaction() as conn:
        values = {"imports": imports.newest(conn), "trouble": "", "counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "imports.html", values)


@router.post("", dependencies=EXCHANGE)
def upload(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    file: Annotated[UploadFile, File()],
    encoding: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Read a file and lead to what its columns mean; where it cannot be read, say why in place."""
    try:
        one = _taken_in(desk, visitor.agent_id, file, encoding)
    except AmendsError as error:
        with desk.pool.transaction() as conn:
            values = {"imports": imports.newest(conn), "trouble": str(error), "counts": counts.read(conn, visitor.scope)}
        return desk.screens.page(request, "imports.html", values, status=422)
    return RedirectResponse(f"/customers/import/{one.id}", status_code=303)


def _taken_in(desk: Desk, agent_id: Any, file: UploadFile, encoding: str) -> Import:
    if (file.size or 0) > MOST_BYTES:
        raise Refused(_("The file is larger than 300 MB; split it, or use ./amends import customers."))
    with NamedTemporaryFile(suffix=".upload") as kept:
        copyfileobj(file.file, kept)
        kept.flush()
        with desk.pool.transaction() as conn:
            name = Path(file.filename or "file").name
            return customer_import.take_in(conn, Path(kept.name), name=name, encoding=encoding, agent_id=agent_id, now=desk.clock())


@router.get("/{import_id:int}", dependencies=EXCHANGE)
def show(
    request: Request, desk: AtDesk, visitor: Reading, import_id: int, mapping: Annotated[str, Query(max_length=80)] = ""
) -> Response:  # fmt: skip
    """Show one import as far as it is; for htmx only what changes."""
    with desk.pool.transaction() as conn:
        values = import_values(conn, customer_import.found(conn, import_id), chosen=mapping)
        values |= {"counts": counts.read(conn, visitor.scope)}
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "import.html", ["shown"], values)
    return desk.screens.page(request, "import.html", values)


@router.post("/{import_id:int}/look", dependencies=EXCHANGE)
def look(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    import_id: int,
    mapping: Mapped,
    keep_as: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Begin a dry run by the mapping of the form, and keep the mapping where it was given a name."""
    with desk.pool.transaction() as conn:
        customer_import.look_over(conn, import_id, mapping, agent_id=visitor.agent_id, now=desk.clock())
        if keep_as.strip():
            customer_import.name_mapping(conn, mapping, name=keep_as, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()
    said = _("The mapping “%(name)s” is kept") % {"name": keep_as.strip()} if keep_as.strip() else _("Looking the file over")
    return saying(_shown(request, desk, import_id), said)


@router.post("/{import_id:int}/run", dependencies=EXCHANGE)
def run(request: Request, desk: AtDesk, visitor: Meaning, import_id: int) -> Response:
    """Begin to import; the toast takes it back once it is done."""
    with desk.pool.transaction() as conn:
        customer_import.run(conn, import_id, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()
    return saying(_shown(request, desk, import_id), _("Importing"))


@router.post("/{import_id:int}/undo", dependencies=EXCHANGE)
def undo(request: Request, desk: AtDesk, visitor: Meaning, import_id: int) -> Response:
    """Begin to take the import back."""
    with desk.pool.transaction() as conn:
        customer_import.undo(conn, import_id, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()
    return saying(_shown(request, desk, import_id), _("Taking the import back"))


@router.get("/{import_id:int}/refused.csv", dependencies=EXCHANGE)
def refused(desk: AtDesk, visitor: Reading, import_id: int) -> Response:  # noqa: ARG001 - names who asks
    """Return the refused rows as they stand in the file, with line and reason: mended, they are imported again."""
    with desk.pool.transaction() as conn:
        one = customer_import.found(conn, import_id)
    named = {"Content-Disposition": f'attachment; filename="refused-{import_id}.csv"', "Cache-Control": "private, no-store"}
    return StreamingResponse(_refused_rows(desk, one), media_type="text/csv; charset=utf-8", headers=named)


def _refused_rows(desk: Desk, one: Import) -> Generator[str]:
    yield "\ufeff" + _line([*(harmless(column.name) for column in one.shown_columns), _("Line"), _("Reason")])
    after, rows = 0, [None]
    while rows:
        with desk.pool.transaction() as conn:
            rows = import_rows.refused(conn, one.id, after=after, limit=BATCH)
        width = len(one.shown_columns)
        for row in rows:
            cells = [as_it_came(cell, one.kind) for cell in row.cells[:width]]
            yield _line([*cells, *[""] * (width - len(cells)), str(row.line), harmless(reason(row.reason, row.detail))])
            after = row.number


def _line(cells: list[str]) -> str:
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _shown(request: Request, desk: Desk, import_id: int) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = import_values(conn, customer_import.found(conn, import_id)) | {"apart": True}
    return desk.screens.blocks(request, "import.html", ["shown"], values)
