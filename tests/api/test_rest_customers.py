"""Customers for programs: found, made, changed, and what belongs to them."""

import re

from amends.core.database import fetch_values
from amends.inbox.actions.attributes import add_attribute
from amends.inbox.rules.customer_record import Attribute, Kind
from tests.cast import NOON
from tests.door import Door
from tests.people import a_person

AT = "/api/v1/customers"


def _customer(door: Door) -> int:
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select customer_id from cases where id = %(id)s", {"id": door.who.talked})[0]


def test_a_program_makes_finds_and_changes_a_customer(door: Door) -> None:
    ada = door.program(door.who.ada)
    made = ada.post(AT, json={"name": "Nila", "values": {"tags": ["vip"], "languages": ["ta"]}})
    nila = made.json()["customer_id"]
    assert ada.get(AT, params={"q": str(nila)}).json()["customers"][0]["name"] == "Nila"
    saved = ada.patch(f"{AT}/{nila}", json={"values": {"pronoun": "she"}, "version": 2}).json()
    assert (saved["version"], len(saved["change_ids"])) == (3, 1)
    assert ada.patch(f"{AT}/{nila}", json={"values": {"pronoun": "he"}, "version": 2}).status_code == 409
    record = ada.get(f"{AT}/{nila}").json()["record"]
    assert (record["pronoun"], record["tags"], record["languages"], record["version"]) == ("she", ["vip"], ["ta"], 3)
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select distinct origin || ' ' || origin_note from customer_changes") == ["program test"]


def test_what_belongs_to_a_customer_is_kept_and_listed(door: Door) -> None:
    ada, cy = door.program(door.who.ada), _customer(door)
    way = ada.post(f"{AT}/{cy}/contact_ways", json={"kind": "email", "value": "cy@example.org"}).json()["id"]
    said = {"purpose": "survey", "given": True, "basis": "Web form", "contact_way_id": way}
    assert ada.post(f"{AT}/{cy}/consents", json=said).status_code == 201
    assert ada.post(f"{AT}/{cy}/consents", json=said | {"author_id": 1}).status_code == 422
    assert ada.get(f"{AT}/{cy}/consents").json()["consents"][0]["basis"] == "Web form"
    bought = {
        "name": "Flight",
        "bought_at": "2026-01-01T10:00:00Z",
        "amount": "12.50",
        "currency": "EUR",
        "system": "shop",
        "external_id": "1",
    }
    assert ada.post(f"{AT}/{cy}/purchases", json=bought).status_code == 201
    assert ada.post(f"{AT}/{cy}/purchases", json=bought).status_code == 409
    assert ada.get(f"{AT}/{cy}/purchases").json()["purchases"][0]["amount"] == "12.50"
    assert ada.post(f"{AT}/{cy}/notes", json={"text": "Rang", "kind": "call"}).status_code == 201
    assert ada.delete(f"{AT}/{cy}/contact_ways/{way}").status_code == 204
    assert ada.get(f"{AT}/{cy}/contact_ways").json()["contact_ways"] == []


def test_what_belongs_to_a_customer_is_changed_and_taken_away(door: Door) -> None:
    ada, cy = door.program(door.who.ada), _customer(door)
    bought = {
        "name": "Club",
        "bought_at": "2026-01-01T10:00:00Z",
        "amount": "12.50",
        "currency": "EUR",
        "system": "shop",
        "external_id": "1",
    }
    made = ada.post(f"{AT}/{cy}/purchases", json=bought).json()["id"]
    way = ada.post(f"{AT}/{cy}/contact_ways", json={"kind": "email", "value": "cy@example.org"}).json()["id"]
    ended = bought | {"kind": "subscription", "state": "paid", "renews_on": "2027-01-01", "ended_at": "2026-05-01T00:00:00Z"}
    assert ada.put(f"{AT}/{cy}/purchases/{made}", json=ended).status_code == 200
    assert ada.put(f"{AT}/{cy}/purchases/{made}", json=ended | {"amount": "999999999999.999"}).status_code == 422
    page = door.visitor(door.who.ada).get(f"/customers/{cy}").text
    assert '<s class="faint" dir="auto">Club · 12.50 EUR</s>' in page
    assert "Club · 12.50 EUR · paid · renews on 1 Jan 2027 · ended 1 May 2026</span>" in page
    assert ended.items() <= ada.get(f"{AT}/{cy}/purchases").json()["purchases"][0].items()
    assert ada.delete(f"{AT}/{cy}/purchases/{made}").status_code == 204
    assert ada.get(f"{AT}/{cy}/purchases").json()["purchases"] == []
    note = ada.post(f"{AT}/{cy}/notes", json={"text": "Rang", "kind": "call"}).json()["id"]
    assert ada.delete(f"{AT}/{cy}/notes/{note}").status_code == 204
    assert ada.delete(f"{AT}/{cy}/notes/{note}").status_code == 404
    assert ada.put(f"{AT}/{cy}/contact_ways/{way}/verified", json={"how": "a letter with a code"}).status_code == 204
    assert ada.get(f"{AT}/{cy}/contact_ways").json()["contact_ways"][0]["verified_how"] == "a letter with a code"
    assert '<span dir="auto">cy@example.org · a letter with a code</span>' in door.visitor(door.who.ada).get(f"/customers/{cy}").text


def test_the_timeline_is_read_page_by_page(door: Door) -> None:
    ada, cy = door.program(door.who.ada), _customer(door)
    whole = ada.get(f"{AT}/{cy}/timeline").json()
    assert whole["ended"]
    first = whole["entries"][0]
    rest = ada.get(f"{AT}/{cy}/timeline", params={"at": first["at"], "below_kind": first["kind"], "below_id": first["id"]}).json()
    assert rest["entries"] == whole["entries"][1:]
    assert {one["kind"] for one in ada.get(f"{AT}/{cy}/timeline?kind=post").json()["entries"]} == {"post"}
    assert ada.get(f"{AT}/{cy}/timeline?kind=shoe").status_code == 422


def test_all_that_a_program_adds_names_it_in_the_timeline_and_on_the_page(door: Door) -> None:
    ada, cy = door.program(door.who.ada), _customer(door)
    ada.post(f"{AT}/{cy}/consents", json={"purpose": "survey", "given": True, "basis": "on the form"})
    ada.post(f"{AT}/{cy}/notes", json={"text": "Rang twice", "kind": "call"})
    ada.post(f"{AT}/{cy}/files", files={"file": ("tag.txt", b"a tag")})
    ada.post(f"{AT}/{cy}/purchases", json={"name": "Flight to Jaffna", "bought_at": NOON.isoformat()})

    assert ada.get(f"{AT}/{cy}/consents").json()["consents"][0]["program"] == "test"
    for kind, fact in (("consent", "program"), ("note", "note"), ("file", "note"), ("purchase", "note")):
        [entry] = ada.get(f"{AT}/{cy}/timeline", params={"kind": kind}).json()["entries"]
        assert (kind, entry["by"], entry["facts"][fact]) == (kind, "Ada", "test")
        page = door.visitor(door.who.ada).get(f"/customers/{cy}/timeline?kind={kind}").text
        assert (kind, "by a program: test" in " ".join(re.sub("<[^>]*>", "", page).split())) == (kind, True)
    assert "by a program: " in door.visitor(door.who.ada).get(f"/customers/{cy}").text.partition("t-reach")[2].partition("</section>")[0]


def test_what_a_link_stands_on_is_told_with_what_the_person_gave_for_it(door: Door) -> None:
    ada, cy = door.program(door.who.ada), _customer(door)
    other = ada.get(f"/api/v1/cases/{door.who.plain}").json()
    ada.post(f"{AT}/{cy}/handles/{other['case']['author_id']}", json={"basis": "told_us", "post_id": other["posts"][0]["id"]})
    told = ada.get(f"{AT}/{cy}/handles/evidence").json()[0]
    assert (told["kind"], told["consent"], told["agent"], told["program"]) == ("told_us", "own_words", "Ada", "test")
    assert "What its links stand on" in door.visitor(door.who.ada).get(f"/customers/{cy}").text


def test_what_is_sensitive_is_no_field_of_the_record(door: Door) -> None:
    with door.pool.transaction() as conn:
        add_attribute(conn, Attribute(key="meal", name="Meal", kind=Kind.TEXT, sensitive=True), by=None, now=NOON)
    cy, ada = _customer(door), door.program(door.who.ada)
    assert ada.patch(f"{AT}/{cy}", json={"values": {"attributes.meal": "vegan"}}).status_code == 422
    assert ada.get(f"{AT}/{cy}").json()["record"]["attributes"] == {}
    assert ada.patch(f"{AT}/{cy}", json={"values": {}}).status_code == 422


def test_what_lies_sealed_is_set_and_read_one_by_one_and_the_refusal_says_where(door: Door) -> None:
    at, mia = _sealed(door), door.program(door.who.mia)
    refused = mia.patch(at.removesuffix("/sensitive"), json={"values": {"attributes.meal": "vegan"}})
    assert (refused.status_code, "/sensitive/meal" in refused.json()["message"]) == (422, True)
    answers = [mia.put(f"{at}/{key}", json={"value": value}).status_code for key, value in
               (("meal", "vegan"), ("deaf", True), ("deaf", "perhaps"), ("shoe", "x"))]  # fmt: skip
    assert answers == [204, 204, 422, 404]
    listed = mia.get(at)
    assert [(one["key"], one["is_set"]) for one in listed.json()["sensitive"]] == [("meal", True), ("deaf", True)]
    assert "vegan" not in listed.text
    assert mia.get(f"{at}/meal").json()["value"] == "vegan"
    with door.pool.transaction() as conn:
        assert "sensitive" in fetch_values(conn, "select place from openings")
        told = "select (became #>> '{}') || ' ' || origin || ' ' || origin_note from customer_changes where field ~ 'meal'"
        assert fetch_values(conn, told) == ["••• program test"]
    assert mia.put(f"{at}/meal", json={"value": ""}).status_code == 204
    assert mia.get(f"{at}/meal").json()["value"] == ""


def test_what_lies_sealed_is_for_who_may_and_of_who_is_there(door: Door) -> None:
    at, ada = _sealed(door), door.program(door.who.ada)
    assert [ada.get(at).status_code, ada.get(f"{at}/meal").status_code, ada.put(f"{at}/meal", json={"value": "x"}).status_code] == [403] * 3
    assert door.program(door.who.mia).get(f"{AT}/999999/sensitive/meal").status_code == 404


def _sealed(door: Door) -> str:
    """Ask two sensitive things of every customer, and return where those of one are."""
    with door.pool.transaction() as conn:
        add_attribute(conn, Attribute(key="meal", name="Meal", kind=Kind.TEXT, sensitive=True), by=None, now=NOON)
        add_attribute(conn, Attribute(key="deaf", name="Deaf", kind=Kind.YES_NO, sensitive=True), by=None, now=NOON)
    return f"{AT}/{_customer(door)}/sensitive"


def test_a_handle_is_tied_to_a_customer_on_a_stated_ground_and_taken_off_again(door: Door) -> None:
    ada, cy = door.program(door.who.ada), _customer(door)
    case = ada.get(f"/api/v1/cases/{door.who.plain}").json()
    other, handle = case["case"]["customer_id"], case["case"]["author_id"]
    [post] = case["posts"]
    ground = {"basis": "told_us", "evidence": "in the thread", "post_id": post["id"]}

    assert ada.post(f"{AT}/{cy}/handles/{handle}", json=ground).status_code == 204
    tied = next(one for one in ada.get(f"{AT}/{cy}").json()["handles"] if one["author_id"] == handle)
    assert (tied["evidence"], tied["linked_by"], tied["linked_program"]) == ("in the thread", "Ada", "test")
    assert ada.get(f"/api/v1/cases/{door.who.plain}").json()["case"]["customer_id"] == cy
    assert "by a program: test." in door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").text

    assert ada.delete(f"{AT}/{other}/handles/{handle}").status_code == 404
    assert ada.delete(f"{AT}/{cy}/handles/{handle}").json() == {"customer_id": other}
    assert [one["author_id"] for one in ada.get(f"{AT}/{cy}").json()["handles"]] != [handle]
    assert ada.delete(f"{AT}/{other}/handles/{handle}").status_code == 422


def test_a_handle_is_tied_neither_by_a_strangers_post_nor_to_nobody(door: Door) -> None:
    ada, cy = door.program(door.who.ada), _customer(door)
    with door.pool.transaction() as conn:
        [own] = fetch_values(conn, "select author_id from cases where id = %(id)s", {"id": door.who.talked})
        [strange] = fetch_values(conn, "select min(id) from posts where case_id = %(id)s", {"id": door.who.plain})

    assert ada.post(f"{AT}/{cy}/handles/{own}", json={"basis": "told_us", "post_id": strange}).status_code == 404
    assert ada.post(f"{AT}/999/handles/{own}", json={}).status_code == 404
    assert ada.post(f"{AT}/{cy}/handles/999", json={}).status_code == 404
    assert ada.post(f"{AT}/{cy}/handles/{own}", json={"basis": "handle"}).status_code == 422


def test_a_handle_that_a_program_hands_over_names_it_in_both_histories(door: Door) -> None:
    ada = door.program(door.who.ada)
    with door.pool.transaction() as conn:
        one, other = a_person(conn, "Nila"), a_person(conn, "Kavi")
    ada.post(f"{AT}/{one.id}/handles/{other.author_id}", json={})
    assert ada.delete(f"{AT}/{one.id}/handles/{one.author_id}").status_code == 200
    with door.pool.transaction() as conn:
        told = fetch_values(
            conn, "select customer_id from customer_changes where field = 'handles' and origin = 'program' and origin_note = 'test'"
        )
    assert len(told) == len(set(told)) == 2
