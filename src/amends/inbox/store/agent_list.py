"""The people of the desk, as lists of choice show them."""

from dataclasses import dataclass

from amends.core.database import Connection, fetch_all


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentRow:
    """An agent who can be given a case."""

    id: int
    name: str
    role: str


def active(conn: Connection) -> list[AgentRow]:
    """Return the active agents by name."""
    return fetch_all(conn, AgentRow, "select id, name, role from agents where active order by lower(name), id")
