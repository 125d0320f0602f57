"""`amends import customers` into a real database: looked over, imported, reported, and posts still go the old way."""

import json
from pathlib import Path
from typing import Any

import click.testing
import pytest

from amends.cli.import_ import import_
from amends.core.database import Pool, fetch_values
from tests.cast import SECRET_KEY

PEOPLE = "Name;E-Mail;Birthday\nKavindi;k@b.example;03/04/1990\nBen;nonsense;\n"


class Command:
    """Runs the command as a person would."""

    def __init__(self, pool: Pool, folder: Path) -> None:
        self.pool = pool
        self.file = folder / "people.csv"
        self.file.write_bytes(PEOPLE.encode("cp1252"))
        self.env = {"AMENDS_DATABASE_URL": pool.url, "AMENDS_SECRET_KEY": SECRET_KEY}

    def run(self, *options: str) -> click.testing.Result:
        """Run it."""
        return click.testing.CliRunner().invoke(import_, ["customers", str(self.file), *options], env=self.env)

    def told(self, *options: str) -> Any:
        """Run it for a program."""
        return json.loads(self.run("--json", *options).stdout.splitlines()[-1])

    def names(self) -> list[str]:
        """Return the names of all customers."""
        with self.pool.transaction() as conn:
            return fetch_values(conn, "select name from customers")


@pytest.fixture
def command(pool: Pool, tmp_path: Path) -> Command:
    return Command(pool, tmp_path)


def test_a_dry_run_tells_and_changes_nothing(command: Command) -> None:
    told = command.told("--dry-run", "--dates", "Birthday=dmy")

    assert (told["made"], told["refused"], told["refusals"][0]["line"]) == (1, 1, 3)
    assert told["examples"]["made"][0]["name"] == "Kavindi"
    assert command.names() == []


def test_an_import_is_done_here_without_a_worker_and_the_same_again_changes_nothing(command: Command, tmp_path: Path) -> None:
    report = tmp_path / "refused.csv"
    first = command.told("--dates", "Birthday=dmy", "--refused", str(report))
    again = command.told("--dates", "Birthday=dmy")

    assert (first["made"], again["made"], again["same"]) == (1, 0, 1)
    assert command.names() == ["Kavindi"]
    assert "Ben,nonsense" in report.read_text("utf-8-sig")


def test_why_a_row_is_refused_is_said_in_words_in_the_terminal_and_in_the_report(command: Command, tmp_path: Path) -> None:
    command.file.write_text("Name;E-Mail\nKavindi;k@b.example\nKavi;k@b.example\n")
    report = tmp_path / "refused.csv"

    shown = command.run("--refused", str(report)).output

    assert "line 3: the same person as in line 2" in shown
    assert "the same person as in line 2" in report.read_text("utf-8-sig")


def test_an_import_is_taken_back_by_its_number(command: Command) -> None:
    number = command.told("--dates", "Birthday=dmy")["import"]

    undone = click.testing.CliRunner().invoke(import_, ["customers", "--undo", str(number)], env=command.env)

    assert f"Import {number} is taken back; 0 rows were left" in undone.output
    assert command.names() == []


def test_a_file_and_an_import_to_take_back_are_not_given_at_once(command: Command) -> None:
    assert "either FILE or --undo" in command.run("--undo", "1").output


def test_days_in_several_orders_are_asked_for(command: Command) -> None:
    done = command.run()

    assert done.exit_code == 1
    assert "several orders fit" in str(done.exception)


@pytest.mark.parametrize("option", [("--map", "None=name"), ("--dates", "Birthday=abc"), ("--mapping", "none"), ("--map", "x")])
def test_what_cannot_be_meant_is_refused(command: Command, option: tuple[str, str]) -> None:
    assert command.run(*option).exit_code != 0
    assert command.names() == []
