"""SQL of the posts whose words go when somebody is forgotten: theirs, and ours that answer them."""

from collections.abc import Sequence
from dataclasses import dataclass

from amends.core.database import Connection, fetch_all, fetch_values
from amends.inbox.rules.ids import AuthorId, PostId, SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class PostAt:
    """A post, and the source whose ledger holds its body."""

    id: PostId
    source_id: SourceId


def count_posts(conn: Connection, authors: Sequence[AuthorId]) -> int:
    """Return how many posts of theirs still have words."""
    return fetch_values(conn, "select count(*) from posts where author_id = any(%(ids)s) and deleted_at is null", {"ids": list(authors)})[0]


def next_posts(conn: Connection, authors: Sequence[AuthorId], *, after: int, limit: int) -> list[PostAt]:
    """Return the next of their posts that still have words."""
    return fetch_all(
        conn,
        PostAt,
        """
        select id, source_id from posts where author_id = any(%(ids)s) and deleted_at is null and id > %(after)s order by id limit %(limit)s
        """,
        {"ids": list(authors), "after": after, "limit": limit},
    )


def answers_to(conn: Connection, post_ids: Sequence[PostId]) -> list[PostAt]:
    """Return our own posts that answer these and still have words, as the network showed them."""
    return fetch_all(
        conn,
        PostAt,
        """
        with theirs as materialized (
          select id, source_id, external_id, root_id, case_id from posts where id = any(%(ids)s::bigint[])
        ), ours as materialized (
          select o.id, o.source_id, coalesce(o.parent_id, o.root_id) as answers
          from (select distinct source_id, root_id from theirs) t join posts o on o.source_id = t.source_id and o.root_id = t.root_id
          where o.is_own and o.deleted_at is null
        )
        select o.id, o.source_id from ours o join theirs t on t.source_id = o.source_id and t.external_id = o.answers
        union
        select o.id, o.source_id
        from theirs t join replies r on r.case_id = t.case_id and r.post_id = t.id left join reply_parts a on a.reply_id = r.id
        join posts o on o.source_id = t.source_id and o.external_id in (r.external_id, a.external_id)
        where o.is_own and o.deleted_at is null
        """,
        {"ids": list(post_ids)},
    )
