"""`./amends rebuild-numbers`: throws the facts of the numbers away and makes all of them anew, with the same result."""

import click

from amends.core.database import connect
from amends.core.errors import SettingsWrong
from amends.core.settings import read_settings
from amends.inbox.actions import facts


@click.command()
def rebuild_numbers() -> None:
    """Make the facts of the numbers anew from what the desk holds."""
    url = read_settings().database_url  # not checked: no secret is opened for it
    if url is None:
        raise SettingsWrong("AMENDS_DATABASE_URL is not set; it names the database whose numbers are made anew.")
    with connect(url) as conn:
        click.echo(f"{facts.rebuild(conn):,} episodes counted")
