"""SQL of what a sync could not take over from a system, and of whom the system deleted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_values

DELETED = "deleted"
"""Stands in place of a field where the system deleted the whole person."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """Somebody as a system told of them, and who that is here, if anybody; `pieces` are the fields and ways that were left, with why."""

    sync_id: int
    external_id: str
    pieces: dict[str, str]
    at: datetime
    customer_id: int | None
    name: str | None


def keep(conn: Connection, sync_id: int, external_id: str, pieces: Mapping[str, str], *, now: datetime) -> None:
    """Keep what of a person was left now in place of what was left before; nothing, where all of it was taken."""
    given = {"sync_id": sync_id, "external_id": external_id, "pieces": json.dumps(dict(pieces)), "now": now}
    if not pieces:
        execute(conn, "delete from sync_left_out where sync_id = %(sync_id)s and external_id = %(external_id)s", given)
        return
    execute(
        conn,
        """
        insert into sync_left_out (sync_id, external_id, pieces, at) values (%(sync_id)s, %(external_id)s, %(pieces)s::jsonb, %(now)s)
        on conflict (sync_id, external_id) do update set pieces = excluded.pieces, at = excluded.at
        """,
        given,
    )


def newest(conn: Connection, sync_id: int, *, limit: int) -> list[LeftOut]:
    """Return of whom something was left last, the newest first."""
    return fetch_all(
        conn,
        LeftOut,
        """
        select l.sync_id, l.external_id, l.pieces, l.at, u.id as customer_id, u.name
        from sync_left_out l join syncs s on s.id = l.sync_id
        left join customer_refs f on f.system = s.system and f.external_id = l.external_id
        left join customers u on u.id = customer_root(f.customer_id)
        where l.sync_id = %(sync_id)s order by l.at desc, l.external_id limit %(limit)s
        """,
        {"sync_id": sync_id, "limit": limit},
    )


def deleted(conn: Connection, *, system: str, customers: Sequence[int]) -> set[int]:
    """Return whom of these a system deleted: it had numbers for them, and has none any more."""
    found = fetch_values(
        conn,
        """
        select customer_id from customer_refs
        where customer_id = any(%(customers)s) and system = %(system)s and part_of is null
        group by customer_id having bool_and(gone_at is not null)
        """,
        {"system": system, "customers": list(customers)},
    )
    return set(found)
