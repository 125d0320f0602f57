"""SQL of notifications: what is to be told, what somebody was told, and what they read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_values
from amends.inbox.rules.ids import AgentId, CaseId, EventId, PostId, SourceId, TeamId
from amends.inbox.rules.noticing import Notice
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes

IS_SEEN_BEGINS: LiteralString = " and (n.case_id is null or exists (select from cases c where c.id = n.case_id"
IS_SEEN_ENDS: LiteralString = "))"
"""Around `scopes.within`: what narrows notifications `n` to cases that somebody sees, and to those of no case."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """An event that somebody may want to hear of, with the case as it stands and the author of the answer it is about."""

    id: EventId
    kind: str
    at: datetime
    case_id: CaseId | None
    post_id: PostId | None
    agent_id: AgentId | None
    facts: Mapping[str, Any]
    because: Mapping[str, Any] | None
    assignee_id: AgentId | None
    team_id: TeamId | None
    source_id: SourceId | None
    author_id: AgentId | None


@dataclass(frozen=True, kw_only=True, slots=True)
class New:
    """A notification to be stored."""

    agent_id: AgentId
    event: Heard
    kind: Notice
    by: AgentId | None
    facts: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """A notification that was not there before."""

    id: int
    agent_id: AgentId
    kind: str
    event_id: EventId


def claim(conn: Connection, *, limit: int) -> list[Heard]:
    """Take at most `limit` events off the queue, and return them in order; they are back where the transaction fails."""
    found = fetch_all(
        conn,
        Heard,
        """
        with due as (
          select event_id from notification_queue order by event_id limit %(limit)s for update skip locked
        ), taken as (
          delete from notification_queue where event_id in (select event_id from due) returning event_id
        )
        select e.id, e.kind, e.at, e.case_id, e.post_id, e.agent_id, e.facts, e.because, c.assignee_id, c.team_id, c.source_id,
          r.agent_id as author_id
        from taken join events e on e.id = taken.event_id
          left join cases c on c.id = e.case_id left join replies r on r.id = (e.facts ->> 'reply_id')::bigint
        """,
        {"limit": limit},
    )
    return sorted(found, key=lambda event: event.id)


def insert(conn: Connection, new: Sequence[New]) -> list[Stored]:
    """Store notifications and return those that were not there before: one a person and event."""
    rows = [
        {
            "agent_id": one.agent_id,
            "event_id": one.event.id,
            "kind": one.kind,
            "at": one.event.at.isoformat(),
            "case_id": one.event.case_id,
            "post_id": one.event.post_id,
            "by_agent_id": one.by,
            "facts": one.facts,
        }
        for one in new
    ]
    return fetch_all(
        conn,
        Stored,
        """
        insert into notifications (agent_id, event_id, kind, at, case_id, post_id, by_agent_id, facts)
        select agent_id, event_id, kind, at, case_id, post_id, by_agent_id, facts
        from jsonb_to_recordset(%(rows)s) as r(agent_id bigint, event_id bigint, kind text, at timestamptz, case_id bigint, post_id bigint,
                                               by_agent_id bigint, facts jsonb)
        on conflict (agent_id, event_id) do nothing
        returning id, agent_id, kind, event_id
        """,
        {"rows": Jsonb(rows)},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Reworded:
    """Of which alarm somebody was told already."""

    agent_id: AgentId
    alert_id: int


def reword_alarms(conn: Connection, calls: Sequence[New], *, within: timedelta) -> list[Reworded]:
    """Let what people were told of alarms say that these call them, where that was so little before the call; return of which it was."""
    rows = [
        {"agent_id": one.agent_id, "case_id": one.event.case_id, "facts": one.facts, "since": (one.event.at - within).isoformat()}
        for one in calls
    ]
    return fetch_all(
        conn,
        Reworded,
        """
        update notifications n set kind = 'called', facts = g.facts
        from jsonb_to_recordset(%(rows)s) as g(agent_id bigint, case_id bigint, facts jsonb, since timestamptz)
        where n.agent_id = g.agent_id and n.case_id = g.case_id and n.kind = 'alert' and n.facts -> 'alert_id' = g.facts -> 'alert_id'
          and n.at > g.since
        returning n.agent_id, (n.facts ->> 'alert_id')::bigint as alert_id
        """,
        {"rows": Jsonb(rows)},
    )


def forget_note(conn: Connection, *, case_id: CaseId, note_id: int) -> list[AgentId]:
    """Drop what was told of a note that is gone, and return whom it was told."""
    return fetch_values(
        conn,
        """
        delete from notifications where case_id = %(case_id)s and kind in ('mentioned', 'team_mentioned') and facts -> 'note_id' = %(note)s
        returning agent_id
        """,
        {"case_id": case_id, "note": Jsonb(note_id)},
    )


def settle_approvals(conn: Connection, *, case_id: CaseId, reply_id: int, now: datetime) -> list[AgentId]:
    """Mark as read that an answer waits, since it does not any more, and return for whom."""
    return fetch_values(
        conn,
        """
        update notifications set read_at = %(now)s
        where case_id = %(case_id)s and kind = 'approval' and read_at is null and facts -> 'reply_id' = %(reply)s returning agent_id
        """,
        {"case_id": case_id, "reply": Jsonb(reply_id), "now": now},
    )


def drop_old(conn: Connection, *, before: datetime) -> int:
    """Drop notifications from before, and return how many."""
    return execute(conn, "delete from notifications where at < %(before)s", {"before": before})


def mark_read(
    conn: Connection,
    *,
    agent_id: AgentId,
    now: datetime,
    ids: Sequence[int] | None = None,
    case_id: int | None = None,
    upto: int | None = None,
) -> list[int]:
    """Mark somebody's own notifications as read, all of them where nothing narrows it, and return which were not read yet."""
    return fetch_values(
        conn,
        """
        update notifications set read_at = %(now)s
        where agent_id = %(agent_id)s and read_at is null and (%(ids)s::bigint[] is null or id = any(%(ids)s::bigint[]))
          and (%(case_id)s::bigint is null or case_id = %(case_id)s::bigint) and (%(upto)s::bigint is null or id <= %(upto)s::bigint)
        returning id
        """,
        {"agent_id": agent_id, "now": now, "ids": None if ids is None else list(ids), "case_id": case_id, "upto": upto},
    )


def mark_unread(conn: Connection, *, agent_id: AgentId, read_at: datetime) -> int:
    """Mark as unread what somebody read at this very moment, and return how many that was."""
    return execute(
        conn,
        "update notifications set read_at = null where agent_id = %(agent_id)s and read_at = %(read_at)s",
        {"agent_id": agent_id, "read_at": read_at},
    )


def own(conn: Connection, *, agent_id: AgentId, ids: Sequence[int]) -> set[int]:
    """Return which of these are somebody's."""
    return set(
        fetch_values(
            conn,
            "select id from notifications where agent_id = %(agent_id)s and id = any(%(ids)s)",
            {"agent_id": agent_id, "ids": list(ids)},
        )
    )


def unread(conn: Connection, *, agent_id: AgentId, scope: Scope, most: int = 1_000) -> int:
    """Return how many notifications somebody has not read, of cases they see, counted up to `most`."""
    found = fetch_values(
        conn,
        "select count(*) from (select from notifications n where agent_id = %(agent_id)s and read_at is null"
        + IS_SEEN_BEGINS
        + scopes.within(scope)
        + IS_SEEN_ENDS
        + " limit %(most)s) u",
        {"agent_id": agent_id, "most": most} | scopes.params(scope),
    )
    return found[0]
