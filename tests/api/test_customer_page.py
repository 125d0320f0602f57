"""The page of a customer: seen, edited in place, taken back, and kept from whom it does not concern."""

import json
from typing import Any

import pytest

from amends.api.pages._customer_view import Looked, page_values
from amends.core.database import execute, fetch_values
from amends.inbox.actions.attributes import add_attribute
from amends.inbox.actions.customer_facts import signals_now
from amends.inbox.actions.sign_in import begin_session, visitor_of_session
from amends.inbox.rules.customer_record import Attribute, Kind
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.store import customer_record
from tests.cast import NOON, a_post
from tests.desk import HOUR, Desk
from tests.door import Answer, Door, as_fragment

PDF = b"%PDF-1.4 ticket"


def _customer(door: Door) -> int:
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select customer_id from cases where id = %(id)s", {"id": door.who.talked})[0]


def _toast(answer: Answer) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return json.loads(answer.headers["HX-Trigger"])["toast"]


def _attribute(door: Door, **facts: object) -> None:
    given: dict[str, Any] = {"key": "meal", "name": "Meal", "kind": Kind.TEXT, "sensitive": True, **facts}
    with door.pool.transaction() as conn:
        add_attribute(conn, Attribute(**given), by=None, now=NOON)


def test_the_page_shows_the_record_what_is_open_and_the_timeline(shared_door: Door) -> None:
    page = shared_door.visitor(shared_door.who.ada).get(f"/customers/{_customer(shared_door)}")
    assert page.status_code == 200
    for words in ("Who they are", "Open with them", "Timeline", 'id="timeline"', "Show older ones"):
        assert words in page.text or words == "Show older ones"


ASKED = """
select statement from pg_prepared_statements where custom_plans + generic_plans > %(times)s and statement not like '%%set_config%%'
"""


# Of a list PostgreSQL knows the length only as it plans, which on a large desk it therefore does each time.
COUNTED_AS_A_LIST = "select parameter_types::text like '%[]%' from pg_prepared_statements where statement like '%says_leaving%'"
PLANNED_ANEW = "select statement from pg_prepared_statements where custom_plans > 5"


def test_the_page_asks_nothing_twice_and_plans_nothing_anew(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost!"))
    record = customer_record.find(desk.conn, fetch_values(desk.conn, "select id from customers")[0])
    session = begin_session(desk.conn, agent_id=desk.agent_id, length=HOUR, now=NOON)
    ada = visitor_of_session(desk.conn, token=session.token, length=HOUR, now=NOON)
    assert record
    assert ada
    for _ in range(20):
        page_values(desk.conn, ada, record, Looked())
        signals_now(desk.conn, record.id, EVERYTHING, now=NOON)
    assert len(fetch_values(desk.conn, ASKED, {"times": 10})) > 10
    assert fetch_values(desk.conn, ASKED, {"times": 20}) == []
    assert fetch_values(desk.conn, PLANNED_ANEW) == []
    assert fetch_values(desk.conn, COUNTED_AS_A_LIST) == [False]


def test_who_answers_what_people_ask_about_their_data_begins_it_on_the_page(shared_door: Door) -> None:
    cy = _customer(shared_door)
    pages = [shared_door.visitor(who).get(f"/customers/{cy}").text for who in (shared_door.who.mia, shared_door.who.ada)]
    assert [f'href="/privacy?customer={cy}"' in page for page in pages] == [True, False]
    assert all(f"number {cy}" in page for page in pages)


def test_the_list_is_searched_and_goes_on(shared_door: Door) -> None:
    ada = shared_door.visitor(shared_door.who.ada)
    assert f"/customers/{_customer(shared_door)}" in ada.get("/customers").text
    assert "Nobody fits" in ada.get("/customers?q=zzzznobody").text
    with as_fragment(ada, "listed"):
        rows = ada.get("/customers?below=1").text
    assert "<html" not in rows


def test_a_field_is_edited_in_place_and_taken_back(door: Door) -> None:
    ada, cy = door.visitor(door.who.ada), _customer(door)
    box = ada.get(f"/customers/{cy}/field?name=concerns").text
    assert 'name="version" value="1"' in box
    saved = ada.post(f"/customers/{cy}/field", data={"name": "concerns", "value": "<b>Cello</b>", "version": "1"})
    assert "&lt;b&gt;Cello&lt;/b&gt;" in saved.text
    assert ada.post(f"/customers/{cy}/field", data={"name": "concerns", "value": "x", "version": "1"}).status_code == 409
    undone = ada.post(_toast(saved)["undo"])
    assert "Cello" not in undone.text.split('id="record"')[1]


@pytest.mark.parametrize(("name", "value"), [("zone", "Mars"), ("languages", "english"), ("name", " "), ("id", "7"), ("owner_id", "x")])
def test_what_cannot_be_is_refused_with_what_to_do(shared_door: Door, name: str, value: str) -> None:
    door = shared_door
    answer = door.visitor(door.who.ada).post(f"/customers/{_customer(door)}/field", data={"name": name, "value": value})
    assert answer.status_code == 422


def test_each_part_is_added_and_taken_back(door: Door) -> None:
    ada, cy = door.visitor(door.who.ada), _customer(door)
    sent: list[tuple[str, dict[str, str], str]] = [
        ("ways", {"kind": "email", "value": "cy@example.org"}, "cy@example.org"),
        ("purchases", {"name": "Flight UL 504", "amount": "1.250,00".replace(".", ""), "currency": "lkr"}, "1250.00 LKR"),
        ("dates", {"kind": "birthday", "day": "29", "month": "2"}, "29 Feb"),
        ("notes", {"text": "Rang twice", "pinned": "true", "kind": "call"}, "Rang twice"),
    ]
    for part, data, shown in sent:
        answer = ada.post(f"/customers/{cy}/{part}", data=data)
        assert shown in answer.text, part
        assert shown not in ada.post(_toast(answer)["undo"]).text, part


def test_consent_is_said_by_way_and_shown(door: Door) -> None:
    ada, cy = door.visitor(door.who.ada), _customer(door)
    ada.post(f"/customers/{cy}/ways", data={"kind": "email", "value": "cy@example.org"})
    with door.pool.transaction() as conn:
        [way] = fetch_values(conn, "select id from contact_ways")
    said = {"purpose": "survey", "given": "true", "target": f"way-{way}"}
    assert ada.post(f"/customers/{cy}/consents", data=said).status_code == 422
    assert "1 word on consent" in ada.post(f"/customers/{cy}/consents", data=said | {"basis": "Told me"}).text
    for wrong in ("way-x", "shoe-1", "handle-999999"):
        assert ada.post(f"/customers/{cy}/consents", data=said | {"basis": "b", "target": wrong}).status_code in {404, 422}


def test_the_log_of_consent_says_what_each_word_is_about(door: Door) -> None:
    ada, cy = door.program(door.who.ada), _customer(door)
    ada.post(f"/api/v1/customers/{cy}/contact_ways", json={"kind": "email", "value": "one@m.example"})
    [way] = [one["id"] for one in ada.get(f"/api/v1/customers/{cy}/contact_ways").json()["contact_ways"]]
    with door.pool.transaction() as conn:
        [[author, handle]] = fetch_values(
            conn,
            """
            select jsonb_build_array(a.id, a.handle) from authors a join customer_links l on l.author_id = a.id
            where l.customer_id = %(id)s limit 1
            """,
            {"id": cy},
        )
    said = {"purpose": "care", "given": True, "basis": "by phone"}
    for target in ({"contact_way_id": way}, {"author_id": author}, {}):
        assert ada.post(f"/api/v1/customers/{cy}/consents", json=said | target).status_code == 201
    told = ada.get(f"/api/v1/customers/{cy}/consents").json()["consents"]
    assert [(one["way"], one["handle"]) for one in told] == [(None, None), (None, handle), ("one@m.example", None)]
    log = door.visitor(door.who.ada).get(f"/customers/{cy}").text.split("3 words on consent")[1].split("</details>")[0]
    for about in ("every way", f"@{handle}", "one@m.example"):
        assert about in log


def test_a_file_is_only_ever_a_download(door: Door) -> None:
    ada, cy = door.visitor(door.who.ada), _customer(door)
    assert ada.post(f"/customers/{cy}/files", files={"file": ("a.html", b"<html>", "text/html")}).status_code == 422
    added = ada.post(f"/customers/{cy}/files", files={"file": ('டிக்கெட்".pdf', PDF, "text/html")})
    assert _toast(added)["undo"]
    got = door.visitor(door.who.otto).get(f"/customers/{cy}/files/1")
    assert (got.content, got.headers["content-type"], got.headers["x-content-type-options"]) == (PDF, "application/pdf", "nosniff")
    assert got.headers["content-disposition"].startswith("attachment;")
    other = fetch_other(door, cy)
    assert ada.get(f"/customers/{other}/files/1").status_code == 404


def fetch_other(door: Door, cy: int) -> int:
    """Return another customer."""
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select id from customers where id <> %(id)s limit 1", {"id": cy})[0]


def test_what_is_sensitive_is_sealed_read_by_leads_with_one_press_and_kept_from_agents(door: Door) -> None:
    _attribute(door)
    cy = _customer(door)
    lea, ada = door.visitor(door.who.lea), door.visitor(door.who.ada)
    assert "Sealed and kept" in lea.post(f"/customers/{cy}/sensitive/meal", data={"value": "vegan"}).headers["hx-trigger"]
    page = lea.get(f"/customers/{cy}").text
    assert "Meal" in page
    assert "vegan" not in page
    assert "vegan" in lea.post(f"/customers/{cy}/sensitive/meal/show").text
    assert "Meal" in ada.get(f"/customers/{cy}").text
    assert "vegan" not in ada.get(f"/customers/{cy}/timeline?kind=change").text
    assert ada.post(f"/customers/{cy}/sensitive/meal/show").status_code == 403
    assert ada.post(f"/customers/{cy}/sensitive/meal", data={"value": "all"}).status_code == 403
    assert ada.post(f"/customers/{cy}/field", data={"name": "attributes.meal", "value": "all"}).status_code == 422


def test_the_timeline_is_paged_and_refuses_places_that_are_none(door: Door) -> None:
    ada, cy = door.visitor(door.who.ada), _customer(door)
    for place in ("x", "2026-01-01~post~1", "2026-01-01T00:00:00+00:00~post~x", "~~"):
        assert ada.get(f"/customers/{cy}/timeline", params={"below": place}).status_code == 422
    assert 'id="timeline"' in ada.get(f"/customers/{cy}/timeline?kind=nothing").text
    assert 'id="timeline"' not in ada.get(f"/customers/{cy}/timeline", params={"below": "2999-01-01T00:00:00+00:00~post~1"}).text


def test_who_was_merged_away_leads_on_and_who_was_erased_says_so(door: Door) -> None:
    cy, ada = _customer(door), door.visitor(door.who.ada)
    other = fetch_other(door, cy)
    with door.pool.transaction() as conn:
        execute(conn, "update customers set merged_into = %(to)s where id = %(id)s", {"to": cy, "id": other})
    answer = ada.get(f"/customers/{other}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/customers/{cy}")
    with door.pool.transaction() as conn:
        execute(conn, "update customers set erased_at = now() where id = %(id)s", {"id": cy})
    page = ada.get(f"/customers/{cy}").text
    assert "This customer was erased" in page
    assert ada.get("/customers/999999").status_code == 404


def test_a_customer_is_made_by_hand_and_stands_beside_the_case(door: Door) -> None:
    ada, cy = door.visitor(door.who.ada), _customer(door)
    made = ada.post("/customers", data={"name": "நிலா"})
    assert "நிலா" in ada.get(made.headers["HX-Redirect"]).text
    ada.post(f"/customers/{cy}/field", data={"name": "do_not_contact", "value": "yes"})
    ada.post(f"/customers/{cy}/field", data={"name": "preferences", "value": "Aisle seat"})
    case = ada.get(f"/inbox/{door.who.talked}").text
    assert "They asked not to be contacted" in case
    assert "Aisle seat" in case


def test_the_administrator_says_what_is_to_be_known(door: Door) -> None:
    ann = door.visitor(door.who.ann)
    ann.post("/settings/attributes", data={"name": "Cabin", "kind": "choice", "choices": "Economy\nBusiness"})
    made = ann.post("/settings/attributes", data={"name": "Miles", "kind": "number", "sensitive": "true"})
    assert "Miles" in made.text
    assert ann.post("/settings/attributes", data={"name": "Miles", "kind": "number"}).status_code == 409
    moved = ann.post("/settings/attributes/2/move", data={"before": "1"}).text
    assert moved.index("Miles") < moved.index("Cabin")
    assert "Class" in ann.post("/settings/attributes/1", data={"name": "Class", "choices": "Economy\nFirst"}).text
    gone = ann.post("/settings/attributes/2/archive")
    assert "1 archived" in gone.text
    assert "archived" not in ann.post(_toast(gone)["undo"]).text
    assert "Miles" in ann.get("/settings/attributes").text


def test_only_who_took_a_note_away_brings_it_back(door: Door) -> None:
    ada, bo, cy = door.visitor(door.who.ada), door.visitor(door.who.bo), _customer(door)
    ada.post(f"/customers/{cy}/notes", data={"text": "Better not said", "kind": "note"})
    with door.pool.transaction() as conn:
        [note] = fetch_values(conn, "select id from customer_notes")
    back = _toast(ada.post(f"/customers/{cy}/notes/{note}/remove"))["undo"]
    assert bo.post(back).status_code == 403
    assert "Better not said" in ada.post(back).text + ada.get(f"/customers/{cy}/timeline").text


def test_what_was_taken_back_is_not_taken_back_twice(door: Door) -> None:
    ada, cy = door.visitor(door.who.ada), _customer(door)
    ada.post(f"/customers/{cy}/purchases", data={"name": "Flight UL 504", "kind": "subscription"})
    with door.pool.transaction() as conn:
        [purchase] = fetch_values(conn, "select id from purchases where name = 'Flight UL 504'")
    goes_on = _toast(ada.post(f"/customers/{cy}/purchases/{purchase}/end"))["undo"]
    assert [ada.post(goes_on).status_code for _ in range(2)] == [200, 409]
    back = _toast(ada.post(f"/customers/{cy}/purchases/{purchase}/remove"))["undo"]
    assert [ada.post(back).status_code for _ in range(2)] == [200, 409]
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select ended_at from purchases where name = 'Flight UL 504'") == [None]
