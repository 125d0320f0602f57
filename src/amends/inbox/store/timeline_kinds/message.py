"""What we wrote to the customer on occasions."""

from typing import LiteralString

from amends.core.translating import N_
from amends.inbox.rules.rights import Scope

NAME = N_("Messages")


def rows(_scope: Scope) -> LiteralString:
    """Return the SQL of the messages that went out; `detail` is the occasion."""
    return """
        select 'message' as kind, m.id, m.sent_at as at, m.text, o.name as detail, '' as network, null::bigint as case_id, '' as by,
               '' as mood, m.language, jsonb_build_object('subject', m.subject, 'to', w.value) as facts
        from occasion_messages m join occasions o on o.id = m.occasion_id left join contact_ways w on w.id = m.contact_way_id
        where m.customer_id = %(customer_id)s and m.sent_at is not null and (m.sent_at, m.id) < (%(at)s, %(below_message)s)
          and (%(part)s = '' or m.text ilike %(part)s or m.subject ilike %(part)s)
        order by m.sent_at desc, m.id desc limit %(limit)s
    """
