"""The numbers: every one of them opens its rows, and the rows recount to it; who may see whose."""

import json
import re
from datetime import datetime, timedelta
from html import unescape
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.actions import calendars, facts, number_settings
from amends.inbox.actions.follow_up import conclude_due
from amends.inbox.actions.measure_clocks import measure
from amends.inbox.actions.resolve import dismiss, resolve
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.figures import Figure
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.spans import Period, whole_second
from amends.inbox.rules.working_hours import Span
from amends.inbox.store import fact_rows
from amends.inbox.store.fact_rows import Behind
from amends.inbox.store.number_settings import NumberSettings
from tests.cast import NOON, POLICY
from tests.door import Door
from tests.seed import a_second_source

WEEK = Period(since=NOON - timedelta(days=7), until=NOON + timedelta(days=30))
ALL_OF_IT = {"figure": "begun", "since": WEEK.since.isoformat(), "until": WEEK.until.isoformat()}
ROW = '<tr><td><a href="/inbox/'


def work_through(conn: Connection, door: Door) -> None:
    """Choose a calendar, resolve two cases, put one aside, and let the follow-ups come due."""
    week = Calendar(zone="Asia/Colombo", spans=tuple(Span(day=day, begins=540, ends=1020) for day in range(7)))
    saved = calendars.save(conn, name="Week", calendar=week, calendar_id=None, agent_id=door.who.ada, now=NOON)
    chosen = NumberSettings(compare_agents=[], shows_answer_times=False, calendar_id=saved)
    number_settings.decide(conn, chosen, agent_id=door.who.ada, now=NOON)
    measure(conn, [CaseId(one) for one in fetch_values(conn, "select id from cases")])
    for case_id in (door.who.talked, door.who.plain):
        resolve(conn, case_id=case_id, agent_id=door.who.ada, policy=POLICY, now=NOON)
    dismiss(conn, case_id=CaseId(door.who.plain + 1), agent_id=door.who.ada, now=NOON)
    conclude_due(conn, now=NOON + timedelta(days=8))


def count(conn: Connection, figure: Figure, period: Period = WEEK) -> int:
    """Return how many rows are behind a figure."""
    facts.freshen(conn)
    return fact_rows.count(conn, Behind(figure=figure, period=period, query=parse(""), asker=Asker(agent_id=0, now=NOON)))


def test_a_median_that_is_not_reached_is_a_dash(door: Door) -> None:
    page = door.visitor(door.who.mia).get("/numbers").text
    assert re.search(r'figure=answered[^"]*">—</a>', page)


def test_what_held_means_is_one_press_from_its_number(shared_door: Door) -> None:
    page = shared_door.visitor(shared_door.who.mia).get("/numbers").text
    target = re.search(r'<a href="#(counted-held_\d+)">How it is counted</a>', page)
    assert target
    assert f'<dt id="{target[1]}">held after' in page


def test_a_share_of_which_little_is_known_yet_says_so(door: Door) -> None:
    span = {"since": WEEK.since.isoformat(), "until": WEEK.until.isoformat()}
    with door.pool.transaction() as conn:
        resolve(conn, case_id=door.who.talked, agent_id=door.who.ada, policy=POLICY, now=NOON)
        conclude_due(conn, now=NOON + timedelta(days=8))
    with door.visitor(door.who.mia) as manager:
        assert "Too early to judge" not in manager.get("/numbers", params=span).text
        with door.pool.transaction() as conn:
            for case_id in (door.who.plain, CaseId(door.who.plain + 1)):
                resolve(conn, case_id=case_id, agent_id=door.who.ada, policy=POLICY, now=NOON + timedelta(days=8))
        assert "Too early to judge" in manager.get("/numbers", params=span).text


def test_a_median_that_is_reached_is_told_in_words(door: Door) -> None:
    with door.pool.transaction() as conn:
        conn.execute("update episodes set answered_at = published_at + interval '90 seconds'")
    page = door.visitor(door.who.mia).get("/numbers").text
    assert re.search(r'figure=answered[^"]*">1 min 30 s</a>|figure=answered[^"]*">1 min</a>|figure=answered[^"]*">90 s</a>', page)


def test_what_was_put_aside_counts_as_neither_answered_nor_begun(door: Door) -> None:
    with door.pool.transaction() as conn:
        before = count(conn, Figure.BEGUN)
        dismiss(conn, case_id=door.who.plain, agent_id=door.who.ada, now=NOON)
        assert count(conn, Figure.BEGUN) == before - 1


def test_a_resolving_that_is_taken_back_is_taken_out_of_the_numbers(door: Door) -> None:
    with door.pool.transaction() as conn:
        resolve(conn, case_id=door.who.plain, agent_id=door.who.ada, policy=POLICY, now=NOON)
        assert count(conn, Figure.RESOLVED) == 1
        conn.execute("update episodes set resolved_at = null")
        assert count(conn, Figure.RESOLVED) == 0


def test_every_link_on_the_page_opens_as_many_rows_as_it_says(door: Door) -> None:
    with door.pool.transaction() as conn:
        work_through(conn, door)
    door.now = NOON + timedelta(days=9)
    mia = door.visitor(door.who.mia)
    page = "".join(mia.get(f"/numbers{part}?span=30d").text for part in ("", "/by/network", "/by/segment", "/by/topic", "/moving"))
    links = re.findall(r'href="(/numbers/rows[^"]+)">([\d,]+)<', page)
    assert len(links) > 130
    assert {"handled", "first_business", "next_business", "ending_business"} <= set(re.findall(r"length=(\w+)", page))
    assert '<th scope="row">Resolved after</th>' in page
    # One of each kind that opens nothing, and all that open something.
    nothing = {tuple(re.findall(r"(?:figure|length)=\w+", address)): address for address, said in links if said == "0"}
    for address, said in dict.fromkeys(link for link in links if link[1] != "0" or link[0] in nothing.values()):
        rows = mia.get(unescape(address)).text
        assert rows.count(ROW) == int(said.replace(",", "")), address


def test_the_way_back_from_rows_leads_to_the_span_and_cases_that_they_are_of(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    rows = mia.get("/numbers/rows", params=ALL_OF_IT | {"q": "lang:en"}).text
    [back] = re.findall(r'<a class="btn" href="(/numbers\?[^"]+)"', rows)
    page = mia.get(unescape(back)).text
    count = re.search(r'<h1><span class="num">(\d+)</span>', rows)
    assert count
    assert re.search(rf'figure=begun[^"]*q=lang%3Aen">{count[1]}</a>', page)


def test_a_page_of_rows_goes_on_where_the_last_one_ended(door: Door) -> None:
    mia = door.program(door.who.mia)
    address = f"/api/v1/numbers/rows?figure=begun&since={WEEK.since:%Y-%m-%dT%H:%M:%SZ}&until={WEEK.until:%Y-%m-%dT%H:%M:%SZ}&limit=4"
    seen: list[int] = []
    after = ""
    while True:
        page = mia.get(f"{address}&after={after.replace('+', '%2B')}").json()
        seen += [row["id"] for row in page["rows"]]
        after = page["next"]
        if not after:
            break
    assert page["count"] == len(seen) == len(set(seen)) == 9
    assert mia.get(f"{address}&after=nonsense").status_code == 422


@pytest.mark.parametrize(
    "query", ["span=24h", "span=365d", "since=2026-02-01&until=2026-03-02&zone=Asia/Kolkata", "q=network:x+-lang:si", "q=lost"]
)
def test_every_span_zone_and_query_has_its_page(shared_door: Door, query: str) -> None:
    page = shared_door.visitor(shared_door.who.mia).get(f"/numbers?{query}")
    assert page.status_code == 200
    assert 'role="alert"' not in page.text


def test_a_zone_of_mine_that_nobody_knows_any_more_is_utc(door: Door) -> None:
    with door.pool.transaction() as conn:
        conn.execute("update agents set time_zone = 'Asia/Atlantis'")
    page = door.visitor(door.who.mia).get("/numbers?since=2026-03-01&until=2026-03-02")
    assert page.status_code == 200


@pytest.mark.parametrize("q", ["brand:nobody", "network:(", "urgency:>x", "assignee:ada"])
def test_a_query_that_cannot_be_read_is_told_and_all_cases_are_shown_with_what_stands_below(shared_door: Door, q: str) -> None:
    mia = shared_door.visitor(shared_door.who.mia)
    page = mia.get("/numbers", params={"q": q})
    assert page.status_code == 200
    assert "Shown are all cases." in page.text
    below = dict.fromkeys(re.findall(r'(?:hx-get|href)="(/numbers[/?][^"]*)"', page.text[page.text.index('id="tiles"') :]))
    assert len(below) > 20
    for address in below:
        assert mia.get(unescape(address)).status_code == 200, address


@pytest.mark.parametrize(
    "query",
    [
        "zone=Mars/Olympus",
        "since=2026-03-02&until=2026-03-01",
        "until=2026-03-02",
        "since=2000-01-01&until=2026-03-01",
        "span=9d",
        "since=yesterday",
        "since=2026-03-02T12:00&until=2026-03-02T12:00Z",
        "since=2026-03-02T12:00:00Z&until=2026-03-02T13:00:00%2B02:00",
        "since=9999-12-01&until=9999-12-31",
        "since=0001-01-01&until=0001-01-02",
        "since=9999-12-31T23:59:59-12:00",
        "since=2011-12-30&until=2011-12-30&zone=Pacific/Apia",
    ],
)
def test_a_span_that_is_none_is_refused(shared_door: Door, query: str) -> None:
    assert shared_door.program(shared_door.who.mia).get(f"/api/v1/numbers?{query}").status_code == 422


def test_a_span_is_of_days_or_of_moments_to_the_second(door: Door) -> None:
    door.now = NOON + timedelta(hours=1)
    mia = door.program(door.who.mia)

    def spanned(since: str, until: str = "", zone: str = "Asia/Colombo") -> tuple[str, str, int]:
        said = mia.get("/api/v1/numbers", params={"since": since, "until": until, "zone": zone}).json()
        return said["since"], said["until"], said["measures"]["begun"]

    assert spanned("2026-03-02", "2026-03-02") == ("2026-03-01T18:30:00Z", "2026-03-02T18:30:00Z", 9)
    [first, *_rest] = sorted(row["published_at"] for row in mia.get("/api/v1/numbers/rows", params=ALL_OF_IT).json()["rows"])
    at = datetime.fromisoformat(first)
    second = whole_second(at)
    after = f"{second + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
    assert spanned(first, after) == (f"{second:%Y-%m-%dT%H:%M:%SZ}", after, 1)
    assert spanned("2026-03-01", first)[2] == 0
    local = second.astimezone(ZoneInfo("Asia/Colombo")).replace(tzinfo=None)
    assert spanned(local.isoformat(), (local + timedelta(seconds=1.5)).isoformat()) == (f"{second:%Y-%m-%dT%H:%M:%SZ}", after, 1)
    assert spanned(after)[1:] == ("2026-03-02T13:00:00Z", 8)


def test_the_page_writes_moments_as_the_clock_of_the_zone_shows_them(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    days = mia.get("/numbers?since=2026-03-02&until=2026-03-02&zone=Asia/Colombo").text
    assert "2 Mar 2026, 00:00 to 3 Mar 2026, 00:00" in days
    assert "UTC" not in re.sub(r"(?s)<datalist.*?</datalist>", "", days[days.index("How are we doing") :])
    assert '<input type="date" name="since" value="2026-03-02">' in days
    hours = mia.get("/numbers?since=2026-03-02T12:00:00Z&until=2026-03-02T14:00:00Z&zone=Asia/Colombo").text
    assert 'type="datetime-local" step="1" name="since" value="2026-03-02T17:30:00"' in hours
    assert "since=2026-03-02T12%3A00%3A00%2B00%3A00" in hours


def test_the_tiles_alone_come_when_they_are_kept_fresh(shared_door: Door) -> None:
    tiles = shared_door.visitor(shared_door.who.mia).get("/numbers", headers={"HX-Request": "true"}).text
    assert 'id="tiles"' in tiles
    assert "<html" not in tiles


def test_programs_of_managers_read_the_same_numbers(door: Door) -> None:
    door.now = NOON + timedelta(hours=1)
    said = door.program(door.who.mia).get("/api/v1/numbers?span=7d&zone=Asia/Colombo").json()
    assert said["measures"]["begun"] == sum(slot["begun"] for slot in said["slots"]) == 9
    assert (said["backlog"], said["before"]["begun"], said["zone"]) == (9, 0, "Asia/Colombo")
    assert (said["paces"]["seen"]["median"] is None, said["paces"]["counted"]) == (False, 0)
    assert said["paces_before"]["first_business"] == {"median": None, "p90": None}
    assert said["definitions"]["unanswered"].endswith("They stay in the denominator.")


def test_a_lead_reads_the_numbers_of_their_own_teams(door: Door) -> None:
    with door.pool.transaction() as conn:
        other = a_second_source(conn)
        team = conn.execute("insert into teams (name, created_at) values ('North', now()) returning id").fetchone()
        assert team
        execute(conn, "insert into team_members (team_id, agent_id) values (%(t)s, %(a)s)", {"t": team[0], "a": door.who.lea})
        execute(conn, "insert into team_sources (team_id, source_id) values (%(t)s, %(s)s)", {"t": team[0], "s": other})
    lea, mia = door.program(door.who.lea), door.program(door.who.mia)
    since = f"since={WEEK.since:%Y-%m-%dT%H:%M:%SZ}&until={WEEK.until:%Y-%m-%dT%H:%M:%SZ}"
    assert lea.get("/api/v1/numbers").json()["measures"]["begun"] == 0
    assert lea.get("/api/v1/numbers").json()["backlog"] == 0
    assert lea.get(f"/api/v1/numbers/rows?figure=begun&{since}").json()["count"] == 0
    assert mia.get(f"/api/v1/numbers/rows?figure=begun&{since}").json()["count"] == 9


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_rows_beyond_the_calendar_are_refused(shared_door: Door, edge: str) -> None:
    mia = shared_door.program(shared_door.who.mia)
    well = {"figure": "begun", "since": "2026-01-01", "until": "2027-01-01"}
    for told in ({"since": edge}, {"until": edge}, {"after": f"{edge},1"}):
        assert mia.get("/api/v1/numbers/rows", params=well | told).status_code == 422, told


@pytest.mark.parametrize("dimension", ["network", "source", "brand", "team", "lang", "topic", "segment"])
def test_numbers_are_broken_down_by_what_cases_have_in_common(shared_door: Door, dimension: str) -> None:
    assert shared_door.visitor(shared_door.who.mia).get(f"/numbers/by/{dimension}").status_code == 200


def test_programs_read_numbers_by_what_cases_have_in_common_and_those_of_alarms(shared_door: Door) -> None:
    mia = shared_door.program(shared_door.who.mia)
    found = mia.get("/api/v1/numbers/by/network?span=365d").json()
    assert [line["name"] for line in found] == ["X"]
    assert mia.get("/api/v1/numbers/alarms").status_code == 200
    assert mia.get("/api/v1/numbers/by/assignee").status_code == 403


def test_what_is_about_no_topic_stands_beside_the_topics_and_is_no_topic_that_rises(door: Door) -> None:
    program, page = door.program(door.who.mia), door.visitor(door.who.mia)
    [line] = [one for one in program.get("/api/v1/numbers/by/topic?span=30d").json() if one["query"] == "topic:none"]
    found = program.get("/api/v1/numbers?span=30d&q=topic:none").json()
    assert line["name"] == "none"
    assert line["measures"] == found["measures"]
    assert line["measures"]["begun"] > 0
    assert "topic%3Anone" not in page.get("/numbers/moving?span=30d").text


def test_the_backlog_is_as_old_as_it_was_when_the_span_ended(door: Door) -> None:
    with door.pool.transaction() as conn:
        conn.execute("update episodes set published_at = published_at - interval '10 days', seen_at = seen_at - interval '10 days'")
        facts.freshen(conn)
        resolve(conn, case_id=door.who.plain, agent_id=door.who.ada, policy=POLICY, now=NOON)
    day = {"since": (NOON - timedelta(days=11)).date().isoformat(), "until": (NOON - timedelta(days=6)).date().isoformat(), "zone": "UTC"}
    found = door.program(door.who.mia).get("/api/v1/numbers", params=day).json()
    assert found["backlog"] == found["measures"]["begun"] > 0
    assert 4 * 86_400 < found["backlog_ages"]["median"] <= found["backlog_ages"]["oldest"] < 5 * 86_400
    assert "median age 4 d" in door.visitor(door.who.mia).get("/numbers", params=day).text


def test_the_raw_facts_leave_as_a_file_with_a_row_an_episode(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    lines = mia.get("/numbers/facts.csv?span=30d").text.splitlines()
    assert lines[0].startswith("episode_id,case_id,number,network")
    assert len(lines) == 10
    assert len(door.program(door.who.mia).get("/api/v1/numbers/facts.jsonl?q=network:reddit").text.splitlines()) == 0
    assert door.visitor(door.who.ada).get("/numbers/facts.csv").status_code == 403


def test_the_raw_facts_leave_as_parquet_with_typed_columns(shared_door: Door) -> None:
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    content = shared_door.program(shared_door.who.mia).get("/api/v1/numbers/facts.parquet?span=365d").content
    table = parquet.read_table(BytesIO(content))
    assert table.num_rows > 0
    types = {field.name: str(field.type) for field in table.schema}
    assert (types["published_at"], types["first_answer"]) == ("timestamp[us, tz=UTC]", "int64")
    assert types["topics"].startswith("list<")


def test_what_is_decided_about_the_numbers_is_taken_back_unless_somebody_decided_since(door: Door) -> None:
    admin = door.visitor(door.who.ann)
    shown = {"instead_of": ".0.", "role": ["lead", "manager"]}
    saved = admin.post("/settings/numbers", data=shown)
    undo = json.loads(saved.headers["hx-trigger"])["toast"]["undo"]
    assert 'value="lead-manager.0."' in saved.text
    assert admin.post("/settings/numbers", data=shown).status_code == 409
    assert 'value=".0."' in admin.post(undo).text
    assert admin.post(undo).status_code == 409
    assert admin.post("/settings/numbers/back?to=agent.0.&instead_of=.0.").status_code == 422
    assert door.visitor(door.who.mia).post(undo).status_code == 403


def test_a_calendar_is_chosen_for_the_numbers(door: Door) -> None:
    admin, mia = door.visitor(door.who.ann), door.visitor(door.who.mia)
    assert "No calendar counts" in mia.get("/numbers").text
    admin.post("/settings/calendars", data={"name": "Mornings", "zone": "UTC", "day": ["8:00-12:00"] + [""] * 6})
    with door.pool.transaction() as conn:
        [week] = fetch_values(conn, "select id from calendars")
    assert admin.post("/settings/numbers", data={"calendar": str(week)}).status_code == 200
    assert f'<option value="{week}" selected>Mornings (UTC)</option>' in admin.get("/settings/numbers").text
    assert admin.post("/settings/numbers", data={"calendar": str(week + 1)}).status_code == 404
    assert admin.post("/settings/numbers", data={"calendar": "tomorrow"}).status_code == 422
    assert "Calendar of business time" in admin.get("/settings/audit").text
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select why from jobs where kind = 'measure'") == ["calendar"]


def test_programs_of_administrators_decide_about_the_numbers(door: Door) -> None:
    admin, place = door.program(door.who.ann), "/api/v1/numbers/settings"
    assert admin.get(place).json() == {"compare_agents": [], "shows_answer_times": False, "calendar_id": None}
    week = admin.post("/api/v1/calendars", json={"name": "Week", "days": ["9:00-17:00"] * 7}).json()["calendar_id"]
    chosen = admin.patch(place, json={"compare_agents": ["manager"], "calendar_id": week}).json()
    assert chosen == {"compare_agents": ["manager"], "shows_answer_times": False, "calendar_id": week}
    assert admin.patch(place, json={"shows_answer_times": True}).json() == chosen | {"shows_answer_times": True}
    assert admin.patch(place, json={"calendar_id": None}).json()["calendar_id"] is None
    refused = [admin.patch(place, json=one).status_code for one in ({"compare_agents": ["agent"]}, {"calendar_id": week + 1}, {"x": 1})]
    assert refused == [422, 404, 422]
    assert door.program(door.who.mia).get(place).status_code == 403


def test_groups_tell_each_step_and_business_time_below_the_wall_and_open_their_rows(door: Door) -> None:
    with door.pool.transaction() as conn:
        work_through(conn, door)
    mia = door.visitor(door.who.mia)
    page = unescape(mia.get("/numbers/by/network?q=status:resolved").text)
    assert "the same in business time" in page
    [link] = set(re.findall(r'href="(/numbers/rows[^"]*length=ending_business)"', page))
    assert {"seen", "triaged", "handled", "next_answer"} <= set(re.findall(r"length=(\w+)", page))
    assert mia.get(link).text.count(ROW) == 2
    [line] = door.program(door.who.mia).get("/api/v1/numbers/by/network").json()
    assert line["paces"]["counted"] == line["measures"]["begun"]


def test_a_length_opens_the_rows_that_have_it_and_shows_it(shared_door: Door) -> None:
    mia = shared_door.visitor(shared_door.who.mia)
    span = f"since={WEEK.since:%Y-%m-%dT%H:%M:%SZ}&until={WEEK.until:%Y-%m-%dT%H:%M:%SZ}"
    page = mia.get(f"/numbers/rows?figure=begun&length=triaged&{span}").text
    assert "From seen to triaged: any time." in page
    assert page.count(ROW) == 9
    assert mia.get(f"/numbers/rows?figure=begun&length=first_business&{span}").text.count(ROW) == 0
