"""`./amends screenshots [FOLDER]`: a picture of every screen in every look, for looking at them with one's own eyes."""

from pathlib import Path

import click

FOLDER = Path("screenshots")


@click.command()
@click.argument("folder", default=FOLDER, type=click.Path(file_okay=False, path_type=Path))
@click.option("--only", multiple=True, metavar="LOOK", help="Only this look (light, dark, contrast, phone, tamil …); may be given again.")
def screenshots(folder: Path, only: tuple[str, ...]) -> None:
    """Make a picture of every screen into FOLDER.

    Starts the demo with its invented customers on data of its own, opens every screen that the others lead to in Chromium, in light,
    dark, high contrast, on a phone and in Tamil, and stops. A look takes a minute or two, all nine a quarter of an hour.
    """
    from amends.cli.picturing.tour import take_pictures  # noqa: PLC0415 - needs what only developers install

    made = take_pictures(folder, only=only)
    click.echo(f"{made} pictures are in {folder}/, one folder a look")
