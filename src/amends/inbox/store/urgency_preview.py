"""SQL of the preview of other weights: last week's posts on the desk with the shares of their verdicts, and the words of those shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.rules.text import preview
from amends.inbox.rules.urgency_preview import Weighable


def recent(conn: Connection, *, since: datetime, waits: Sequence[timedelta], now: datetime, limit: int) -> list[Weighable]:
    """Return the newest `limit` posts on the desk published after `since`; `waits` end the stretches of waiting."""
    return fetch_all(
        conn,
        Weighable,
        """
        select p.id as post_id, p.case_id, v.sentiment, v.shares,
          case when c.status = 'open'
               then (select count(*) from unnest(%(waits)s::interval[]) as wait where c.waiting_since <= %(now)s - wait)
               else 0 end as waited
        from (
          select id, case_id from posts where case_id is not null and published_at >= %(since)s order by published_at desc limit %(limit)s
        ) p
        join verdicts v on v.post_id = p.id and v.shares <> '{}' join cases c on c.id = p.case_id
        order by p.id desc
        """,
        {"since": since, "waits": list(waits), "now": now, "limit": limit},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The beginning of a post, and who wrote it."""

    post_id: PostId
    case_id: CaseId
    text: str
    language: str
    author: str
    network: str


def words_of(conn: Connection, post_ids: Sequence[PostId]) -> dict[PostId, Words]:
    """Return the first words of posts, without personal data: lists travel further than cases."""
    found = fetch_all(
        conn,
        Words,
        """
        select p.id as post_id, p.case_id, p.text, v.language, p.network,
          coalesce(nullif(a.name, ''), a.handle) as author
        from posts p join authors a on a.id = p.author_id join verdicts v on v.post_id = p.id where p.id = any(%(ids)s)
        """,
        {"ids": list(post_ids)},
    )
    return {row.post_id: replace(row, text=preview(row.text, row.language)) for row in found}
