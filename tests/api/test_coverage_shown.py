"""The ledger as managers see it on the page of sources, programs over REST, and administrators in a terminal."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from amends.cli.ledger import ledger
from tests.cast import NOON
from tests.door import Door
from tests.ledgers import furnish_ledger

HOUR = timedelta(hours=1)


def furnish(door: Door) -> None:
    with door.pool.transaction() as conn:
        furnish_ledger(conn, now=NOON)


SENTENCES = [
    "Since 2 Mar 11:00, 1 h: the network refused our credentials; filled as soon as a visit succeeds",
    "28 Feb 20:00–21:00, 1 h: more was published than a few pages hold; being filled now",
    "28 Feb 10:00–11:38, 1 h 38 min: the network was unreachable; filled at 20:00",
    "31 Jan 12:00 – 1 Feb 12:00, 1 d: the network did not show it; cannot be filled: X finds only the last <seven> days.",
]


def test_a_manager_sees_what_was_covered_and_every_gap_in_words(door: Door) -> None:
    furnish(door)
    page = door.visitor(door.who.mia).get("/sources").text
    for sentence in SENTENCES:
        assert sentence.replace("<", "&lt;").replace(">", "&gt;") in page
    assert "<b>401</b>" not in page
    assert page.count('<rect class="covered"') == 2
    assert page.count('<rect class="open"') == 2
    assert page.count('<rect class="filled"') == 1
    assert page.count('<rect class="lost"') == 0
    assert "Covered from 28 Feb 10:00" in page
    assert "2 gaps open, 1 gap filled, 1 gap lost" in page
    assert "1,200 posts so far; read down to 28 Feb 21:00 (0%)" in page


def test_a_watch_that_covered_nothing_yet_says_so(door: Door) -> None:
    with door.pool.transaction() as conn:
        conn.execute(
            "insert into gaps (watch_id, kind, since) select id, 'outage', %(at)s from watches", {"at": NOON - timedelta(minutes=10)}
        )
    assert "Nothing is covered yet" in door.visitor(door.who.mia).get("/sources").text


def test_a_program_reads_the_coverage_of_a_source(door: Door) -> None:
    furnish(door)
    told = door.program(door.who.ada).get(f"/api/v1/sources/{door.who.source_id}/coverage").json()
    assert [one["sentence"] for one in told["gaps"]] == SENTENCES
    assert told["gaps"][0]["gap"]["until"] is None
    assert len(told["covered"]) == 2
    assert told["backfills"][0]["posts"] == 1200
    assert door.program(door.who.ada).get("/api/v1/sources/999/coverage").status_code == 404


def test_gaps_are_listed_in_a_terminal(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(door)
    monkeypatch.setenv("AMENDS_DATABASE_URL", door.pool.url)
    told = CliRunner().invoke(ledger, ["gaps", "--days", "3650", "--json"])
    found = json.loads(told.output)
    assert (found["open"], len(found["gaps"])) == (2, 4)
    assert {one["watch"] for one in found["gaps"]} == {"Who mentions us"}
    assert found["gaps"][0]["since"] == (NOON - HOUR).isoformat()
    said = CliRunner().invoke(ledger, ["gaps", "--days", "3650"]).output
    assert "cannot be filled: X finds only the last <seven> days." in said
