"""SQL of what outside systems have still to be told: whose numbers became one, which are two again, and which are to be forgotten.

`customer_refs.part_of` keeps which number a system was told to be part of which, so that a merge that is taken back is told exactly.
"""

from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.inbox.rules.ids import MergeId
from amends.inbox.rules.sync_news import News


def add_merged(conn: Connection, customer_id: int, refs: Sequence[int], *, now: datetime) -> None:
    """Make these numbers of a customer part of the one that each system knew them by before; lay that down for the syncs."""
    execute(
        conn,
        """
        with standing as (
          select id, external_id, first_value(external_id) over (
            partition by system order by id = any(%(refs)s::bigint[]), seen_at, external_id) as kept
          from customer_refs where customer_id = %(customer_id)s and part_of is null and system not like 'file %%'
        ), joined as (
          update customer_refs r set part_of = s.kept from standing s
          where r.id = s.id and r.id = any(%(refs)s::bigint[]) and s.kept <> s.external_id
          returning r.id, r.system, r.external_id, r.part_of
        )
        insert into sync_news (sync_id, kind, external_id, other_id, at)
        select s.id, 'merged', j.external_id, j.part_of, %(now)s from joined j join syncs s on s.system = j.system order by j.id
        """,
        {"customer_id": customer_id, "refs": list(refs), "now": now},
    )


def moved(conn: Connection, merge_id: MergeId) -> list[int]:
    """Return the numbers that went over in a merge."""
    return fetch_values(
        conn, "select unnest(ids) from merge_moves where merge_id = %(id)s and place = 'customer_refs' order by 1", {"id": merge_id}
    )


def add_unmerged(conn: Connection, customers: Sequence[int], *, now: datetime) -> list[int]:
    """Let numbers of these customers that are part of somebody else's stand again, lay that down, and return them."""
    return fetch_values(
        conn,
        """
        with parted as (
          update customer_refs r set part_of = null from customer_refs k
          where r.customer_id = any(%(customers)s) and k.system = r.system and k.external_id = r.part_of and k.customer_id <> r.customer_id
          returning r.id, r.system, r.external_id, k.external_id as other_id
        ), told as (
          insert into sync_news (sync_id, kind, external_id, other_id, at)
          select s.id, 'unmerged', p.external_id, p.other_id, %(now)s from parted p join syncs s on s.system = p.system order by p.id
        )
        select id from parted order by id
        """,
        {"customers": list(customers), "now": now},
    )


def add_erased(conn: Connection, customers: Sequence[int], *, now: datetime) -> None:
    """Take the numbers of customers who are forgotten; what a sync has to tell of them is laid down, what it left out goes."""
    execute(
        conn,
        """
        with gone as (delete from customer_refs where customer_id = any(%(customers)s) returning id, system, external_id
        ), left_out as (
          delete from sync_left_out l using gone g join syncs s on s.system = g.system
          where l.sync_id = s.id and l.external_id = g.external_id
        )
        insert into sync_news (sync_id, kind, external_id, at)
        select s.id, 'erased', g.external_id, %(now)s from gone g join syncs s on s.system = g.system order by g.id
        """,
        {"customers": list(customers), "now": now},
    )


def add_gone(conn: Connection, sync_id: int, numbers: Sequence[str], *, now: datetime) -> None:
    """Lay down that these numbers, which were just given to people who are no more, are to be forgotten."""
    execute(
        conn,
        """
        insert into sync_news (sync_id, kind, external_id, at)
        select s.id, 'erased', n.number, %(now)s from syncs s cross join unnest(%(numbers)s::text[]) n(number) where s.id = %(sync_id)s
        """,
        {"sync_id": sync_id, "numbers": list(numbers), "now": now},
    )


def add_late(conn: Connection, system: str, customers: Sequence[int], *, now: datetime) -> None:
    """Lay down what happened to customers while the system gave them a number: who is erased by then, and who became part of another."""
    gone = "select id from customers where id = any(%(customers)s) and erased_at is not null"
    add_erased(conn, fetch_values(conn, gone, {"customers": list(customers)}), now=now)
    execute(
        conn,
        """
        with late as (
          select r.id, (
            select k.external_id from customer_refs k
            where k.customer_id = customer_root(r.customer_id) and k.system = r.system and k.part_of is null
            order by k.seen_at, k.external_id limit 1) as kept
          from customer_refs r join customers c on c.id = r.customer_id
          where r.customer_id = any(%(customers)s) and r.system = %(system)s and r.part_of is null and c.merged_into is not null
        ), joined as (
          update customer_refs r set part_of = l.kept from late l where r.id = l.id and l.kept is not null
          returning r.id, r.system, r.external_id, r.part_of
        )
        insert into sync_news (sync_id, kind, external_id, other_id, at)
        select s.id, 'merged', j.external_id, j.part_of, %(now)s from joined j join syncs s on s.system = j.system order by j.id
        """,
        {"system": system, "customers": list(customers), "now": now},
    )


def add_of_before(conn: Connection, sync_id: int, *, now: datetime) -> None:
    """Lay down for a new sync which of its system's numbers became one already."""
    execute(
        conn,
        """
        insert into sync_news (sync_id, kind, external_id, other_id, at)
        select s.id, 'merged', r.external_id, r.part_of, %(now)s from syncs s join customer_refs r on r.system = s.system
        where s.id = %(sync_id)s and r.part_of is not null order by r.id
        """,
        {"sync_id": sync_id, "now": now},
    )


def upcoming(conn: Connection, sync_id: int, *, limit: int) -> list[News]:
    """Return what a sync has to tell next, in the order in which it happened."""
    return fetch_all(
        conn,
        News,
        "select id, kind, external_id, other_id, at from sync_news where sync_id = %(sync_id)s order by id limit %(limit)s",
        {"sync_id": sync_id, "limit": limit},
    )


def drop(conn: Connection, news: Sequence[News]) -> None:
    """Forget what was told."""
    execute(conn, "delete from sync_news where id = any(%(ids)s)", {"ids": [one.id for one in news]})


def is_erased(conn: Connection, sync_id: int, external_id: str) -> bool:
    """Tell whether a system has yet to hear that somebody is forgotten."""
    return fetch_values(
        conn,
        "select exists (select from sync_news where sync_id = %(sync_id)s and external_id = %(external_id)s and kind = 'erased')",
        {"sync_id": sync_id, "external_id": external_id},
    )[0]
