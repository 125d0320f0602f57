"""What changed in the customer's record; notes, files and purchases that were added stand in the timeline themselves."""

from amends.core.database import Connection, fetch_all
from amends.core.translating import N_
from amends.inbox.store.timeline_kinds._entry import Asked, Entry

NAME = N_("Changes")


def rows(conn: Connection, asked: Asked) -> list[Entry]:
    """Return changes; of what lies sealed they have no values."""
    return fetch_all(
        conn,
        Entry,
        """
        select 'change' as kind, c.id, c.at, c.field as detail, coalesce(g.name, '') as by,
               jsonb_build_object('origin', c.origin, 'note', c.origin_note, 'was', c.was, 'became', c.became) as facts
        from customer_changes c left join agents g on g.id = c.agent_id
        where c.customer_id = %(customer_id)s and (c.at, c.id) < (%(at)s, %(id)s)
          and not (c.was is null and c.field in ('notes', 'files', 'purchases'))
          and (%(part)s = '' or concat_ws(' ', c.was #>> '{}', c.became #>> '{}') ilike %(part)s)
        order by c.at desc, c.id desc limit %(limit)s
        """,
        asked.params("change"),
    )
