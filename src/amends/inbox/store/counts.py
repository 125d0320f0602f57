"""SQL of the case counters: triggers append deltas, the sweep folds them, readers add both up."""

from dataclasses import dataclass

from amends.core.database import Connection, execute, fetch_all


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many cases a view holds, such as `status:open`, `unassigned`, `needs_look`, `mine:7`."""

    view: str
    n: int


def fold(conn: Connection) -> int:
    """Add the deltas to the sums and return how many views that touched."""
    return execute(
        conn,
        """
        with gone as (delete from case_count_deltas returning view, delta)
        insert into case_counts (view, n)
        select view, sum(delta) from gone group by view order by view
        on conflict (view) do update set n = case_counts.n + excluded.n
        """,
    )


def read(conn: Connection) -> dict[str, int]:
    """Return the count of every view that holds cases."""
    counts = fetch_all(
        conn,
        Count,
        """
        select view, sum(n)::bigint as n
        from (select view, n from case_counts union all select view, delta from case_count_deltas) both_parts
        group by view having sum(n) <> 0
        """,
    )
    return {count.view: count.n for count in counts}
