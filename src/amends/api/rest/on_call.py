"""Who is on call over REST: now, in the next two weeks, swaps, and for managers the rotas."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._matching import SeenAt, tag
from amends.core.database import Connection
from amends.inbox.actions import on_call, rotas
from amends.inbox.actions.on_call import Crew
from amends.inbox.actions.teams import By
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.on_call import MOST_LAYERS, MOST_PEOPLE, Rota, Swap
from amends.inbox.rules.on_call import Turn as Length
from amends.inbox.rules.rights import Right
from amends.inbox.rules.working_hours import read_clock, wall_clock
from amends.inbox.store.rotas import RotaRow

router = APIRouter(prefix="/api/v1/on-call", tags=["alarms"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """A stretch of time, and who has the line (from 1) in it; null: nobody."""

    line: int
    agent_id: AgentId | None
    begins: datetime
    ends: datetime
    swapped: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OnCall:
    """A rota: who has each line `now`, the turns of two weeks, and the times in which nobody of the first line can be called."""

    id: int
    name: str
    zone: str
    turn: str
    clock: str
    begins_on: date
    lines: list[list[int]]
    now: list[AgentId | None]
    turns: list[Turn]
    gaps: list[Turn]


@dataclass(frozen=True, kw_only=True, slots=True)
class OnCallList:
    """All rotas."""

    rotas: list[OnCall]


class RotaBody(Body):
    """A rota: each line's people in the order of their turns of a day or a week, of which the first begins on that day at that time."""

    name: Annotated[str, Field(max_length=200)]
    zone: Annotated[str, Field(max_length=60)] = "UTC"
    turn: Length = Length.WEEK
    clock: Annotated[str, Field(max_length=8)] = "09:00"
    begins_on: date
    lines: Annotated[list[Annotated[list[AgentId], Field(max_length=MOST_PEOPLE)]], Field(max_length=MOST_LAYERS)]

    @property
    def rota(self) -> Rota:
        """The rota as rules take it."""
        layers = tuple(tuple(dict.fromkeys(line)) for line in self.lines)
        minute = read_clock(self.clock)
        return Rota(name=self.name, zone=self.zone.strip(), turn=self.turn, minute=minute, begins_on=self.begins_on, layers=layers)


class SwapBody(Body):
    """Who takes a line of a rota, from when until when."""

    agent_id: int
    begins: AwareDatetime
    ends: AwareDatetime
    line: Annotated[int, Field(ge=1)] = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Swapped:
    """The number to take a swap back by."""

    swap_id: int


@router.get("", operation_id="who_is_on_call", dependencies=[program_may(Right.SEE)])
def every(desk: AtDesk, _visitor: Bearing) -> OnCallList:
    """Tell who is on call."""
    with desk.pool.transaction() as conn:
        return _listed(conn, desk.clock())


@router.post("", status_code=201, operation_id="make_rota", dependencies=[program_may(Right.RULES)])
def make(desk: AtDesk, _visitor: Bearing, response: Response, body: RotaBody) -> OnCall:
    """Make a rota."""
    with desk.pool.transaction() as conn:
        return _of(conn, rotas.save(conn, body.rota, rota_id=None, now=desk.clock()), desk.clock(), response)


@router.get("/{rota_id}", operation_id="get_rota", dependencies=[program_may(Right.SEE)])
def one(desk: AtDesk, _visitor: Bearing, response: Response, rota_id: int) -> OnCall:
    """Tell who is on call by one rota."""
    with desk.pool.transaction() as conn:
        return _of(conn, rota_id, desk.clock(), response)


@router.put("/{rota_id}", operation_id="change_rota", dependencies=[program_may(Right.RULES)])
def change(desk: AtDesk, _visitor: Bearing, response: Response, rota_id: int, body: RotaBody, seen: SeenAt) -> OnCall:
    """Settle a rota anew; with `If-Match` (its `ETag`) only where nobody changed it since, else 409. It holds at once."""
    with desk.pool.transaction() as conn:
        return _of(conn, rotas.save(conn, body.rota, rota_id=rota_id, now=desk.clock(), seen=seen), desk.clock(), response)


@router.delete("/{rota_id}", status_code=204, operation_id="delete_rota", dependencies=[program_may(Right.RULES)])
def delete(desk: AtDesk, _visitor: Bearing, rota_id: int) -> None:
    """Take a rota away: alarms call nobody by it any more."""
    with desk.pool.transaction() as conn:
        rotas.delete(conn, rota_id, now=desk.clock())


@router.post("/{rota_id}/swaps", status_code=201, operation_id="swap_on_call", dependencies=[program_may(Right.WORK)])
def swap(desk: AtDesk, visitor: Bearing, rota_id: int, body: SwapBody) -> Swapped:
    """Take a line for a while, for oneself; managers for anybody."""
    wanted = Swap(layer=body.line, agent_id=AgentId(body.agent_id), begins=body.begins, ends=body.ends)
    with desk.pool.transaction() as conn:
        return Swapped(swap_id=rotas.swap(conn, rota_id, wanted, by=_by(visitor), now=desk.clock()))


@router.delete("/swaps/{swap_id}", status_code=204, operation_id="take_swap_back", dependencies=[program_may(Right.WORK)])
def take_back(desk: AtDesk, visitor: Bearing, swap_id: int) -> None:
    """Let the rota hold again."""
    with desk.pool.transaction() as conn:
        rotas.take_swap_back(conn, swap_id, by=_by(visitor), now=desk.clock())


def _by(visitor: Bearing) -> By:
    return By(agent_id=visitor.agent_id, role=visitor.role)


def _listed(conn: Connection, now: datetime) -> OnCallList:
    crew = on_call.crew(conn, now=now)
    return OnCallList(rotas=[_told(crew, row) for row in crew.rotas])


def _of(conn: Connection, rota_id: int, now: datetime, response: Response) -> OnCall:
    row = rotas.rota_of(conn, rota_id)
    tag(response, rotas.mark_of(row))
    return _told(on_call.crew(conn, now=now), row)


def _told(crew: Crew, row: RotaRow) -> OnCall:
    until, lines = crew.now + on_call.AHEAD, range(1, len(row.layers) + 1)
    turns = [
        Turn(line=line, agent_id=one.agent_id, begins=one.begins, ends=one.ends, swapped=one.swapped)
        for line in lines
        for one in crew.stints(row, line, until=until)
    ]
    gaps = [Turn(line=1, agent_id=one.agent_id, begins=one.begins, ends=one.ends, swapped=False) for one in crew.gaps(row)]
    now = [crew.who(row, line, crew.now) for line in lines]
    return OnCall(
        id=row.id,
        name=row.name,
        zone=row.zone,
        turn=row.turn,
        clock=wall_clock(row.minute),
        begins_on=row.begins_on,
        lines=[list(line) for line in row.layers],
        now=now,
        turns=turns,
        gaps=gaps,
    )
