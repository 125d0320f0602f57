"""`./amends import customers FILE`: people from CSV, JSON Lines or vCard, looked over first, and by the same way as the page takes."""

import csv
import json
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from amends.cli.running.reach import database
from amends.core.clock import utc_now
from amends.core.database import Connection, Pool
from amends.core.errors import Refused
from amends.inbox.actions import customer_import, jobs
from amends.inbox.actions.job_kinds import Tools
from amends.inbox.rules.export_files import as_it_came
from amends.inbox.rules.ids import JobId
from amends.inbox.rules.import_dates import Order
from amends.inbox.rules.import_mapping import Existing, ImportMapping, MatchBy
from amends.inbox.rules.import_reasons import reason
from amends.inbox.store import import_rows
from amends.inbox.store import jobs as job_rows
from amends.inbox.store.imports import Import
from amends.triage.loading import default_classifier

PAUSE = 0.2
SHOWN = 100
EXAMPLES = 3

Tell = Callable[[int, int], None]


def _pairs(_ctx: click.Context, _option: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in given:
        column, mark, meaning = pair.rpartition("=")
        if not mark:
            raise click.BadParameter(f"{pair!r} is not COLUMN=MEANING")
        found[column.strip()] = meaning.strip()
    return found


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--undo", type=int, metavar="ID", help="Take the import of this number back as a whole; FILE is left out.")
@click.option("--mapping", "named", default="", help="A mapping that was kept under this name.")
@click.option("--map", "columns", multiple=True, callback=_pairs, metavar="COLUMN=FIELD", help="What a column means; may be given often.")
@click.option("--dates", multiple=True, callback=_pairs, metavar="COLUMN=ORDER", help="ymd, dmy, mdy, ydm, excel or my; where several fit.")
@click.option("--system", help="What the system is called that the numbers are of.")
@click.option("--match", type=click.Choice(list(MatchBy)), help="By what a person is known again.")
@click.option("--fill", is_flag=True, help="Only fill what is empty; else the file's values replace ours.")
@click.option("--region", help="The country of phone numbers that name none, such as LK.")
@click.option("--encoding", default="", help="Where it cannot be seen: cp1252, cp1251, shift_jis …")
@click.option("--dry-run", is_flag=True, help="Only look; no customer is changed.")
@click.option("--refused", "report", type=click.Path(dir_okay=False, path_type=Path), help="Write the refused rows into this CSV file.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The installation's folder, where it is not the usual one.")
def customers(  # noqa: PLR0913 - one argument an option
    file: Path | None,
    undo: int | None,
    named: str,
    columns: dict[str, str],
    dates: dict[str, str],
    system: str | None,
    match: str | None,
    region: str | None,
    encoding: str,
    report: Path | None,
    data: Path | None,
    *,
    fill: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take people from FILE (CSV, JSON Lines, vCard; also gzipped) into the running installation.

    What the columns mean is guessed from their names; docs/import-customers.md lists the fields. The same file again changes nothing, and
    an import can be taken back as a whole on its page, or with --undo.
    """
    if (file is None) is (undo is None):
        raise click.UsageError("Give either FILE or --undo.")
    given = {"system": system, "match": MatchBy(match) if match else None, "region": region, "existing": Existing.FILL if fill else None}
    with database(data) as pool, _progress() as tell:
        if file is None:
            click.echo(_undone(pool, undo or 0, tell))
            return
        one = _taken_in(pool, file, encoding)
        mapping = _mapping(pool, one, named, columns, dates, {name: value for name, value in given.items() if value is not None})
        one = _worked(pool, one, tell, lambda conn: customer_import.look_over(conn, one.id, mapping, agent_id=None, now=utc_now()))
        if not dry_run:
            one = _worked(pool, one, tell, lambda conn: customer_import.run(conn, one.id, agent_id=None, now=utc_now()))
        told = _told(pool, one, mapping, dry_run=dry_run)
        if report:
            _write(pool, one, report)
    click.echo("\n".join(_sentences(told)), err=as_json)
    if as_json:
        click.echo(json.dumps(told))


def _taken_in(pool: Pool, file: Path, encoding: str) -> Import:
    with pool.transaction() as conn:
        return customer_import.take_in(conn, file, name=file.name, encoding=encoding, agent_id=None, now=utc_now())


def _undone(pool: Pool, import_id: int, tell: Tell) -> str:
    """Take an import back, and say what became of it."""
    with pool.transaction() as conn:
        one = customer_import.found(conn, import_id)
    one = _worked(pool, one, tell, lambda conn: customer_import.undo(conn, one.id, agent_id=None, now=utc_now()))
    return f"Import {one.id} is taken back; {one.kept:,} rows were left, used or changed since. See /customers/import/{one.id}."


def _mapping(
    pool: Pool, one: Import, named: str, columns: Mapping[str, str], dates: Mapping[str, str], given: Mapping[str, object]
) -> ImportMapping:
    with pool.transaction() as conn:
        mapping = customer_import.fit(conn, one, named) if named else one.mapping
    if unknown := [name for name in (*columns, *dates) if name not in mapping.columns]:
        raise Refused(f"no column {unknown[0]!r} among {', '.join(mapping.columns)[:300]}")
    if wrong := [order for order in dates.values() if order not in list(Order)]:
        raise Refused(f"{wrong[0]!r} is no order of days; there are {', '.join(Order)}")
    orders = {**mapping.dates, **{name: Order(order) for name, order in dates.items()}}
    return replace(mapping, columns={**mapping.columns, **columns}, dates=orders, **given)  # pyright: ignore[reportArgumentType]


def _worked(pool: Pool, one: Import, tell: Tell, start: Callable[[Connection], JobId]) -> Import:
    """Start a job, and do it here a portion at a time, beside whatever worker does so too."""
    with pool.transaction() as conn:
        job_id = start(conn)
    tools = Tools(classifier=default_classifier, clock=utc_now)
    while True:
        with pool.transaction() as conn:
            job = job_rows.claim_this(conn, job_id=job_id)
            if job is not None:
                jobs.carry_on(conn, job, tools)
            now = jobs.job_of(conn, job_id)
        tell(now.done, now.total)
        if not now.is_undone:
            break
        if job is None:
            time.sleep(PAUSE)
    with pool.transaction() as conn:
        if now.state != "done":
            raise Refused(now.error or "the import was stopped")
        return customer_import.found(conn, one.id)


def _told(pool: Pool, one: Import, mapping: ImportMapping, *, dry_run: bool) -> dict[str, object]:
    with pool.transaction() as conn:
        refusals = import_rows.refused(conn, one.id, after=0, limit=SHOWN)
        shown = {outcome: import_rows.examples(conn, one.id, outcome=outcome, limit=EXAMPLES) for outcome in ("made", "changed")}
    return {
        "import": one.id,
        "dry_run": dry_run,
        "rows": one.total,
        "made": one.made,
        "changed": one.changed,
        "same": one.same,
        "refused": one.refused,
        "left_out": one.notes,
        "mapping": mapping.as_json(),
        "refusals": [{"line": row.line, "reason": row.reason, "detail": row.detail} for row in refusals],
        "examples": {
            outcome: [{"line": row.line, "name": row.called, "changes": row.changes} for row in rows] for outcome, rows in shown.items()
        },
    }


def _sentences(told: Mapping[str, object]) -> list[str]:
    would = "would be " if told["dry_run"] else ""
    first = f"{told['rows']:,} rows: {told['made']:,} customers {would}made, {told['changed']:,} changed"
    given = told["refusals"]
    refusals = given if isinstance(given, list) else []
    lines = [f"{first}, {told['same']:,} the same, {told['refused']:,} refused."]
    lines += [f"  line {one['line']}: {reason(one['reason'], one['detail'])}" for one in refusals]
    if left := told["left_out"]:
        lines.append(f"  left out: {left}")
    return [*lines, f"Import {told['import']}; take it back on its page /customers/import/{told['import']}, or by --undo."]


def _write(pool: Pool, one: Import, path: Path) -> None:
    """Write the refused rows as they stand in the file, with line and reason, to be mended and imported again."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        names = [column.name for column in one.shown_columns]
        writer.writerow([*names, "Line", "Reason"])
        after, rows = 0, [None]
        while rows:
            with pool.transaction() as conn:
                rows = import_rows.refused(conn, one.id, after=after, limit=1_000)
            for row in rows:
                cells = row.cells[: len(names)]
                padded = [as_it_came(cell, one.kind) for cell in cells] + [""] * (len(names) - len(cells))
                writer.writerow([*padded, row.line, reason(row.reason, row.detail)])
                after = row.number


@contextmanager
def _progress() -> Generator[Tell]:
    console = Console(stderr=True)
    columns = (TextColumn("Importing"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("import", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
