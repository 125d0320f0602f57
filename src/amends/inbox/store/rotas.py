"""SQL of rotas: who takes turns, swaps, who of them can be reached, and which gaps were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.on_call import Rota, Stint, Swap, Told, Turn


@dataclass(frozen=True, kw_only=True, slots=True)
class RotaRow:
    """A rota as it is stored."""

    id: int
    name: str
    zone: str
    turn: str
    minute: int
    begins_on: date
    layers: Sequence[Sequence[int]]
    deleted_at: datetime | None

    @property
    def rota(self) -> Rota:
        """The rota as rules take it."""
        layers = tuple(tuple(AgentId(one) for one in layer) for layer in self.layers)
        return Rota(name=self.name, zone=self.zone, turn=Turn(self.turn), minute=self.minute, begins_on=self.begins_on, layers=layers)


@dataclass(frozen=True, kw_only=True, slots=True)
class SwapRow:
    """A swap as it is stored, and who made it."""

    id: int
    rota_id: int
    layer: int
    agent_id: AgentId
    begins: datetime
    ends: datetime
    by_agent_id: AgentId | None
    deleted_at: datetime | None

    @property
    def swap(self) -> Swap:
        """The swap as rules take it."""
        return Swap(layer=self.layer, agent_id=self.agent_id, begins=self.begins, ends=self.ends)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """Somebody who works here, whether they have an address of their own, and when they are away."""

    id: AgentId
    name: str
    addresses: int
    away_since: datetime | None
    away_until: datetime | None

    def is_reachable(self, at: datetime) -> bool:
        """Tell whether they can be called at a moment, as far as is known now."""
        away = self.away_since is not None and self.away_since <= at and (self.away_until is None or at < self.away_until)
        return self.addresses > 0 and not away


def every(conn: Connection) -> list[RotaRow]:
    """Return the rotas in force, by name."""
    return fetch_all(
        conn,
        RotaRow,
        """
        select id, name, zone, turn, minute, begins_on, layers, deleted_at from rotas where deleted_at is null order by lower(name), id
        """,
    )


def find(conn: Connection, rota_id: int) -> RotaRow | None:
    """Return a rota, in force or not, or None."""
    return fetch_maybe(
        conn,
        RotaRow,
        "select id, name, zone, turn, minute, begins_on, layers, deleted_at from rotas where id = %(id)s",
        {"id": rota_id},
    )


def insert(conn: Connection, rota: Rota, *, now: datetime) -> int:
    """Store a rota and return its id."""
    return fetch_values(
        conn,
        """
        insert into rotas (name, zone, turn, minute, begins_on, layers, created_at)
        values (%(name)s, %(zone)s, %(turn)s, %(minute)s, %(begins_on)s, %(layers)s, %(now)s) returning id
        """,
        _params(rota) | {"now": now},
    )[0]


def update(conn: Connection, rota_id: int, rota: Rota) -> None:
    """Settle a rota anew."""
    execute(
        conn,
        """
        update rotas set name = %(name)s, zone = %(zone)s, turn = %(turn)s, minute = %(minute)s, begins_on = %(begins_on)s,
          layers = %(layers)s
        where id = %(id)s
        """,
        _params(rota) | {"id": rota_id},
    )


def _params(rota: Rota) -> dict[str, object]:
    return {
        "name": rota.name,
        "zone": rota.zone,
        "turn": rota.turn,
        "minute": rota.minute,
        "begins_on": rota.begins_on,
        "layers": Jsonb([list(layer) for layer in rota.layers]),
    }


def set_deleted(conn: Connection, rota_id: int, *, at: datetime | None) -> None:
    """Take a rota away, or bring it back."""
    execute(conn, "update rotas set deleted_at = %(at)s where id = %(id)s", {"id": rota_id, "at": at})


def swaps(conn: Connection, *, since: datetime) -> list[SwapRow]:
    """Return the swaps that are not over by then, in the order they were made."""
    return fetch_all(
        conn,
        SwapRow,
        """
        select id, rota_id, layer, agent_id, begins, ends, by_agent_id, deleted_at from rota_swaps
        where deleted_at is null and ends > %(since)s order by id
        """,
        {"since": since},
    )


def find_swap(conn: Connection, swap_id: int) -> SwapRow | None:
    """Return a swap, taken back or not, or None."""
    return fetch_maybe(
        conn,
        SwapRow,
        "select id, rota_id, layer, agent_id, begins, ends, by_agent_id, deleted_at from rota_swaps where id = %(id)s",
        {"id": swap_id},
    )


def add_swap(conn: Connection, rota_id: int, swap: Swap, *, by: AgentId, now: datetime) -> int:
    """Store a swap and return its id."""
    return fetch_values(
        conn,
        """
        insert into rota_swaps (rota_id, layer, agent_id, begins, ends, by_agent_id, created_at)
        values (%(rota)s, %(layer)s, %(agent)s, %(begins)s, %(ends)s, %(by)s, %(now)s) returning id
        """,
        {
            "rota": rota_id,
            "layer": swap.layer,
            "agent": swap.agent_id,
            "begins": swap.begins,
            "ends": swap.ends,
            "by": by,
            "now": now,
        },
    )[0]


def set_swap_deleted(conn: Connection, swap_id: int, *, at: datetime | None) -> None:
    """Take a swap back, or bring it back."""
    execute(conn, "update rota_swaps set deleted_at = %(at)s where id = %(id)s", {"id": swap_id, "at": at})


def people(conn: Connection) -> list[Reached]:
    """Return everybody who works here, by name."""
    return fetch_all(
        conn,
        Reached,
        """
        select g.id, g.name, g.away_since, g.away_until,
          (select count(*) from alert_channels c where c.agent_id = g.id and c.active)::int as addresses
        from agents g where g.active order by lower(g.name), g.id
        """,
    )


def gaps_told(conn: Connection, rota_id: int) -> list[Told]:
    """Return the gaps that a rota had at the last look; until the transaction ends nobody else looks."""
    execute(conn, "select from rotas where id = %(id)s for update", {"id": rota_id})
    return fetch_all(conn, Told, "select begins, ends from rota_gaps where rota_id = %(id)s", {"id": rota_id})


def keep_gaps(conn: Connection, rota_id: int, found: Sequence[Stint], *, now: datetime) -> None:
    """Keep the gaps that a rota has now instead of those that it had."""
    rows = [{"begins": one.begins.isoformat(), "ends": one.ends.isoformat()} for one in found]
    execute(conn, "delete from rota_gaps where rota_id = %(id)s", {"id": rota_id})
    execute(
        conn,
        """
        insert into rota_gaps (rota_id, begins, ends, told_at)
        select %(id)s, begins, ends, %(now)s from jsonb_to_recordset(%(rows)s) as gap(begins timestamptz, ends timestamptz)
        """,
        {"id": rota_id, "rows": Jsonb(rows), "now": now},
    )
