"""Notes on a customer, and what was said in calls, e-mails, visits and letters, over REST."""

from typing import Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._customer import Kept, source_of
from amends.inbox.actions import customer_notes
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import Right
from amends.inbox.store.customer_notes import NewNote

router = APIRouter(prefix="/api/v1/customers/{customer_id}", tags=["customers"])


class CustomerNoteBody(Body):
    """A note on the person, or what was said in a call, an e-mail, a visit or a letter, at that moment (null: now)."""

    text: str = Field(min_length=1, max_length=10_000)
    kind: Literal["note", "call", "email", "visit", "letter"] = "note"
    incoming: bool | None = None
    pinned: bool = False
    at: AwareDatetime | None = None


@router.post("/notes", status_code=201, operation_id="add_customer_note", dependencies=[program_may(Right.WORK)])
def add_note(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, body: CustomerNoteBody) -> Kept:
    """Keep a note on the person, or a call, an e-mail, a visit or a letter."""
    now = desk.clock()
    new = NewNote(kind=body.kind, text=body.text, incoming=body.incoming, pinned=body.pinned, at=body.at or now)
    with desk.pool.transaction() as conn:
        note_id, _change_id = customer_notes.add_note(conn, customer_id=customer_id, new=new, source=source_of(visitor), now=now)
    return Kept(id=note_id)


@router.delete("/notes/{note_id}", status_code=204, operation_id="remove_customer_note", dependencies=[program_may(Right.WORK)])
def remove_note(desk: AtDesk, visitor: Bearing, customer_id: CustomerId, note_id: int) -> None:
    """Take away a note of one's own."""
    with desk.pool.transaction() as conn:
        customer_notes.remove_note(conn, customer_id=customer_id, note_id=note_id, source=source_of(visitor), now=desk.clock())
