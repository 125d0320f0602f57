"""What changed in the customer's record; notes, files and purchases that were added stand in the timeline themselves."""

from typing import LiteralString

from amends.core.translating import N_
from amends.inbox.rules.rights import Scope

NAME = N_("Changes")


def rows(_scope: Scope) -> LiteralString:
    """Return the SQL of changes; of what lies sealed they have no values."""
    return """
        select 'change' as kind, c.id, c.at, '' as text, c.field as detail, '' as network, null::bigint as case_id,
               coalesce(g.name, '') as by, '' as mood, '' as language,
               jsonb_build_object('origin', c.origin, 'note', c.origin_note, 'program', c.program,
                                  'was', c.was, 'became', c.became) as facts
        from customer_changes c left join agents g on g.id = c.agent_id
        where c.customer_id = %(customer_id)s and (c.at, c.id) < (%(at)s, %(below_change)s)
          and not (c.was is null and c.field in ('notes', 'files', 'purchases'))
          and (%(part)s = '' or concat_ws(' ', c.was #>> '{}', c.became #>> '{}') ilike %(part)s)
        order by c.at desc, c.id desc limit %(limit)s
    """
