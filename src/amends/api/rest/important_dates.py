"""The days that matter to a customer, over REST."""

from dataclasses import dataclass

from fastapi import APIRouter
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._customer import Kept, source_of
from amends.inbox.actions import important_dates
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import important_dates as date_rows
from amends.inbox.store.important_dates import NewDate

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


@router.get("/dates", operation_id="list_customer_dates", dependencies=SEE)
def list_dates(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> Days:
    """List the days that matter to a customer."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        return Days(dates=date_rows.of_customer(conn, customer_id))


@router.post("/dates", status_code=201, operation_id="add_customer_date", dependencies=WORK)
def add_date(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, body: DateBody) -> Kept:
    """Keep a day that matters to a customer."""
    new, now = NewDate(**body.model_dump()), desk.clock()
    with desk.pool.transaction() as conn:
        return Kept(id=important_dates.add_date(conn, customer_id=customer_id, new=new, source=source_of(visitor), now=now)[0])


@router.delete("/dates/{date_id}", status_code=204, operation_id="remove_customer_date", dependencies=WORK)
def remove_date(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, date_id: int) -> None:
    """Forget a day."""
    with desk.pool.transaction() as conn:
        important_dates.remove_date(conn, customer_id=customer_id, date_id=date_id, source=source_of(visitor), now=desk.clock())
