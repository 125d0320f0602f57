"""What colleagues noted of the person, and calls, e-mails, visits and letters."""

from amends.core.database import Connection, fetch_all
from amends.core.translating import N_
from amends.inbox.store.timeline_kinds._entry import Asked, Entry

NAME = N_("Notes, calls and visits")


def rows(conn: Connection, asked: Asked) -> list[Entry]:
    """Return notes; `detail` says of what."""
    return fetch_all(
        conn,
        Entry,
        """
        select 'note' as kind, n.id, n.at, n.text, n.kind as detail, coalesce(g.name, '') as by,
               jsonb_build_object('incoming', n.incoming, 'pinned', n.pinned, 'agent_id', n.agent_id) as facts
        from customer_notes n left join agents g on g.id = n.agent_id
        where n.customer_id = %(customer_id)s and n.removed_at is null and (n.at, n.id) < (%(at)s, %(id)s)
          and (%(part)s = '' or n.text ilike %(part)s)
        order by n.at desc, n.id desc limit %(limit)s
        """,
        asked.params("note"),
    )
