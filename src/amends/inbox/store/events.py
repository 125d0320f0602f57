"""SQL of events: what happened, for the timeline, the relay and the audit log alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.database import Connection, Jsonb, copy_rows, execute, fetch_maybe
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, EventId, PostId, SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One thing that happened; `facts` are of JSON's kinds."""

    kind: EventKind
    case_id: CaseId | None = None
    post_id: PostId | None = None
    agent_id: AgentId | None = None
    source_id: SourceId | None = None
    facts: Mapping[str, object] = field(default_factory=dict[str, object])


def add(  # noqa: PLR0913
    conn: Connection,
    kind: EventKind,
    *,
    now: datetime,
    case_id: CaseId | None = None,
    post_id: PostId | None = None,
    agent_id: AgentId | None = None,
    source_id: SourceId | None = None,
    **facts: object,
) -> None:
    """Write one event; it is announced and relayed once the transaction commits."""
    add_all(conn, [Event(kind=kind, case_id=case_id, post_id=post_id, agent_id=agent_id, source_id=source_id, facts=facts)], now=now)


def add_all(conn: Connection, events: Sequence[Event], *, now: datetime) -> None:
    """Write events in order, in one statement."""
    if not events:
        return
    rows = [
        {"kind": e.kind, "case_id": e.case_id, "post_id": e.post_id, "agent_id": e.agent_id, "source_id": e.source_id, "facts": e.facts}
        for e in events
    ]
    execute(
        conn,
        """
        insert into events (kind, at, case_id, post_id, agent_id, source_id, facts)
        select kind, %(now)s, case_id, post_id, agent_id, source_id, facts
        from jsonb_to_recordset(%(rows)s)
          as r(kind text, case_id bigint, post_id bigint, agent_id bigint, source_id bigint, facts jsonb)
        """,
        {"now": now, "rows": Jsonb(rows)},
    )


def add_received(conn: Connection, post_ids: Sequence[PostId], *, source_id: SourceId, now: datetime) -> None:
    """Write that these posts were received: `add_all` for the many, streamed."""
    copy_rows(
        conn,
        "copy events (kind, at, post_id, source_id) from stdin (format binary)",
        ("text", "timestamptz", "int8", "int8"),
        ((EventKind.POST_RECEIVED, now, post_id, source_id) for post_id in post_ids),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """An event as it was told."""

    id: EventId
    at: datetime
    facts: dict[str, object]


def last(conn: Connection, kind: EventKind, *, case_id: CaseId) -> Told | None:
    """Return the case's newest event of this kind, or None."""
    return fetch_maybe(
        conn,
        Told,
        "select id, at, facts from events where case_id = %(case_id)s and kind = %(kind)s order by id desc limit 1",
        {"case_id": case_id, "kind": kind},
    )
