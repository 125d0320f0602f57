"""`amends ledger`: what came from the networks, what was not read and why, and the proof that nothing is missing or was changed."""

import click

from amends.cli.ledgering.gaps import gaps
from amends.cli.ledgering.replay import replay


@click.group()
def ledger() -> None:
    """Look into the ledger: all that came from the networks, and what did not."""


ledger.add_command(gaps)
ledger.add_command(replay)
