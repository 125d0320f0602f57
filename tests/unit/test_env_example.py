"""`.env.example` names every setting, and what it shows is what the setting takes."""

import re
from pathlib import Path

import pytest

from amends.core.settings import Settings, read_settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"
LINE = re.compile(r"^(?:# )?AMENDS_([A-Z_]+)=(.*)$", re.MULTILINE)


def test_every_setting_is_explained_and_nothing_else() -> None:
    named = [name.lower() for name, _ in LINE.findall(EXAMPLE.read_text())]
    assert sorted(named) == sorted(Settings.model_fields)


def test_every_line_has_a_meaning_above_it() -> None:
    blocks = EXAMPLE.read_text().split("\n\n")
    lonely = [block for block in blocks if LINE.search(block) and not re.match(r"# (?!AMENDS_)", block)]
    assert lonely == []


def test_the_values_shown_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in LINE.findall(EXAMPLE.read_text()):
        monkeypatch.setenv(f"AMENDS_{name}", value)
    shown = read_settings(_env_file=None)
    assert shown.sources[0].watches[1].query == '"veloria air" -is:retweet'
    assert shown.alert_channels[0].startswith("smtp://")


OURS_TO_CHOOSE = {
    *("secret_key", "database_url", "broker_url", "data_dir", "public_url"),
    *("sources", "alert_channels", "translator_url", "translator_model"),
    "mail_url",
    "oidc_issuer",
    "oidc_client_id",
}


def test_what_is_commented_out_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {name.lower(): value for name, value in LINE.findall(EXAMPLE.read_text()) if name.lower() not in OURS_TO_CHOOSE}
    for name in Settings.model_fields:
        monkeypatch.delenv(f"AMENDS_{name.upper()}", raising=False)
    default = read_settings(_env_file=None)
    for name, value in shown.items():
        monkeypatch.setenv(f"AMENDS_{name.upper()}", value)
    assert read_settings(_env_file=None) == default
