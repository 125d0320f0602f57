"""`amends triage learn` and `amends triage use`: what agents taught, with proof, and which version speaks."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from amends.cli.running.reach import database
from amends.core.clock import utc_now
from amends.core.database import Pool
from amends.core.ports import Classifier
from amends.core.settings import read_settings
from amends.inbox.actions.learn import Gathered, gather, keep, try_out
from amends.inbox.actions.learn import use as put_in_force
from amends.triage.learning import Trial
from amends.triage.loading import default_classifier
from amends.triage.replay import Replay, replay_of

_DATA = click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The installation, where it is not the usual one.")


@click.command()
@click.option("--dry-run", is_flag=True, help="Try and tell; keep nothing, adopt nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@_DATA
def learn(dry_run: bool, as_json: bool, data: Path | None) -> None:
    """Learn from what agents corrected, and adopt it where it is proven better.

    A new version speaks only if it beats the one in force on corrections it has not seen (95 % sure) and costs at most half a point on the
    model's original data; otherwise this says why not. History is judged anew in the background.
    """
    with database(data) as pool:
        told = attempt(pool, default_classifier(), replay_of(read_settings().triage_model), dry_run=dry_run)
    click.echo(json.dumps(told) if as_json else in_words(told))


def attempt(pool: Pool, classifier: Classifier, replay: Replay, *, dry_run: bool) -> dict[str, Any]:
    """Try once, and return what was found: the proof, the version, and whether it was adopted."""
    with pool.transaction() as conn:
        gathered = gather(conn, encoder=classifier.version)
    found = try_out(gathered, replay)
    adopted = not dry_run and _keep(pool, gathered, found)
    return {"version": gathered.version, "adopted": adopted, "dry_run": dry_run} | asdict(found.proof)


def _keep(pool: Pool, gathered: Gathered, found: Trial) -> bool:
    with pool.transaction() as conn:
        return keep(conn, gathered, found, agent_id=None, now=utc_now())


def in_words(told: dict[str, Any]) -> str:
    """Return what a trial found, for people."""
    if told["refused_why"]:
        return f"{told['version']} is not adopted: {told['refused_why']}."
    proof = f"{told['gained']} gained, {told['lost']} lost, p = {told['p']:.3f}"
    if told["adopted"]:
        return f"{told['version']} speaks from now on ({proof}); history is judged anew in the background."
    why = "this was a dry run" if told["dry_run"] else "another version was put in force meanwhile"
    return f"{told['version']} would be better ({proof}); {why}, so nothing changed."


@click.command()
@click.argument("version")
@_DATA
def use(version: str, data: Path | None) -> None:
    """Bring VERSION back (`shipped`: the model without what agents taught) and judge history anew by it."""
    with database(data) as pool, pool.transaction() as conn:
        put_in_force(conn, version=version, agent_id=None, now=utc_now())
    click.echo(f"{version} speaks from now on; history is judged anew in the background.")
