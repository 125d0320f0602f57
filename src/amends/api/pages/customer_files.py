"""Files that lie with a customer: laid there, and handed out as downloads in which nothing runs."""

from typing import Annotated

from fastapi import APIRouter, File, Request, Response, UploadFile

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk
from amends.api.handing_out import handed
from amends.api.pages._customer_acting import done, source_of
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import customer_files
from amends.inbox.rules.customer_files import MOST_BYTES
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right

router = APIRouter(prefix="/customers/{customer_id:int}/files", include_in_schema=False)


@router.post("", dependencies=[may(Right.WORK)])
def add(request: Request, desk: AtDesk, visitor: Meaning, customer_id: CustomerId, file: Annotated[UploadFile, File()]) -> Response:
    """Lay a file to the customer."""
    body = file.file.read(MOST_BYTES + 1)
    source, now, name = source_of(visitor), desk.clock(), file.filename or ""
    if not name:
        raise Refused(_("Choose a file first."))
    return done(
        request,
        desk,
        customer_id,
        lambda conn: customer_files.add_file(conn, customer_id=customer_id, name=name, body=body, source=source, now=now)[1],
        _("Kept"),
        focus="add-file",
    )


@router.get("/{file_id}", dependencies=[may(Right.SEE)])
def hand_out(desk: AtDesk, _visitor: Reading, customer_id: CustomerId, file_id: int) -> Response:
    """Hand a file out; a browser saves it rather than showing it."""
    with desk.pool.transaction() as conn:
        return handed(customer_files.handed_out(conn, customer_id=customer_id, file_id=file_id))


@router.post("/{file_id}/remove", dependencies=[may(Right.WORK)])
def remove(request: Request, desk: AtDesk, visitor: Meaning, customer_id: CustomerId, file_id: int) -> Response:
    """Take a file away."""
    source, now = source_of(visitor), desk.clock()
    return done(
        request,
        desk,
        customer_id,
        lambda conn: customer_files.remove_file(conn, customer_id=customer_id, file_id=file_id, source=source, now=now),
        _("Removed"),
        focus="add-file",
    )
