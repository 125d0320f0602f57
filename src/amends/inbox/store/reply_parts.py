"""SQL of the posts that one reply goes out as."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.core.ports import Published
from amends.inbox.rules.ids import ReplyId


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One of the posts that is out."""

    text: str
    external_id: str
    permalink: str
    published_at: datetime

    @property
    def published(self) -> Published:
        """What the network said of it."""
        return Published(external_id=self.external_id, permalink=self.permalink, published_at=self.published_at)


def insert(conn: Connection, *, reply_id: ReplyId, texts: Sequence[str], keys: Sequence[UUID]) -> None:
    """Store the posts of a reply in their order."""
    execute(
        conn,
        """
        insert into reply_parts (reply_id, number, text, key)
        select %(id)s, number, text, key from unnest(%(texts)s::text[], %(keys)s::uuid[]) with ordinality as part(text, key, number)
        """,
        {"id": reply_id, "texts": list(texts), "keys": list(keys)},
    )


def replace(conn: Connection, *, reply_id: ReplyId, texts: Sequence[str], keys: Sequence[UUID]) -> None:
    """Store other posts for a reply of which none is out."""
    execute(conn, "delete from reply_parts where reply_id = %(id)s", {"id": reply_id})
    insert(conn, reply_id=reply_id, texts=texts, keys=keys)


def are_there(conn: Connection, *, reply_id: ReplyId) -> bool:
    """Tell whether the reply goes out as several posts."""
    return bool(fetch_values(conn, "select exists (select from reply_parts where reply_id = %(id)s)", {"id": reply_id})[0])


def mark_out(conn: Connection, *, reply_id: ReplyId, number: int, published: Published) -> bool:
    """Keep that the network has one of the posts; False where that was known."""
    touched = execute(
        conn,
        """
        update reply_parts set external_id = %(external_id)s, permalink = %(permalink)s, published_at = %(published_at)s
        where reply_id = %(id)s and number = %(number)s and external_id is null
        """,
        {
            "id": reply_id,
            "number": number,
            "external_id": published.external_id,
            "permalink": published.permalink,
            "published_at": published.published_at,
        },
    )
    return touched == 1


def go_on(conn: Connection, *, reply_id: ReplyId, now: datetime) -> bool:
    """Queue the reply for its next post with fresh tries; False where all of them are out."""
    touched = execute(
        conn,
        """
        update replies set state = 'queued', error = '', advice = '', attempts = 0, next_at = %(now)s, claimed_until = null
        where id = %(id)s and state <> 'sent' and exists (select from reply_parts where reply_id = %(id)s and external_id is null)
        """,
        {"id": reply_id, "now": now},
    )
    return touched == 1


def out(conn: Connection, *, reply_id: ReplyId) -> list[Part]:
    """Return the posts of the reply that the network has, in order."""
    return fetch_all(
        conn,
        Part,
        """
        select text, external_id, permalink, published_at from reply_parts
        where reply_id = %(id)s and external_id is not null order by number
        """,
        {"id": reply_id},
    )


def forget_rest(conn: Connection, *, reply_id: ReplyId) -> None:
    """Leave the reply at the posts that are out."""
    execute(
        conn,
        """
        with rest as (delete from reply_parts where reply_id = %(id)s and external_id is null)
        update replies
        set text = (select string_agg(text, E'\\n' order by number) from reply_parts where reply_id = %(id)s and external_id is not null)
        where id = %(id)s
        """,
        {"id": reply_id},
    )
