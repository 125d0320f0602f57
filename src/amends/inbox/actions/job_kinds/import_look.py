"""Looks a file of people over: what each row says, who that is, and what would change. Nothing is changed. The dry run of an import.

While the database compares some rows, the next are read: with two processors it takes as long as the slower of both alone.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import ENGLISH, speaking
from amends.inbox.actions import customer_import
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.rules.import_rows import Reader, Surroundings
from amends.inbox.store import import_match, import_rows, imports, people
from amends.inbox.store.import_rows import RawRow, Read
from amends.inbox.store.imports import Import
from amends.inbox.store.jobs import Job

ROWS, PIECE = 8_000, 2_000


def total(conn: Connection, job: Job) -> int:
    """Return how many rows the file has."""
    return customer_import.found(conn, _id(job)).total


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:
    """Look over the next rows after `job.position`; why one is refused is said in the language of who asked."""
    one = customer_import.found(conn, _id(job))
    rows = import_rows.raw(conn, one.id, after=job.position, limit=ROWS)
    known = customer_import.known_attributes(conn)
    columns = one.shown_columns
    at = Surroundings(
        attributes=known,
        owners=imports.owners(conn),
        year_now=tools.clock().year,
        currencies={column.name: column.currency for column in columns},
        escaped=one.kind == "csv",
    )
    reader = Reader([column.name for column in columns], one.mapping, at)
    with speaking(people.profile(conn, job.agent_id).interface_language if job.agent_id else ENGLISH):
        _read_and_keep(conn, one, reader, [row for row in rows if not row.refused])
    upto = rows[-1].number if rows else job.position
    is_over = len(rows) < ROWS
    if is_over:
        import_match.refuse_doubles(conn, one, one.mapping)
        customer_import.conclude(conn, one, "looked", agent_id=job.agent_id, now=tools.clock())
    else:
        imports.let_disk_follow(conn)
    return Portion(position=upto, done=len(rows), over=is_over)


def _read_and_keep(conn: Connection, one: Import, reader: Reader, rows: Sequence[RawRow]) -> None:
    """Keep what the rows say; nothing else uses the connection meanwhile, so one thread beside may."""
    mapping = one.mapping
    with ThreadPoolExecutor(max_workers=1) as beside:
        kept: Future[None] | None = None
        for start in range(0, len(rows), PIECE):
            read = [_read(reader, row) for row in rows[start : start + PIECE]]
            if kept:
                kept.result()
            kept = beside.submit(import_match.keep, conn, one, mapping, read)
        if kept:
            kept.result()


def _read(reader: Reader, row: RawRow) -> Read:
    try:
        return Read(number=row.number, given=reader.read(row.cells))
    except Refused as error:
        return Read(number=row.number, given=None, reason=str(error)[:500])


def _id(job: Job) -> int:
    return int(str(job.facts["import"]))
