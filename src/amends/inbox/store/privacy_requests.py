"""SQL of what people ask: to see what we hold of them, to be forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivacyRequest:
    """One request, and how it ended; `cases` are those of the customer that are open."""

    id: int
    customer_id: int
    customer: str
    kind: str
    asked_at: datetime
    due_at: datetime
    how: str
    by: str | None
    done_at: datetime | None
    done_by: str | None
    refused_why: str
    outcome: dict[str, int]


_COLUMNS: LiteralString = """
select r.id, r.customer_id, u.name as customer, r.kind, r.asked_at, r.due_at, r.how, g.name as by, r.done_at, d.name as done_by,
  r.refused_why, r.outcome
from privacy_requests r join customers u on u.id = r.customer_id left join agents g on g.id = r.agent_id
left join agents d on d.id = r.done_by
"""


def insert(  # noqa: PLR0913
    conn: Connection, *, customer_id: CustomerId, kind: str, how: str, agent_id: AgentId, due_at: datetime, now: datetime
) -> int:
    """Keep a request and return its id; one of the same kind that is open already is returned instead."""
    [found] = fetch_values(
        conn,
        """
        insert into privacy_requests (customer_id, kind, asked_at, due_at, how, agent_id)
        values (%(customer)s, %(kind)s, %(now)s, %(due)s, %(how)s, %(agent)s)
        on conflict (customer_id, kind) where done_at is null do update set how = privacy_requests.how
        returning id
        """,
        {"customer": customer_id, "kind": kind, "how": how, "agent": agent_id, "due": due_at, "now": now},
    )
    return int(found)


def find(conn: Connection, request_id: int) -> PrivacyRequest | None:
    """Return a request, or None."""
    return fetch_maybe(conn, PrivacyRequest, _COLUMNS + " where r.id = %(id)s", {"id": request_id})


def lock(conn: Connection, request_id: int) -> PrivacyRequest | None:
    """Return a request, ours until the transaction ends, or None."""
    execute(conn, "select from privacy_requests where id = %(id)s for no key update", {"id": request_id})
    return find(conn, request_id)


def waiting(conn: Connection) -> list[PrivacyRequest]:
    """Return the open requests, the most urgent first; they are few."""
    return fetch_all(conn, PrivacyRequest, _COLUMNS + " where r.done_at is null order by r.due_at, r.id limit 500")


def done(conn: Connection, *, limit: int) -> list[PrivacyRequest]:
    """Return the requests that ended last."""
    return fetch_all(
        conn, PrivacyRequest, _COLUMNS + " where r.done_at is not null order by r.done_at desc, r.id desc limit %(limit)s", {"limit": limit}
    )


def end(
    conn: Connection, request_id: int, *, agent_id: AgentId, now: datetime, refused_why: str = "", outcome: Mapping[str, int] | None = None
) -> None:
    """Keep that a request was carried out, or why not."""
    execute(
        conn,
        """
        update privacy_requests set done_at = %(now)s, done_by = %(agent)s, refused_why = %(why)s, outcome = %(outcome)s
        where id = %(id)s and done_at is null
        """,
        {"id": request_id, "now": now, "agent": agent_id, "why": refused_why, "outcome": Jsonb(dict(outcome or {}))},
    )
