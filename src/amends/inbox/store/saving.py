"""SQL of saving: of those who save one thing at the same moment, one comes after the other."""

from amends.core.database import Connection, execute


def alone(conn: Connection, thing: str) -> None:
    """Let nobody else save a thing ("team 3") until the transaction ends; also where it has no row of its own to lock."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('saving ' || %(thing)s, 0))", {"thing": thing})
