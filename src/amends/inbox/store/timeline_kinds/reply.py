"""What we answered the customer, on any network."""

from typing import LiteralString

from amends.core.translating import N_
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes

NAME = N_("Replies")


def rows(scope: Scope) -> LiteralString:
    """Return the SQL of replies, as far as the reader sees their cases; drafts and proposals are none."""
    return (
        """
        select 'reply' as kind, r.id, r.created_at as at, r.text, r.state as detail, c.network, r.case_id, g.name as by, '' as mood,
               c.language, jsonb_build_object('permalink', r.permalink, 'elsewhere', r.elsewhere) as facts
        from (
          select one.* from customer_links handle
          cross join lateral (
            select r.* from replies r join cases c on c.id = r.case_id
            where r.author_id = handle.author_id and r.created_at <= %(at)s and (r.created_at, r.id) < (%(at)s, %(below_reply)s)
              and r.state <> 'proposed' and (%(part)s = '' or r.text ilike %(part)s)
        """
        + scopes.within(scope)
        + """
            order by r.created_at desc, r.id desc limit %(limit)s
          ) one
          where handle.customer_id = %(customer_id)s
          order by one.created_at desc, one.id desc limit %(limit)s
        ) r
        join cases c on c.id = r.case_id join agents g on g.id = r.agent_id
        """
    )
