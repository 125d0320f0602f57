"""SQL of pictures that go out with a reply; their bytes are here only as long as they are needed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.core.ports import Attachment
from amends.inbox.rules.ids import AgentId, AttachmentId, CaseId, ReplyId


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A stored picture; `content` is None once its bytes are gone."""

    id: AttachmentId
    case_id: CaseId
    agent_id: AgentId
    reply_id: ReplyId | None
    content_type: str
    content: bytes | None = field(repr=False)


def insert(conn: Connection, *, case_id: CaseId, agent_id: AgentId, content_type: str, content: bytes, now: datetime) -> AttachmentId:
    """Store a picture that belongs to no reply yet, and return its id."""
    values = fetch_values(
        conn,
        """
        insert into reply_attachments (case_id, agent_id, content_type, size, content, created_at)
        values (%(case_id)s, %(agent_id)s, %(content_type)s, %(size)s, %(content)s, %(now)s) returning id
        """,
        {
            "case_id": case_id,
            "agent_id": agent_id,
            "content_type": content_type,
            "size": len(content),
            "content": content,
            "now": now,
        },
    )
    return AttachmentId(values[0])


def count_loose(conn: Connection, *, case_id: CaseId, agent_id: AgentId) -> int:
    """Return how many pictures an agent has added in a case that belong to no reply yet."""
    [found] = fetch_values(
        conn,
        "select count(*) from reply_attachments where case_id = %(case_id)s and agent_id = %(agent_id)s and reply_id is null",
        {"case_id": case_id, "agent_id": agent_id},
    )
    return int(found)


def find(conn: Connection, attachment_id: AttachmentId) -> Picture | None:
    """Return the picture, or None."""
    return fetch_maybe(
        conn,
        Picture,
        "select id, case_id, agent_id, reply_id, content_type, content from reply_attachments where id = %(id)s",
        {"id": attachment_id},
    )


def attach(  # noqa: PLR0913
    conn: Connection, attachment_id: AttachmentId, *, reply_id: ReplyId, case_id: CaseId, agent_id: AgentId, place: int, alt: str
) -> bool:
    """Give a loose picture to a reply of its agent and case; False where it is none such."""
    touched = execute(
        conn,
        """
        update reply_attachments set reply_id = %(reply_id)s, place = %(place)s, alt = %(alt)s
        where id = %(id)s and reply_id is null and case_id = %(case_id)s and agent_id = %(agent_id)s
        """,
        {"id": attachment_id, "reply_id": reply_id, "case_id": case_id, "agent_id": agent_id, "place": place, "alt": alt},
    )
    return touched == 1


def loosen(conn: Connection, *, reply_id: ReplyId, now: datetime) -> None:
    """Take the pictures from a reply, for its agent to send anew."""
    execute(
        conn, "update reply_attachments set reply_id = null, created_at = %(now)s where reply_id = %(id)s", {"id": reply_id, "now": now}
    )


def of_reply(conn: Connection, *, reply_id: ReplyId) -> Sequence[Attachment]:
    """Return the pictures of a reply as its collector takes them."""
    return fetch_all(
        conn,
        Attachment,
        """
        select content, content_type, alt from reply_attachments where reply_id = %(id)s and content is not null order by place, id
        """,
        {"id": reply_id},
    )


def drop_content(conn: Connection, *, reply_id: ReplyId) -> None:
    """Forget the bytes of a reply's pictures; that there were pictures, and what they showed, stays."""
    execute(conn, "update reply_attachments set content = null where reply_id = %(id)s and content is not null", {"id": reply_id})


def delete_loose(conn: Connection, attachment_id: AttachmentId, *, agent_id: AgentId) -> bool:
    """Delete a picture of this agent that belongs to no reply; False where there is none such."""
    touched = execute(
        conn,
        "delete from reply_attachments where id = %(id)s and agent_id = %(agent_id)s and reply_id is null",
        {"id": attachment_id, "agent_id": agent_id},
    )
    return touched == 1


def drop_forgotten(conn: Connection, *, before: datetime) -> int:
    """Delete pictures that were added before `before` and never sent, and return how many."""
    return execute(conn, "delete from reply_attachments where reply_id is null and created_at < %(before)s", {"before": before})
