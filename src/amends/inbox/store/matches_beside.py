"""SQL of who may be the same person as a customer, as it is said beside a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import AuthorId, CustomerId, MatchId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import match_suggestions, scopes
from amends.inbox.store.match_suggestions import Suggestion


@dataclass(frozen=True, kw_only=True, slots=True)
class Maybe:
    """Another record that may be the same person's, with the chance and what speaks for it, and one handle of theirs."""

    match_id: MatchId
    customer_id: CustomerId
    customer: str
    score: float
    reasons: Sequence[dict[str, Any]]
    author_id: AuthorId | None
    network: str | None
    handle: str | None
    cases: int


def beside(conn: Connection, customer_id: int, scope: Scope) -> list[Maybe]:
    """Return the likeliest open suggestions about a customer, within the scope."""
    found = match_suggestions.of_customer(conn, CustomerId(customer_id), scope)
    if not found:
        return []
    return fetch_all(
        conn,
        Maybe,
        """
        select s.id as match_id, u.id as customer_id, u.name as customer, s.score, s.reasons, a.id as author_id, a.network, a.handle,
               (select count(*)::int from cases c where c.customer_id = u.id
        """
        + scopes.within(scope)
        + """
               ) as cases
        from match_suggestions s
        join customers u on u.id = case when s.one_id = %(customer_id)s then s.other_id else s.one_id end
        left join lateral (
          select a.* from customer_links l join authors a on a.id = l.author_id where l.customer_id = u.id order by a.id limit 1
        ) a on true
        where s.id = any(%(ids)s::bigint[]) order by s.score desc, s.id desc
        """,
        {"customer_id": customer_id, "ids": [one.id for one in found]} | scopes.params(scope),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Named:
    id: int
    name: str


def names(conn: Connection, found: Sequence[Suggestion]) -> dict[int, str]:
    """Return what the records of suggestions are called: by their name, else by a handle."""
    rows = fetch_all(
        conn,
        _Named,
        """
        select u.id, coalesce(nullif(u.name, ''), (
          select a.handle from customer_links l join authors a on a.id = l.author_id where l.customer_id = u.id order by a.id limit 1
        ), '#' || u.id) as name
        from customers u where u.id = any(%(ids)s::bigint[])
        """,
        {"ids": [one for match in found for one in (match.one_id, match.other_id)]},
    )
    return {row.id: row.name for row in rows}
