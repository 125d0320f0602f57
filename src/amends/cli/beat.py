"""`./amends beat`: the clock of the worker."""

import click


@click.command()
def beat() -> None:
    """Run the clock of the workers.

    It sends the wake-ups that come by the clock, until asked to stop. One is enough, and a second does no harm.
    """
    from amends.worker.beat import run_beat  # noqa: PLC0415 - it costs a second, which `--help` need not pay

    run_beat()
