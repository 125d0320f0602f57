"""Importing customers, for benchmarks: new people, the same file again, and the way back, against a bare COPY of the same cells."""

import csv
from collections.abc import Callable, Generator
from pathlib import Path
from tempfile import TemporaryDirectory

from amends.cli.measuring.row import Row, seconds
from amends.core.clock import utc_now
from amends.core.database import Connection, Pool, connect, copy_rows, execute
from amends.inbox.actions import customer_import, jobs
from amends.inbox.actions.job_kinds import Tools
from amends.inbox.rules.ids import JobId
from amends.inbox.store import jobs as job_rows
from amends.triage.loading import default_classifier

MOST = 200_000
AT_LEAST, BACK_AT_LEAST = 5_000, 2_000
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
        return [_row(f"{most:,} customers {what}", most / taken, floor) for what, taken in _taken(pool, path).items()]


def _taken(pool: Pool, path: Path) -> dict[str, float]:
    """Return how long each step takes; at the end the database is as it was."""
    known: list[int] = []
    looked = seconds(lambda: known.append(_looked_over(pool, path)))
    imported = seconds(lambda: _imported(pool, known[0]))
    return {
        "read and looked over (a dry run)": looked,
        "imported": imported,
        "from the file to their records, in all": looked + imported,
        "from the same file again, in all": seconds(lambda: _imported(pool, _looked_over(pool, path))),
        "taken back": seconds(lambda: _worked(pool, lambda conn: customer_import.undo(conn, known[0], agent_id=None, now=utc_now()))),
    }


def _people(full: int) -> Generator[list[str]]:
    for n in range(full):
        day = f"{1920 + n % 90}-{n % 12 + 1:02}-{n % 28 + 1:02}"
        tags = "vip" if n % 7 == 0 else ""
        who = [f"C{n}", f"Kavindi{n}", "Perera", f"Company {n % 500}", f"k{n}@mail.example", f"+9477{n:07}"]
        yield [*who, day, "Pilot", ("en", "ta", "si")[n % 3], tags]


def _looked_over(pool: Pool, path: Path) -> int:
    with pool.transaction() as conn:
        one = customer_import.take_in(conn, path, name=path.name, agent_id=None, now=utc_now())
    _worked(pool, lambda conn: customer_import.look_over(conn, one.id, one.mapping, agent_id=None, now=utc_now()))
    return one.id


def _imported(pool: Pool, import_id: int) -> None:
    _worked(pool, lambda conn: customer_import.run(conn, import_id, agent_id=None, now=utc_now()))


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
    least = BACK_AT_LEAST if operation.endswith("back") else AT_LEAST
    return Row(
        operation=operation,
        product=round(product),
        floor=round(floor),
        unit="rows/s",
        ratio=round(product / floor, 3),
        goal=f">= {least:,} rows/s",
        met=product >= least,
    )
