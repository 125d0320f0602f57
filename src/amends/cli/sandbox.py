"""`./amends sandbox`: the invented networks alone."""

from pathlib import Path

import click

from amends.core.embedded.places import default_data_dir
from amends.sandbox.main import serve


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; the networks are meant for loopback.")
@click.option("--port", default=8770, show_default=True, type=click.IntRange(1, 65535), help="The port of the networks.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="Where every post is kept; beside the other data by default."
)
@click.option(
    "--pace", default=10.0, show_default=True, type=click.FloatRange(min=0), help="Minutes of the scenario a second; 0 stands still."
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same choices.")
@click.option("--scenario", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A folder of scenario files of your own.")
def sandbox(host: str, port: int, data: Path | None, pace: float, seed: int, scenario: Path | None) -> None:
    """Run invented social networks that speak enough of X's and Reddit's APIs for the real client libraries."""
    click.echo(f"The sandbox networks are at http://{host}:{port}/ . Ctrl-C stops them.")
    serve(host, port, data or default_data_dir() / "sandbox", pace, seed, scenario)
