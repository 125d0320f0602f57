"""Files that were laid to the customer."""

from typing import LiteralString

from amends.core.translating import N_
from amends.inbox.rules.rights import Scope
from amends.inbox.store.timeline_kinds._added import added

NAME = N_("Files")


def rows(_scope: Scope) -> LiteralString:
    """Return the SQL of files, without what is in them."""
    return (
        """
        select 'file' as kind, f.id, f.created_at as at, f.name as text, f.media_type as detail, '' as network, null::bigint as case_id,
               coalesce(g.name, added.by) as by, '' as mood, '' as language, added.facts || jsonb_build_object('size', f.size) as facts
        from (
          select * from customer_files f
          where f.customer_id = %(customer_id)s and f.removed_at is null and (f.created_at, f.id) < (%(at)s, %(below_file)s)
            and (%(part)s = '' or f.name ilike %(part)s)
          order by f.created_at desc, f.id desc limit %(limit)s
        ) f left join agents g on g.id = f.agent_id
        """
        + added("files", "f")
        + "order by f.created_at desc, f.id desc"
    )
