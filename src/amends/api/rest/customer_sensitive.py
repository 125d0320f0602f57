"""What lies sealed of a customer, over REST: which of it there is, read one by one, which the log of openings tells, and set."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._customer import source_of
from amends.inbox.actions.sensitive_values import reveal, set_value
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import sensitive_values
from amends.inbox.store.sensitive_values import Kept

router = APIRouter(prefix="/api/v1/customers/{customer_id}/sensitive", tags=["customers"], dependencies=[program_may(Right.SENSITIVE)])


class SensitiveBody(Body):
    """The value of a sensitive attribute, as its kind is written; an empty one forgets what there is."""

    value: Annotated[str, Field(max_length=5_000)] | bool | int | float | None = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """The sensitive attributes, and whether the customer has a value of each; the values are read one by one."""

    sensitive: list[Kept]


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A value in the clear; empty where there is none."""

    key: str
    value: str
    read_at: datetime


@router.get("", operation_id="list_sensitive")
def every(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> Sealed:
    """List what lies sealed of a customer, without the values."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        return Sealed(sensitive=sensitive_values.of_customer(conn, customer_id))


@router.get("/{key}", operation_id="read_sensitive")
def read(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, key: str) -> Opened:
    """Read a value; that somebody did stands in the log of openings."""
    now = desk.clock()
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=now)
        value = reveal(conn, customer_id, key, by=visitor.agent_id, secret_key=desk.secret_key, now=now)
    return Opened(key=key, value=value, read_at=now)


@router.put("/{key}", status_code=204, operation_id="set_sensitive")
def keep(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, key: str, body: SensitiveBody) -> None:
    """Seal and keep a value; an empty one forgets it. The history says that it changed, never what it was."""
    with desk.pool.transaction() as conn:
        set_value(conn, customer_id, key, body.value, source=source_of(visitor), secret_key=desk.secret_key, now=desk.clock())
    desk.wake()
