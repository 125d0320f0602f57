"""`./amends migrate`: bring the database to the shape that this version needs."""

import click

from amends.core.errors import SettingsWrong
from amends.core.migrate import migrate as apply
from amends.core.settings import settings


@click.command()
def migrate() -> None:
    """Bring the database up to date.

    The database is AMENDS_DATABASE_URL; doing it twice changes nothing.
    """
    url = settings().database_url
    if url is None:
        raise SettingsWrong("AMENDS_DATABASE_URL is not set; `./amends up` migrates its own database by itself.")
    done = apply(url)
    click.echo("\n".join(f"applied {name}" for name in done) or "the database is up to date")
