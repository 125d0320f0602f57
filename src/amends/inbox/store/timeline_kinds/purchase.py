"""What the customer bought and subscribed to."""

from typing import LiteralString

from amends.core.translating import N_
from amends.inbox.rules.rights import Scope
from amends.inbox.store.timeline_kinds._added import added

NAME = N_("Purchases")


def rows(_scope: Scope) -> LiteralString:
    """Return the SQL of purchases and subscriptions."""
    return (
        """
        select 'purchase' as kind, p.id, p.bought_at as at, p.name as text, p.kind as detail, '' as network, null::bigint as case_id,
               added.by, '' as mood, '' as language,
               added.facts || jsonb_build_object('order_number', p.order_number, 'amount', p.amount::text, 'currency', p.currency,
                 'state', p.state, 'renews_on', p.renews_on, 'ended_at', p.ended_at, 'system', p.system) as facts
        from (
          select * from purchases p
          where p.customer_id = %(customer_id)s and (p.bought_at, p.id) < (%(at)s, %(below_purchase)s)
            and (%(part)s = '' or p.name ilike %(part)s or p.order_number ilike %(part)s
                 or order_key(%(part)s) <> '' and order_key(p.order_number) like '%%' || order_key(%(part)s) || '%%')
          order by p.bought_at desc, p.id desc limit %(limit)s
        ) p
        """
        + added("purchases", "p")
        + "order by p.bought_at desc, p.id desc"
    )
