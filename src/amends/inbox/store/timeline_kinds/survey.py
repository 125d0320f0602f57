"""What the customer said when we asked whether it is solved."""

from typing import LiteralString

from amends.core.translating import N_
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes

NAME = N_("Surveys")


def rows(scope: Scope) -> LiteralString:
    """Return the SQL of answered surveys about cases within the scope."""
    return (
        """
        select 'survey' as kind, s.id, s.answered_at as at, s.word as text, '' as detail, '' as network, s.case_id, '' as by, '' as mood,
               s.language, jsonb_build_object('csat', s.csat, 'solved', s.solved) as facts
        from surveys s join cases c on c.id = s.case_id
        where s.customer_id = %(customer_id)s and s.answered_at is not null and (s.answered_at, s.id) < (%(at)s, %(below_survey)s)
          and (%(part)s = '' or s.word ilike %(part)s)
        """
        + scopes.within(scope)
        + " order by s.answered_at desc, s.id desc limit %(limit)s"
    )
