"""`./amends ledger replay`: proves that the posts are what the networks' own bodies say."""

import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from amends.cli.ledgering.rebuilding import rebuild
from amends.cli.running.installation import say
from amends.cli.running.reach import database_url
from amends.core.database import database_beside, snapshot
from amends.core.migrate import migrate


@click.command()
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
@click.option("--keep", is_flag=True, help="Leave the database with the rebuilt posts standing, and say its name.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The installation's folder, where it is not the usual one.")
def replay(*, as_json: bool, keep: bool, data: Path | None) -> None:
    """Rebuild all posts from the bodies that the networks sent, and compare them with those that are there.

    They are stored, in the order and at the times they came, into an empty database of their own on the same server. Exit code 1 where a
    single byte differs, or a body cannot be read.
    """
    name = f"amends_replay_{uuid4().hex[:12]}"
    with (
        database_url(data, makes=False) as url,
        snapshot(url) as live,
        database_beside(url, name, keep=keep) as beside,
        _progress() as progress,
    ):
        migrate(beside, say)
        report = rebuild(live, beside, progress=progress)
    if keep:
        say(f"The rebuilt posts are in the database {name}.")
    click.echo("\n".join(report.sentences()), err=as_json)
    if as_json:
        click.echo(json.dumps(report.as_json()))
    sys.exit(0 if report.good else 1)


@contextmanager
def _progress() -> Generator[Callable[[int, int], None]]:
    """Yield what shows how far we are, on standard error; nothing is shown where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("Replaying"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("replay", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
