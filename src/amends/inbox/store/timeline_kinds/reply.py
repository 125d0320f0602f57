"""What we answered the customer, on any network."""

from amends.core.database import Connection, fetch_all
from amends.core.translating import N_
from amends.inbox.store import scopes
from amends.inbox.store.timeline_kinds._entry import Asked, Entry

NAME = N_("Replies")


def rows(conn: Connection, asked: Asked) -> list[Entry]:
    """Return replies, as far as the reader sees their cases; drafts and proposals are none."""
    return fetch_all(
        conn,
        Entry,
        """
        select 'reply' as kind, r.id, r.created_at as at, r.text, r.state as detail, c.network, r.case_id, g.name as by, c.language,
               jsonb_build_object('permalink', r.permalink) as facts
        from (
          select one.* from unnest(%(authors)s::bigint[]) handle(author_id)
          cross join lateral (
            select r.* from replies r join cases c on c.id = r.case_id
            where r.author_id = handle.author_id and r.created_at <= %(at)s and (r.created_at, r.id) < (%(at)s, %(id)s)
              and r.state <> 'proposed' and (%(part)s = '' or r.text ilike %(part)s)
        """
        + scopes.within(asked.scope)
        + """
            order by r.created_at desc, r.id desc limit %(limit)s
          ) one
          order by one.created_at desc, one.id desc limit %(limit)s
        ) r
        join cases c on c.id = r.case_id join agents g on g.id = r.agent_id
        order by r.created_at desc, r.id desc
        """,
        asked.params("reply"),
    )
