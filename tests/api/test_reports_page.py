"""Reports on the screen and for programs: made, shown, taken out as a file, and seen by whom they are for."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest

from amends.core.database import execute
from tests.api.test_numbers import work_through
from tests.cast import NOON
from tests.door import Answer, Door

FIELDS = {"name": "Monday", "span": "days_7", "parts": ["held", "figures", "network"], "zone": "Europe/Berlin"}


def kept(door: Door, agent_id: int, **facts: object) -> str:
    """Keep a report in a browser and return its address."""
    answer = door.visitor(agent_id).post("/reports", data=FIELDS | facts)  # pyright: ignore[reportArgumentType]
    assert answer.status_code == 200, answer.text
    return answer.headers["hx-redirect"]


def test_a_report_by_agent_keeps_that_part_when_it_is_changed_while_nobody_may_compare(door: Door) -> None:
    mia, body = door.visitor(door.who.mia), FIELDS | {"parts": ["held", "assignee"]}
    with door.pool.transaction() as conn:
        execute(conn, "update number_settings set compare_agents = '{manager}'")
    address = kept(door, door.who.mia, **body)
    with door.pool.transaction() as conn:
        execute(conn, "update number_settings set compare_agents = '{}'")
    ticked = 'name="parts" value="assignee" checked'
    assert ticked in mia.get(address).text
    changed = mia.post(address, data=body | {"name": "Tuesday"})  # pyright: ignore[reportArgumentType]
    assert (changed.status_code, ticked in changed.text) == (200, True)
    assert "not compared here" in mia.get(address).text
    without = mia.post(address, data=FIELDS)  # pyright: ignore[reportArgumentType]
    assert (without.status_code, 'value="assignee"' in without.text) == (200, False)
    assert mia.post(address, data=body).status_code == 422  # pyright: ignore[reportArgumentType]


def undo_of(answer: Answer) -> str:
    return json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]


def test_a_report_is_kept_shown_and_opens_the_rows_of_its_numbers(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "update episodes set published_at = published_at - interval '1 day'")
        execute(conn, "update alerts set raised_at = raised_at - interval '1 day'")
    mia = door.visitor(door.who.mia)
    page = mia.get(kept(door, door.who.mia, parts=[*FIELDS["parts"], "alarms"])).text
    links = re.findall(r'<a href="(/numbers/rows\?[^"]+)">(\d+)</a>', page)
    assert len(links) > 20
    for address, said in dict.fromkeys(links):
        assert mia.get(unescape(address)).text.count('<tr><td><a href="/inbox/') == int(said), address
    alarms = re.findall(r'<a href="(/numbers/alarms/rows\?[^"]+)">(\d+)</a>', page)
    assert sum(int(n) for _address, n in alarms) > 0
    for address, said in alarms:
        assert mia.get(unescape(address)).text.count('<tr><td class="num">') == int(said), address
    assert "Nothing was sent yet." in page


def test_every_length_in_a_report_opens_the_rows_that_have_it(door: Door) -> None:
    with door.pool.transaction() as conn:
        work_through(conn, door)
    door.now = NOON + timedelta(days=2)
    mia = door.visitor(door.who.mia)
    page = mia.get(kept(door, door.who.mia, parts=["times", "answered"])).text
    within = [link for link in re.findall(r'<a href="(/numbers/rows\?[^"]+)">(\d+)</a>', page) if "length=" in link[0]]
    assert len(within) == 4 * 8  # bins of the answers and the resolutions, on the wall and in business time
    assert {n for _address, n in within} > {"0"}
    for address, said in dict.fromkeys(link for link in within if link[1] != "0" or "least=300" in link[0]):
        assert mia.get(unescape(address)).text.count('<tr><td><a href="/inbox/') == int(said), address
    times = page[page.index("From what to what") :]
    assert times.count('<a href="/numbers/rows?figure=begun') == 9 * 4


def test_a_report_is_changed_paused_removed_and_brought_back(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    address = kept(door, door.who.mia, every="week", people=[door.who.mia])
    assert "Pause" in mia.get(address).text
    paused = mia.post(f"{address}/pause")
    assert mia.post(undo_of(paused)).status_code == 200
    assert "Tuesday" in mia.post(address, data=FIELDS | {"name": "Tuesday"}).text  # pyright: ignore[reportArgumentType]
    gone = mia.post(f"{address}/delete")
    assert mia.get(address).status_code == 404
    mia.post(undo_of(gone))
    assert mia.get(address).status_code == 200
    assert "trial" in mia.post(f"{address}/try").text


@pytest.mark.parametrize("kind", ["html", "csv", "xlsx"])
def test_a_report_is_taken_out_as_a_file(door: Door, kind: str) -> None:
    answer = door.visitor(door.who.mia).get(f"{kept(door, door.who.mia)}/file.{kind}")
    assert answer.status_code == 200
    assert f'.{kind}"' in answer.headers["content-disposition"]


def test_a_report_is_seen_by_its_owner_by_whom_it_is_sent_to_and_by_administrators(door: Door) -> None:
    address = kept(door, door.who.mia, people=[door.who.lea])
    seen = {who: door.visitor(who).get(address).status_code for who in (door.who.mia, door.who.lea, door.who.ann)}
    assert set(seen.values()) == {200}
    assert door.visitor(door.who.lea).post(f"{address}/delete").status_code == 404
    own = kept(door, door.who.mia)
    assert door.visitor(door.who.lea).get(own).status_code == 404
    assert own not in door.visitor(door.who.lea).get("/reports").text


@pytest.mark.parametrize(
    "wrong", [{"zone": "Mars/Olympus"}, {"at": "25:99"}, {"parts": []}, {"q": "network:("}, {"people": [10**9]}, {"month_day": 32}]
)
def test_a_report_that_cannot_be_is_refused_in_words(shared_door: Door, wrong: dict[str, object]) -> None:
    answer = shared_door.program(shared_door.who.mia).post("/api/v1/reports", json=FIELDS | wrong)
    assert answer.status_code == 422, answer.text


def test_a_query_that_cannot_be_read_any_more_is_told_on_the_page(door: Door) -> None:
    address = kept(door, door.who.mia)
    with door.pool.transaction() as conn:
        execute(conn, "update reports set condition = 'team:Gone'")
    page = door.visitor(door.who.mia).get(address)
    assert page.status_code == 200
    assert "Change what it asks below." in page.text


def test_a_report_of_a_colleague_made_while_one_might_compare_says_why_it_shows_nothing_any_more(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "update number_settings set compare_agents = '{manager}'")
    address = kept(door, door.who.mia, q="assignee:ada")
    mia = door.visitor(door.who.mia)
    assert "By network" in mia.get(address).text
    with door.pool.transaction() as conn:
        execute(conn, "update number_settings set compare_agents = '{}'")
    page = mia.get(address).text
    assert "an administrator can say who may" in page
    assert "report-part" not in page
    assert mia.get(f"{address}/file.csv").status_code == 422
    assert door.program(door.who.mia).get(f"/api/v1{address}/tables").status_code == 422


def test_programs_keep_and_read_reports(door: Door) -> None:
    mia = door.program(door.who.mia)
    made = mia.post("/api/v1/reports", json=FIELDS).json()
    place = f"/api/v1/reports/{made['id']}"
    assert [one["name"] for one in mia.get("/api/v1/reports").json()] == ["Monday"]
    assert len(mia.get(f"{place}/tables").json()["tables"]) == 3
    assert mia.put(place, json=FIELDS | {"name": "Other"}).json()["name"] == "Other"
    assert mia.post(f"{place}/try").status_code == 202
    assert [one["state"] for one in mia.get(f"{place}/sendings").json()] == ["queued"]
    assert mia.post(f"{place}/pause").json()["paused_at"]
    assert mia.post(f"{place}/resume").json()["paused_at"] is None
    assert mia.delete(place).status_code == 204
    assert mia.get(f"{place}/tables").status_code == 404
    assert mia.post(f"{place}/restore").status_code == 200
