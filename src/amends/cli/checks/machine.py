"""Checks of the machine: Python, disk, the data folder, the settings, the address, the triage model's files, the translator."""

import os
import platform
import shutil
import sys
from pathlib import Path

import httpx

from amends.cli.checks.finding import Finding, Findings, Patient, fail, ok, warn
from amends.cli.checks.servers import first_line
from amends.core.errors import ModelMissing, SettingsWrong, TranslationFailed
from amends.core.settings import Mode, read_settings
from amends.inbox.actions.translate import chosen
from amends.triage.card import check_file, read_card
from amends.triage.loading import folder_of

LITTLE = 2 * 2**30
TOO_LITTLE = 300 * 2**20


def python(_patient: Patient) -> Findings:
    """Find whether the Python is new enough."""
    found = f"Python {platform.python_version()}"
    yield ok(found) if sys.version_info >= (3, 11) else fail(found, "Install Python 3.11 or newer.")


def disk(patient: Patient) -> Findings:
    """Find whether there is room on the disk that has the data."""
    free = shutil.disk_usage(_existing(patient.data)).free
    what = f"{free / 2**30:.1f} GiB free for {patient.data}"
    mend = "Make room, or move the data with --data; PostgreSQL stops when the disk is full."
    yield fail(what, mend) if free < TOO_LITTLE else warn(what, mend) if free < LITTLE else ok(what)


def data_folder(patient: Patient) -> Findings:
    """Find whether we may write where the data is."""
    place = _existing(patient.data)
    if os.access(place, os.W_OK | os.X_OK):
        yield ok(f"data in {patient.data}" + ("" if place == patient.data else " (not made yet)"))
    else:
        yield fail(f"may not write to {place}", "Run Amends as the user who owns it, or choose another place with --data.")


def settings_valid(patient: Patient) -> Findings:
    """Find whether the settings can be read."""
    if patient.settings is None:
        yield fail(f"settings: {patient.settings_wrong}", ".env.example says what each setting takes.")
    else:
        yield ok("settings can be read")


def secret(patient: Patient) -> Findings:
    """Find whether the key that seals credentials is a secret."""
    if patient.mode == Mode.DEMO:
        yield ok("the demo needs no secret key of its own")
        return
    try:
        (patient.settings or read_settings()).check()
    except SettingsWrong as error:
        yield fail(str(error), "Then start again.") if patient.exists else warn(str(error), "The demo needs none.")
    else:
        yield ok("AMENDS_SECRET_KEY is set")


def screens(patient: Patient) -> Findings:
    """Find whether the screens answer."""
    if patient.address is None:
        yield _nothing_runs(patient)
        return
    try:
        answer = httpx.get(f"{patient.address}/readyz", timeout=5, trust_env=False)
    except httpx.HTTPError as error:
        yield fail(f"the screens at {patient.address} do not answer ({type(error).__name__})", "DATA/logs/api.log may say why.")
        return
    yield (
        ok(f"the screens answer at {patient.address}")
        if answer.is_success
        else fail(f"the screens at {patient.address} say: {answer.text.strip()[:200]}", "See what is said below about the database.")
    )


def _nothing_runs(patient: Patient) -> Finding:
    if patient.database_url:
        return ok("this machine runs no screens of its own")
    return warn(f"no installation runs on {patient.data}", "Start it: ./amends up (or ./amends demo to try it).")


def _existing(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if place.exists())


def model(patient: Patient) -> Findings:
    """Find whether the files of the triage model, the shipped one or that of the settings, are all there, byte for byte."""
    name = patient.settings.triage_model if patient.settings else ""
    try:
        folder = folder_of(name)
        if folder is None:
            yield ok(f"triage model {name}, which is one of transformers")
            return
        card = read_card(folder)
        for file in card.sha256:
            check_file(folder, card, file)
    except ModelMissing as error:
        again = "Put its files back, or name another model by AMENDS_TRIAGE_MODEL; nothing: the shipped one."
        shipped = "Get the files again (git checkout src/amends/triage/weights), or make them: ./amends triage train"
        yield fail(str(error), again if name else shipped)
    else:
        yield ok(f"triage model {card.version}, {len(card.languages)} languages, every file as it should be")


def translator(patient: Patient) -> Findings:
    """Find whether the translator of the settings translates a greeting; silent where none is set."""
    try:
        found = chosen(patient.settings) if patient.settings else None
        if found is not None:
            found.translate("Good morning", source="en", target="es")
            yield ok(f"posts and drafts are translated by {found.name}")
    except (SettingsWrong, TranslationFailed) as error:
        cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
        yield fail(
            f"nothing is translated: {first_line(cause)}", "Mend AMENDS_TRANSLATOR_URL or AMENDS_TRANSLATOR_MODEL, then start again."
        )
