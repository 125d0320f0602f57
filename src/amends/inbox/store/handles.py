"""SQL of look-alike handles over the networks."""

from dataclasses import dataclass

from amends.core.database import Connection, fetch_all, fetch_maybe
from amends.inbox.rules.identity import Candidate, Handle
from amends.inbox.rules.ids import AuthorId, CustomerId

MOST = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    network: str
    external_id: str
    handle: str
    customer_id: CustomerId


def find(conn: Connection, *, author_id: AuthorId) -> Handle | None:
    """Return the author's handle, or None."""
    return fetch_maybe(conn, Handle, "select network, external_id, handle from authors where id = %(id)s", {"id": author_id})


def alike(conn: Connection, *, handle: str) -> list[Candidate]:
    """Return at most 20 handles with a customer that read the same but for punctuation and case."""
    found = fetch_all(
        conn,
        _Known,
        """
        select a.network, a.external_id, a.handle, l.customer_id
        from authors a join customer_links l on l.author_id = a.id
        where lower(regexp_replace(a.handle, '[^[:alnum:]]', '', 'g')) = lower(regexp_replace(%(handle)s, '[^[:alnum:]]', '', 'g'))
        order by a.id limit %(most)s
        """,
        {"handle": handle, "most": MOST},
    )
    return [
        Candidate(handle=Handle(network=one.network, external_id=one.external_id, handle=one.handle), customer_id=one.customer_id)
        for one in found
    ]
