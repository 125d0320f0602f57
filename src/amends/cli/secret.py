"""`./amends secret`: a fresh value for AMENDS_SECRET_KEY."""

import secrets

import click


@click.command()
def secret() -> None:
    """Print a value for AMENDS_SECRET_KEY."""
    click.echo(secrets.token_urlsafe(48))
