"""SQL of the fact behind the reason "repeat complaint": how often the authors of posts complained before, in other threads."""

from collections.abc import Sequence
from dataclasses import dataclass

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import PostId
from amends.inbox.rules.placing import Claimed
from amends.inbox.store.judged import Judged


@dataclass(frozen=True, kw_only=True, slots=True)
class _Before:
    post_id: PostId
    complaints: int


def count(conn: Connection, posts: Sequence[Claimed | Judged]) -> dict[PostId, int]:
    """Return how many other threads the customer began to complain in within 30 days before each post; none: it is left out.

    One query for the batch, over all linked handles; of each post the newest 100 earlier ones are looked at. `coalesce` keeps the database
    from the index of all posts on the desk by their time: in a flood its statistics are of yesterday, and that walk grows with the flood.
    """
    found = fetch_all(
        conn,
        _Before,
        """
        select given.post_id, earlier.complaints
        from unnest(%(ids)s::bigint[], %(authors)s::bigint[], %(sources)s::bigint[], %(roots)s::text[], %(times)s::timestamptz[])
          as given(post_id, author_id, source_id, root_id, at)
        cross join lateral (
          select count(distinct (p.source_id, p.root_id))::integer as complaints
          from (
            select recent.id, recent.source_id, recent.root_id
            from (
              select given.author_id
              union select other.author_id from customer_links own join customer_links other using (customer_id)
              where own.author_id = given.author_id
            ) handle
            cross join lateral (
              select id, source_id, root_id, published_at from posts
              where author_id = handle.author_id and published_at < given.at and published_at >= given.at - interval '30 days'
                and coalesce(case_id, 0) > 0 and deleted_at is null and (source_id, root_id) <> (given.source_id, given.root_id)
              order by published_at desc limit 100
            ) recent
            order by recent.published_at desc limit 100
          ) p
          join verdicts v on v.post_id = p.id
          where v.complaint >= 0.5
        ) earlier
        where earlier.complaints > 0
        """,
        {
            "ids": [post.id for post in posts],
            "authors": [post.author_id for post in posts],
            "sources": [post.source_id for post in posts],
            "roots": [post.root_id for post in posts],
            "times": [post.published_at for post in posts],
        },
    )
    return {row.post_id: row.complaints for row in found}
