"""`./amends test`: all tests, and the checks of style, types, imports and templates, which are tests too."""

import os
import sys
from pathlib import Path

import click

ROOT = Path(__file__).parents[3]


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the tests, the whole suite on all cores (in at most four processes).

    Arguments go to pytest: `./amends test tests/unit -x`.
    """
    if not (ROOT / "tests").is_dir():
        raise click.ClickException("The tests lie in the repository, and this Amends was installed without it.")
    os.chdir(ROOT)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    # Files with few tests are the long ones here (servers that are killed, a whole demo): in their own order none is left for the end.
    spread = ("--dist=loadfile", "--no-loadscope-reorder")
    # One more than cores, since whoever starts servers waits for them half of the time.
    cores = () if arguments else (f"--numprocesses={min((os.cpu_count() or 1) + 1, 4)}", *spread)
    os.execve(sys.executable, [sys.executable, "-m", "pytest", *cores, *arguments], {**os.environ, "PATH": path})  # noqa: S606
