"""SQL of the follow-ups screen: the looks that need somebody, run, or are over, each with what speaks for and against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import LiteralString

from amends.core.database import Connection, fetch_all, fetch_values
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes

MOST = 1_000


class Shown(StrEnum):
    """Which looks are shown."""

    ASKING = "asking"
    RUNNING = "running"
    CONCLUDED = "concluded"


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskRow:
    """A look, the complaint, and what we answered."""

    id: int
    case_id: int
    episode_id: int
    episode: int
    days: int
    network: str
    customer_id: int
    customer: str
    preview: str
    resolved_at: datetime
    resolved_by: str | None
    assignee: str | None
    reply: str | None
    replied_at: datetime | None
    due_at: datetime
    concluded_at: datetime | None
    outcome: str | None
    note: str
    asks: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRow:
    """One thing that speaks for or against a resolution; the words of posts beyond the reader's scope stay away."""

    episode_id: int
    kind: str
    says: str
    at: datetime
    likeness: float | None
    note: str
    network: str | None
    text: str | None
    permalink: str | None
    case_id: int | None
    agent: str | None
    csat: int | None
    solved: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Marker:
    """Where a page ends: the next one begins behind it."""

    at: datetime
    id: int


_ROWS: LiteralString = """
select f.id, f.case_id, f.episode_id, e.number as episode, f.days, c.network, c.customer_id, u.name as customer, c.preview,
  f.planned_at as resolved_at, g.name as resolved_by, w.name as assignee, r.text as reply, r.sent_at as replied_at, f.due_at,
  f.concluded_at, f.outcome, f.note, f.asks
from follow_ups f join episodes e on e.id = f.episode_id join cases c on c.id = f.case_id join customers u on u.id = c.customer_id
left join agents g on g.id = e.resolved_by left join agents w on w.id = c.assignee_id
left join lateral (
  select text, sent_at from replies where case_id = f.case_id and episode = e.number and state = 'sent' order by sent_at desc limit 1
) r on true
"""
_WHERE: dict[Shown, LiteralString] = {
    Shown.ASKING: " where f.asks and (%(id)s::bigint is null or (f.due_at, f.id) > (%(at)s, %(id)s))",
    Shown.RUNNING: " where f.concluded_at is null and (%(id)s::bigint is null or (f.due_at, f.id) > (%(at)s, %(id)s))",
    Shown.CONCLUDED: " where f.concluded_at is not null and (%(id)s::bigint is null or (f.concluded_at, f.id) < (%(at)s, %(id)s))",
}
_ORDER: dict[Shown, LiteralString] = {
    Shown.ASKING: " order by f.due_at, f.id limit %(limit)s",
    Shown.RUNNING: " order by f.due_at, f.id limit %(limit)s",
    Shown.CONCLUDED: " order by f.concluded_at desc, f.id desc limit %(limit)s",
}


def page(conn: Connection, scope: Scope, shown: Shown, *, mine: int | None, after: Marker | None, limit: int) -> list[TaskRow]:
    """Return looks within `scope`; with `mine` only of cases that this agent resolved or has."""
    whose: LiteralString = " and (e.resolved_by = %(mine)s or c.assignee_id = %(mine)s)" if mine is not None else ""
    params = {"mine": mine, "at": after and after.at, "id": after and after.id, "limit": limit} | scopes.params(scope)
    return fetch_all(conn, TaskRow, _ROWS + _WHERE[shown] + whose + scopes.within(scope) + _ORDER[shown], params)


def count_asking(conn: Connection, scope: Scope) -> int:
    """Return how many looks need somebody, counted up to a bound."""
    query = (
        "select count(*) from (select from follow_ups f join cases c on c.id = f.case_id where f.asks"
        + scopes.within(scope)
        + " limit %(most)s) a"
    )
    return fetch_values(conn, query, {"most": MOST} | scopes.params(scope))[0]


def evidence(conn: Connection, scope: Scope, episode_ids: Sequence[int]) -> dict[int, list[EvidenceRow]]:
    """Return what speaks for and against each of these episodes, the oldest first."""
    rows = fetch_all(
        conn,
        EvidenceRow,
        """
        select v.episode_id, v.kind, v.says, v.at, v.likeness, v.note, posts.network, posts.text, posts.permalink, posts.case_id,
          g.name as agent, s.csat, s.solved
        from follow_up_evidence v
        left join posts on posts.id = v.post_id
        """
        + scopes.posts_within(scope)
        + """
        left join agents g on g.id = v.agent_id left join surveys s on s.id = v.survey_id
        where v.episode_id = any(%(ids)s) and v.taken_back_at is null order by v.at, v.id
        """,
        {"ids": list(episode_ids)} | scopes.params(scope),
    )
    found: dict[int, list[EvidenceRow]] = {}
    for row in rows:
        found.setdefault(row.episode_id, []).append(row)
    return found
