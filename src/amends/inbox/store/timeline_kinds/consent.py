"""What the customer said of being written to."""

from amends.core.database import Connection, fetch_all
from amends.core.translating import N_
from amends.inbox.store.timeline_kinds._entry import Asked, Entry

NAME = N_("Consent")


def rows(conn: Connection, asked: Asked) -> list[Entry]:
    """Return what was given and withdrawn; `detail` is the purpose, `by` who wrote it down."""
    return fetch_all(
        conn,
        Entry,
        """
        select 'consent' as kind, s.id, s.at, s.basis as text, s.purpose as detail, coalesce(g.name, '') as by,
               coalesce(a.network, '') as network,
               jsonb_build_object('given', s.given, 'way', w.value, 'handle', a.handle) as facts
        from (
          select * from consents s
          where s.customer_id = %(customer_id)s and (s.at, s.id) < (%(at)s, %(id)s) and (%(part)s = '' or s.basis ilike %(part)s)
          order by s.at desc, s.id desc limit %(limit)s
        ) s
        left join agents g on g.id = s.agent_id left join contact_ways w on w.id = s.contact_way_id
        left join authors a on a.id = s.author_id
        order by s.at desc, s.id desc
        """,
        asked.params("consent"),
    )
