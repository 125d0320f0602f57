"""SQL of what colleagues note of a person, and of calls, e-mails, visits and letters."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class NewNote:
    """A note as it is written; of a call or a letter `incoming` says who began, and `at` when it was."""

    kind: str
    text: str
    at: datetime
    incoming: bool | None = None
    pinned: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerNote(NewNote):
    """A note as it is kept."""

    id: int
    customer_id: CustomerId
    agent_id: AgentId | None
    agent: str | None
    removed_at: datetime | None


def insert(conn: Connection, customer_id: CustomerId, new: NewNote, *, agent_id: AgentId | None, now: datetime) -> int:
    """Store a note and return its id."""
    return fetch_values(
        conn,
        """
        insert into customer_notes (customer_id, kind, incoming, text, pinned, agent_id, at, created_at)
        values (%(customer_id)s, %(kind)s, %(incoming)s, %(text)s, %(pinned)s, %(agent_id)s, %(at)s, %(now)s) returning id
        """,
        {
            "customer_id": customer_id,
            "kind": new.kind,
            "incoming": new.incoming,
            "text": new.text,
            "pinned": new.pinned,
            "agent_id": agent_id,
            "at": new.at,
            "now": now,
        },
    )[0]


def says(conn: Connection, customer_id: CustomerId, text: str) -> bool:
    """Tell whether these very words are noted of a customer."""
    query: LiteralString = "select id from customer_notes where customer_id = %(id)s and text = %(text)s and removed_at is null limit 1"
    return bool(fetch_values(conn, query, {"id": customer_id, "text": text}))


def pinned(conn: Connection, customer_id: CustomerId, *, limit: int = 5) -> list[CustomerNote]:
    """Return the pinned notes of a customer, the newest first."""
    return fetch_all(
        conn,
        CustomerNote,
        """
        select n.id, n.customer_id, n.kind, n.incoming, n.text, n.pinned, n.agent_id, g.name as agent, n.at, n.removed_at
        from customer_notes n left join agents g on g.id = n.agent_id
        where n.customer_id = %(customer_id)s and n.removed_at is null and n.pinned order by n.at desc, n.id desc limit %(limit)s
        """,
        {"customer_id": customer_id, "limit": limit},
    )


def find(conn: Connection, note_id: int, *, customer_id: CustomerId) -> CustomerNote | None:
    """Return a note of a customer, removed or not, locked until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        CustomerNote,
        """
        select n.id, n.customer_id, n.kind, n.incoming, n.text, n.pinned, n.agent_id, g.name as agent, n.at, n.removed_at
        from customer_notes n left join agents g on g.id = n.agent_id
        where n.id = %(id)s and n.customer_id = %(customer_id)s for update of n
        """,
        {"id": note_id, "customer_id": customer_id},
    )


def set_removed(conn: Connection, note_id: int, *, at: datetime | None) -> None:
    """Take a note away, or with None bring it back."""
    execute(conn, "update customer_notes set removed_at = %(at)s where id = %(id)s", {"id": note_id, "at": at})


def set_pinned(conn: Connection, note_id: int, *, pinned: bool) -> None:
    """Pin a note, or take the pin out."""
    execute(conn, "update customer_notes set pinned = %(pinned)s where id = %(id)s", {"id": note_id, "pinned": pinned})
