"""Work on many cases over REST: started, watched, stopped, taken back."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from amends.api.auth import Bearing, check_reach, program_may
from amends.api.desk import AtDesk, Desk
from amends.api.looking import asker_of
from amends.api.rest._bodies import AN_ID, Body
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.kept import told
from amends.inbox.actions import bulk, selecting
from amends.inbox.actions.bulk import Wanted
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import SEE_EVERY_TEAM, Right
from amends.inbox.rules.views import View, query_of_view
from amends.inbox.rules.words import Role
from amends.inbox.store import bulk as bulk_rows
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/api/v1/bulk", tags=["bulk"])
WORK = [program_may(Right.WORK)]


class MatchingBody(Body):
    """A list whose cases are meant: a view by its name, a query, or both."""

    view: View = View.ALL
    q: Annotated[str, Field(max_length=2_000)] = ""


class BulkBody(Body):
    """What to do (`deed`, with what it needs in `facts`), to the cases `case_ids` or to all that match."""

    deed: Annotated[str, Field(max_length=20)]
    facts: dict[str, str] = Field(default_factory=dict)
    case_ids: Annotated[list[Annotated[int, AN_ID]], Field(max_length=selecting.MOST)] = Field(default_factory=list)
    matching: MatchingBody | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftCases:
    """Cases that were skipped or failed, in the order of their ids; `next` is what `after` takes for more, 0 at the end."""

    cases: list[bulk_rows.Left]
    next: int


@router.post("", status_code=202, dependencies=WORK, operation_id="start_bulk")
def start(desk: AtDesk, visitor: Bearing, body: BulkBody) -> bulk_rows.Run:
    """Start work on many cases; the set is fixed now, the rights are asked for each case when it is its turn."""
    check_reach(desk, visitor, "incident_id", body.facts.get("incident", ""))
    with desk.pool.transaction() as conn:
        chosen = _matching(conn, desk, body.matching, visitor) if body.matching else body.case_ids
        wanted = Wanted(deed=body.deed, asked=body.facts, case_ids=chosen)
        run = bulk.run_of(conn, bulk.start(conn, wanted, agent_id=visitor.agent_id, now=desk.clock()))
    desk.wake()
    return run


@router.get("/{run_id}", dependencies=WORK, operation_id="get_bulk")
def get_run(desk: AtDesk, visitor: Bearing, run_id: int) -> bulk_rows.Run:
    """Return how far the work is."""
    with desk.pool.transaction() as conn:
        return _run(conn, run_id, visitor)


@router.get("/{run_id}/left", dependencies=WORK, operation_id="list_bulk_left")
def get_left(
    desk: AtDesk,
    visitor: Bearing,
    run_id: int,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> LeftCases:
    """List the cases that were left as they were, each with the reason."""
    with desk.pool.transaction() as conn:
        _run(conn, run_id, visitor)
        found = bulk_rows.left(conn, visitor.scope, run_id=run_id, after=after, limit=limit + 1)
    cases = [replace(one, why=told(one.why)) for one in found[:limit]]
    return LeftCases(cases=cases, next=found[limit - 1].case_id if len(found) > limit else 0)


@router.post("/{run_id}/stop", dependencies=WORK, operation_id="stop_bulk")
def stop(desk: AtDesk, visitor: Bearing, run_id: int) -> bulk_rows.Run:
    """Stop the work; what is done stays done."""
    with desk.pool.transaction() as conn:
        _run(conn, run_id, visitor)
        bulk.stop(conn, run_id=run_id, agent_id=visitor.agent_id, now=desk.clock())
        return bulk.run_of(conn, run_id)


@router.post("/{run_id}/undo", status_code=202, dependencies=WORK, operation_id="undo_bulk")
def take_back(desk: AtDesk, visitor: Bearing, run_id: int) -> bulk_rows.Run:
    """Take back what the work did, where it is still as it was left; returns the run that does so."""
    return _undone(desk, visitor, run_id)


def _undone(desk: Desk, visitor: Visitor, run_id: int) -> bulk_rows.Run:
    with desk.pool.transaction() as conn:
        _run(conn, run_id, visitor)
        undoing = bulk.run_of(conn, bulk.take_back(conn, run_id=run_id, agent_id=visitor.agent_id, now=desk.clock()))
    desk.wake()
    return undoing


def _matching(conn: Connection, desk: Desk, body: MatchingBody, visitor: Visitor) -> list[int]:
    query = query_of_view(body.view).and_(parse(body.q))
    return selecting.matching(conn, query, asker_of(visitor, desk.clock()))


def _run(conn: Connection, run_id: int, visitor: Visitor) -> bulk_rows.Run:
    run = bulk.run_of(conn, run_id)
    if run.agent_id != visitor.agent_id and Role(visitor.role) not in SEE_EVERY_TEAM:
        raise NotFound("There is no such work on many cases.")
    return run
