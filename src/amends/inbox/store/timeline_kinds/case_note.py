"""What colleagues noted in the customer's cases."""

from typing import LiteralString

from amends.core.translating import N_
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes

NAME = N_("Notes in cases")


def rows(scope: Scope) -> LiteralString:
    """Return the SQL of notes, as far as the reader sees their cases."""
    return (
        """
        select 'case_note' as kind, n.id, n.created_at as at, n.text, '' as detail, n.network, n.case_id, n.by, '' as mood, '' as language,
               '{}'::jsonb as facts
        from (
          select one.* from customer_links handle
          cross join lateral (
            select n.*, g.name as by, c.network from notes n join cases c on c.id = n.case_id join agents g on g.id = n.agent_id
            where n.author_id = handle.author_id and n.created_at <= %(at)s and (n.created_at, n.id) < (%(at)s, %(below_case_note)s)
              and (%(part)s = '' or n.text ilike %(part)s)
        """
        + scopes.within(scope)
        + """
            order by n.created_at desc, n.id desc limit %(limit)s
          ) one
          where handle.customer_id = %(customer_id)s
          order by one.created_at desc, one.id desc limit %(limit)s
        ) n
        """
    )
