"""SQL of the shapes of order numbers: every setting is kept, the newest is in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId


@dataclass(frozen=True, kw_only=True, slots=True)
class ShapesSet:
    """The shapes as somebody set them."""

    id: int
    shapes: Sequence[str]
    agent: str
    set_at: datetime


def newest(conn: Connection) -> tuple[str, ...]:
    """Return the shapes in force."""
    return tuple(fetch_values(conn, "select unnest(shapes) from (select shapes from order_shapes order by id desc limit 1) newest"))


def last_set(conn: Connection) -> ShapesSet | None:
    """Return who set what last, or None where nobody ever did."""
    return fetch_maybe(
        conn,
        ShapesSet,
        """
        select o.id, o.shapes, a.name as agent, o.set_at
        from order_shapes o join agents a on a.id = o.agent_id order by o.id desc limit 1
        """,
    )


def before(conn: Connection, set_id: int) -> tuple[str, ...]:
    """Return the shapes that were in force before a setting."""
    query = "select unnest(shapes) from (select shapes from order_shapes where id < %(id)s order by id desc limit 1) earlier"
    return tuple(fetch_values(conn, query, {"id": set_id}))


def insert(conn: Connection, shapes: Sequence[str], *, agent_id: AgentId, now: datetime) -> int:
    """Put `shapes` in force, and return the setting's id."""
    query = "insert into order_shapes (shapes, agent_id, set_at) values (%(shapes)s, %(agent_id)s, %(now)s) returning id"
    return fetch_values(conn, query, {"shapes": list(shapes), "agent_id": agent_id, "now": now})[0]
