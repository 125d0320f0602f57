"""What colleagues noted of the person, and calls, e-mails, visits and letters."""

from typing import LiteralString

from amends.core.translating import N_
from amends.inbox.rules.rights import Scope
from amends.inbox.store.timeline_kinds._added import added

NAME = N_("Notes, calls and visits")


def rows(_scope: Scope) -> LiteralString:
    """Return the SQL of notes; `detail` says of what."""
    return (
        """
        select 'note' as kind, n.id, n.at, n.text, n.kind as detail, '' as network, null::bigint as case_id,
               coalesce(g.name, added.by) as by, '' as mood, '' as language,
               added.facts || jsonb_build_object('incoming', n.incoming, 'pinned', n.pinned, 'agent_id', n.agent_id) as facts
        from (
          select * from customer_notes n
          where n.customer_id = %(customer_id)s and n.removed_at is null and (n.at, n.id) < (%(at)s, %(below_note)s)
            and (%(part)s = '' or n.text ilike %(part)s)
          order by n.at desc, n.id desc limit %(limit)s
        ) n left join agents g on g.id = n.agent_id
        """
        + added("notes", "n")
        + "order by n.at desc, n.id desc"
    )
