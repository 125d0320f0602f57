"""Who added what stands in a timeline itself, as the history of the record has it."""

from typing import LiteralString


def added(field: LiteralString, row: LiteralString) -> LiteralString:
    """Return the join that says of a `row` of the record's `field` who added it, and with what; it reads one row of the history.

    `added.by` is empty and `added.facts` holds nulls where the history was let go.
    Ordered by a sum, so that the index of 0102 is used: by `c.id` alone the planner walks the whole history in its order to save a sort.
    """
    return (
        """
        left join lateral (
          select g.name, c.origin, c.origin_note from customer_changes c left join agents g on g.id = c.agent_id
          where c.field = '"""
        + field
        + "' and c.was is null and (c.became ->> 'id')::bigint = "
        + row
        + """.id
          order by c.id + 0 limit 1
        ) first on true
        cross join lateral (
          select coalesce(first.name, '') as by, jsonb_build_object('origin', first.origin, 'note', first.origin_note) as facts
        ) added
        """
    )
