"""`./amends doctor`: what is wrong with this installation, and how to mend it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from amends.cli.checks import desk, machine, servers
from amends.cli.checks.finding import Finding, Findings, Level, Patient, fail
from amends.cli.running.reach import places
from amends.cli.running.state import State, running
from amends.core.database import Connection, connect
from amends.core.embedded.places import default_data_dir
from amends.core.errors import SettingsWrong
from amends.core.settings import DEMO_SECRET, Mode, Settings, read_settings

Check = Callable[[Patient], Findings]
DeskCheck = Callable[[Patient, Connection], Findings]

CHECKS: tuple[Check, ...] = (
    machine.python,
    machine.disk,
    machine.data_folder,
    machine.settings_valid,
    machine.secret,
    machine.model,
    machine.translator,
    machine.screens,
    servers.database,
    servers.broker,
)
DESK_CHECKS: tuple[DeskCheck, ...] = (
    desk.worker,
    desk.backlog,
    desk.sources,
    desk.source_clocks,
    desk.alert_channels,
    desk.conditions,
    desk.people,
    desk.audited,
)
NAMES = tuple(check.__name__ for check in (*CHECKS, *DESK_CHECKS))
SIGNS = {Level.OK: ("✓", "green"), Level.WARN: ("!", "yellow"), Level.FAIL: ("✗", "red")}


@click.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The installation, where it is not the usual one.")
@click.option("--only", type=click.Choice(NAMES), help="Ask this alone.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
def doctor(data: Path | None, only: str | None, *, as_json: bool) -> None:
    """Say what is wrong and how to mend it.

    Exit code 1 where something does not work.
    """
    patient = find_patient(data)
    findings = list(findings_on(patient, only=only))
    for finding in findings:
        sign, colour = SIGNS[finding.level]
        click.echo(f"{click.style(sign, fg=colour)} {finding.what}" + (f"\n    {finding.mend}" if finding.mend else ""))
    failed = sum(finding.level is Level.FAIL for finding in findings)
    if as_json:
        click.echo(json.dumps({"failed": failed, "findings": [asdict(finding) for finding in findings]}))
    raise SystemExit(1 if failed else 0)


def findings_on(patient: Patient, *, only: str | None) -> Iterator[Finding]:
    """Yield what every check finds, or the one named `only`; what needs the tables says so where there are none to ask."""
    for check in CHECKS:
        if only in {None, check.__name__}:
            yield from examine(check.__name__, partial(check, patient))
    if only not in {check.__name__ for check in CHECKS}:
        yield from _desk_findings(patient, only)


def _desk_findings(patient: Patient, only: str | None) -> Iterator[Finding]:
    shape = list(examine("migrations", partial(servers.migrations, patient)))
    if patient.database_url is None or [finding.level for finding in shape] != [Level.OK]:
        yield from shape if only is None else examine("database", partial(servers.database, patient))
        return
    yield from shape
    with connect(patient.database_url, autocommit=True) as conn:
        for check in DESK_CHECKS:
            if only in {None, check.__name__}:
                yield from examine(check.__name__, partial(check, patient, conn))


def examine(name: str, check: Callable[[], Findings]) -> Iterator[Finding]:
    """Yield what `check` finds; one that breaks is a finding too, since doctor must work where nothing else does."""
    try:
        yield from check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the other checks go on
        yield fail(f"{name.replace('_', ' ')}: {servers.first_line(error)}", "Mend what is named above first, then ask again.")


def find_patient(data: Path | None) -> Patient:
    """Return the installation to look at: the one on `data`, the one the settings name, or the one that runs on this machine."""
    settings, wrong = _settings()
    place = data or (settings.data_dir if settings else None)
    outside = None if data or settings is None else settings.database_url
    found = None if outside else next(((where, state) for where in places(place) if (state := running(where))), None)
    where = found[0] if found else (place or default_data_dir())
    return _patient(where, settings, wrong, found[1] if found else None)


def _patient(where: Path, settings: Settings | None, wrong: str, state: State | None) -> Patient:
    mode = state.mode if state else settings.mode if settings else Mode.PRODUCTION
    return Patient(
        data=where.resolve(),
        settings=settings,
        settings_wrong=wrong,
        mode=mode,
        secret_key=DEMO_SECRET if mode == Mode.DEMO or settings is None else settings.secret_key.get_secret_value(),
        address=state.address if state else None,
        database_url=state.database_url if state else settings.database_url if settings else None,
        broker_url=state.broker_url if state else settings.broker_url if settings else None,
    )


def _settings() -> tuple[Settings | None, str]:
    try:
        return read_settings(), ""
    except SettingsWrong as error:
        return None, str(error)
