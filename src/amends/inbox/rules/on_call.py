"""Who is on call: layers of people who take turns by the clock on the wall, swaps between them, and times that nobody covers. Pure.

Place in the path: an alarm that nobody sees to goes from layer to layer (`alert_calls`), and the screen shows the coming weeks.
A turn begins at the same local minute whatever summer time does: one that begins in the hour that a spring night skips begins an hour
later, one in the hour that an autumn night has twice begins in its first.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.working_hours import DAY, zone_of, zone_or_utc

MOST_LAYERS = 5
MOST_PEOPLE = 50
LONGEST_NAME = 60
LONGEST_SWAP = timedelta(days=60)
FURTHEST_SWAP = timedelta(days=2 * 366)


class Turn(StrEnum):
    """How long somebody's turn is."""

    DAY = "day"
    WEEK = "week"


_DAYS = {Turn.DAY: 1, Turn.WEEK: 7}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rota:
    """Layers of people, the first in line first; turns begin at `minute` of the day in `zone`, the first on `begins_on`."""

    name: str
    zone: str
    turn: Turn
    minute: int
    begins_on: date
    layers: tuple[tuple[AgentId, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Swap:
    """Somebody who takes a layer from `begins` until `ends`, whoever's turn it is; of two the later one in a list holds."""

    layer: int
    agent_id: AgentId
    begins: datetime
    ends: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Stint:
    """A stretch of time, and who has it; None: nobody."""

    begins: datetime
    ends: datetime
    agent_id: AgentId | None
    swapped: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A gap that was told."""

    begins: datetime
    ends: datetime


def who(rota: Rota, layer: int, now: datetime, swaps: Sequence[Swap] = ()) -> AgentId | None:
    """Return who is on call in a layer (from 1) at a moment, or None."""
    return _at(rota, layer, now, swaps)[0]


def stints(rota: Rota, layer: int, *, since: datetime, until: datetime, swaps: Sequence[Swap] = ()) -> list[Stint]:
    """Return who has a layer from `since` until `until`, without a hole between them."""
    own = [one for one in swaps if one.layer == layer]
    moments = {since, until, *_begins(rota, since, until)} | {at for one in own for at in (one.begins, one.ends) if since < at < until}
    pieces = [Stint(begins=a, ends=b, agent_id=found[0], swapped=found[1]) for a, b, found in _pieces(rota, layer, sorted(moments), own)]
    return _joined(pieces)


def gaps(
    found: Sequence[Stint], is_reachable: Callable[[AgentId, datetime], bool], changes: Callable[[AgentId], Iterable[datetime]]
) -> list[Stint]:
    """Return the stretches in which nobody can be called; `changes` are the moments at which it may become otherwise with somebody."""
    pieces = [piece for one in found for piece in _cut(one, changes(one.agent_id) if one.agent_id is not None else ())]
    return _joined([one for one in pieces if one.agent_id is None or not is_reachable(one.agent_id, one.begins)])


def untold(found: Sequence[Stint], told: Sequence[Told]) -> list[Stint]:
    """Return the gaps that are none of those told: one that goes on begins anew at every look, and may reach as far as we look."""
    return [one for one in found if not any(one.begins < known.ends and known.begins < one.ends for known in told)]


def _cut(one: Stint, moments: Iterable[datetime]) -> list[Stint]:
    """Return a stint in pieces, in each of which nothing changes."""
    edges = sorted({one.begins, one.ends, *(at for at in moments if one.begins < at < one.ends)})
    return [Stint(begins=begins, ends=ends, agent_id=one.agent_id) for begins, ends in pairwise(edges)]


def checked(rota: Rota) -> Rota:
    """Return the rota without what is empty; `Refused` where it makes no sense."""
    name = " ".join(rota.name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refused(_("A rota needs a name of at most %(most)s characters.") % {"most": LONGEST_NAME})
    zone_of(rota.zone)
    layers = tuple(layer for layer in rota.layers if layer)
    if len(layers) > MOST_LAYERS or any(len(layer) > MOST_PEOPLE for layer in layers):
        raise Refused(
            _("A rota has at most %(layers)s lines of at most %(people)s people.") % {"layers": MOST_LAYERS, "people": MOST_PEOPLE}
        )
    if not layers:
        raise Refused(_("Say who takes turns; a rota of nobody calls nobody."))
    if not 0 <= rota.minute < DAY:
        raise Refused(_("A turn begins at a time of day, from 0:00 to 23:59."))
    return Rota(name=name, zone=rota.zone, turn=rota.turn, minute=rota.minute, begins_on=rota.begins_on, layers=layers)


def checked_swap(rota: Rota, swap: Swap, *, now: datetime) -> Swap:
    """Return the swap; `Refused` where there is no such line, or it is over, too long or backwards."""
    if not 1 <= swap.layer <= len(rota.layers):
        raise Refused(_("This rota has no such line."))
    if not timedelta(0) < swap.ends - swap.begins <= LONGEST_SWAP or swap.ends <= now:
        raise Refused(_("A swap ends after it begins and after now, and takes at most %(days)s days.") % {"days": LONGEST_SWAP.days})
    if swap.ends > now + FURTHEST_SWAP:
        raise Refused(_("A swap is at most two years ahead."))
    return swap


def _at(rota: Rota, layer: int, now: datetime, swaps: Sequence[Swap]) -> tuple[AgentId | None, bool]:
    taken = next((one for one in reversed(swaps) if one.layer == layer and one.begins <= now < one.ends), None)
    if taken:
        return taken.agent_id, True
    people = rota.layers[layer - 1] if 1 <= layer <= len(rota.layers) else ()
    return (people[_number(rota, now) % len(people)] if people else None), False


def _begin(rota: Rota, number: int) -> datetime:
    """Return when the turn of this number begins; 0 is the first, and there are turns before it."""
    day = rota.begins_on + timedelta(days=number * _DAYS[rota.turn])
    zone = zone_or_utc(rota.zone)
    return datetime(day.year, day.month, day.day, rota.minute // 60, rota.minute % 60, tzinfo=zone).astimezone(UTC)


def _number(rota: Rota, now: datetime) -> int:
    number = (now.astimezone(zone_or_utc(rota.zone)).date() - rota.begins_on).days // _DAYS[rota.turn] + 1
    while _begin(rota, number) > now:
        number -= 1
    return number


def _begins(rota: Rota, since: datetime, until: datetime) -> Iterator[datetime]:
    number = _number(rota, since) + 1
    while (at := _begin(rota, number)) < until:
        yield at
        number += 1


def _pieces(
    rota: Rota, layer: int, moments: Sequence[datetime], swaps: Sequence[Swap]
) -> Iterator[tuple[datetime, datetime, tuple[AgentId | None, bool]]]:
    return ((begins, ends, _at(rota, layer, begins, swaps)) for begins, ends in pairwise(moments))


def _joined(pieces: Sequence[Stint]) -> list[Stint]:
    found: list[Stint] = []
    for one in pieces:
        if found and (found[-1].ends, found[-1].agent_id, found[-1].swapped) == (one.begins, one.agent_id, one.swapped):
            found[-1] = Stint(begins=found[-1].begins, ends=one.ends, agent_id=one.agent_id, swapped=one.swapped)
        else:
            found.append(one)
    return found
