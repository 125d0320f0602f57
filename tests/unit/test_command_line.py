"""The command door: commands by their files, errors in one line, helpers that read well."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from amends.cli import benches
from amends.cli.main import FOLDER, amends
from amends.core.plugins import discover

ROOT = Path(__file__).parents[2]
COMMANDS = amends.list_commands(click.Context(amends))


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AMENDS_")}
    command = [sys.executable, "-P", "-m", "amends.cli.main", *arguments]
    return subprocess.run(
        command, env={**clean, "PYTHONPATH": str(ROOT / "src"), **env}, cwd="/", capture_output=True, text=True, check=False
    )


def test_every_file_is_a_command() -> None:
    files = {path.stem.strip("_").replace("_", "-") for path in FOLDER.glob("*.py")} - {"init", "main"}
    assert set(COMMANDS) == files


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "test"])
def test_every_command_explains_itself(name: str) -> None:
    shown = CliRunner().invoke(amends, [name, "--help"])
    assert shown.exit_code == 0
    assert shown.output.startswith(f"Usage: amends {name}")


@pytest.mark.parametrize("group", [[], ["agent"], ["import"], ["ledger"], ["translations"], ["triage"]])
def test_a_group_says_of_each_command_the_whole_of_what_it_does(group: list[str]) -> None:
    shown = CliRunner().invoke(amends, [*group, "--help"]).output.partition("Commands:\n")[2]
    assert shown
    assert "..." not in shown


def test_a_hidden_command_is_in_no_list() -> None:
    assert "colleague" not in CliRunner().invoke(amends, ["--help"]).output


def test_what_amends_refuses_is_one_line_and_exit_code_1() -> None:
    done = run("migrate", AMENDS_SECRET_KEY="long enough for a test")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "✗ AMENDS_DATABASE_URL is not set; `./amends up` migrates its own database by itself.\n"


def test_a_default_secret_is_refused_outside_the_demo() -> None:
    done = run("api", AMENDS_DATABASE_URL="postgresql://127.0.0.1:1/none")
    assert done.returncode == 1
    assert "AMENDS_SECRET_KEY is not set" in done.stderr


def test_wrong_usage_is_exit_code_2() -> None:
    assert run("bench", "nothing").returncode == 2
    assert run("no-such-command").returncode == 2


def test_a_secret_is_long_and_new_each_time() -> None:
    first, second = CliRunner().invoke(amends, ["secret"]).output, CliRunner().invoke(amends, ["secret"]).output
    assert len(first.strip()) >= 48
    assert first != second


@pytest.mark.parametrize("name", sorted(discover(benches)))
def test_every_benchmark_says_what_it_runs(name: str) -> None:
    module = discover(benches)[name]
    assert len(module.WORKLOAD) > 40
    assert callable(module.run)
