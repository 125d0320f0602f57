"""Puts the page of who is on call together, and reads its forms."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Form

from amends.api.zones import zones
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, Table, _
from amends.inbox.actions import on_call
from amends.inbox.actions.on_call import Crew
from amends.inbox.actions.rotas import mark_of
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.on_call import MOST_LAYERS, MOST_PEOPLE, Rota, Swap, Turn
from amends.inbox.rules.working_hours import read_clock, zone_or_utc
from amends.inbox.store import channels, counts, rotas
from amends.inbox.store.rotas import RotaRow
from amends.inbox.store.sessions import Visitor

_NO_TIME = N_("Write a time as 2026-12-24 18:00.")
TURNS = Table({Turn.DAY: N_("each a day"), Turn.WEEK: N_("each a week")})


def name_of(crew: Crew, agent_id: AgentId | None) -> str:
    """Return what somebody is called; empty where nobody is meant."""
    return next((one.name for one in crew.people if one.id == agent_id), "")


def values_of(conn: Connection, visitor: Visitor, now: datetime) -> dict[str, Any]:
    """Return what the page shows."""
    crew = on_call.crew(conn, now=now)
    return {
        "rotas": [_shown(crew, row) for row in crew.rotas],
        "swaps": rotas.swaps(conn, since=now),
        "names": {one.id: one.name for one in crew.people},
        "people": crew.people,
        "addresses": channels.active(conn, agent_id=visitor.agent_id),
        "turns": TURNS,
        "zones": zones(),
        "most_layers": MOST_LAYERS,
        "today": now.date(),
        "counts": counts.read(conn, visitor.scope),
        "apart": False,
    }


def _shown(crew: Crew, row: RotaRow) -> dict[str, Any]:
    until = crew.now + on_call.AHEAD
    lines = [crew.stints(row, layer + 1, until=until) for layer in range(len(row.layers))]
    return {"row": row, "zone": zone_or_utc(row.zone), "lines": lines, "gaps": crew.gaps(row), "seen": mark_of(row)}


def drafted(
    name: Annotated[str, Form(max_length=200)] = "",
    zone: Annotated[str, Form(max_length=60)] = "UTC",
    turn: Annotated[Turn, Form()] = Turn.WEEK,
    clock: Annotated[str, Form(max_length=8)] = "09:00",
    begins_on: Annotated[str, Form(max_length=10)] = "",
    line: Annotated[tuple[str, ...], Form(max_length=MOST_LAYERS * MOST_PEOPLE)] = (),
) -> Rota:
    """Return the rota as the form has it; each `line` is the number of a line and somebody's id, in the order of their turns."""
    placed = [_placed(text) for text in line]
    layers = tuple(tuple(dict.fromkeys(who for place, who in placed if place == number)) for number in range(1, MOST_LAYERS + 1))
    return Rota(name=name, zone=zone.strip(), turn=turn, minute=read_clock(clock), begins_on=_day(begins_on), layers=layers)


def swapped(
    agent_id: Annotated[AgentId, Form()],
    begins: Annotated[str, Form(max_length=20)],
    ends: Annotated[str, Form(max_length=20)],
    layer: Annotated[int, Form()] = 1,
) -> Swap:
    """Return the swap as the form has it, its times still without a zone."""
    return Swap(layer=layer, agent_id=agent_id, begins=_moment(begins), ends=_moment(ends))


def in_zone(swap: Swap, zone: str) -> Swap:
    """Return the swap with its times by the clock on the wall of the rota."""
    return Swap(layer=swap.layer, agent_id=swap.agent_id, begins=_there(swap.begins, zone), ends=_there(swap.ends, zone))


def _there(at: datetime, zone: str) -> datetime:
    try:
        return at.replace(tzinfo=zone_or_utc(zone)).astimezone(UTC)
    except OverflowError as error:
        raise Refused(_(_NO_TIME)) from error


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise Refused(_(_NO_TIME)) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(_("Say on which day the first turn begins, as 2026-12-25.")) from error


def _placed(text: str) -> tuple[int, AgentId]:
    """Return a line's number and a person of it, as in 2:17."""
    number, _colon, person = text.partition(":")
    if not (number.isdecimal() and person.isdecimal() and len(text) <= 15):  # noqa: PLR2004
        raise Refused(_("Choose people from the list."))
    return int(number), AgentId(int(person))
