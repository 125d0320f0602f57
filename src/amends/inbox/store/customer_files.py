"""SQL of the files that lie with a customer."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class FileRow:
    """A file without its content."""

    id: int
    customer_id: CustomerId
    name: str
    media_type: str
    size: int
    agent: str | None
    created_at: datetime
    removed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """A file's content, with how it is handed out."""

    name: str
    media_type: str
    body: bytes


def of_customer(conn: Connection, customer_id: CustomerId, *, limit: int = 100) -> list[FileRow]:
    """Return the files of a customer, the newest first."""
    return fetch_all(
        conn,
        FileRow,
        """
        select f.id, f.customer_id, f.name, f.media_type, f.size, g.name as agent, f.created_at, f.removed_at
        from customer_files f left join agents g on g.id = f.agent_id
        where f.customer_id = %(customer_id)s and f.removed_at is null order by f.created_at desc, f.id desc limit %(limit)s
        """,
        {"customer_id": customer_id, "limit": limit},
    )


def find(conn: Connection, file_id: int, *, customer_id: CustomerId) -> FileRow | None:
    """Return a file of a customer, removed or not, locked until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        FileRow,
        """
        select f.id, f.customer_id, f.name, f.media_type, f.size, g.name as agent, f.created_at, f.removed_at
        from customer_files f left join agents g on g.id = f.agent_id
        where f.id = %(id)s and f.customer_id = %(customer_id)s for update of f
        """,
        {"id": file_id, "customer_id": customer_id},
    )


def content(conn: Connection, file_id: int, *, customer_id: CustomerId) -> Content | None:
    """Return what is in a file of a customer, or None."""
    return fetch_maybe(
        conn,
        Content,
        """
        select name, media_type, body from customer_files
        where id = %(id)s and customer_id = %(customer_id)s and removed_at is null
        """,
        {"id": file_id, "customer_id": customer_id},
    )


def insert(conn: Connection, customer_id: CustomerId, new: Content, *, agent_id: AgentId | None, now: datetime) -> int:
    """Store a file and return its id."""
    return fetch_values(
        conn,
        """
        insert into customer_files (customer_id, name, media_type, size, body, agent_id, created_at)
        values (%(customer_id)s, %(name)s, %(media_type)s, %(size)s, %(body)s, %(agent_id)s, %(now)s) returning id
        """,
        {
            "customer_id": customer_id,
            "name": new.name,
            "media_type": new.media_type,
            "size": len(new.body),
            "body": new.body,
            "agent_id": agent_id,
            "now": now,
        },
    )[0]


def set_removed(conn: Connection, file_id: int, *, at: datetime | None) -> None:
    """Take a file away, or with None bring it back."""
    execute(conn, "update customer_files set removed_at = %(at)s where id = %(id)s", {"id": file_id, "at": at})
