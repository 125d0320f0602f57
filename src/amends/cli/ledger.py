"""`amends ledger`: what came from the networks, what was not read and why, and the proof that nothing is missing or was changed."""

import click

from amends.cli.ledgering.gaps import gaps
from amends.cli.ledgering.replay import replay
from amends.cli.running.listing import Listing


@click.group(cls=Listing)
def ledger() -> None:
    """Look into the ledger: all that came from the networks, and what did not."""


ledger.add_command(gaps)
ledger.add_command(replay)
