"""SQL of what is said of an incident, once for all of its cases, in several languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.inbox.rules.ids import AgentId, IncidentId


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusNote:
    """What was said while it stood so, by language."""

    id: int
    status: str
    agent_id: AgentId
    agent: str
    at: datetime
    texts: dict[str, str]


def add(conn: Connection, incident_id: IncidentId, texts: Mapping[str, str], *, status: str, agent_id: AgentId, now: datetime) -> int:
    """Keep a note and return its id."""
    return fetch_values(
        conn,
        """
        with noted as (
          insert into incident_notes (incident_id, status, agent_id, at) values (%(incident)s, %(status)s, %(agent)s, %(now)s) returning id
        ), said as (
          insert into incident_note_texts (note_id, language, text)
          select noted.id, t.language, t.text from noted, unnest(%(languages)s::text[], %(texts)s::text[]) as t(language, text)
        )
        select id from noted
        """,
        {
            "incident": incident_id,
            "status": status,
            "agent": agent_id,
            "now": now,
            "languages": list(texts),
            "texts": list(texts.values()),
        },
    )[0]


def remove(conn: Connection, incident_id: IncidentId, note_id: int, *, at: datetime | None) -> bool:
    """Take a note away, or (None) bring it back; False where nothing changed."""
    return bool(
        execute(
            conn,
            """
            update incident_notes set removed_at = %(at)s
            where id = %(id)s and incident_id = %(incident)s and (removed_at is null) = (%(at)s::timestamptz is not null)
            """,
            {"incident": incident_id, "id": note_id, "at": at},
        )
    )


def newest(conn: Connection, incident_id: int, *, limit: int = 20) -> list[StatusNote]:
    """Return what was said last."""
    return fetch_all(
        conn,
        StatusNote,
        """
        select n.id, n.status, n.agent_id, g.name as agent, n.at,
          (select jsonb_object_agg(t.language, t.text) from incident_note_texts t where t.note_id = n.id) as texts
        from incident_notes n join agents g on g.id = n.agent_id
        where n.incident_id = %(id)s and n.removed_at is null order by n.id desc limit %(limit)s
        """,
        {"id": incident_id, "limit": limit},
    )
