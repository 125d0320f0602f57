"""`./amends worker`: one worker process."""

import click

from amends.worker.names import Lane


@click.command()
@click.option(
    "--lane", "lanes", type=click.Choice([lane.value for lane in Lane]), multiple=True, help="Work on this lane only; may be given twice."
)
def worker(lanes: tuple[str, ...]) -> None:
    """Run a worker.

    It collects posts, triages them, sends replies and alerts, until asked to stop. Run as many as you like: the lane `collect` waits for
    networks, `desk` does the rest. Needs AMENDS_DATABASE_URL and AMENDS_BROKER_URL.
    """
    from amends.worker.run import run_worker  # noqa: PLC0415 - it costs a second, which `--help` need not pay

    run_worker([Lane(lane) for lane in lanes] or tuple(Lane))
