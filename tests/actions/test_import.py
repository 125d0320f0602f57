"""`amends import` into a real database: each post once, cases from what it says, replies only where an account can send them."""

import json
from pathlib import Path
from typing import Any

import click.testing
import pytest

from amends.cli.import_ import import_
from amends.core.clock import utc_now
from amends.core.database import Pool, fetch_values
from amends.inbox.actions.triage import triage_pending
from tests.cast import POLICY, SECRET_KEY, a_source
from tests.fakes import FakeClassifier

CSV = """external_id,author_handle,text,published_at,network
1,cy,My bag is lost!,2026-03-01T08:00:00Z,x
2,dee,"Worst
airline",2026-03-01T09:00:00Z,x
3,eva,Thank you all,2026-03-01T10:00:00Z,reddit
4,eva,When?,tomorrow,reddit
"""


class Importer:
    """Runs the command as a person would."""

    def __init__(self, pool: Pool, folder: Path) -> None:
        self.pool = pool
        self.file = folder / "posts.csv"
        self.file.write_text(CSV)
        self.env = {"AMENDS_DATABASE_URL": pool.url, "AMENDS_MODE": "test", "AMENDS_SECRET_KEY": SECRET_KEY}

    def run(self, *options: str) -> tuple[int, dict[str, Any]]:
        done = click.testing.CliRunner().invoke(import_, [str(self.file), "--json", *options], env=self.env)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, json.loads(done.stdout.splitlines()[-1])

    def values(self, query: str) -> list[object]:
        with self.pool.transaction() as conn:
            return fetch_values(conn, query)  # pyright: ignore[reportArgumentType] - a literal at every call

    def triage(self) -> None:
        with self.pool.transaction() as conn:
            triage_pending(conn, classifier=FakeClassifier(), policy=POLICY, clock=utc_now)


@pytest.fixture
def importer(pool: Pool, tmp_path: Path) -> Importer:
    return Importer(pool, tmp_path)


def test_a_file_is_imported_and_its_bad_row_is_named(importer: Importer) -> None:
    code, report = importer.run("--brand", "Lanka Air")
    assert code == 0
    assert report == {
        "read": 4,
        "added": 3,
        "again": 0,
        "refused": 1,
        "refusals": [{"line": 6, "reason": "published_at “tomorrow” is neither ISO 8601 nor seconds since 1970"}],
    }
    assert importer.values("select s.network || ' ' || p.external_id from posts p join sources s on s.id = p.source_id order by 1") == [
        "reddit 3",
        "x 1",
        "x 2",
    ]


def test_importing_it_again_adds_nothing(importer: Importer) -> None:
    importer.run("--brand", "Lanka Air")
    _code, report = importer.run("--brand", "Lanka Air")
    assert (report["added"], report["again"]) == (0, 3)
    assert importer.values("select count(*) from posts") == [3]
    assert importer.values("select count(*) from events where kind = 'post_received'") == [3]


def test_rows_without_an_id_are_known_again_too(importer: Importer) -> None:
    importer.file.write_text("\n".join(line.partition(",")[2] for line in CSV.splitlines()[:2]))
    importer.run("--brand", "Lanka Air")
    _code, report = importer.run("--brand", "Lanka Air")
    assert (report["added"], report["again"]) == (0, 1)


def test_strict_says_by_its_exit_code_that_a_row_was_refused(importer: Importer) -> None:
    assert importer.run("--brand", "Lanka Air", "--strict")[0] == 1


def test_a_dry_run_stores_nothing(importer: Importer) -> None:
    _code, report = importer.run("--dry-run")
    assert (report["read"], report["importable"], report["added"], report["refused"]) == (4, 3, 0, 1)
    assert importer.values("select count(*) from posts") == [0]


def test_imported_complaints_become_cases_that_nobody_can_answer_from_here(importer: Importer) -> None:
    importer.run("--brand", "Lanka Air")
    importer.triage()
    assert importer.values("select preview from cases order by id") == ["My bag is lost!", "Worst airline"]
    assert importer.values("select distinct can_reply from posts") == [False]
    assert importer.values("select count(*) from alerts") == [0]


def test_posts_of_a_watched_source_join_those_it_collects(importer: Importer) -> None:
    with importer.pool.transaction() as conn:
        a_source(conn, handle="lankaair")
    importer.run("--source", "lankaair")
    assert importer.values("select count(*) from sources where network = 'x'") == [1]
    assert importer.values("select bool_and(can_reply) from posts where network = 'x'") == [True]
    assert importer.values("select length(credentials) > 100 from sources where network = 'x'") == [True]


def test_without_a_brand_posts_go_to_the_only_one_or_to_one_of_their_own(importer: Importer) -> None:
    brands = "select b.name from sources s join brands b on b.id = s.brand_id where s.handle like 'from%' order by s.id"
    with importer.pool.transaction() as conn:
        a_source(conn, handle="lankaair", brand="Lanka Air")
    assert importer.run("--source", "from one")[0] == 0
    with importer.pool.transaction() as conn:
        a_source(conn, handle="lankatel", brand="Lanka Tel")
    assert importer.run("--source", "from many")[0] == 0

    assert set(importer.values(brands)) == {"Lanka Air", "Imported"}


@pytest.mark.parametrize("option", [["--map", "Kunde=customer"], ["--map", "text"], ["--timezone", "Moon/Base"]])
def test_wrong_usage_is_said_before_anything_is_read(importer: Importer, option: list[str]) -> None:
    done = click.testing.CliRunner().invoke(import_, [str(importer.file), *option], env=importer.env)
    assert done.exit_code == 2
