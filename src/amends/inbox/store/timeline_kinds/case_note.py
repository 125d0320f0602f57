"""What colleagues noted in the customer's cases."""

from amends.core.database import Connection, fetch_all
from amends.core.translating import N_
from amends.inbox.store import scopes
from amends.inbox.store.timeline_kinds._entry import Asked, Entry

NAME = N_("Notes in cases")


def rows(conn: Connection, asked: Asked) -> list[Entry]:
    """Return notes, as far as the reader sees their cases."""
    return fetch_all(
        conn,
        Entry,
        """
        select 'case_note' as kind, n.id, n.created_at as at, n.text, n.case_id, n.by, n.network
        from (
          select one.* from unnest(%(authors)s::bigint[]) handle(author_id)
          cross join lateral (
            select n.*, g.name as by, c.network from notes n join cases c on c.id = n.case_id join agents g on g.id = n.agent_id
            where n.author_id = handle.author_id and n.created_at <= %(at)s and (n.created_at, n.id) < (%(at)s, %(id)s)
              and (%(part)s = '' or n.text ilike %(part)s)
        """
        + scopes.within(asked.scope)
        + """
            order by n.created_at desc, n.id desc limit %(limit)s
          ) one
          order by one.created_at desc, one.id desc limit %(limit)s
        ) n
        order by n.created_at desc, n.id desc
        """,
        asked.params("case_note"),
    )
