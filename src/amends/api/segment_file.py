"""The members of a segment as a file: CSV that no spreadsheet runs as a formula, written as it is read, however many there are."""

import csv
from collections.abc import Generator, Iterable
from io import StringIO

from amends.core.database import Pool
from amends.inbox.actions.customer_figures import as_seen
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.export_files import harmless
from amends.inbox.store import segment_members
from amends.inbox.store.customer_sql import Condition
from amends.inbox.store.segment_members import Member

BATCH = 1_000
HEADER = ("id", "name", "languages", "tags", "owner", "mood", "risk", "open_cases", "cases", "last_contact", "since", "do_not_contact")


def batches(pool: Pool, asked: Condition, asker: Asker) -> Generator[list[Member]]:
    """Yield all members as the asker sees them, some at a time, in the order of their ids."""
    above = 0
    while True:
        with pool.transaction() as conn:
            rows = segment_members.batch(conn, asked, above=above, limit=BATCH)
            shown = as_seen(conn, rows, asker.scope, now=asker.now)
        if not rows:
            return
        above = rows[-1].id
        yield shown


def as_csv(some: Iterable[list[Member]]) -> Generator[str]:
    """Yield the file, a header first."""
    yield _lines([HEADER])
    for rows in some:
        yield _lines([_cells(row) for row in rows])


def _cells(row: Member) -> list[str]:
    contact = row.last_contact_at.isoformat() if row.last_contact_at else ""
    texts = (row.name, " ".join(row.languages), ", ".join(row.tags), row.owner or "", row.mood, row.risk)
    rest = (str(row.open_cases), str(row.cases), contact, row.created_at.isoformat(), "yes" if row.do_not_contact else "no")
    return [str(row.id), *(harmless(text) for text in texts), *rest]


def _lines(rows: Iterable[Iterable[str]]) -> str:
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
