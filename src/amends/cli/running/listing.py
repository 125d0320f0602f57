"""How a group lists its commands: `./amends --help`, `./amends triage --help`."""

import click
from typing_extensions import override

WHOLE = 200
"""More letters than a first sentence has; click cuts off what is longer than the line."""


class Listing(click.Group):
    """Says of each command its whole first sentence, over several lines where one is too short."""

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with what they do."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        shown = [(name, command) for name, command in found if command and not command.hidden]
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(limit=WHOLE)) for name, command in shown])
