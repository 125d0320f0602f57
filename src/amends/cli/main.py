"""`./amends`: every file beside this one is a command (`doctor.py` -> `amends doctor`, `import_.py` -> `amends import`).

A file holds a click command or group under its own name. It is imported when its command is asked for, so that one that is slow to
load costs the others nothing. Errors of ours become one line on standard error and exit code 1; click's own (wrong usage) exit 2.
"""

import sys
from importlib import import_module
from pathlib import Path

import click
from typing_extensions import override

from amends.cli.running.listing import Listing
from amends.core import log
from amends.core.errors import AmendsError

FOLDER = Path(__file__).parent
NOT_COMMANDS = {"__init__", "main"}


class ByFile(Listing):
    """The commands that lie in this folder."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_name(file) for file in FOLDER.glob("*.py") if file.stem not in NOT_COMMANDS and not file.stem.startswith("_"))

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        stem = next(file.stem for file in FOLDER.glob("*.py") if _name(file) == cmd_name)
        return getattr(import_module(f"amends.cli.{stem}"), stem)


def _name(file: Path) -> str:
    return file.stem.strip("_").replace("_", "-")


@click.group(cls=ByFile, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def amends() -> None:
    """Amends: from a public complaint to proof that the answer held.

    Begin with `./amends demo`: it starts everything on this machine, with invented networks and customers to try it on.
    """
    log.set_up(level="warning")


def main() -> None:
    """Run the command that the arguments name."""
    try:
        amends.main(prog_name="./amends")
    except AmendsError as error:
        click.echo(f"{click.style('✗', fg='red')} {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
