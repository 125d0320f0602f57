"""How `./amends api` serves."""

import gc

import pytest
import uvicorn
from click.testing import CliRunner
from fastapi import FastAPI

from amends.cli.api import api
from amends.core import log
from amends.core import settings as core
from amends.core.settings import DEMO_SECRET, Mode, read_settings

WHAT_AN_APPLICATION_IS_MADE_OF = 100_000


def test_no_page_waits_while_garbage_is_looked_for_among_what_its_worker_is_made_of(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = read_settings(mode=Mode.TEST, secret_key=DEMO_SECRET, database_url=database)
    spared: list[int] = []

    def run(_app: FastAPI, **_how: object) -> None:
        spared.append(gc.get_freeze_count())

    def quiet(**_how: object) -> None:
        """Leave the log of this process to pytest."""

    monkeypatch.setattr(core, "settings", lambda: given)
    monkeypatch.setattr(log, "set_up", quiet)
    monkeypatch.setattr(uvicorn, "run", run)
    try:
        CliRunner().invoke(api, catch_exceptions=False)
    finally:
        gc.unfreeze()
    assert spared[0] > WHAT_AN_APPLICATION_IS_MADE_OF
