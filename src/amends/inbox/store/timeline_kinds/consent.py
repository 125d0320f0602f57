"""What the customer said of being written to."""

from typing import LiteralString

from amends.core.translating import N_
from amends.inbox.rules.rights import Scope

NAME = N_("Consent")


def rows(_scope: Scope) -> LiteralString:
    """Return the SQL of what was given and withdrawn; `detail` is the purpose, `by` who wrote it down, with which program."""
    return """
        select 'consent' as kind, s.id, s.at, s.basis as text, s.purpose as detail, coalesce(a.network, '') as network,
               null::bigint as case_id, coalesce(g.name, '') as by, '' as mood, '' as language,
               jsonb_build_object('given', s.given, 'way', w.value, 'handle', a.handle, 'program', s.program) as facts
        from (
          select * from consents s
          where s.customer_id = %(customer_id)s and (s.at, s.id) < (%(at)s, %(below_consent)s)
            and (%(part)s = '' or s.basis ilike %(part)s)
          order by s.at desc, s.id desc limit %(limit)s
        ) s
        left join agents g on g.id = s.agent_id left join contact_ways w on w.id = s.contact_way_id
        left join authors a on a.id = s.author_id
    """
