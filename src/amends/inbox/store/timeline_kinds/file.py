"""Files that were laid to the customer."""

from amends.core.database import Connection, fetch_all
from amends.core.translating import N_
from amends.inbox.store.timeline_kinds._entry import Asked, Entry

NAME = N_("Files")


def rows(conn: Connection, asked: Asked) -> list[Entry]:
    """Return files, without what is in them."""
    return fetch_all(
        conn,
        Entry,
        """
        select 'file' as kind, f.id, f.created_at as at, f.name as text, f.media_type as detail, coalesce(g.name, '') as by,
               jsonb_build_object('size', f.size) as facts
        from customer_files f left join agents g on g.id = f.agent_id
        where f.customer_id = %(customer_id)s and f.removed_at is null and (f.created_at, f.id) < (%(at)s, %(id)s)
          and (%(part)s = '' or f.name ilike %(part)s)
        order by f.created_at desc, f.id desc limit %(limit)s
        """,
        asked.params("file"),
    )
