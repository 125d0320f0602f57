"""What lies with a customer over REST: the days that matter to them, and files."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Response, UploadFile
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.api.handing_out import handed
from amends.api.rest._bodies import Body
from amends.inbox.actions import customer_files, important_dates
from amends.inbox.rules.customer_files import MOST_BYTES
from amends.inbox.rules.customer_record import Origin
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import customer_files as file_rows
from amends.inbox.store import important_dates as date_rows
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.important_dates import NewDate
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/api/v1/customers/{customer_id}", tags=["customers"])
SEE, WORK = [program_may(Right.SEE)], [program_may(Right.WORK)]


class DateBody(Body):
    """A day that matters: a birthday, an anniversary, a renewal, or another with its name; many tell it without the year."""

    kind: str = Field(max_length=20)
    month: int
    day: int
    year: int | None = None
    name: str = Field(default="", max_length=200)


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """The days of a customer, as they lie in the year."""

    dates: list[date_rows.ImportantDate]


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """The files of a customer without their content, the newest first."""

    files: list[file_rows.FileRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class Laid:
    """What was kept."""

    id: int


@router.get("/dates", operation_id="list_customer_dates", dependencies=SEE)
def list_dates(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> Days:
    """List the days that matter to a customer."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        return Days(dates=date_rows.of_customer(conn, customer_id))


@router.post("/dates", status_code=201, operation_id="add_customer_date", dependencies=WORK)
def add_date(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, body: DateBody) -> Laid:
    """Keep a day that matters to a customer."""
    new, now = NewDate(**body.model_dump()), desk.clock()
    with desk.pool.transaction() as conn:
        return Laid(id=important_dates.add_date(conn, customer_id=customer_id, new=new, source=_source(visitor), now=now)[0])


@router.delete("/dates/{date_id}", status_code=204, operation_id="remove_customer_date", dependencies=WORK)
def remove_date(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, date_id: int) -> None:
    """Forget a day."""
    with desk.pool.transaction() as conn:
        important_dates.remove_date(conn, customer_id=customer_id, date_id=date_id, source=_source(visitor), now=desk.clock())


@router.get("/files", operation_id="list_customer_files", dependencies=SEE)
def list_files(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> Files:
    """List the files that lie with a customer."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        return Files(files=file_rows.of_customer(conn, customer_id))


@router.post("/files", status_code=201, operation_id="add_customer_file", dependencies=WORK)
def add_file(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, file: Annotated[UploadFile, File()]) -> Laid:
    """Lay a file to a customer, sent as a form's `file`."""
    body, source, now = file.file.read(MOST_BYTES + 1), _source(visitor), desk.clock()
    with desk.pool.transaction() as conn:
        made = customer_files.add_file(conn, customer_id=customer_id, name=file.filename or "", body=body, source=source, now=now)
    return Laid(id=made[0])


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
        customer_files.remove_file(conn, customer_id=customer_id, file_id=file_id, source=_source(visitor), now=desk.clock())


def _source(visitor: Visitor) -> Source:
    return Source(by=visitor.agent_id, origin=Origin.PROGRAM, note=visitor.token)
