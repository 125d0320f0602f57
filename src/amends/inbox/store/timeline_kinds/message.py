"""What we wrote to the customer on occasions."""

from amends.core.database import Connection, fetch_all
from amends.core.translating import N_
from amends.inbox.store.timeline_kinds._entry import Asked, Entry

NAME = N_("Messages")


def rows(conn: Connection, asked: Asked) -> list[Entry]:
    """Return the messages that went out; `detail` is the occasion."""
    return fetch_all(
        conn,
        Entry,
        """
        select 'message' as kind, m.id, m.sent_at as at, m.text, o.name as detail, m.language,
               jsonb_build_object('subject', m.subject, 'to', w.value) as facts
        from occasion_messages m join occasions o on o.id = m.occasion_id left join contact_ways w on w.id = m.contact_way_id
        where m.customer_id = %(customer_id)s and m.sent_at is not null and (m.sent_at, m.id) < (%(at)s, %(id)s)
          and (%(part)s = '' or m.text ilike %(part)s or m.subject ilike %(part)s)
        order by m.sent_at desc, m.id desc limit %(limit)s
        """,
        asked.params("message"),
    )
