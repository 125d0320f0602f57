"""`./amends demo`: everything on this machine, with invented networks, customers and colleagues."""

import os
from pathlib import Path

import click
import httpx

from amends.cli.running.box import show, welcome
from amends.cli.running.cast import BO, MIA, enter_sandbox, hire, token_for
from amends.cli.running.crew import form_teams
from amends.cli.running.installation import Installation, Plan, run, say
from amends.cli.running.ports import free_port
from amends.cli.running.promised import keep_promises
from amends.cli.running.ready_words import keep_ready
from amends.cli.running.regulars import know_regulars
from amends.cli.running.reported import keep_reports
from amends.cli.running.watches import keep_watch, suffer_an_outage
from amends.core.clock import utc_now
from amends.core.database import connect
from amends.core.embedded.places import default_data_dir
from amends.core.settings import DEMO_SECRET, Mode

FROM_SCREENS_TO_NETWORKS = 770
"""The networks' port is so far above that of the screens, unless it is taken."""
HOST = "127.0.0.1"
PACE = 5.0
MORNING = 11 * 60
FIXED = {"AMENDS_SECRET_KEY": DEMO_SECRET, "AMENDS_SOURCES": "[]", "AMENDS_ALERT_CHANNELS": "[]"}
"""Whatever a real installation's settings say, its keys and accounts stay out of the demo."""
BRISK = {
    "AMENDS_POLL_SECONDS": "2",
    "AMENDS_PROOF_AFTER": "PT3S",
    "AMENDS_PROOF_AGAIN_AFTER": "PT1M",
    "AMENDS_PROOF_LAST_AFTER": "PT5M",
    "AMENDS_LOOK_AFTER": "PT30S",
    "AMENDS_FOLLOW_UP_AFTER": "PT10M",
}
"""The demo's own pace, where the environment does not say otherwise."""


@click.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Where everything is kept.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The screens' port; the next free one if taken."
)
@click.option("--pace", type=click.FloatRange(min=0), help=f"Minutes of the invented days a second; {PACE:g} if not said.")
@click.option("--fresh", is_flag=True, help="Throw the demo's old data away first.")
@click.option("--colleague/--no-colleague", default=True, help="Whether Bo, a colleague, answers some cases.")
@click.option("--check", is_flag=True, help="Run it without a screen, prove that a complaint goes the whole way, and stop.")
@click.option("--patience", type=click.FloatRange(min=30), help="With --check: seconds to the verdict; 60 if not said.")
@click.option("--json", "as_json", is_flag=True, help="With --check: end with one line of JSON.")
@click.option("--verbose", is_flag=True, help="Show the logs of every part here instead of keeping them in DATA/logs.")
def demo(  # noqa: PLR0913 - one argument an option
    data: Path | None,
    port: int,
    pace: float | None,
    patience: float | None,
    *,
    fresh: bool,
    colleague: bool,
    check: bool,
    as_json: bool,
    verbose: bool,
) -> None:
    """Try Amends with invented customers.

    Starts everything on this machine: four invented networks, customers who complain in seven languages, a desk to answer them from, and
    a colleague who does.
    """
    if check:
        from amends.cli.checking.check import check_demo  # noqa: PLC0415 - needs what the demo itself does not

        raise SystemExit(check_demo(data, fresh=fresh, pace=pace, patience=patience, as_json=as_json))
    place = (data or default_data_dir() / "demo").resolve()
    plan = Plan(
        data=place,
        mode=Mode.DEMO,
        host=HOST,
        port=free_port(HOST, port),
        env={**BRISK, **os.environ, **FIXED},
        cwd=place,
        verbose=verbose,
    )
    with run(plan, fresh=fresh) as installation:
        _start(installation, pace=PACE if pace is None else pace, colleague=colleague)
        if not installation.stopping.is_set():
            show(welcome(address=plan.address, sandbox_url=installation.sandbox_url, data=place))
        installation.watch()
        say("Stopping …")


def _start(installation: Installation, *, pace: float, colleague: bool) -> None:
    say("Starting PostgreSQL, Valkey, the networks, the screens and the workers …")
    installation.start_servers()
    _start_sandbox(installation, pace)
    if installation.stopping.is_set():
        return
    token = _furnish(installation.database_url, installation.sandbox_url)
    installation.start_product()
    installation.wait_until_ready()
    if pace and not installation.stopping.is_set():
        _begin_with_a_morning(installation.sandbox_url)
    if colleague:
        installation.start(("colleague", ("colleague",)), env={"AMENDS_COLLEAGUE_TOKEN": token})


def _start_sandbox(installation: Installation, pace: float) -> None:
    port = free_port(HOST, installation.plan.port + FROM_SCREENS_TO_NETWORKS)
    installation.sandbox_url = f"http://{HOST}:{port}"
    folder = installation.plan.data / "sandbox"
    arguments = ["sandbox", "--host", HOST, "--port", str(port), "--data", str(folder), "--pace", str(pace)]
    installation.start(("sandbox", arguments))
    installation.wait_for(f"{installation.sandbox_url}/control/state")


def _begin_with_a_morning(sandbox_url: str) -> None:
    """Let the first hours of the scenario pass at once, so that whoever comes first finds something to do."""
    with httpx.Client(base_url=sandbox_url, timeout=30, trust_env=False) as town:
        minute = town.get("/control/state").raise_for_status().json()["minute"]
        if minute < MORNING:
            town.post("/control/step", json={"minutes": MORNING - minute}).raise_for_status()


def _furnish(database_url: str, sandbox_url: str) -> str:
    """Put the company into the database and return a token for Bo."""
    now = utc_now()
    with connect(database_url) as conn:
        hire(conn, now=now)
        keep_ready(conn, email=MIA.email, now=now)
        enter_sandbox(conn, sandbox_url, now=now)
        form_teams(conn, now=now)
        keep_promises(conn, now=now)
        keep_reports(conn, now=now)
        know_regulars(conn, now=now)
        keep_watch(conn, pager=f"webhook+{sandbox_url}/pager", now=now)
        suffer_an_outage(conn, brand="Telvanta", now=now)
        return token_for(conn, BO, name="demo colleague", now=now)
