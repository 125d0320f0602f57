"""`./amends ledger`: what came from the networks, and whether anything is missing or was changed."""

import click

from amends.cli.ledgering.replay import replay


@click.group()
def ledger() -> None:
    """Look into the ledger: all that came from the networks, in its order."""


ledger.add_command(replay)
