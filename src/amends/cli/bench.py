"""`./amends bench NAME`: how near the product comes to what the machine could do at best."""

import json
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from amends.cli import benches
from amends.cli.measuring.row import Row
from amends.cli.running.installation import say
from amends.core.embedded.places import scratch_dir
from amends.core.embedded.postgres import EmbeddedPostgres
from amends.core.migrate import migrate
from amends.core.plugins import discover, names


@click.command()
@click.argument("name", type=click.Choice(names(benches)))
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
@click.option("--rows", type=click.IntRange(20_000, 100_000_000), help="How many posts (ingest) or cases (inbox, detail) there are.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep the database in this folder, and use what lies there.")
def bench(name: str, *, as_json: bool, rows: int | None, data: Path | None) -> None:
    """Measure the product against its floor.

    Both are measured in turn, medians of several rounds, on a database of their own. The floor is the least that any program would have
    to do. Exit code 1 where the product does not hold its goal.
    """
    module = discover(benches)[name]
    if rows is not None and not hasattr(module, "FULL"):
        raise click.UsageError(f"--rows is not for the bench {name}.")
    say(f"{name}: {module.WORKLOAD}")
    with nullcontext(data) if data else scratch_dir() as folder, EmbeddedPostgres(folder / "postgres") as url:
        migrate(url, say)
        found: list[Row] = module.run(url) if rows is None else module.run(url, full=rows)
    Console(stderr=True).print(table(found))
    if as_json:
        click.echo(json.dumps({"name": name, "workload": module.WORKLOAD, "rows": [asdict(row) for row in found]}))
    raise SystemExit(0 if all(row.met for row in found) else 1)


def table(rows: list[Row]) -> Table:
    """Return the rows as people read them."""
    shown = Table("operation", "product", "floor", "unit", "ratio", "goal", "")
    for row in rows:
        shown.add_row(
            row.operation,
            f"{row.product:,g}",
            f"{row.floor:,g}",
            row.unit,
            f"{row.ratio:g}",
            row.goal,
            "met" if row.met else "[red]missed[/red]",
        )
    return shown
