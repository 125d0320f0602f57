"""Promises made in a case, over REST."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from amends.api.answering import head_of
from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk, Desk
from amends.api.rest._bodies import Body
from amends.core.database import Connection
from amends.inbox.actions import promises
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.rights import Right
from amends.inbox.store import promises as stored
from amends.inbox.store.promises import PromiseRow

router = APIRouter(prefix="/api/v1/cases/{case_id}/promises", tags=["sla"])
WORK = [program_may(Right.WORK)]


class PromiseBody(Body):
    """What is promised until when; one that the customer was not told yet (`said` false) counts with the next answer that goes out."""

    text: Annotated[str, Field(max_length=2_000)]
    due_at: AwareDatetime
    said: bool = False


class EndBody(Body):
    """What became of a promise."""

    state: Literal["kept", "withdrawn"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseList:
    """The promises of a case, the soonest due first."""

    promises: Sequence[PromiseRow]


@router.get("", dependencies=[program_may(Right.SEE)], operation_id="list_promises")
def list_promises(desk: AtDesk, _visitor: Bearing, case_id: CaseId) -> PromiseList:
    """List the promises of a case."""
    return _done(desk, case_id, lambda conn: head_of(conn, case_id))


@router.post("", status_code=201, dependencies=WORK, operation_id="make_promise")
def make(desk: AtDesk, visitor: Bearing, case_id: CaseId, body: PromiseBody) -> PromiseList:
    """Keep a promise."""
    now, me = desk.clock(), visitor.agent_id
    return _done(
        desk,
        case_id,
        lambda conn: promises.promise(conn, case_id=case_id, text=body.text, due_at=body.due_at, said=body.said, agent_id=me, now=now),
    )


@router.post("/{promise_id}/end", dependencies=WORK, operation_id="end_promise")
def settle(desk: AtDesk, visitor: Bearing, case_id: CaseId, promise_id: int, body: EndBody) -> PromiseList:
    """Say that a promise was kept, or is withdrawn; 409 where it is settled already."""
    now, me = desk.clock(), visitor.agent_id
    return _done(
        desk,
        case_id,
        lambda conn: promises.end(conn, case_id=case_id, promise_id=promise_id, state=body.state, agent_id=me, now=now),
    )


@router.post("/{promise_id}/back", dependencies=WORK, operation_id="reopen_promise")
def take_back(desk: AtDesk, visitor: Bearing, case_id: CaseId, promise_id: int) -> PromiseList:
    """Let a settled promise stand again."""
    now, me = desk.clock(), visitor.agent_id
    return _done(desk, case_id, lambda conn: promises.take_back(conn, case_id=case_id, promise_id=promise_id, agent_id=me, now=now))


def _done(desk: Desk, case_id: CaseId, act: Callable[[Connection], object]) -> PromiseList:
    with desk.pool.transaction() as conn:
        act(conn)
        return PromiseList(promises=stored.of_case(conn, case_id=case_id))
