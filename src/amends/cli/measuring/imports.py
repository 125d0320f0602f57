"""Importing customers, for benchmarks: new people, the same file again, and the way back, against a bare COPY of the same cells."""

import csv
from collections.abc import Callable, Generator
from pathlib import Path
from tempfile import TemporaryDirectory

from amends.cli.measuring.row import Row, Timed, seconds
from amends.core.clock import utc_now
from amends.core.database import Connection, Pool, connect, copy_rows, execute
from amends.inbox.actions import customer_import, jobs
from amends.inbox.actions.job_kinds import Tools
from amends.inbox.rules.ids import JobId
from amends.inbox.store import jobs as job_rows
from amends.triage.loading import default_classifier

MOST = 200_000
AT_LEAST = 5_000
COLUMNS = ("Contact ID", "First Name", "Last Name", "Account Name", "Email", "Phone", "Birthdate", "Title", "Language", "Tags")

Start = Callable[[Connection], JobId]


def import_rows(pool: Pool, *, most: int = MOST) -> list[Row]:
    """Return how fast a file of new customers comes in, is found to change nothing the next time, and is taken back."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(_people(most))
        floor = most / seconds(lambda: _copied(pool.url, path))
        told = f"import of {most:,}"
        return [_row(f"{told} {what}", most / seconds(work), floor) for what, work in _ways(pool, path).items()]


def _ways(pool: Pool, path: Path) -> dict[str, Timed]:
    """Return what is done with the file, in this order; at the end the database is as it was."""
    known: list[int] = []
    return {
        "new customers, from the file to their records": lambda: known.append(_imported(pool, path)),
        "the same again": lambda: _imported(pool, path),
        "taken back": lambda: _worked(pool, lambda conn: customer_import.undo(conn, known[0], agent_id=None, now=utc_now())),
    }


def _people(full: int) -> Generator[list[str]]:
    for n in range(full):
        day = f"{1920 + n % 90}-{n % 12 + 1:02}-{n % 28 + 1:02}"
        tags = "vip" if n % 7 == 0 else ""
        who = [f"C{n}", f"Kavindi{n}", "Perera", f"Company {n % 500}", f"k{n}@mail.example", f"+9477{n:07}"]
        yield [*who, day, "Pilot", ("en", "ta", "si")[n % 3], tags]


def _imported(pool: Pool, path: Path) -> int:
    with pool.transaction() as conn:
        one = customer_import.take_in(conn, path, name=path.name, agent_id=None, now=utc_now())
    _worked(pool, lambda conn: customer_import.look_over(conn, one.id, one.mapping, agent_id=None, now=utc_now()))
    _worked(pool, lambda conn: customer_import.run(conn, one.id, agent_id=None, now=utc_now()))
    return one.id


def _worked(pool: Pool, start: Start) -> None:
    with pool.transaction() as conn:
        job_id = start(conn)
    tools = Tools(classifier=default_classifier, clock=utc_now)
    while True:
        with pool.transaction() as conn:
            job = job_rows.claim_this(conn, job_id=job_id)
            if job is None:
                return
            jobs.carry_on(conn, job, tools)


def _copied(url: str, path: Path) -> None:
    """Stream the cells into a bare table."""
    with connect(url) as conn, path.open(encoding="utf-8", newline="") as file:
        execute(conn, "create table bare_people (cells text[])")
        copy_rows(conn, "copy bare_people (cells) from stdin (format binary)", ("text[]",), ([cells] for cells in csv.reader(file)))
        conn.commit()
        execute(conn, "drop table bare_people")


def _row(operation: str, product: float, floor: float) -> Row:
    return Row(
        operation=operation,
        product=round(product),
        floor=round(floor),
        unit="rows/s",
        ratio=round(product / floor, 3),
        goal=f">= {AT_LEAST:,} rows/s",
        met=product >= AT_LEAST,
    )
