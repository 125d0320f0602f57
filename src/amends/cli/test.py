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
    os.execve(sys.executable, [sys.executable, "-m", "pytest", *(arguments or _everywhere())], _environment())  # noqa: S606


def _everywhere() -> tuple[str, ...]:
    """Return how the whole suite is spread: file by file in the order of tests/conftest.py, where the long ones are first."""
    # Two for each core, since whoever starts servers or drives a browser waits for them half of the time.
    return (f"--numprocesses={min((os.cpu_count() or 1) * 2, 4)}", "--dist=loadfile", "--no-loadscope-reorder")


def _environment() -> dict[str, str]:
    """Return the environment of the tests, who find the tools of the venv and may keep what is compiled."""
    # Else each of some ninety processes compiles us.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])}
