"""SQL of the fact behind noise of the kind "the same words again": how often the author of a post wrote its very text before."""

from collections.abc import Sequence
from dataclasses import dataclass

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import PostId


@dataclass(frozen=True, kw_only=True, slots=True)
class _Before:
    post_id: PostId
    repeats: int


def count(conn: Connection, post_ids: Sequence[PostId]) -> dict[PostId, int]:
    """Return how many of the author's last 20 posts before each post say the same; none: it is left out."""
    found = fetch_all(
        conn,
        _Before,
        """
        select p.id as post_id, before.repeats
        from posts p
        cross join lateral (
          select count(*)::integer as repeats from (
            select text from posts o where o.author_id = p.author_id and o.id < p.id order by o.published_at desc limit 20
          ) earlier where earlier.text = p.text
        ) before
        where p.id = any(%(ids)s) and before.repeats > 0
        """,
        {"ids": list(post_ids)},
    )
    return {row.post_id: row.repeats for row in found}
