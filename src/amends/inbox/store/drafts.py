"""SQL of drafts: what is being written in a case, one a box."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_one
from amends.inbox.rules.ids import AgentId, CaseId, DraftId


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What somebody was writing; `note` is what was said of it when it was given back."""

    id: DraftId
    case_id: CaseId
    box: str
    text: str
    note: str
    agent_id: AgentId
    agent: str
    version: int
    saved_at: datetime


def of_case(conn: Connection, *, case_id: CaseId) -> dict[str, Draft]:
    """Return the drafts of a case by their box."""
    rows = fetch_all(
        conn,
        Draft,
        """
        select d.id, d.case_id, d.box, d.text, d.note, d.agent_id, g.name as agent, d.version, d.saved_at
        from drafts d join agents g on g.id = d.agent_id where d.case_id = %(case_id)s and d.dropped_at is null
        """,
        {"case_id": case_id},
    )
    return {row.box: row for row in rows}


def lock(conn: Connection, *, case_id: CaseId, box: str) -> Draft | None:
    """Return the draft, which nobody else changes until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        Draft,
        """
        select d.id, d.case_id, d.box, d.text, d.note, d.agent_id, g.name as agent, d.version, d.saved_at
        from drafts d join agents g on g.id = d.agent_id
        where d.case_id = %(case_id)s and d.box = %(box)s and d.dropped_at is null for update of d
        """,
        {"case_id": case_id, "box": box},
    )


def write(  # noqa: PLR0913
    conn: Connection, *, case_id: CaseId, box: str, text: str, agent_id: AgentId, now: datetime, note: str = ""
) -> Draft:
    """Put `text` in the place of the draft, as its next version, and return it."""
    return fetch_one(
        conn,
        Draft,
        """
        with written as (
          insert into drafts (case_id, box, text, note, agent_id, saved_at)
          values (%(case_id)s, %(box)s, %(text)s, %(note)s, %(agent_id)s, %(now)s)
          on conflict (case_id, box) where dropped_at is null do update set text = excluded.text, agent_id = excluded.agent_id,
            note = coalesce(nullif(excluded.note, ''), drafts.note), saved_at = excluded.saved_at, version = drafts.version + 1
          returning *
        )
        select w.id, w.case_id, w.box, w.text, w.note, w.agent_id, g.name as agent, w.version, w.saved_at
        from written w join agents g on g.id = w.agent_id
        """,
        {"case_id": case_id, "box": box, "text": text, "note": note, "agent_id": agent_id, "now": now},
    )


def drop(conn: Connection, *, draft_id: DraftId, now: datetime) -> None:
    """Throw a draft away, so that it can be brought back."""
    execute(conn, "update drafts set dropped_at = %(now)s where id = %(id)s", {"id": draft_id, "now": now})


def dropped(conn: Connection, draft_id: DraftId) -> Draft | None:
    """Return a draft that was thrown away, or None."""
    return fetch_maybe(
        conn,
        Draft,
        """
        select d.id, d.case_id, d.box, d.text, d.note, d.agent_id, g.name as agent, d.version, d.saved_at
        from drafts d join agents g on g.id = d.agent_id where d.id = %(id)s and d.dropped_at is not null for update of d
        """,
        {"id": draft_id},
    )


def delete(conn: Connection, draft_id: DraftId) -> None:
    """Forget a draft."""
    execute(conn, "delete from drafts where id = %(id)s", {"id": draft_id})


def delete_own(conn: Connection, *, case_id: CaseId, box: str, agent_id: AgentId) -> None:
    """Forget what an agent was writing, since it was sent."""
    execute(
        conn,
        "delete from drafts where case_id = %(case_id)s and box = %(box)s and agent_id = %(agent_id)s and dropped_at is null",
        {"case_id": case_id, "box": box, "agent_id": agent_id},
    )


def drop_forgotten(conn: Connection, *, before: datetime) -> int:
    """Delete what was thrown away before `before`, and return how many."""
    return execute(conn, "delete from drafts where dropped_at < %(before)s", {"before": before})
