"""SQL of our answers on the case page: how far each is on its way, and what the looks in public found. Four bounded queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import AgentId, AttachmentId, CaseId


@dataclass(frozen=True, kw_only=True, slots=True)
class LookRow:
    """One look whether the public sees an answer; `seen` is visible, apart, hidden or complaint_gone."""

    reply_id: int
    at: datetime
    seen: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PartRow:
    """One of the posts that an answer goes out as; `published_at` is None while it is not out."""

    reply_id: int
    number: int
    text: str
    external_id: str | None
    permalink: str
    published_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureRow:
    """A picture that goes out with an answer; `is_here` until its bytes are forgotten."""

    reply_id: int | None
    id: AttachmentId
    alt: str
    is_here: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyRow:
    """An answer of ours: its state on the way, what to do where it failed, and the proof that it is visible.

    It `is_held` where it never was on its way, since its customer wrote before.
    `elsewhere` where its agent says that they gave it on the network itself: it was not sent from here, and nothing is proven of it.
    """

    id: int
    post_id: int
    agent: str
    text: str
    private: bool
    state: str
    error: str
    advice: str
    attempts: int
    created_at: datetime
    next_at: datetime
    sent_at: datetime | None
    external_id: str | None
    permalink: str
    checked_at: datetime | None
    visible: bool | None
    seen: str | None
    look_at: datetime | None
    agent_id: AgentId
    answers: int
    proposed_why: Sequence[str]
    approved_by: str | None
    proposed_text: str | None
    elsewhere: bool
    is_held: bool = False
    looks: Sequence[LookRow] = ()
    parts: Sequence[PartRow] = ()
    pictures: Sequence[PictureRow] = ()

    @property
    def external_ids(self) -> set[str]:
        """The ids of its posts on the network, as far as it is out."""
        return {found for found in (self.external_id, *(part.external_id for part in self.parts)) if found}


class _OfReply(Protocol):
    @property
    def reply_id(self) -> int | None: ...


Piece = TypeVar("Piece", bound=_OfReply)


def replies(conn: Connection, case_id: int) -> list[ReplyRow]:
    """Return our answers in the case, oldest first."""
    found = fetch_all(
        conn,
        ReplyRow,
        """
        select r.id, r.post_id, g.name as agent, r.text, r.private, r.state, r.error, r.advice, r.attempts, r.created_at, r.next_at,
               r.sent_at, r.external_id, r.permalink, r.checked_at, r.visible, r.seen, r.look_at,
               r.agent_id, r.answers, r.proposed_why, b.name as approved_by, r.proposed_text, r.elsewhere,
               r.state = 'failed' and r.first_try_at is null as is_held
        from replies r join agents g on g.id = r.agent_id left join agents b on b.id = r.approved_by
        where r.case_id = %(case_id)s order by r.created_at, r.id
        """,
        {"case_id": case_id},
    )
    if not found:
        return []
    ids = [reply.id for reply in found]
    looks, parts, pictures = _by_reply(_looks(conn, ids)), _by_reply(_parts(conn, ids)), _by_reply(_pictures(conn, ids))
    return [
        replace(reply, looks=looks.get(reply.id, ()), parts=parts.get(reply.id, ()), pictures=pictures.get(reply.id, ())) for reply in found
    ]


def _by_reply(rows: Iterable[Piece]) -> dict[int | None, list[Piece]]:
    found: dict[int | None, list[Piece]] = {}
    for row in rows:
        found.setdefault(row.reply_id, []).append(row)
    return found


def _looks(conn: Connection, ids: Sequence[int]) -> list[LookRow]:
    return fetch_all(
        conn, LookRow, "select reply_id, at, seen from reply_looks where reply_id = any(%(ids)s) order by id", {"ids": list(ids)}
    )


def _parts(conn: Connection, ids: Sequence[int]) -> list[PartRow]:
    return fetch_all(
        conn,
        PartRow,
        """
        select reply_id, number, text, external_id, permalink, published_at from reply_parts
        where reply_id = any(%(ids)s) order by reply_id, number
        """,
        {"ids": list(ids)},
    )


def _pictures(conn: Connection, ids: Sequence[int]) -> list[PictureRow]:
    return fetch_all(
        conn,
        PictureRow,
        """
        select reply_id, id, alt, content is not null as is_here from reply_attachments
        where reply_id = any(%(ids)s) order by reply_id, place, id
        """,
        {"ids": list(ids)},
    )


def unsent_pictures(conn: Connection, *, case_id: CaseId, agent_id: AgentId) -> list[PictureRow]:
    """Return the pictures that an agent added in a case and did not send yet."""
    return fetch_all(
        conn,
        PictureRow,
        """
        select reply_id, id, alt, true as is_here from reply_attachments
        where case_id = %(case_id)s and agent_id = %(agent_id)s and reply_id is null order by id
        """,
        {"case_id": case_id, "agent_id": agent_id},
    )
