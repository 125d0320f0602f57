"""SQL of floods of notifications: how many somebody was told one by one, and the notification that counts the rest."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, fetch_all
from amends.inbox.rules.ids import AgentId
from amends.inbox.store.notifications import New, Stored


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    agent_id: AgentId
    kind: str
    n: int


def told(conn: Connection, agent_ids: Sequence[AgentId], *, kinds: Sequence[str], since: datetime) -> dict[tuple[AgentId, str], int]:
    """Return how many of each of these kinds people were told one by one since then."""
    found = fetch_all(
        conn,
        _Told,
        """
        select agent_id, kind, count(*)::int as n from notifications
        where at > %(since)s and agent_id = any(%(ids)s) and kind = any(%(kinds)s) and not facts ? 'more' group by 1, 2
        """,
        {"ids": list(agent_ids), "kinds": list(kinds), "since": since},
    )
    return {(one.agent_id, one.kind): one.n for one in found}


def count(conn: Connection, new: Sequence[New], *, since: datetime) -> list[Stored]:
    """Add to what counts for each person and kind since then and is not read, and return those that there were none of yet."""
    first = {(one.agent_id, one.kind): one for one in reversed(new)}
    many = Counter((one.agent_id, one.kind) for one in new)
    rows = [
        {"agent_id": agent_id, "kind": kind, "event_id": one.event.id, "at": one.event.at.isoformat(), "n": many[agent_id, kind]}
        for (agent_id, kind), one in sorted(first.items())
    ]
    return fetch_all(
        conn,
        Stored,
        """
        with given as (
          select r.*, (select max(n.id) from notifications n where n.agent_id = r.agent_id and n.kind = r.kind and n.facts ? 'more'
                         and n.read_at is null and n.at > %(since)s) as counting
          from jsonb_to_recordset(%(rows)s) as r(agent_id bigint, kind text, event_id bigint, at timestamptz, n integer)
        ), grown as (
          update notifications n set facts = jsonb_build_object('more', (n.facts ->> 'more')::integer + given.n)
          from given where n.id = given.counting
        )
        insert into notifications (agent_id, event_id, kind, at, facts)
        select agent_id, event_id, kind, at, jsonb_build_object('more', n) from given where counting is null
        on conflict (agent_id, event_id) do nothing
        returning id, agent_id, kind, event_id
        """,
        {"rows": Jsonb(rows), "since": since},
    )
