"""Whose numbers are whose: colleagues are compared by whom a setting names alone, and everybody has their own."""

import re
from html import unescape
from typing import Any

import pytest

from amends.core.database import execute
from amends.inbox.actions.customer_facts import count_batch
from tests.api.test_numbers import ALL_OF_IT, ROW, WEEK, work_through
from tests.door import Door


def test_agents_are_compared_only_by_those_whom_a_setting_names(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    assert mia.get("/numbers/by/assignee").status_code == 403
    assert "By agent" not in mia.get("/numbers/by/network").text
    with door.pool.transaction() as conn:
        conn.execute("update number_settings set compare_agents = '{manager}'")
    assert "nobody" in mia.get("/numbers/by/assignee").text
    assert door.visitor(door.who.lea).get("/numbers/by/assignee").status_code == 403


OF_ADA = ["assignee:ada", "-assignee:ada", "(network:x OR assignee:ada)", "assignee:me,ada"]
BEHIND = {"since": WEEK.since.isoformat(), "until": WEEK.until.isoformat()}


@pytest.mark.parametrize("q", OF_ADA)
def test_nobody_asks_the_numbers_of_one_colleague_where_nobody_may_compare(shared_door: Door, q: str) -> None:
    mia, program = shared_door.visitor(shared_door.who.mia), shared_door.program(shared_door.who.mia)
    page = mia.get("/numbers", params={"q": q})
    assert "Numbers of single agents are not compared here" in page.text
    doors = [mia.get(f"/numbers/{place}", params={"q": q}) for place in ("by/topic", "moving", "alarms", "facts.csv")]
    doors += [program.get(f"/api/v1/numbers{place}", params={"q": q}) for place in ("", "/by/topic", "/alarms", "/facts.jsonl")]
    doors += [door.get(place + "/rows", params={"figure": "begun", "q": q} | BEHIND) for door, place in _both(mia, program)]
    doors += [mia.get("/numbers/alarms/rows", params={"figure": "raised", "q": q} | BEHIND)]
    assert {one.status_code for one in doors} == {422}
    assert all("an administrator can say who may" in one.text for one in doors)


def test_a_segment_of_one_colleagues_customers_is_no_way_round(door: Door) -> None:
    mia = door.program(door.who.mia)
    for name, query in (("Hers", "owner:Ada"), ("Tamil", "lang:ta")):
        assert mia.post("/api/v1/segments", json={"name": name, "query": query, "shared": True}).status_code < 300
    with door.pool.transaction() as conn:
        execute(conn, "update customers set owner_id = %(ada)s, languages = '{ta}'", {"ada": door.who.ada})
        while count_batch(conn, now=door.now):
            pass

    def seen() -> tuple[int, set[str]]:
        span = {"since": WEEK.since.isoformat(), "until": WEEK.until.isoformat()}
        lines = mia.get("/api/v1/numbers/by/segment", params=span).json()
        return mia.get("/api/v1/numbers", params={"q": "segment:Hers"}).status_code, {line["name"] for line in lines}

    assert seen() == (422, {"Tamil"})
    with door.pool.transaction() as conn:
        conn.execute("update number_settings set compare_agents = '{manager}'")
    assert seen() == (200, {"Hers", "Tamil"})


def _both(visitor: Any, program: Any) -> list[tuple[Any, str]]:
    return [(visitor, "/numbers"), (program, "/api/v1/numbers")]


def test_ones_own_numbers_and_those_of_nobody_are_asked_by_name_and_a_colleagues_where_one_may_compare(door: Door) -> None:
    mia = door.program(door.who.mia)
    for q in ("assignee:me", "-assignee:me", "assignee:none", "assignee:mia"):
        assert mia.get("/api/v1/numbers", params={"q": q}).status_code == 200, q
    with door.pool.transaction() as conn:
        conn.execute("update number_settings set compare_agents = '{manager}'")
    assert {mia.get("/api/v1/numbers", params={"q": q}).status_code for q in OF_ADA} == {200}
    assert door.program(door.who.lea).get("/api/v1/numbers", params={"q": OF_ADA[0]}).status_code == 422


def test_everybody_has_their_own_numbers(shared_door: Door) -> None:
    page = shared_door.visitor(shared_door.who.ada).get("/my-numbers")
    assert page.status_code == 200
    assert "nobody is ranked" in page.text
    assert ">24 h</a>" in page.text
    assert ">24 ம</a>" in shared_door.visitor(shared_door.who.ada).get("/my-numbers", headers={"Accept-Language": "ta"}).text


def test_every_number_of_ones_own_opens_its_rows_and_those_of_nobody_else(door: Door) -> None:
    with door.pool.transaction() as conn:
        work_through(conn, door)
        conn.execute("update cases set assignee_id = %s where id = %s", (door.who.ada, door.who.plain))
    ada = door.visitor(door.who.ada)
    page = ada.get("/my-numbers?span=30d").text
    links = re.findall(r'href="(/my-numbers/rows\?[^"]+)">([^<]+)</a>', page)
    assert len(links) >= 10
    assert "/numbers/rows" not in page.replace("/my-numbers/rows", "")
    for link, shown in links:
        rows = ada.get(unescape(link))
        assert rows.status_code == 200
        assert "/my-numbers" in rows.text
        if shown.isdecimal():
            assert rows.text.count(ROW) == int(shown), link
    everything, none = (ada.get("/my-numbers/rows", params=ALL_OF_IT | {"q": q}).text for q in ("", "assignee:none"))
    assert none.count(ROW) == everything.count(ROW) == 2
