"""What changed in the customer's record; notes, files and purchases that were added stand in the timeline themselves."""

from typing import LiteralString

from amends.core.translating import N_
from amends.inbox.rules.rights import Scope

NAME = N_("Changes")


def rows(_scope: Scope) -> LiteralString:
    """Return the SQL of changes, also of the records that are part of this one now; of what lies sealed they have no values.

    A change of such a record names it as `record`; that its handles went over stands in the record that they went to.
    Each record's history is read by its own index, a page of it at most.
    """
    return """
        select 'change' as kind, c.id, c.at, '' as text, c.field as detail, '' as network, null::bigint as case_id,
               coalesce(g.name, '') as by, '' as mood, '' as language,
               jsonb_build_object('origin', c.origin, 'note', c.origin_note, 'program', c.program, 'was', c.was, 'became', c.became,
                 'record', case when c.customer_id <> %(customer_id)s then jsonb_build_object('id', u.id, 'name', u.name) end) as facts
        from customers whole cross join unnest(customer_parts(whole.id)) part(id) cross join lateral (
          select * from customer_changes c
          where c.customer_id = part.id and (c.at, c.id) < (%(at)s, %(below_change)s)
            and not (c.was is null and c.field in ('notes', 'files', 'purchases'))
            and not (c.customer_id <> %(customer_id)s and c.field = 'handles' and c.origin in ('merge', 'unmerge'))
            and (%(part)s = '' or concat_ws(' ', c.was #>> '{}', c.became #>> '{}') ilike %(part)s)
          order by c.at desc, c.id desc limit %(limit)s
        ) c
        join customers u on u.id = c.customer_id left join agents g on g.id = c.agent_id
        where whole.id = %(customer_id)s
        order by c.at desc, c.id desc limit %(limit)s
    """
