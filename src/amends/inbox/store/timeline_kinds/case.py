"""The customer's cases, at the moment they were opened, with what became of them."""

from typing import LiteralString

from amends.core.translating import N_
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes

NAME = N_("Cases")


def rows(scope: Scope) -> LiteralString:
    """Return the SQL of cases, as far as the reader sees them."""
    return (
        """
        select 'case' as kind, c.id, c.opened_at as at, c.preview as text, c.status as detail, c.network, c.id as case_id,
               coalesce(g.name, '') as by, '' as mood, c.language,
               jsonb_build_object('episode', c.episode, 'resolved_at', c.resolved_at, 'outcome', (
                 select outcome from episodes e where e.case_id = c.id and outcome is not null order by number desc limit 1
               )) as facts
        from (
          select c.* from cases c
          where c.customer_id = %(customer_id)s and c.opened_at <= %(at)s and (c.opened_at, c.id) < (%(at)s, %(below_case)s)
            and (%(part)s = '' or c.preview ilike %(part)s)
        """
        + scopes.within(scope)
        + """
          order by c.opened_at desc fetch first %(limit)s rows with ties
        ) c left join agents g on g.id = c.assignee_id
        order by c.opened_at desc, c.id desc limit %(limit)s
        """
    )
