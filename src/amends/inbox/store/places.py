"""SQL of what the stream of news asks: to whose scope a case belongs, and a word for one agent's screens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from amends.core.database import Connection, Jsonb, execute, fetch_all
from amends.inbox.rules.ids import AgentId, CaseId, SourceId, TeamId


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a case belongs."""

    id: CaseId
    team_id: TeamId | None
    source_id: SourceId


def of_cases(conn: Connection, case_ids: Sequence[int]) -> list[Place]:
    """Return where these cases belong."""
    return fetch_all(conn, Place, "select id, team_id, source_id from cases where id = any(%(ids)s)", {"ids": list(case_ids)})


def notice(conn: Connection, *, agent_id: AgentId, facts: Mapping[str, object]) -> None:
    """Send a word to the open screens of one agent when the transaction commits; nothing of it is kept. At most 7 kB."""
    execute(
        conn,
        "select pg_notify('amends_events', jsonb_build_object('notices', jsonb_build_object(%(agent)s::text, %(facts)s::jsonb))::text)",
        {"agent": agent_id, "facts": Jsonb(dict(facts))},
    )
