"""Who is called about an alarm. Place in the path: a route with a rota, an alarm that nobody sees to -> here -> deliveries, the bell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.on_call import Stint, gaps, stints, untold, who
from amends.inbox.store import alert_routing, events, rotas
from amends.inbox.store.alarms import Alarm
from amends.inbox.store.alert_routing import Ringing
from amends.inbox.store.rotas import Reached, RotaRow, SwapRow

AHEAD = timedelta(days=14)


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """Whom an alarm calls; `step` is the line, or the number after the last where it is everybody, and then nobody is next."""

    step: int
    agent_ids: Sequence[AgentId]
    is_last: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Crew:
    """The rotas, swaps and people at a moment, read once for many alarms."""

    rotas: Sequence[RotaRow]
    swaps: Sequence[SwapRow]
    people: Sequence[Reached]
    now: datetime

    def rota(self, rota_id: int | None) -> RotaRow | None:
        """Return a rota in force."""
        return next((one for one in self.rotas if one.id == rota_id), None)

    def who(self, row: RotaRow, layer: int, at: datetime) -> AgentId | None:
        """Return who has a line of a rota at a moment, and works here."""
        found = who(row.rota, layer, at, [one.swap for one in self.swaps if one.rota_id == row.id])
        return found if any(one.id == found for one in self.people) else None

    def stints(self, row: RotaRow, layer: int, *, until: datetime) -> list[Stint]:
        """Return who has a line of a rota from now on."""
        swaps = [one.swap for one in self.swaps if one.rota_id == row.id]
        return stints(row.rota, layer, since=self.now, until=until, swaps=swaps)

    def gaps(self, row: RotaRow) -> list[Stint]:
        """Return when in the next two weeks nobody of the first line can be called."""
        return gaps(self.stints(row, 1, until=self.now + AHEAD), self.is_reachable, self.changes)

    def changes(self, agent_id: AgentId) -> list[datetime]:
        """Return when somebody goes away and comes back."""
        return [at for one in self.people if one.id == agent_id for at in (one.away_since, one.away_until) if at is not None]

    def is_reachable(self, agent_id: AgentId, at: datetime) -> bool:
        """Tell whether somebody can be called at a moment, as far as is known now."""
        return any(one.id == agent_id and one.is_reachable(at) for one in self.people)

    def call(self, row: RotaRow, step: int) -> Call:
        """Return whom an alarm calls that has come this far: the next line that can be reached, at last everybody of the rota."""
        lines = len(row.layers)
        for layer in range(step, lines + 1):
            found = self.who(row, layer, self.now)
            if found is not None and self.is_reachable(found, self.now):
                return Call(step=layer, agent_ids=[found], is_last=False)
        known = {one.id for one in self.people}
        everybody = dict.fromkeys(agent_id for layer in row.rota.layers for agent_id in layer if agent_id in known)
        taking = [found for layer in range(1, lines + 1) if (found := self.who(row, layer, self.now)) is not None]
        return Call(step=lines + 1, agent_ids=list(dict.fromkeys([*everybody, *taking])), is_last=True)


def crew(conn: Connection, *, now: datetime) -> Crew:
    """Return who takes turns and can be reached."""
    return Crew(rotas=rotas.every(conn), swaps=rotas.swaps(conn, since=now), people=rotas.people(conn), now=now)


def own_channels(conn: Connection, call: Call) -> list[int]:
    """Return the addresses of those who are called."""
    found = alert_routing.channels(conn, agent_ids=call.agent_ids)
    return [channel_id for agent_id in call.agent_ids for channel_id in found.get(agent_id, [])]


def called(one: Ringing | Alarm, call: Call, *, rota: str) -> list[events.Event]:
    """Return what tells those who are called by the bell, and stands on the case's timeline."""
    return [
        events.Event(kind=EventKind.ON_CALL_CALLED, case_id=one.case_id, post_id=one.post_id, facts=_facts(one, whom, call, rota))
        for whom in call.agent_ids
    ]


def _facts(one: Ringing | Alarm, whom: AgentId, call: Call, rota: str) -> dict[str, object]:
    return {"alert_id": one.id, "whom": whom, "step": call.step, "severity": one.severity, "reason": one.reason, "name": rota}


def watch_gaps(conn: Connection, *, now: datetime) -> int:
    """Tell of each time in the next two weeks that nobody covers, once as long as nobody does, and return how many were new."""
    found = crew(conn, now=now)
    new = [(row, gap) for row in found.rotas for gap in _new_gaps(conn, row, found.gaps(row), now)]
    told = [events.Event(kind=EventKind.ROTA_GAP_FOUND, facts=_of_gap(row, gap)) for row, gap in new]
    events.add_all(conn, told, now=now)
    return len(new)


def _new_gaps(conn: Connection, row: RotaRow, found: Sequence[Stint], now: datetime) -> list[Stint]:
    told = rotas.gaps_told(conn, row.id)
    rotas.keep_gaps(conn, row.id, found, now=now)
    return untold(found, told)


def _of_gap(row: RotaRow, gap: Stint) -> dict[str, object]:
    return {"name": row.name, "rota_id": row.id, "begins": gap.begins.isoformat(), "ends": gap.ends.isoformat()}
