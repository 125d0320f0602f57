"""SQL of what goes over when two records become one, and comes back. The one list of the tables that name a customer.

A table that a later migration adds is named here, or a test fails: it moves row by row, follows the handles, or stays with its record.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.rules.ids import AuthorId, CustomerId, MergeId
from amends.inbox.store.customer_changes import Source

MOVES: Mapping[LiteralString, LiteralString] = {
    "customer_links": "author_id",
    "contact_ways": "id",
    "consents": "id",
    "purchases": "id",
    "important_dates": "id",
    "customer_notes": "id",
    "customer_files": "id",
    "memberships": "id",
    "customer_refs": "id",
    "occasion_messages": "id",
    "incident_answers": "id",
}
"""Each table whose rows go over, with the column that names a row."""

ONCE: Mapping[str, LiteralString] = {
    "occasion_messages": """
      and not exists (select from occasion_messages o
        where o.customer_id = %(to)s and o.occasion_id = occasion_messages.occasion_id and o.turn = occasion_messages.turn)
    """,
    "incident_answers": """
      and not exists (select from incident_answers o
        where o.customer_id = %(to)s and o.round_id = incident_answers.round_id)
    """,
}
"""What somebody has once only stays with the absorbed record where the survivor has it too."""

FOLLOWS = frozenset({"cases", "surveys"})
"""Tables whose rows are always where their author is."""

STAYS = frozenset(
    {
        "customers",
        "customer_changes",
        "merges",
        "match_suggestions",
        "identity_backlog",
        "privacy_requests",
        "openings",
        "import_records",
        "customer_feed",
        "webhook_deliveries",
        "customer_facts",
        "customer_facts_backlog",
        "sensitive_values",
    }
)
"""Tables that speak of the record itself: its own history, what it is part of, what was asked about it, who was told of it, its figures.

What lies sealed is copied rather than moved, in `sealed_merges`.
"""


def move_all(conn: Connection, merge_id: MergeId, *, absorbed_id: CustomerId, survivor_id: CustomerId) -> dict[str, int]:
    """Hand everything over to the survivor, keep what went, and return how many rows of each table did."""
    ids = {"merge_id": merge_id, "from": absorbed_id, "to": survivor_id}
    moved = {table: _move(conn, table, key, ids) for table, key in MOVES.items()}
    moved["cases"] = follow(conn, moved_authors(conn, merge_id), customer_id=survivor_id)
    return {table: count for table, count in moved.items() if count}


def _move(conn: Connection, table: LiteralString, key: LiteralString, ids: Mapping[str, int]) -> int:
    query: LiteralString = (
        "with moved as (update "
        + table
        + " set customer_id = %(to)s where customer_id = %(from)s"
        + ONCE.get(table, "")
        + " returning "
        + key
        + " as id) insert into merge_moves (merge_id, place, ids) select %(merge_id)s, %(table)s, array_agg(id order by id) from moved"
        + " having count(*) > 0 returning cardinality(ids)"
    )
    return next(iter(fetch_values(conn, query, {"table": table} | dict(ids))), 0)


def follow(conn: Connection, author_ids: Sequence[AuthorId], *, customer_id: CustomerId) -> int:
    """Hand the cases of these handles to the customer, with what we asked about them, and return how many cases went.

    They are locked in the order in which everybody locks them.
    """
    return fetch_values(
        conn,
        """
        with theirs as (
          select id from cases where author_id = any(%(authors)s::bigint[]) and customer_id <> %(customer)s order by id for no key update
        ), moved as (
          update cases c set customer_id = %(customer)s from theirs where c.id = theirs.id returning c.id
        ), asked as (
          update surveys s set customer_id = %(customer)s from moved where s.case_id = moved.id
        )
        select count(*)::int from moved
        """,
        {"customer": customer_id, "authors": list(author_ids)},
    )[0]


def take_back(
    conn: Connection, merge_id: MergeId, *, owners: Sequence[CustomerId], absorbed_id: CustomerId, since: datetime
) -> dict[str, list[int]]:
    """Give the absorbed record back what went over in a merge and is with one of `owners` still, and return which rows of each table.

    The last of them is who the others are part of, where all is but what they had already (`ONCE`). What came `since` goes where its author
    goes: cases, and what was said of consent for a handle or a contact way.
    """
    ids = {"merge_id": merge_id, "owners": list(owners), "owner": owners[-1], "to": absorbed_id}
    found = {table: _take_back(conn, table, key, ids) for table, key in MOVES.items()}
    found["consents"] += _consents_since(conn, ids | {"authors": found["customer_links"], "ways": found["contact_ways"], "since": since})
    follow(conn, [AuthorId(one) for one in found["customer_links"]], customer_id=absorbed_id)
    return {table: rows for table, rows in found.items() if rows}


def _take_back(conn: Connection, table: LiteralString, key: LiteralString, ids: Mapping[str, object]) -> list[int]:
    query: LiteralString = (
        "update "
        + table
        + " set customer_id = %(to)s where customer_id = any(%(owners)s) and "
        + key
        + " = any((select ids from merge_moves where merge_id = %(merge_id)s and place = %(table)s)::bigint[]) returning "
        + key
    )
    return fetch_values(conn, query, {"table": table} | dict(ids))


def _consents_since(conn: Connection, params: Mapping[str, object]) -> list[int]:
    return fetch_values(
        conn,
        """
        update consents set customer_id = %(to)s
        where customer_id = %(owner)s and at >= %(since)s
          and (author_id = any(%(authors)s::bigint[]) or contact_way_id = any(%(ways)s::bigint[]))
        returning id
        """,
        params,
    )


def forget(conn: Connection, merge_ids: Sequence[MergeId], rows: Mapping[str, Sequence[int]]) -> None:
    """Take rows off the lists of other merges, so that their undoing leaves them where they are."""
    for place, ids in rows.items():
        execute(
            conn,
            """
            update merge_moves set ids = array(select unnest(ids) except select unnest(%(ids)s::bigint[]) order by 1)
            where merge_id = any(%(merges)s::bigint[]) and place = %(place)s
            """,
            {"merges": list(merge_ids), "place": place, "ids": list(ids)},
        )


def merges_within(conn: Connection, customer_id: CustomerId) -> list[MergeId]:
    """Return the merges by which something is part of a record now."""
    query: LiteralString = "select id from merges where undone_at is null and absorbed_id = any(customer_parts(%(id)s)) order by id"
    return fetch_values(conn, query, {"id": customer_id})


def moved_authors(conn: Connection, merge_id: MergeId) -> list[AuthorId]:
    """Return the handles that went over in a merge."""
    query: LiteralString = "select unnest(ids) from merge_moves where merge_id = %(id)s and place = 'customer_links' order by 1"
    return fetch_values(conn, query, {"id": merge_id})


def count_all(conn: Connection, customer_id: CustomerId) -> dict[str, int]:
    """Return how many rows of each table would go over."""
    counts = {
        table: fetch_values(conn, "select count(*)::int from " + table + " where customer_id = %(id)s", {"id": customer_id})[0]
        for table in (*MOVES, "cases")
    }
    return {table: count for table, count in counts.items() if count}


def keep_the_stricter(conn: Connection, *, one: CustomerId, other: CustomerId, source: Source, basis: str, now: datetime) -> list[int]:
    """Revoke for `one`, who survives, what either of two has revoked and the other has given, before they become one; return the rows.

    For the same way, and for all ways; who withdrew all outweighs what the other gave for a way later.
    """
    return fetch_values(
        conn,
        """
        with force as (
          select distinct on (c.customer_id, c.purpose, c.contact_way_id, c.author_id)
            c.customer_id, c.purpose, c.contact_way_id, c.author_id, c.given, c.at, w.kind, w.normal,
            c.contact_way_id is null and c.author_id is null as every
          from consents c left join contact_ways w on w.id = c.contact_way_id
          where c.customer_id in (%(one)s, %(other)s)
          order by c.customer_id, c.purpose, c.contact_way_id, c.author_id, c.at desc, c.id desc
        )
        insert into consents (customer_id, contact_way_id, author_id, purpose, given, basis, agent_id, program, at)
        select distinct %(one)s::bigint, yes.contact_way_id, yes.author_id, yes.purpose, false, %(basis)s, %(agent_id)s::bigint,
          %(program)s, %(now)s
        from force yes join force no on no.customer_id <> yes.customer_id and no.purpose = yes.purpose and yes.given and not no.given
        where (yes.every and no.every) or (yes.kind = no.kind and yes.normal = no.normal) or (no.every and not yes.every and yes.at > no.at)
        returning id
        """,
        {"one": one, "other": other, "agent_id": source.by, "program": source.token, "basis": basis, "now": now},
    )


def drop_consents(conn: Connection, ids: Sequence[int]) -> None:
    """Take what a merge itself wrote out of the log of consent, now that it is undone."""
    execute(conn, "delete from consents where id = any(%(ids)s::bigint[])", {"ids": list(ids)})
