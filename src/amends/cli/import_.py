"""`./amends import FILE`: posts from a CSV or JSONL file, each once however often it is imported; `import customers FILE`: people."""

import json
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from typing_extensions import override

from amends.cli.importing.customers import customers
from amends.cli.importing.importer import Asked, import_file
from amends.cli.importing.report import Report
from amends.cli.running.listing import Listing
from amends.cli.running.reach import database, places
from amends.cli.running.state import running
from amends.core.clock import utc_now
from amends.core.database import Pool
from amends.core.post import Post
from amends.core.rows.posts import ALIASES, RowDefaults
from amends.core.settings import DEMO_SECRET, Mode, Settings, read_settings
from amends.inbox.actions.import_posts import ImportPlace, import_posts
from amends.inbox.actions.policies import policy_of
from amends.inbox.actions.triage import triage_pending


def _mapping(_ctx: click.Context, _option: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in given:
        column, mark, field = pair.rpartition("=")
        if not mark or field not in ALIASES:
            raise click.BadParameter(f"{pair!r} is not COLUMN=FIELD with a FIELD out of {', '.join(ALIASES)}")
        found[column.strip()] = field
    return found


def _zone(_ctx: click.Context, _option: click.Parameter, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise click.BadParameter(f"there is no time zone {name!r}; names are like Asia/Colombo") from error


class PostsUnlessNamed(Listing):
    """Takes posts where no other kind of thing is named first."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `posts` before what names no kind."""
        named = args and (args[0] in self.commands or args[0] in {"-h", "--help"})
        return super().parse_args(ctx, args if named or not args else ["posts", *args])


@click.group(name="import", cls=PostsUnlessNamed)
def import_() -> None:
    """Take posts (`import FILE`, or `import posts FILE`) or customers (`import customers FILE`) from a file."""


@click.command(name="posts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--brand", help="Whose posts these are; else the only brand there is, or one called Imported.")
@click.option(
    "--source", default="import", show_default=True, help="The source they go to: a new one, or the handle of one that is watched."
)
@click.option("--network", default="import", show_default=True, help="The network of rows that name none.")
@click.option("--map", "mapping", multiple=True, callback=_mapping, metavar="COLUMN=FIELD", help="What a column means; may be given often.")
@click.option("--timezone", "zone", default="UTC", show_default=True, callback=_zone, help="The zone of times that name none.")
@click.option("--encoding", help="Where it is neither UTF-8 nor UTF-16: cp1252, cp1251, shift_jis …")
@click.option("--dry-run", is_flag=True, help="Only read and report; nothing is stored.")
@click.option("--triage", is_flag=True, help="Triage the posts at once instead of leaving them to the worker.")
@click.option("--strict", is_flag=True, help="Exit with 1 where a row was refused.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The installation's folder, where it is not the usual one.")
def posts(  # noqa: PLR0913 - one argument an option
    file: Path,
    brand: str | None,
    source: str,
    network: str,
    mapping: dict[str, str],
    zone: ZoneInfo,
    encoding: str | None,
    data: Path | None,
    *,
    dry_run: bool,
    triage: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Take posts from FILE (CSV or JSON Lines, also gzipped) into the running installation.

    A row needs author_handle, text and published_at; docs/import.md lists every column. Rows that cannot be taken are listed with line
    and reason, and cost no other row. Importing the same file again adds nothing.
    """
    asked = Asked(mapping=mapping, defaults=RowDefaults(network=network, zone=zone), encoding=encoding, now=utc_now())
    with _progress() as progress:
        if dry_run:
            report = import_file(file, asked, store=lambda _posts: 0, progress=progress)
        else:
            report = _import(file, asked, brand=brand, source=source, data=data, triage=triage, progress=progress)
    click.echo("\n".join(report.sentences(dry_run=dry_run)), err=as_json)
    if as_json:
        click.echo(json.dumps(report.as_json(dry_run=dry_run)))
    sys.exit(1 if report.broken or (strict and report.refused) else 0)


def _import(  # noqa: PLR0913 - one argument an option
    file: Path, asked: Asked, *, brand: str | None, source: str, data: Path | None, triage: bool, progress: Callable[[int, int], None]
) -> Report:
    given = _settings(data)
    place = ImportPlace(handle=source, brand=brand, secret_key=given.secret_key.get_secret_value())
    with database(data) as pool:

        def store(found: Sequence[Post]) -> int:
            with pool.transaction() as conn:
                return import_posts(conn, found, place=place, now=utc_now()).new

        report = import_file(file, asked, store=store, progress=progress)
        if triage:
            _triage(pool, given)
    return report


def _triage(pool: Pool, given: Settings) -> None:
    from amends.triage.loading import default_classifier  # noqa: PLC0415 - takes seconds, which only --triage need pay

    classifier, policy, done = default_classifier(), policy_of(given), 1
    while done:
        with pool.transaction() as conn:
            done = triage_pending(conn, classifier=classifier, policy=policy, clock=utc_now)


def _settings(data: Path | None) -> Settings:
    """Return the settings that the installation runs by: a demo has a secret key of its own."""
    given = read_settings()
    found = None if given.database_url and not data else next(filter(None, map(running, places(data or given.data_dir))), None)
    if found and found.mode == Mode.DEMO:
        return read_settings(mode=Mode.DEMO, secret_key=DEMO_SECRET)
    return given.check()


@contextmanager
def _progress() -> Generator[Callable[[int, int], None]]:
    """Yield what shows how far we are, on standard error; nothing is shown where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("Importing"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("import", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


import_.add_command(posts)
import_.add_command(customers)
