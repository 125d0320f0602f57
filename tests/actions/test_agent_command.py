"""`./amends agent list` says who may sign in, and what to do where nobody may."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from amends.cli.agent import agent
from amends.core.database import Pool
from amends.core.errors import SettingsWrong
from amends.inbox.actions.agents import add_agent
from amends.inbox.rules.words import Role
from tests.cast import NOON, SECRET_KEY


@pytest.fixture
def env(database: str) -> Mapping[str, str]:
    return {"AMENDS_MODE": "test", "AMENDS_DATABASE_URL": database, "AMENDS_SECRET_KEY": SECRET_KEY}


def test_where_nobody_may_sign_in_the_list_says_how_to_change_that(env: Mapping[str, str]) -> None:
    assert CliRunner().invoke(agent, ["list"], env=env).output == "Nobody may sign in yet: ./amends agent add EMAIL --role admin\n"


def test_who_may_sign_in_is_listed(pool: Pool, env: Mapping[str, str]) -> None:
    with pool.transaction() as conn:
        add_agent(conn, email="ada@corvane.example", name="Ada", role=Role.ADMIN, password="a long password", now=NOON)
    assert CliRunner().invoke(agent, ["list"], env=env).output.split() == ["ada@corvane.example", "admin", "Ada"]


@pytest.mark.parametrize("asked", [["list"], ["password", "ada@corvane.example", "--password", "a long password"]])
def test_where_there_is_no_installation_none_is_made_to_look_into(tmp_path: Path, asked: list[str]) -> None:
    env = {"AMENDS_MODE": "test", "AMENDS_SECRET_KEY": SECRET_KEY, "AMENDS_DATABASE_URL": ""}
    result = CliRunner().invoke(agent, [*asked, "--data", str(tmp_path)], env=env)
    assert isinstance(result.exception, SettingsWrong)
    assert str(result.exception).startswith(f"There is no installation at {tmp_path}.")
    assert not list(tmp_path.iterdir())
