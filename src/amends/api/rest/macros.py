"""Macros over REST: one's own and the team's."""

from dataclasses import dataclass

from fastapi import APIRouter, Response
from pydantic import Field

from amends.api.answering import head_of
from amends.api.auth import Bearing, check_reach, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.api.rest._matching import SeenAt, tag
from amends.inbox.actions import macros
from amends.inbox.actions.macro_values import macro_values, offered
from amends.inbox.actions.macros import Writer
from amends.inbox.rules.ids import CaseId, MacroId, TopicId
from amends.inbox.rules.macro_text import fill
from amends.inbox.rules.rights import Right
from amends.inbox.store import macros as macro_rows
from amends.inbox.store.macros import NewMacro
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/api/v1", tags=["macros"])
WORK = [program_may(Right.WORK)]


class MacroBody(Body):
    """A macro: its words with `{{ customer.name }}` and `{% if lang == "ta" %}`, the cases it is for (empty: all), what goes with it."""

    name: str = Field(max_length=200)
    text: str = Field(max_length=10_000)
    shared: bool = False
    languages: tuple[str, ...] = Field(default=(), max_length=50)
    networks: tuple[str, ...] = Field(default=(), max_length=50)
    topic_ids: tuple[TopicId, ...] = Field(default=(), max_length=50)
    least_urgency: int = Field(default=0, ge=0, le=100)
    take: bool = False
    give_topic_id: TopicId | None = None
    resolve: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MacroList:
    """Macros, the most used first."""

    macros: list[macro_rows.Macro]


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """The macro that was made."""

    macro_id: MacroId


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """A macro's words in a case."""

    text: str


@router.get("/macros", operation_id="list_macros", dependencies=WORK)
def list_macros(desk: AtDesk, visitor: Bearing, q: str = "", case_id: CaseId | None = None) -> MacroList:
    """List the macros that one may use; with `case_id` those that are for this case."""
    with desk.pool.transaction() as conn:
        if case_id is not None:
            check_reach(desk, visitor, "case_id", case_id)
            return MacroList(macros=offered(conn, head_of(conn, case_id), visitor, text=q))
        return MacroList(macros=macro_rows.visible(conn, agent_id=visitor.agent_id, text=q))


@router.post("/macros", status_code=201, operation_id="make_macro", dependencies=WORK)
def make(desk: AtDesk, visitor: Bearing, body: MacroBody) -> Made:
    """Make a macro; those of the team are for team leads."""
    with desk.pool.transaction() as conn:
        return Made(macro_id=macros.create(conn, _new(body), by=_writer(visitor), now=desk.clock()))


@router.put("/macros/{macro_id}", status_code=204, operation_id="change_macro", dependencies=WORK)
def change(desk: AtDesk, visitor: Bearing, response: Response, macro_id: MacroId, body: MacroBody, seen: SeenAt) -> None:
    """Write a macro anew; with `If-Match` (its `changed_at`, or the `ETag`) only where nobody changed it since, else 409."""
    with desk.pool.transaction() as conn:
        macros.change(conn, macro_id, _new(body), by=_writer(visitor), now=desk.clock(), seen=seen)
        tag(response, macros.seen(conn, macro_id, visitor.agent_id).changed_at)


@router.delete("/macros/{macro_id}", status_code=204, operation_id="delete_macro", dependencies=WORK)
def delete(desk: AtDesk, visitor: Bearing, macro_id: MacroId) -> None:
    """Delete a macro."""
    with desk.pool.transaction() as conn:
        macros.delete(conn, macro_id, by=_writer(visitor), now=desk.clock())


@router.get("/cases/{case_id}/macros/{macro_id}", operation_id="fill_macro", dependencies=WORK)
def fill_in(desk: AtDesk, visitor: Bearing, case_id: CaseId, macro_id: MacroId) -> Filled:
    """Return a macro's words in a case; nothing else is done."""
    with desk.pool.transaction() as conn:
        macro = macros.seen(conn, macro_id, visitor.agent_id)
        return Filled(text=fill(macro.text, macro_values(conn, head_of(conn, case_id), visitor.name)))


def _new(body: MacroBody) -> NewMacro:
    return NewMacro(**body.model_dump())


def _writer(visitor: Visitor) -> Writer:
    return Writer(agent_id=visitor.agent_id, shares=visitor.may(Right.SHARE))
