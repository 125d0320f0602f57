"""SQL of sealed values when two records become one, and two again. Each record keeps its own; the survivor has copies of what it took."""

from collections.abc import Sequence

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.rules.ids import CustomerId, MergeId

NOBODY = CustomerId(0)


def set_aside(conn: Connection, merge_id: MergeId, keys: Sequence[str]) -> list[str]:
    """Put the survivor's values of these attributes aside where the absorbed record has some too, and return of which it did."""
    return fetch_values(
        conn,
        """
        update sensitive_values o set aside_of = m.id
        from merges m join sensitive_values t on t.customer_id = m.absorbed_id and t.aside_of is null
        join attributes a on a.id = t.attribute_id
        where m.id = %(merge)s and a.key = any(%(keys)s::text[])
          and o.customer_id = m.survivor_id and o.aside_of is null and o.attribute_id = t.attribute_id
        returning a.key
        """,
        {"merge": merge_id, "keys": list(keys)},
    )


def take(conn: Connection, merge_id: MergeId) -> list[str]:
    """Let the survivor have what it holds nothing of and the absorbed record does, and return the keys of these attributes."""
    return fetch_values(
        conn,
        """
        insert into sensitive_values (customer_id, attribute_id, sealed, agent_id, set_at, taken_by)
        select m.survivor_id, t.attribute_id, t.sealed, t.agent_id, t.set_at, m.id
        from merges m join sensitive_values t on t.customer_id = m.absorbed_id and t.aside_of is null
        where m.id = %(merge)s and not exists (
          select from sensitive_values o where o.customer_id = m.survivor_id and o.attribute_id = t.attribute_id and o.aside_of is null
        )
        returning (select key from attributes a where a.id = attribute_id)
        """,
        {"merge": merge_id},
    )


def give_back(conn: Connection, merge_id: MergeId, *, unless: CustomerId = NOBODY) -> None:
    """Let what was put aside in a merge count again in place of what was taken, unless that record still has what was taken.

    What somebody changed since stays changed.
    """
    params = {"merge": merge_id, "unless": unless}
    execute(
        conn,
        """
        update sensitive_values v set sealed = own.sealed, agent_id = own.agent_id, set_at = own.set_at, taken_by = own.taken_by
        from sensitive_values own
        where v.taken_by = %(merge)s and own.aside_of = %(merge)s and own.attribute_id = v.attribute_id and not exists (
          select from sensitive_values s where s.customer_id = %(unless)s and s.attribute_id = v.attribute_id and s.aside_of is null
        )
        """,
        params,
    )
    execute(
        conn,
        """
        delete from sensitive_values v where (v.taken_by = %(merge)s or v.aside_of = %(merge)s) and not exists (
          select from sensitive_values s where s.customer_id = %(unless)s and s.attribute_id = v.attribute_id and s.aside_of is null
        )
        """,
        params,
    )


def take_anew(conn: Connection, merge_id: MergeId, absorbed_id: CustomerId) -> None:
    """Let what was taken in a merge be what the absorbed record holds by now."""
    execute(
        conn,
        """
        update sensitive_values v set sealed = s.sealed, agent_id = s.agent_id, set_at = s.set_at from sensitive_values s
        where v.taken_by = %(merge)s and s.customer_id = %(absorbed)s and s.aside_of is null and s.attribute_id = v.attribute_id
        """,
        {"merge": merge_id, "absorbed": absorbed_id},
    )
    give_back(conn, merge_id, unless=absorbed_id)
