"""The files that lie with a customer, over REST."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Response, UploadFile

from amends.api.auth import Bearing, program_may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.api.handing_out import handed
from amends.api.rest._customer import Kept, source_of
from amends.inbox.actions import customer_files
from amends.inbox.rules.customer_files import MOST_BYTES
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import customer_files as file_rows

router = APIRouter(prefix="/api/v1/customers/{customer_id}", tags=["customers"])
SEE, WORK = [program_may(Right.SEE)], [program_may(Right.WORK)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """The files of a customer without their content, the newest first."""

    files: list[file_rows.FileRow]


@router.get("/files", operation_id="list_customer_files", dependencies=SEE)
def list_files(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> Files:
    """List the files that lie with a customer."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        return Files(files=file_rows.of_customer(conn, customer_id))


@router.post("/files", status_code=201, operation_id="add_customer_file", dependencies=WORK)
def add_file(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, file: Annotated[UploadFile, File()]) -> Kept:
    """Lay a file to a customer, sent as a form's `file`."""
    body, source, now = file.file.read(MOST_BYTES + 1), source_of(visitor), desk.clock()
    with desk.pool.transaction() as conn:
        made = customer_files.add_file(conn, customer_id=customer_id, name=file.filename or "", body=body, source=source, now=now)
    return Kept(id=made[0])


@router.get("/files/{file_id}", operation_id="get_customer_file", dependencies=SEE)
def get_file(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, file_id: int) -> Response:
    """Return a file's content."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        return handed(customer_files.handed_out(conn, customer_id=customer_id, file_id=file_id))


@router.delete("/files/{file_id}", status_code=204, operation_id="remove_customer_file", dependencies=WORK)
def remove_file(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, file_id: int) -> None:
    """Take a file away."""
    with desk.pool.transaction() as conn:
        customer_files.remove_file(conn, customer_id=customer_id, file_id=file_id, source=source_of(visitor), now=desk.clock())
