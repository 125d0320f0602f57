"""`./amends secret`: a fresh value for AMENDS_SECRET_KEY; `./amends secret rotate`: everything sealed anew with it."""

import json
import secrets

import click

from amends.core.database import connect
from amends.core.errors import SettingsWrong
from amends.core.settings import settings
from amends.inbox.actions.seal_anew import seal_anew


@click.group(invoke_without_command=True)
@click.pass_context
def secret(context: click.Context) -> None:
    """Print a value for AMENDS_SECRET_KEY."""
    if context.invoked_subcommand is None:
        click.echo(secrets.token_urlsafe(48))


@secret.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was sealed anew as JSON.")
def rotate(*, as_json: bool) -> None:
    """Seal everything anew with the newest key.

    Put the new key in front of the old one, apart by a space (AMENDS_SECRET_KEY="new old"), restart Amends, and run this against
    AMENDS_DATABASE_URL. Then the old key may go. Doing it twice does no harm.
    """
    given = settings()
    if given.database_url is None:
        raise SettingsWrong("AMENDS_DATABASE_URL is not set; `./amends up` shows the address of its own database.")
    with connect(given.database_url) as conn:
        done = seal_anew(conn, secret_key=given.secret_key.get_secret_value())
    click.echo(json.dumps(done) if as_json else "\n".join(f"{name}: {n} sealed anew" for name, n in done.items()))
