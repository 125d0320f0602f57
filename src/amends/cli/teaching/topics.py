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
from amends.triage.training.topic_measure import TopicReport, measure, measure_shipped, our_sentences


@click.command()
@click.option(
    "--examples", default=(3, 5, 10), show_default=True, multiple=True, type=click.IntRange(3, 1000), help="Per topic; may be repeated."
)
@click.option("--seeds", default=5, show_default=True, type=click.IntRange(1, 100), help="How often examples are drawn anew.")
@click.option(
    "--model", type=click.Path(path_type=Path, file_okay=False), help="A folder of weights; the shipped ones where it is left out."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def topics(examples: tuple[int, ...], seeds: int, model: Path | None, as_json: bool) -> None:
    """Teach topics by our train sentences and by those that come along, and see what they find of the dev sentences."""
    classifier = encoder.build(model) if model else default_classifier()
    train, dev = our_sentences(classifier)
    reports = [*(measure(train, dev, examples=each, seeds=seeds) for each in examples), measure_shipped(classifier, dev)]
    if as_json:
        click.echo(json.dumps({"model": classifier.version, "reports": [asdict(report) for report in reports]}))
    else:
        Console().print(_table(classifier.version, reports))


def _table(version: str, reports: list[TopicReport]) -> Table:
    """Return precision, recall and F1 of all topics and of each, a row a topic, three columns a report."""
    table = Table(title=f"topics by {version}: precision, recall, F1", box=SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("topic")
    for report in reports:
        table.add_column(f"{report.examples} examples" if report.examples else "those that come along", justify="right")
    for key, name in NAMES.items():
        table.add_row(name, *(_figures(found.precision, found.recall, found.f1) for found in (one.per_topic[key] for one in reports)))
    table.add_row("all posts", *(_figures(one.precision, one.recall, one.f1) for one in reports))
    table.add_row("mean of the topics' F1", *(f"{one.macro_f1:.2f}" for one in reports))
    return table


def _figures(*figures: float) -> str:
    return " ".join(f"{figure:.2f}" for figure in figures)
