"""`amends ledger`: what was read, what was not, and the proof."""

import click

from amends.cli.ledgering.gaps import gaps


@click.group()
def ledger() -> None:
    """Say what was read of each network, and what was not and why."""


ledger.add_command(gaps)
