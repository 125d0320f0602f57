"""What the customer bought and subscribed to."""

from amends.core.database import Connection, fetch_all
from amends.core.translating import N_
from amends.inbox.store.timeline_kinds._entry import Asked, Entry

NAME = N_("Purchases")


def rows(conn: Connection, asked: Asked) -> list[Entry]:
    """Return purchases and subscriptions."""
    return fetch_all(
        conn,
        Entry,
        """
        select 'purchase' as kind, p.id, p.bought_at as at, p.name as text, p.kind as detail,
               jsonb_build_object('order_number', p.order_number, 'amount', p.amount::text, 'currency', p.currency, 'state', p.state,
                                  'renews_on', p.renews_on, 'ended_at', p.ended_at, 'system', p.system) as facts
        from purchases p
        where p.customer_id = %(customer_id)s and (p.bought_at, p.id) < (%(at)s, %(id)s)
          and (%(part)s = '' or p.name ilike %(part)s or p.order_number ilike %(part)s
               or order_key(%(part)s) <> '' and order_key(p.order_number) like '%%' || order_key(%(part)s) || '%%')
        order by p.bought_at desc, p.id desc limit %(limit)s
        """,
        asked.params("purchase"),
    )
