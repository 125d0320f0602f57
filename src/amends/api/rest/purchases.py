"""What a customer bought or subscribed to, over REST."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from amends.api.auth import Bearing, program_may
from amends.api.customer_view import opened_by
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._customer import Kept, source_of
from amends.inbox.actions import purchases
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store import purchases as purchase_rows
from amends.inbox.store.purchases import NewPurchase

router = APIRouter(prefix="/api/v1/customers/{customer_id}", tags=["customers"])
SEE, WORK = [program_may(Right.SEE)], [program_may(Right.WORK)]


class PurchaseBody(Body):
    """A purchase or subscription; with `system` and `external_id` it is kept once, however often it is told (409)."""

    name: str = Field(max_length=200)
    bought_at: AwareDatetime
    kind: Literal["purchase", "subscription"] = "purchase"
    order_number: str = Field(default="", max_length=80)
    amount: Decimal | None = None
    currency: str = Field(default="", max_length=3)
    state: str = Field(default="", max_length=60)
    renews_on: date | None = None
    ended_at: AwareDatetime | None = None
    system: str = Field(default="", max_length=60)
    external_id: str | None = Field(default=None, max_length=200)


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchases:
    """What a customer bought, the newest first."""

    purchases: list[purchase_rows.Purchase]


@router.get("/purchases", operation_id="list_purchases", dependencies=SEE)
def list_purchases(desk: AtDesk, visitor: Bearing, customer_id: CustomerId) -> Purchases:
    """List what a customer bought last."""
    with desk.pool.transaction() as conn:
        opened_by(conn, visitor, customer_id, place="program", now=desk.clock())
        return Purchases(purchases=purchase_rows.newest(conn, customer_id, limit=200))


@router.post("/purchases", status_code=201, operation_id="add_purchase", dependencies=WORK)
def add_purchase(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, body: PurchaseBody) -> Kept:
    """Keep a purchase or a subscription."""
    new = NewPurchase(**body.model_dump())
    with desk.pool.transaction() as conn:
        made, _change_id = purchases.add_purchase(conn, customer_id=customer_id, new=new, source=source_of(visitor), now=desk.clock())
    return Kept(id=made)


@router.put("/purchases/{purchase_id}", operation_id="change_purchase", dependencies=WORK)
def change_purchase(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, purchase_id: int, body: PurchaseBody) -> Kept:
    """Let a purchase or a subscription be as it is told now: another state, renewed, ended."""
    new, source = NewPurchase(**body.model_dump()), source_of(visitor)
    with desk.pool.transaction() as conn:
        purchases.change_purchase(conn, customer_id=customer_id, purchase_id=purchase_id, new=new, source=source, now=desk.clock())
    return Kept(id=purchase_id)


@router.delete("/purchases/{purchase_id}", status_code=204, operation_id="remove_purchase", dependencies=WORK)
def remove_purchase(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, purchase_id: int) -> None:
    """Forget a purchase."""
    with desk.pool.transaction() as conn:
        purchases.remove_purchase(conn, customer_id=customer_id, purchase_id=purchase_id, source=source_of(visitor), now=desk.clock())
