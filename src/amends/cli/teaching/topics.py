"""`amends triage topics`: how well topics learn from a few examples."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from amends.triage.loading import default_classifier
from amends.triage.models import encoder
from amends.triage.shipped_examples import NAMES
from amends.triage.training.topic_measure import TopicReport, measure, our_sentences


@click.command()
@click.option(
    "--examples", default=(5, 10, 40), show_default=True, multiple=True, type=click.IntRange(3, 1000), help="Per topic; may be repeated."
)
@click.option("--seeds", default=5, show_default=True, type=click.IntRange(1, 100), help="How often examples are drawn anew.")
@click.option(
    "--model", type=click.Path(path_type=Path, file_okay=False), help="A folder of weights; the shipped ones where it is left out."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def topics(examples: tuple[int, ...], seeds: int, model: Path | None, as_json: bool) -> None:
    """Teach topics by our train sentences, and see what they find of the dev sentences."""
    classifier = encoder.build(model) if model else default_classifier()
    train, dev = our_sentences(classifier)
    reports = [measure(train, dev, examples=each, seeds=seeds) for each in examples]
    if as_json:
        click.echo(json.dumps({"model": classifier.version, "reports": [asdict(report) for report in reports]}))
    else:
        Console().print(_table(classifier.version, reports))


def _table(version: str, reports: list[TopicReport]) -> Table:
    table = Table(title=f"topics by {version}", box=SIMPLE, padding=(0, 1, 0, 0))
    for column in ("examples", "precision", "recall", "F1"):
        table.add_column(column, justify="right")
    table.add_column("best and worst topic")
    for report in reports:
        ranked = sorted(report.per_topic, key=lambda key: report.per_topic[key])
        ends = f"{NAMES[ranked[-1]]} {report.per_topic[ranked[-1]]:.2f}, {NAMES[ranked[0]]} {report.per_topic[ranked[0]]:.2f}"
        table.add_row(str(report.examples), *(f"{figure:.3f}" for figure in (report.precision, report.recall, report.f1)), ends)
    return table
