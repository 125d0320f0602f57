"""SQL of the notification centre: what somebody was told, gathered by case, the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import AgentId, CaseId, PostId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes
from amends.inbox.store.notifications import IS_SEEN_BEGINS, IS_SEEN_ENDS


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A notification; `by` is who did it, `customer` whose case it is about, `excerpt` the beginning of the note. `group` gathers them."""

    id: int
    kind: str
    at: datetime
    case_id: CaseId | None
    post_id: PostId | None
    facts: Mapping[str, Any]
    read_at: datetime | None
    by: str | None
    customer: str | None
    network: str | None
    preview: str | None
    excerpt: str | None
    group: int
    newest: int


_COLUMNS: LiteralString = """
select n.id, n.kind, n.at, n.case_id, n.post_id, n.facts, n.read_at, g.name as by, coalesce(u.name, a.name) as customer, c.network,
  c.preview, left(t.text, 200) as excerpt,
"""
_JOINS: LiteralString = """
  left join agents g on g.id = n.by_agent_id left join cases c on c.id = n.case_id
  left join customers u on u.id = c.customer_id left join authors a on a.id = c.author_id
  left join notes t on t.id = (n.facts ->> 'note_id')::bigint
"""


EACH = 5


def page(conn: Connection, *, agent_id: AgentId, scope: Scope, before: int | None, limit: int, only_unread: bool) -> list[Told]:
    """Return the newest `limit` groups whose newest notification is older than `before`, each with its newest few."""
    query: LiteralString = (
        "with groups as (select coalesce(case_id, -id) as key, max(id) as newest from notifications n where agent_id = %(agent_id)s"
        " and (not %(only_unread)s or read_at is null)"
        + IS_SEEN_BEGINS
        + scopes.within(scope)
        + IS_SEEN_ENDS
        + """
          group by 1 having %(before)s::bigint is null or max(id) < %(before)s::bigint order by 2 desc limit %(limit)s
        )
        """
        + _COLUMNS
        + """
          groups.key as "group", groups.newest
        from groups cross join lateral (
          select * from notifications n
          where n.agent_id = %(agent_id)s and (n.case_id = groups.key or (n.case_id is null and n.id = -groups.key))
            and (not %(only_unread)s or n.read_at is null)
          order by n.id desc limit %(each)s
        ) n
        """
        + _JOINS
        + " order by groups.newest desc, n.id desc"
    )
    params = {"agent_id": agent_id, "before": before, "limit": limit, "only_unread": only_unread, "each": EACH}
    return fetch_all(conn, Told, query, params | scopes.params(scope))


def some(conn: Connection, *, agent_id: AgentId, scope: Scope, ids: Sequence[int]) -> list[Told]:
    """Return these notifications of somebody, the newest first; others' are not among them."""
    query: LiteralString = (
        _COLUMNS
        + ' coalesce(n.case_id, -n.id) as "group", n.id as newest from notifications n '
        + _JOINS
        + " where n.agent_id = %(agent_id)s and n.id = any(%(ids)s) and (n.case_id is null or (true"
        + scopes.within(scope)
        + ")) order by n.id desc"
    )
    return fetch_all(conn, Told, query, {"agent_id": agent_id, "ids": list(ids)} | scopes.params(scope))


def listed(conn: Connection, *, agent_id: AgentId, scope: Scope, before: int | None, limit: int, only_unread: bool) -> list[Told]:
    """Return somebody's newest notifications older than `before`, one by one."""
    query: LiteralString = (
        _COLUMNS
        + ' coalesce(n.case_id, -n.id) as "group", n.id as newest from notifications n '
        + _JOINS
        + " where n.agent_id = %(agent_id)s and (%(before)s::bigint is null or n.id < %(before)s::bigint)"
        + " and (not %(only_unread)s or n.read_at is null) and (n.case_id is null or (true"
        + scopes.within(scope)
        + ")) order by n.id desc limit %(limit)s"
    )
    params = {"agent_id": agent_id, "before": before, "limit": limit, "only_unread": only_unread}
    return fetch_all(conn, Told, query, params | scopes.params(scope))
