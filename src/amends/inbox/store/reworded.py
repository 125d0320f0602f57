"""SQL of posts to judge anew, edited since or of another language: found, judged in place or sent through triage again."""

from collections.abc import Sequence
from dataclasses import dataclass

from amends.core.database import Connection, execute, fetch_all
from amends.inbox.rules.ids import PostId


@dataclass(frozen=True, kw_only=True, slots=True)
class Reworded:
    """An edited post; `status` is that of its case, None where it is in none."""

    id: PostId
    status: str | None
    is_judged: bool
    is_corrected: bool


def claim(conn: Connection, *, limit: int) -> list[Reworded]:
    """Lock and return edited posts, the first stored first, and take them off the list; those that another worker holds are passed over."""
    return fetch_all(
        conn,
        Reworded,
        """
        with taken as (
          select id, case_id from posts where reworded order by id limit %(limit)s for no key update skip locked
        ), off as (
          update posts p set reworded = false from taken where p.id = taken.id
        )
        select taken.id, c.status, exists (select from verdicts v where v.post_id = taken.id) as is_judged,
          exists (select from corrections k where k.post_id = taken.id and k.ended_at is null) as is_corrected
        from taken left join cases c on c.id = taken.case_id
        order by taken.id
        """,
        {"limit": limit},
    )


def read_anew(conn: Connection, *, post_id: PostId) -> None:
    """Let a triaged post be read and judged again, in the language that holds now."""
    execute(
        conn,
        """
        with unread as (delete from readings where post_id = %(id)s)
        update posts set reworded = true where id = %(id)s and triaged_at is not null and deleted_at is null
        """,
        {"id": post_id},
    )


def send_back(conn: Connection, post_ids: Sequence[PostId]) -> None:
    """Let posts be triaged as if they were new; one that is in a case keeps its place there."""
    execute(
        conn,
        "update posts set triaged_at = null, route = null, route_why = '' where id = any(%(ids)s) and deleted_at is null",
        {"ids": list(post_ids)},
    )
    execute(
        conn,
        "delete from verdicts v using posts p where p.id = v.post_id and v.post_id = any(%(ids)s) and p.triaged_at is null",
        {"ids": list(post_ids)},
    )
