"""The privacy desk: a request is kept, the file made, the erasure carried out, and the log says who opened whom."""

import json
import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from amends.api import record_words
from amends.core.database import execute, fetch_values
from amends.core.translating import gettext as _
from amends.core.translating import speaking
from amends.core.written import local_stamp
from amends.inbox.actions.search_index import read_batch
from tests.door import Door, as_fragment


def customer(door: Door) -> int:
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select customer_id from cases order by id limit 1")[0]


def asked(door: Door, kind: str) -> int:
    """Enter a request as Mia, and return its id."""
    with as_fragment(door.visitor(door.who.mia)) as client:
        answer = client.post(
            "/privacy/requests", data={"customer": customer(door), "kind": kind, "how": "By letter, with the order number"}
        )
    assert "Kept; it is due within a month" in json.loads(answer.headers["hx-trigger"])["toast"]["text"]
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select max(id) from privacy_requests")[0]


def test_a_request_is_kept_with_the_day_it_is_due_and_asked_twice_it_is_one(door: Door) -> None:
    asked(door, "file")
    asked(door, "file")
    page = door.visitor(door.who.mia).get("/privacy").text
    assert page.count("wants to see what we hold") == 1
    assert "By letter, with the order number" in page


def test_who_asks_is_found_by_name_handle_address_or_number(door: Door) -> None:
    cy = customer(door)
    with door.pool.transaction() as conn:
        execute(conn, "update customers set name = 'නිමල් <b>' where id = %(id)s", {"id": cy})
        way = "insert into contact_ways (customer_id, kind, value, normal, created_at) values (%(id)s, 'email', %(m)s, %(m)s, now())"
        execute(conn, way, {"id": cy, "m": "c@m.example"})
        while read_batch(conn):
            pass
        [handle] = fetch_values(
            conn, "select a.handle from authors a join customer_links l on l.author_id = a.id where l.customer_id = %(id)s", {"id": cy}
        )
    mia = door.visitor(door.who.mia)
    chosen = f'name="customer" value="{cy}" required checked'
    for words in ("නිම", f"@{handle}", "c@m.exa", str(cy), f"#{cy}"):
        found = mia.get("/privacy/customers", params={"q": words}).text
        assert f'name="customer" value="{cy}" required' in found, words
        assert '<b dir="auto">නිමල් &lt;b&gt;</b>' in found
    assert "Nobody fits" in mia.get("/privacy/customers", params={"q": "zzzznobody\x00"}).text
    page = mia.get(f"/privacy?customer={cy}").text
    assert chosen in page
    assert page.index('type="search" name="q"') < page.index('<form class="stack" hx-post="/privacy/requests"'), (
        "Enter there keeps no request"
    )
    assert door.visitor(door.who.ada).get("/privacy/customers?q=c").status_code == 403
    with as_fragment(mia) as client:
        refused = client.post("/privacy/requests", data={"kind": "file", "how": ""})
    assert (refused.status_code, "There is no such customer." in refused.text) == (404, True)


def test_openings_are_found_by_name_and_those_of_merged_records_too(door: Door) -> None:
    cy = customer(door)
    opened = "insert into openings (customer_id, agent_id, place, at) values (%(id)s, %(agent)s, 'case', now())"
    with door.pool.transaction() as conn:
        execute(conn, "update customers set name = 'Zoraida Once' where id = %(id)s", {"id": cy})
        make = "insert into customers (name, created_at, merged_into) values ('Absorbed Twin', now(), %(id)s) returning id"
        [twin] = fetch_values(conn, make, {"id": cy})
        [stranger] = fetch_values(conn, "insert into customers (name, created_at) values ('Stranger', now()) returning id")
        for one in (cy, twin, stranger):
            execute(conn, opened, {"id": one, "agent": door.who.ada})
        while read_batch(conn):
            pass
    mia = door.visitor(door.who.mia)
    for words in ("Zoraida", str(cy), f"#{cy}"):
        page = mia.get("/privacy/openings", params={"customer": words}).text
        shown = [name for name in ("Zoraida Once", "Absorbed Twin", "Stranger") if f"opened {name}" in page]
        assert shown == ["Zoraida Once", "Absorbed Twin"]
    assert "Nobody did" in mia.get("/privacy/openings", params={"customer": "qqqqqq"}).text


def test_a_name_that_fits_too_many_says_that_some_were_not_looked_at(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "insert into customers (name, created_at) select 'Silva ' || n, now() from generate_series(1, 51) n", {})
        while read_batch(conn):
            pass
    mia, said = door.visitor(door.who.mia), "More than 50 customers fit"
    assert said in mia.get("/privacy/openings", params={"customer": "silva"}).text
    assert said not in mia.get("/privacy/openings", params={"customer": "silva 51"}).text
    assert said not in mia.get("/privacy/openings").text


def test_the_file_for_people_has_lists_in_every_script_and_no_code(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "update customers set tags = '{வானம்,<b>}', attributes = '{\"hint\": true}' where id = %(id)s", {"id": customer(door)})
    request_id = asked(door, "file")
    answer = door.visitor(door.who.mia).get(f"/privacy/requests/{request_id}/file")
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        page = archive.read("person.html").decode()
    assert "வானம், &lt;b&gt;</dd>" in page
    assert '<dt>hint</dt><dd dir="auto">yes</dd>' in page


def test_the_file_for_people_is_in_their_language_and_by_their_clock_and_names_no_column(door: Door) -> None:
    cy = customer(door)
    with door.pool.transaction() as conn:
        execute(conn, "update customers set languages = '{ta}', zone = 'Asia/Colombo' where id = %(id)s", {"id": cy})
    mia = door.program(door.who.mia)
    at = f"/api/v1/customers/{cy}"
    mia.post(f"{at}/consents", json={"purpose": "care", "given": True, "basis": "by phone"})
    mia.post(f"{at}/dates", json={"kind": "birthday", "month": 2, "day": 29, "year": 1992})
    bought = {"name": "Pass", "bought_at": "2026-01-01T20:00:00Z", "amount": "12.25", "currency": "EUR"}
    mia.post(f"{at}/purchases", json=bought)
    request_id = asked(door, "file")
    answer = door.visitor(door.who.mia).get(f"/privacy/requests/{request_id}/file")
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        page = archive.read("person.html").decode()
    with speaking("ta"):
        colombo, bought_at = ZoneInfo("Asia/Colombo"), datetime(2026, 1, 1, 20, tzinfo=UTC)
        told = [_("What you allowed, and took back"), _("What it is for"), record_words.PURPOSES["care"], _("Bought on"),
                record_words.date_line("birthday", "", 2, 29, 1992), local_stamp(bought_at, colombo),
                local_stamp(door.now, colombo)]  # fmt: skip
    assert [one for one in [*told, "12.25 EUR", '<html lang="ta">'] if one not in page] == []
    assert re.findall(r"<dt>[^<]*( id| at|normal)</dt>|<dd[^>]*>\d{4}-\d\d-\d\dT", page) == []


def test_the_file_has_all_of_it_for_programs_and_for_people(door: Door) -> None:
    request_id = asked(door, "file")
    answer = door.visitor(door.who.mia).get(f"/privacy/requests/{request_id}/file")
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        told = json.loads(archive.read("person.json"))
        page = archive.read("person.html").decode()
    [post, *_more] = told["posts"]
    assert told["customers"][0]["id"] == customer(door)
    assert post["text"]
    assert post["text"].split()[0] in page
    assert page.rstrip().endswith("</html>")


def test_the_file_is_the_same_over_rest(door: Door) -> None:
    told = door.program(door.who.mia).get(f"/api/v1/privacy/customers/{customer(door)}").json()
    assert told["customers"][0]["id"] == customer(door)


def test_an_erasure_is_carried_out_once_and_the_case_page_says_nothing_any_more(door: Door) -> None:
    request_id, name = asked(door, "erasure"), ""
    with door.pool.transaction() as conn:
        name = fetch_values(conn, "select name from customers where id = %(id)s", {"id": customer(door)})[0]
    with as_fragment(door.visitor(door.who.mia)) as client:
        assert client.post(f"/privacy/requests/{request_id}/erase").status_code == 200
        assert client.post(f"/privacy/requests/{request_id}/erase").status_code == 409
    assert name not in door.visitor(door.who.mia).get("/privacy").text
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select count(*) from customers where name = %(name)s", {"name": name}) == [0]


def test_an_erasure_over_rest_says_what_it_emptied(door: Door) -> None:
    program = door.program(door.who.mia)
    made = program.post("/api/v1/privacy/requests", json={"customer_id": customer(door), "kind": "erasure"}).json()
    assert program.post(f"/api/v1/privacy/requests/{made['id']}/erase").json()["records"] == 1
    assert program.get("/api/v1/privacy/requests").json() == []


def test_a_refusal_needs_a_reason_and_keeps_it(door: Door) -> None:
    request_id = asked(door, "erasure")
    with as_fragment(door.visitor(door.who.mia)) as client:
        assert client.post(f"/privacy/requests/{request_id}/refuse", data={"why": " "}).status_code == 422
        client.post(f"/privacy/requests/{request_id}/refuse", data={"why": "It was not they"})
    assert "It was not they" in door.visitor(door.who.mia).get("/privacy").text


def test_a_request_for_nobody_is_refused(door: Door) -> None:
    with as_fragment(door.visitor(door.who.mia)) as client:
        assert client.post("/privacy/requests", data={"customer": 999_999, "kind": "file"}).status_code == 404
        assert client.post("/privacy/requests", data={"customer": "x", "kind": "file"}).status_code == 422


def test_who_opens_a_case_stands_in_the_log_once_while_they_go_on_looking(door: Door) -> None:
    with door.pool.transaction() as conn:
        [case_id] = fetch_values(conn, "select id from cases order by id limit 1")
    for _time in range(3):
        door.visitor(door.who.ada).get(f"/inbox/{case_id}")
    door.program(door.who.ada).get(f"/api/v1/customers/{customer(door)}")
    page = door.visitor(door.who.mia).get(f"/privacy/openings?customer={customer(door)}").text
    assert page.count("Ada opened") == 2
    assert "beside a case" in page
    assert "by a program" in page


def test_what_is_settled_is_tried_dry_kept_and_carried_out(door: Door) -> None:
    form = {"kind": ["openings", "context"], "source": ["", ""], "days": ["30", ""]}
    with door.pool.transaction() as conn:
        execute(
            conn,
            "insert into openings (customer_id, agent_id, place, at) values (%(id)s, %(agent)s, 'case', '2020-01-01')",
            {"id": customer(door), "agent": door.who.ada},
        )
    with as_fragment(door.visitor(door.who.mia)) as client:
        assert '<b class="num">1</b>' in client.post("/privacy/retention/try", data=form).text
        assert client.post("/privacy/retention", data=form | {"days": ["forever", ""]}).status_code == 422
        assert client.post("/privacy/retention", data=form | {"days": ["30"]}).status_code == 422
        client.post("/privacy/retention", data=form)
        assert 'value="30"' in client.get("/privacy/retention").text
        assert "Taking away what is too old" in client.post("/privacy/retention/run").text


def test_nothing_is_carried_out_where_nothing_is_settled(door: Door) -> None:
    with as_fragment(door.visitor(door.who.mia)) as client:
        assert client.post("/privacy/retention/run").status_code == 422
