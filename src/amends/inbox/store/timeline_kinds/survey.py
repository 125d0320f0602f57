"""What the customer said when we asked whether it is solved."""

from amends.core.database import Connection, fetch_all
from amends.core.translating import N_
from amends.inbox.store import scopes
from amends.inbox.store.timeline_kinds._entry import Asked, Entry

NAME = N_("Surveys")


def rows(conn: Connection, asked: Asked) -> list[Entry]:
    """Return answered surveys about cases within the scope."""
    return fetch_all(
        conn,
        Entry,
        """
        select 'survey' as kind, s.id, s.answered_at as at, s.word as text, s.case_id, s.language,
               jsonb_build_object('csat', s.csat, 'solved', s.solved) as facts
        from surveys s join cases c on c.id = s.case_id
        where s.customer_id = %(customer_id)s and s.answered_at is not null and (s.answered_at, s.id) < (%(at)s, %(id)s)
          and (%(part)s = '' or s.word ilike %(part)s)
        """
        + scopes.within(asked.scope)
        + " order by s.answered_at desc, s.id desc limit %(limit)s",
        asked.params("survey"),
    )
