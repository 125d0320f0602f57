"""`./amends up`: the whole installation on this machine."""

import os
from pathlib import Path

import click

from amends.cli.running.installation import Plan, run, say
from amends.cli.running.ports import free_port
from amends.cli.running.setting_up import enter_settings
from amends.core.clock import utc_now
from amends.core.database import connect
from amends.core.embedded.places import default_data_dir
from amends.core.secrets import set_up_code
from amends.core.settings import Settings, settings
from amends.inbox.store import agents


@click.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Where everything is kept.")
@click.option("--port", type=click.IntRange(1, 65535), help="Where the screens are; the next free port where it is taken.")
@click.option("--verbose", is_flag=True, help="Show the logs of every part here instead of keeping them in DATA/logs.")
def up(data: Path | None, port: int | None, *, verbose: bool) -> None:
    """Run Amends on this machine.

    Screens, workers and clock, with a database and a broker of its own.

    Outside servers are used where AMENDS_DATABASE_URL and AMENDS_BROKER_URL name them. Sources come from AMENDS_SOURCES or are
    entered on the sources page.
    """
    given = settings()
    plan = plan_of(given, data=data, port=port, verbose=verbose)
    with run(plan) as installation:
        installation.start_servers()
        with connect(installation.database_url) as conn:
            enter_settings(conn, given, now=utc_now())
            nobody = not agents.everyone(conn)
        installation.start_product()
        installation.wait_until_ready()
        say(f"Amends is at {plan.address}. Ctrl-C stops it.")
        if nobody:
            say(f"Nobody may sign in yet. Open {plan.address}/welcome")
            say(f"Its set-up code: {set_up_code(given.secret_key.get_secret_value())}")
        installation.watch()
        say("Stopping …")


def plan_of(given: Settings, *, data: Path | None, port: int | None, verbose: bool) -> Plan:
    """Return what `up` runs by these settings."""
    return Plan(
        data=(data or given.data_dir or default_data_dir()).resolve(),
        mode=given.mode.value,
        host=given.host,
        port=free_port(given.host, port or given.port),
        env=os.environ,
        cwd=Path.cwd(),
        database_url=given.database_url,
        broker_url=given.broker_url,
        public_url=given.public_url,
        verbose=verbose,
    )
