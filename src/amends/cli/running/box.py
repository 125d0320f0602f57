"""What a newcomer reads when the demo is up."""

from pathlib import Path

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from amends.cli.running.cast import ADA, MIA, PASSWORD, ROOT


def welcome(*, address: str, sandbox_url: str, data: Path) -> Panel:
    """Return the box with the address, the logins and where to look next."""
    logins = Table.grid(padding=(0, 3))
    for person, what in ((ADA, "answers customers"), (MIA, "reads the numbers too"), (ROOT, "changes the installation too")):
        logins.add_row(Text(person.email, style="bold"), PASSWORD, Text(what, style="dim"))
    places = Table.grid(padding=(0, 3))
    places.add_row("Inbox", Text(f"{address}/inbox", style=f"bold link {address}/inbox"))
    places.add_row("Numbers", f"{address}/numbers")
    places.add_row("The networks", Text.assemble(f"{sandbox_url}/", ("   as the public sees them", "dim")))
    places.add_row("Data", Text.assemble(str(data), ("   found again next time; --fresh begins anew", "dim")))
    head = Text("Posts are coming in. Sign in as one of these:")
    tail = Text("Ctrl-C stops everything.", style="dim")
    return Panel(
        Group(head, "", logins, "", places, "", tail), title="[bold]Amends[/bold]", title_align="left", padding=(1, 3), expand=False
    )


def show(panel: Panel) -> None:
    """Print the box; addresses stay whole where the output is not a terminal."""
    console = Console()
    console.print(panel, soft_wrap=not console.is_terminal)
