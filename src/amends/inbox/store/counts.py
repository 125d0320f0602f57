"""SQL of the case counters: triggers append deltas by team and source, the sweep folds them, readers add both up within their scope."""

from collections.abc import Iterable
from dataclasses import dataclass

from amends.core.database import Connection, execute, fetch_all
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many cases of a team on a source a view holds, such as `status:open`, `unassigned`, `needs_look`, `mine:7`."""

    view: str
    team_id: int | None
    source_id: int
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sum:
    view: str
    n: int


def fold(conn: Connection) -> int:
    """Add the deltas to the sums and return how many of them that touched."""
    return execute(
        conn,
        """
        with gone as (delete from case_count_deltas returning view, team_id, source_id, delta)
        insert into case_counts (view, team_id, source_id, n)
        select view, team_id, source_id, sum(delta) from gone group by view, team_id, source_id order by view, team_id, source_id
        on conflict (view, team_id, source_id) do update set n = case_counts.n + excluded.n
        """,
    )


def by_place(conn: Connection) -> list[Count]:
    """Return every counter by team and source, those that are zero too."""
    return fetch_all(
        conn,
        Count,
        """
        select view, team_id, source_id, sum(n)::bigint as n
        from (
          select view, team_id, source_id, n from case_counts
          union all select view, team_id, source_id, delta from case_count_deltas
        ) both_parts
        group by view, team_id, source_id
        """,
    )


def summed(counts: Iterable[Count], scope: Scope) -> dict[str, int]:
    """Return what each view holds within a scope."""
    found: dict[str, int] = {}
    for count in counts:
        seen = count.n if scope.holds(team_id=count.team_id, source_id=count.source_id) else 0
        found[count.view] = found.get(count.view, 0) + seen
    return _with_all(found)


def _with_all(found: dict[str, int]) -> dict[str, int]:
    """Return the counters with one of all cases: each has a status."""
    return found | {"all": sum(n for view, n in found.items() if view.startswith("status:"))}


def read(conn: Connection, scope: Scope) -> dict[str, int]:
    """Return what each view holds within a scope, without looking at a case."""
    found = fetch_all(
        conn,
        _Sum,
        """
        select view, sum(n)::bigint as n
        from (
          select view, team_id, source_id, n from case_counts
          union all select view, team_id, source_id, delta from case_count_deltas
        ) c
        where true
        """
        + scopes.within(scope)
        + " group by view",
        scopes.params(scope),
    )
    return _with_all({one.view: one.n for one in found})
