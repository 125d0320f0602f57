"""SQL of what other systems call customers."""

from datetime import datetime

from amends.core.database import Connection, execute, fetch_values


def lock(conn: Connection, *, system: str, external_id: str) -> None:
    """Wait until nobody else writes about this number of this system."""
    execute(
        conn,
        "select pg_advisory_xact_lock(hashtextextended('reference ' || %(system)s || ' ' || %(external_id)s, 0))",
        {"system": system, "external_id": external_id},
    )


def add(conn: Connection, *, system: str, external_id: str, customer_id: int, now: datetime) -> None:
    """Keep what a system calls a customer; a number stays whose it was."""
    execute(
        conn,
        """
        insert into customer_refs (system, external_id, customer_id, seen_at)
        values (%(system)s, %(external_id)s, %(customer_id)s, %(now)s) on conflict (system, external_id) do nothing
        """,
        {"system": system, "external_id": external_id, "customer_id": customer_id, "now": now},
    )


def of_customer(conn: Connection, *, system: str, customer_id: int) -> str | None:
    """Return what a system calls a customer, or None."""
    found = fetch_values(
        conn,
        """
        select external_id from customer_refs where customer_id = %(customer_id)s and system = %(system)s
        order by part_of is not null, seen_at, external_id limit 1
        """,
        {"system": system, "customer_id": customer_id},
    )
    return str(found[0]) if found else None


def told_as_from(conn: Connection, system: str) -> None:
    """Mark what this transaction changes as come from a system, which is not told of it again."""
    execute(conn, "select set_config('amends.synced', %(system)s, true)", {"system": system})


def tell_again(conn: Connection, customer_id: int) -> None:
    """Put a customer into the feed as changed by us, so that every system is told how they are."""
    execute(
        conn,
        """
        insert into customer_feed (customer_id, kind, version, origin)
        select id, 'changed', version, '' from customers where id = %(id)s
        """,
        {"id": customer_id},
    )


def set_gone(conn: Connection, *, system: str, external_id: str, at: datetime | None) -> None:
    """Keep since when a system has nobody by this number any more (None: it has); where that is so already, no row is touched or held."""
    execute(
        conn,
        """
        update customer_refs set gone_at = %(at)s
        where system = %(system)s and external_id = %(external_id)s and (gone_at is null) = (%(at)s::timestamptz is not null)
        """,
        {"system": system, "external_id": external_id, "at": at},
    )
