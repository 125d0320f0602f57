"""`./amends migrate`: make the database ready for this version and these settings."""

import click

from amends.cli.running.installation import say
from amends.cli.running.setting_up import enter_settings
from amends.core.clock import utc_now
from amends.core.database import connect
from amends.core.errors import SettingsWrong
from amends.core.migrate import migrate as apply
from amends.core.settings import settings


@click.command()
def migrate() -> None:
    """Bring the database up to date.

    AMENDS_DATABASE_URL gets the tables of this version, and the sources and alert channels that the settings name. Doing it twice changes
    nothing.
    """
    given = settings()
    if given.database_url is None:
        raise SettingsWrong("AMENDS_DATABASE_URL is not set; `./amends up` migrates its own database by itself.")
    done = apply(given.database_url, say)
    with connect(given.database_url) as conn:
        enter_settings(conn, given, now=utc_now())
    click.echo("\n".join(f"applied {name}" for name in done) or "the database is up to date")
