"""The list: views, order, filters, pages by keyset while rows move, and text that wants to do harm."""

import re
from datetime import timedelta
from html import unescape

import pytest
from fastapi.testclient import TestClient

from amends.inbox.actions.assign import assign
from amends.inbox.actions.resolve import dismiss, resolve
from tests.cast import NOON, POLICY
from tests.door import Door, as_fragment
from tests.seed import HOSTILE


def ids(client: TestClient, path: str) -> list[int]:
    """Return the cases on a page, in their order."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return [int(found) for found in re.findall(r'id="row-(\d+)"', answer.text)]


def test_what_waits_for_us_is_listed_with_the_newest_first(door: Door) -> None:
    shown = ids(door.visitor(door.who.ada), "/inbox")
    assert shown[-1] == door.who.talked
    assert len(shown) == 9
    assert shown == sorted(shown, reverse=True)


def test_each_view_holds_its_own_cases(door: Door) -> None:
    ada, who = door.visitor(door.who.ada), door.who
    everything = ids(ada, "/inbox?view=all")
    with door.pool.transaction() as conn:
        assign(conn, case_id=who.talked, assignee_id=who.ada, agent_id=who.ada, now=NOON)
        resolve(conn, case_id=who.plain, agent_id=who.ada, policy=POLICY, now=NOON)
    assert ids(ada, "/inbox?view=mine") == [who.talked]
    assert ids(ada, "/inbox?view=resolved") == [who.plain]
    assert who.talked not in ids(ada, "/inbox?view=unassigned")
    assert who.plain not in ids(ada, "/inbox?view=open")
    assert set(ids(ada, "/inbox?view=all")) == set(everything)


def test_the_longest_wait_comes_first_where_that_is_asked(door: Door) -> None:
    shown = ids(door.visitor(door.who.ada), "/inbox?sort=longest")
    assert shown[:2] == [door.who.talked, door.who.plain]
    assert len(shown) == 9


def test_filters_and_search_narrow_the_list(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    assert ids(ada, "/inbox?q=bank") == [door.who.plain]
    assert ids(ada, "/inbox?q=@seeded_0") == [door.who.plain]
    assert ids(ada, f"/inbox?q=%23{door.who.talked}") == [door.who.talked]
    assert ids(ada, "/inbox?network=reddit") == []
    assert len(ids(ada, "/inbox?brand=lanka-air&network=x&mood=negative")) == 9


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", "\x00", "%25%", "#99999999999999999999", "#", "ا"])
def test_a_search_for_odd_characters_finds_what_holds_them_and_breaks_nothing(door: Door, text: str) -> None:
    answer = door.visitor(door.who.ada).get("/inbox", params={"q": text})
    assert answer.status_code == 200
    assert len(re.findall(r'id="row-', answer.text)) < 9 or text == "\x00"


def test_text_that_wants_to_do_harm_is_shown_as_text(door: Door) -> None:
    client = door.visitor(door.who.ada)
    page = client.get("/inbox").text
    hostile = next(found for found in ids(client, "/inbox?q=onerror"))
    for text in (page, client.get(f"/inbox/{hostile}").text):
        assert HOSTILE not in text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(&#39;bad&#39;)" in text


def test_a_next_page_skips_and_repeats_nothing_while_rows_move(door: Door) -> None:
    program = door.program(door.who.ada)
    first = program.get("/api/v1/cases", params={"limit": 4}).json()
    seen = [case["id"] for case in first["cases"]]
    with door.pool.transaction() as conn:
        dismiss(conn, case_id=first["cases"][1]["id"], agent_id=door.who.ada, now=NOON)
        conn.execute("update cases set last_post_at = %s where id = %s", [NOON + timedelta(hours=1), first["cases"][3]["id"]])
    second = program.get("/api/v1/cases", params={"limit": 4, "after": first["next"]}).json()
    third = program.get("/api/v1/cases", params={"limit": 4, "after": second["next"]}).json()
    seen += [case["id"] for page in (second, third) for case in page["cases"]]
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 9
    assert third["next"] == ""


@pytest.mark.parametrize("sort", ["newest", "urgency", "longest"])
@pytest.mark.parametrize("view", ["open", "all"])
def test_pages_of_every_order_hold_every_case_once(door: Door, sort: str, view: str) -> None:
    with door.pool.transaction() as conn:
        resolve(conn, case_id=door.who.plain, agent_id=door.who.ada, policy=POLICY, now=NOON)
    program, seen, after = door.program(door.who.ada), list[int](), ""
    while True:
        page = program.get("/api/v1/cases", params={"view": view, "sort": sort, "limit": 2, "after": after}).json()
        seen += [case["id"] for case in page["cases"]]
        after = page["next"]
        if not after:
            break
    assert len(seen) == len(set(seen)) == (9 if view == "all" else 8)


@pytest.mark.parametrize(
    "after",
    ["x", "1~", "~2026-01-01T00:00:00+00:00", "1~nonsense", "1~0001-01-01T00:00:00+23:59", "1~2026-01-01'; drop table cases", "9" * 70],
)
def test_a_marker_that_is_none_is_refused_in_words(shared_door: Door, after: str) -> None:
    answer = shared_door.program(shared_door.who.ada).get("/api/v1/cases", params={"after": after})
    assert (answer.status_code, answer.json()["error"]) == (422, "refused")


def test_a_filter_that_makes_no_sense_is_told_and_not_a_fault(shared_door: Door) -> None:
    client = shared_door.visitor(shared_door.who.ada)
    assert client.get("/inbox?view=nonsense").status_code == 422
    assert "Nothing fits these filters" in client.get("/inbox?language=xx").text


def test_a_view_or_order_that_there_is_none_of_is_said_in_the_readers_language(shared_door: Door) -> None:
    ada = shared_door.visitor(shared_door.who.ada)
    ada.cookies.set("amends_language", "es")
    answer = ada.get("/inbox?view=nonsense&sort=wait%3Cing")
    assert answer.status_code == 422
    assert "(view=nonsense, sort=wait&lt;ing)" in answer.text
    assert "Input should be" not in answer.text


def test_htmx_gets_the_list_alone_and_a_person_the_whole_page(shared_door: Door) -> None:
    client = shared_door.visitor(shared_door.who.ada)
    assert client.get("/inbox").text.startswith("<!doctype html>")
    with as_fragment(client, "list"):
        assert client.get("/inbox").text.strip().startswith('<section id="list"')


def test_the_list_goes_on_where_its_first_page_ends(door: Door) -> None:
    with door.pool.transaction() as conn:
        conn.execute(
            """
            insert into cases (brand_id, source_id, network, author_id, customer_id, root_external_id, status, preview, language, sentiment,
                               urgency, opened_at, last_post_at, waiting_since, customer_posts)
            select brand_id, source_id, network, author_id, customer_id, 'copy' || n, status, preview, language, sentiment, urgency,
                   opened_at, last_post_at - n * interval '1 minute', waiting_since, 1
            from cases, generate_series(1, 60) n where id = %s
            """,
            [door.who.plain],
        )
    client = door.visitor(door.who.ada)
    page, seen = client.get("/inbox").text, list[str]()
    while True:
        seen += re.findall(r'id="row-(\d+)"', page)
        more = re.search(r'hx-get="(/inbox/more[^"]+)"', page)
        if not more:
            break
        page = client.get(unescape(more[1])).text
        assert "<!doctype" not in page
    assert len(seen) == len(set(seen)) == 69


def test_an_empty_view_teaches_what_would_be_there(shared_door: Door) -> None:
    assert "Take a case with the key a" in shared_door.visitor(shared_door.who.bo).get("/inbox?view=mine").text


def test_the_counters_count_what_the_views_hold(door: Door) -> None:
    with door.pool.transaction() as conn:
        assign(conn, case_id=door.who.talked, assignee_id=door.who.ada, agent_id=door.who.ada, now=NOON)
    page = door.visitor(door.who.ada).get("/inbox").text
    told = dict(re.findall(r'data-count="([^"]+)">(\d*)<', page))
    assert (told["status:open"], told[f"mine:{door.who.ada}"], told["unassigned"], told["all"]) == ("9", "1", "8", "9")


def test_the_address_carries_the_query_and_the_query_the_list(shared_door: Door) -> None:
    client, who = shared_door.visitor(shared_door.who.ada), shared_door.who
    assert ids(client, '/inbox?q="my bank" -mood:positive urgency:>=1') == [who.plain]
    assert len(ids(client, "/inbox?q=bank OR %23" + str(who.talked))) == 2
    assert 'value="status:open mood:negative"' in client.get("/inbox?view=open&mood=negative").text
    assert 'value="mood:neutral bank"' not in client.get("/inbox?q=mood:negative bank&mood=").text
    assert 'value="bank mood:neutral"' in client.get("/inbox?q=mood:negative bank&mood=neutral").text
    assert 'data-query="?view=mine"' in client.get("/inbox?q=status:open,waiting assignee:me").text


@pytest.mark.parametrize("q", ["mod:negative", '"', "(", "topic:nonsense", "x" * 10_240, "a OR", "<script>alert(1)</script> ("])
def test_a_query_that_makes_no_sense_is_told_in_the_pane_and_stays_in_the_box(shared_door: Door, q: str) -> None:
    client = shared_door.visitor(shared_door.who.ada)
    answer = client.get("/inbox", params={"q": q})
    assert answer.status_code == 200
    assert "This query cannot be read" in answer.text
    assert q in unescape(re.findall(r'id="search"[^>]* value="([^"]*)"', answer.text)[0])
    assert shared_door.program(shared_door.who.ada).get("/api/v1/cases", params={"q": q}).status_code == 422
    assert client.get("/inbox/fitting", params={"q": q, "ids": [1]}).json() == []


def test_a_screen_asks_which_of_some_cases_its_list_would_hold(shared_door: Door) -> None:
    client, who = shared_door.visitor(shared_door.who.ada), shared_door.who
    assert client.get("/inbox/fitting", params={"q": "bank", "ids": [who.plain, who.talked]}).json() == [who.plain]
    assert client.get("/inbox/fitting", params={"q": "bank", "ids": [1] * 201}).status_code == 422


def test_the_filter_offers_every_language_that_a_post_may_be_in(shared_door: Door) -> None:
    client = shared_door.visitor(shared_door.who.ada)
    for page in ("/inbox", "/search"):
        shown = client.get(page).text
        assert all(f'<option value="{code}"' in shown for code in ("de", "fr", "si")), page


@pytest.mark.parametrize(
    ("q", "offered"),
    [
        ("mo", ["mood:"]),
        ("lost mood:", ["negative", "neutral", "positive"]),
        ("mood:negative,p", ["positive"]),
        ("-brand:", ["lanka-air"]),
        ("assignee:a", ["Ada", "Ann", "Lea"]),
        ("(status:s", ["snoozed", "resolved", "dismissed"]),
        ("lang:", ["en", "es"]),
        ("lang:ger", ["de"]),
        ("zzz", []),
        ("", []),
        ('"mood:', []),
    ],
)
def test_the_box_suggests_fields_and_values_as_one_types(shared_door: Door, q: str, offered: list[str]) -> None:
    answer = shared_door.visitor(shared_door.who.ada).get("/inbox/suggest", params={"q": q, "at": len(q)})
    found = re.findall(r'data-text="([^"]*)"', answer.text)
    assert [unescape(one) for one in found if one != "me"][: len(offered)] == offered
    assert bool(found) == bool(offered)
