"""The page of the model, the progress of long work, and labels corrected in a case."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import LiteralString

import pytest

from amends.api.words import percent
from amends.core.database import fetch_values
from amends.inbox.actions import jobs
from amends.inbox.rules.ids import JobId
from amends.inbox.store import heads, heartbeats
from amends.inbox.store.heads import NewHead
from amends.triage.card import read_card, write_card
from amends.triage.head import Head, pack
from amends.triage.replay import SHIPPED
from tests.cast import NOON
from tests.door import Answer, Door, as_fragment

ROOT = Path(__file__).parents[2]


def values(door: Door, query: LiteralString) -> list[object]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, query)


def newest_post(door: Door, case_id: int) -> object:
    with door.pool.transaction() as conn:
        query = "select id from posts where case_id = %(id)s and case_number is not null order by published_at desc limit 1"
        return fetch_values(conn, query, {"id": case_id})[0]


def say(door: Door, field: str, new: str) -> Answer:
    case_id = door.who.plain
    with as_fragment(door.visitor(door.who.ada)) as client:
        return client.post(f"/inbox/{case_id}/posts/{newest_post(door, case_id)}/label", data={"field": field, "new": new})


def with_versions(door: Door) -> None:
    """Put one version in force that replaced another, and keep a trial that failed."""
    report = {
        "corrections": 40,
        "stood": 40,
        "gained": 20,
        "lost": 3,
        "p": 0.0002,
        "held_out_before": 0.5,
        "held_out_after": 0.7,
        "costs": [],
    }
    with door.pool.transaction() as conn:
        for number, why in ((1, ""), (2, "not better: 11 gained, 9 lost, p = 0.41"), (3, "")):
            head = Head(version=f"amends-1+{number}", encoder="amends-1")
            new = NewHead(
                version=head.version,
                encoder="amends-1",
                weights=pack(head),
                report=report,
                refused_why=why,
                learnt_until=0,
                agent_id=None,
                at_night=number == 2,
            )
            heads.insert(conn, new, now=NOON)
            if not why:
                heads.retire(conn, now=NOON)
                heads.adopt(conn, version=head.version, now=NOON)


@pytest.mark.parametrize("verb", ["label", "undo"])
def test_a_post_of_another_case_is_not_labelled_through_this_one(door: Door, verb: str) -> None:
    elsewhere = newest_post(door, door.who.talked)
    with as_fragment(door.visitor(door.who.ada)) as client:
        answer = client.post(f"/inbox/{door.who.plain}/posts/{elsewhere}/{verb}?field=mood", data={"field": "mood", "new": "positive"})
    assert answer.status_code == 404
    assert values(door, "select count(*) from corrections") == [0]


def test_a_label_is_corrected_in_its_case_and_the_toast_takes_it_back(door: Door) -> None:
    answer = say(door, "mood", "positive")
    assert answer.status_code == 200
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert toast["text"] == "The mood is positive; triage learns from it"
    assert "corrected by Ada" in answer.text
    assert "Ada corrected the mood from negative to positive" in answer.text
    with as_fragment(door.visitor(door.who.ada)) as client:
        back = client.post(toast["undo"])
    assert back.status_code == 200
    assert "took a correction of the mood back" in back.text
    assert "corrected by Ada" not in back.text
    with as_fragment(door.visitor(door.who.ada)) as client:
        assert client.post(toast["undo"]).status_code == 409


def test_a_case_shows_intent_chances_and_version_of_each_post(door: Door) -> None:
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").text
    assert "negative 90%, neutral 8%, positive 2% · fake-1" in page
    assert 'data-field="intent" data-chosen="complaint"' in page
    assert "<kbd>1</kbd>" in page


def test_what_a_label_may_be_corrected_to_stands_on_the_page_once_and_in_no_post(door: Door) -> None:
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.talked}").text
    assert page.count('class="choices"') == page.count('<template id="choose-') == 3
    assert page.count('class="relabel"') > 3


def test_the_chances_of_all_intents_are_shown_on_its_label(door: Door) -> None:
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").text
    assert "complaint 90%, question 0%, request 0%, praise 0%, other 10% · fake-1" in page


def test_the_language_of_a_post_is_chosen_by_name_kept_and_told(door: Door) -> None:
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").text
    assert '<option value="si-Latn">Sinhala, in Latin letters</option>' in page
    answer = say(door, "language", "ta-Latn")
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["text"] == "The language is Tamil, in Latin letters"
    assert "Ada corrected the language from English to Tamil, in Latin letters" in answer.text
    assert 'data-field="language" data-chosen="ta-Latn"' in answer.text
    assert say(door, "language", "klingon").status_code == 422


def test_a_label_that_there_is_not_is_refused_in_words(door: Door) -> None:
    answer = say(door, "mood", "angry")
    assert answer.status_code == 422
    assert "known are mood" in answer.text


def test_the_model_page_shows_what_speaks_what_was_corrected_and_every_version(door: Door) -> None:
    say(door, "mood", "positive")
    with_versions(door)
    page = door.visitor(door.who.mia).get("/settings/triage").text
    assert "amends-1+3" in page
    assert "Not better: 11 gained, 9 lost, p = 0.41" in page
    assert "20 gained, 3 lost" in page
    assert "Sinhala, in Latin letters" in page
    assert page.count("Bring back</button>") == 2
    assert re.findall(r"· (at night|at the command line)", page) == ["at the command line", "at night", "at the command line"]


def test_the_model_page_says_by_language_how_far_the_model_may_be_believed(door: Door) -> None:
    page = " ".join(re.sub("<[^>]+>", " ", door.visitor(door.who.mia).get("/settings/triage").text).split())
    card = read_card(SHIPPED)
    threshold, precision = card.trust.thresholds["am"], card.trust.precision["am"]
    assert f"Amharic am {percent(threshold)} {percent(precision)}" in page
    assert "Punjabi pa · as all together" in page
    assert "Any other language needs a look" in page


def test_the_model_page_reads_the_card_of_the_model_in_force(door: Door, tmp_path: Path) -> None:
    write_card(tmp_path, replace(read_card(SHIPPED), version="ours-7", languages=("en",)))
    pages: dict[str, str] = {}
    for name in (str(tmp_path), "somebody/on-the-hub"):
        pages[name] = Door(pool=door.pool, who=door.who, triage_model=name).visitor(door.who.mia).get("/settings/triage").text
    ours, hub = pages.values()
    assert "<dd>ours-7</dd>" in ours
    assert "Amharic" not in ours
    assert "has no card of ours" in hub


def test_learning_and_judging_anew_are_jobs_with_progress(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    for verb, kind in (("learn", "learn"), ("retriage", "retriage")):
        with as_fragment(mia, target="shown") as client:
            answer = client.post(f"/settings/triage/{verb}")
        assert answer.status_code == 200
        assert 'hx-trigger="every 1s"' in answer.text
        assert values(door, "select kind from jobs where state = 'queued' order by id desc limit 1") == [kind]
    assert door.woken


def test_a_version_is_brought_back_and_history_follows(door: Door) -> None:
    with_versions(door)
    mia = door.visitor(door.who.mia)
    assert mia.post("/settings/triage/use", data={"version": "amends-1+1"}).status_code == 200
    assert values(door, "select version from heads where adopted_at is not null and retired_at is null") == ["amends-1+1"]
    assert values(door, "select why from jobs") == ["version:amends-1+1"]
    assert mia.post("/settings/triage/use", data={"version": "shipped"}).status_code == 200
    assert values(door, "select count(*) from heads where adopted_at is not null and retired_at is null") == [0]
    for version, status in (("amends-1+2", 422), ("amends-9", 404), ("shipped", 422)):
        assert mia.post("/settings/triage/use", data={"version": version}).status_code in {status, 400, 409}


def test_progress_is_polled_while_a_job_runs_and_no_longer(door: Door) -> None:
    with door.pool.transaction() as conn:
        job_id = jobs.start(conn, kind="retriage", why="to test", facts={}, agent_id=None, now=NOON)
        conn.execute("update jobs set state = 'running', done = 12300, total = 40000")
    mia = door.visitor(door.who.mia)
    assert "<h1>Long work</h1>" in mia.get(f"/settings/jobs/{job_id}").text
    with as_fragment(mia, target=f"job-{job_id}") as client:
        running = client.get(f"/settings/jobs/{job_id}")
        assert "12,300 of 40,000" in running.text
        assert 'hx-trigger="every 1s"' in running.text
        stopped = client.post(f"/settings/jobs/{job_id}/cancel")
    assert "stopped" in stopped.text
    assert "every 1s" not in stopped.text
    assert "job-over" in stopped.headers["HX-Trigger"]
    assert mia.get(f"/settings/jobs/{JobId(404)}").status_code == 404


LOADED = """
import sys
import amends.cli.main
from amends.api import pages, rest
from amends.core.plugins import discover
assert discover(pages) and discover(rest)
print(sorted({"onnxruntime", "transformers", "torch", "httpx", "rich"} & set(sys.modules)))
"""


def test_the_web_process_loads_no_model_and_nothing_that_asks_others_or_draws_tables() -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", LOADED], env=env, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_the_inbox_says_that_posts_wait_while_something_hinders_triage(door: Door) -> None:
    for trouble, said in (("The file model.onnx is damaged.", True), ("", False)):
        with door.pool.transaction() as conn:
            heartbeats.beat(conn, heartbeats.TRIAGE, trouble=trouble, now=door.now)
        for path in ("/inbox", f"/inbox/{door.who.plain}"):
            page = door.visitor(door.who.ada).get(path).text
            assert ("Posts wait until it is mended" in page) is said
            assert (trouble in page) or not said
        assert ("Posts wait until it is mended" in door.visitor(door.who.mia).get("/settings/triage").text) is said
