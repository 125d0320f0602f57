"""SQL of what the company decided about its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from amends.core.database import Connection, execute, fetch_one


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberSettings:
    """The roles that may compare single agents (none by default), whether anybody may read how fast we answer, and the desk's calendar."""

    compare_agents: Sequence[str]
    shows_answer_times: bool
    calendar_id: int | None

    @property
    def mark(self) -> str:
        """What is decided, in one word that stands in addresses and forms; `read_mark` reads it."""
        return f"{'-'.join(sorted(self.compare_agents))}.{int(self.shows_answer_times)}.{self.calendar_id or ''}"

    def may_compare(self, role: str) -> bool:
        """Tell whether somebody of this role may see the numbers of agents beside one another."""
        return role in self.compare_agents


def read(conn: Connection) -> NumberSettings:
    """Return what is decided."""
    return fetch_one(conn, NumberSettings, "select compare_agents, shows_answer_times, calendar_id from number_settings")


def lock(conn: Connection) -> NumberSettings:
    """Return what is decided, ours to decide otherwise until the transaction ends."""
    return fetch_one(conn, NumberSettings, "select compare_agents, shows_answer_times, calendar_id from number_settings for update")


def read_mark(mark: str) -> NumberSettings:
    """Return what was decided when `mark` was made."""
    roles, shows, calendar = mark.split(".")
    return NumberSettings(
        compare_agents=[role for role in roles.split("-") if role],
        shows_answer_times=shows == "1",
        calendar_id=int(calendar) if calendar else None,
    )


def keep(conn: Connection, new: NumberSettings) -> None:
    """Decide otherwise."""
    execute(
        conn,
        """
        update number_settings set compare_agents = %(compare_agents)s, shows_answer_times = %(shows_answer_times)s,
          calendar_id = %(calendar_id)s
        """,
        {"compare_agents": list(new.compare_agents), "shows_answer_times": new.shows_answer_times, "calendar_id": new.calendar_id},
    )
