"""SQL of events: what happened, for the timeline, the relay and the audit log alike."""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.database import Connection, Jsonb, copy_rows, execute, fetch_all, fetch_maybe, fetch_values
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


@contextmanager
def because(conn: Connection, cause: Mapping[str, object]) -> Generator[None]:
    """Write into each event of this block what it came of, beside what it came of already. An error leaves the end to who rolls back."""
    before = str(fetch_values(conn, "select coalesce(current_setting('amends.because', true), '')")[0])
    both = (json.loads(before) if before else {}) | dict(cause)
    execute(conn, "select set_config('amends.because', %(cause)s, true)", {"cause": json.dumps(both)})
    yield
    execute(conn, "select set_config('amends.because', %(before)s, true)", {"before": before})


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """An event as it was told."""

    id: EventId
    at: datetime
    facts: dict[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class OfCase:
    """An event of a case, as undoing and the rules read it."""

    id: EventId
    kind: str
    at: datetime
    case_id: CaseId
    post_id: PostId | None
    agent_id: AgentId | None
    facts: dict[str, object]
    because: dict[str, object] | None


def last(conn: Connection, kind: EventKind, *, case_id: CaseId) -> Told | None:
    """Return the case's newest event of this kind, or None."""
    return fetch_maybe(
        conn,
        Told,
        "select id, at, facts from events where case_id = %(case_id)s and kind = %(kind)s order by id desc limit 1",
        {"case_id": case_id, "kind": kind},
    )


def find(conn: Connection, *, event_id: int) -> OfCase | None:
    """Return an event that happened to a case, or None."""
    return fetch_maybe(
        conn,
        OfCase,
        """
        select id, kind, at, case_id, post_id, agent_id, facts, because from events where id = %(id)s and case_id is not null
        """,
        {"id": event_id},
    )


def of_rule(conn: Connection, *, case_id: CaseId, rule_id: int, since: datetime | None, up_to: int) -> list[OfCase]:
    """Return what a rule did to a case, the newest first, from the event `up_to` back to `since`, save what takes back."""
    return fetch_all(
        conn,
        OfCase,
        """
        select id, kind, at, case_id, post_id, agent_id, facts, because from events
        where case_id = %(case_id)s and id <= %(up_to)s and at >= coalesce(%(since)s::timestamptz, '-infinity')
          and (because ->> 'rule')::bigint = %(rule_id)s and (because ->> 'undoes') is null
        order by id desc
        """,
        {"case_id": case_id, "rule_id": rule_id, "since": since, "up_to": up_to},
    )


def newest(conn: Connection, *, case_id: CaseId) -> int:
    """Return the id of the case's newest event, 0 where nothing happened yet."""
    return fetch_values(conn, "select coalesce(max(id), 0) from events where case_id = %(case_id)s", {"case_id": case_id})[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidOfPost:
    """What was said of a post; `was` is what an agent had said of it before, None where nobody had."""

    post_id: PostId
    was: dict[str, Any] | None


def told_with(conn: Connection, event: OfCase) -> list[SaidOfPost]:
    """Return the posts of which the same was said of the same topic in the same breath as in `event`."""
    return fetch_all(
        conn,
        SaidOfPost,
        """
        select post_id, facts -> 'was' as was from events
        where case_id = %(case_id)s and kind = %(kind)s and at = %(at)s and facts -> 'topic_id' = %(topic_id)s and post_id is not null
        """,
        {"case_id": event.case_id, "kind": event.kind, "at": event.at, "topic_id": Jsonb(event.facts.get("topic_id"))},
    )


def is_later(conn: Connection, kinds: Sequence[EventKind], *, case_id: CaseId, event_id: EventId) -> bool:
    """Tell whether something of these kinds happened to the case after the event and was not taken back since."""
    found = fetch_values(
        conn,
        """
        select exists (
          select from events e
          where e.case_id = %(case_id)s and e.id > %(event_id)s and e.kind = any(%(kinds)s) and (e.because ->> 'undoes') is null
            and not exists (
              select from events u where u.case_id = e.case_id and u.id > e.id and (u.because ->> 'undoes')::bigint = e.id
            )
        )
        """,
        {"case_id": case_id, "event_id": event_id, "kinds": list(kinds)},
    )
    return bool(found[0])


def is_taken_back(conn: Connection, *, case_id: CaseId, event_id: EventId) -> bool:
    """Tell whether what the event says was taken back."""
    found = fetch_values(
        conn,
        """
        select exists (
          select from events where case_id = %(case_id)s and id > %(event_id)s and (because ->> 'undoes')::bigint = %(event_id)s
        )
        """,
        {"case_id": case_id, "event_id": event_id},
    )
    return bool(found[0])


def is_topic_said_later(conn: Connection, *, case_id: CaseId, event_id: EventId, topic_id: int) -> bool:
    """Tell whether an agent said something of this topic of the case after the event, other than in the same breath."""
    found = fetch_values(
        conn,
        """
        select exists (
          select from events e join events told on told.id = %(event_id)s
          where e.case_id = %(case_id)s and e.id > told.id and e.at > told.at
            and e.kind in ('topic_given', 'topic_taken', 'topic_changed') and e.facts ->> 'topic_id' = %(topic_id)s::text
            and (e.because ->> 'undoes') is null
            and not exists (
              select from events u where u.case_id = e.case_id and u.id > e.id and (u.because ->> 'undoes')::bigint = e.id
            )
        )
        """,
        {"case_id": case_id, "event_id": event_id, "topic_id": topic_id},
    )
    return bool(found[0])
