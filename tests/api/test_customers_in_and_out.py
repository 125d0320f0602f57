"""Customers over REST for other systems: by their own numbers, many at once, with versions, keys and the feed of changes."""

from typing import Any

from amends.core.database import fetch_values
from tests.door import Door

ADDRESS = "/api/v1/customers/by-ref/crm/7"


def test_a_customer_is_made_changed_and_read_by_another_systems_number(door: Door) -> None:
    mia = door.program(door.who.mia)

    made = mia.put(ADDRESS, json={"name": "Kavindi", "emails": ["K@mail.example"], "tags": ["vip"]})
    changed = mia.put(ADDRESS, json={"pronoun": "she", "emails": ["k@mail.example"]})
    read = mia.get(ADDRESS)

    assert (made.status_code, changed.status_code, read.status_code) == (201, 200, 200)
    assert read.headers["etag"] == changed.headers["etag"]
    told = read.json()
    assert (told["name"], told["pronoun"], told["tags"], told["references"]) == ("Kavindi", "she", ["vip"], {"crm": "7"})
    assert [way["value"] for way in told["ways"]] == ["K@mail.example"]
    assert mia.get("/api/v1/customers/by-ref/crm/8").status_code == 404
    with door.pool.transaction() as conn:
        opened = fetch_values(conn, "select place from openings where customer_id = %(id)s", {"id": told["id"]})
    assert opened == ["program"]


def test_a_number_may_hold_slashes_and_letters_of_any_script(door: Door) -> None:
    mia, address = door.program(door.who.mia), "/api/v1/customers/by-ref/crm/%E0%AE%95%2F2026%2F17"

    made = mia.put(address, json={"name": "Kavindi"})
    read = mia.get(address).json()

    assert (made.status_code, read["name"], read["references"]) == (201, "Kavindi", {"crm": "க/2026/17"})
    assert mia.get("/api/v1/customers/by-ref/crm/%E0%AE%95").status_code == 404


def test_what_is_read_of_a_customer_can_be_written_and_reads_the_same(door: Door) -> None:
    mia = door.program(door.who.mia)
    assert door.program(door.who.ann).post("/api/v1/attributes", json={"name": "Tier", "kind": "text"}).status_code == 201
    whole: dict[str, Any] = {
        "name": "Kavindi Perera",
        "pronoun": "she",
        "languages": ["si", "en"],
        "zone": "Asia/Colombo",
        "loyalty_number": "L-1",
        "preferences": "an aisle seat",
        "concerns": "nuts",
        "tags": ["vip"],
        "owner": "ada@amends.example",
        "do_not_contact": True,
        "attributes": {"tier": "Gold"},
        "ways": [
            {"kind": "email", "value": "k@mail.example", "label": "work"},
            {"kind": "phone", "value": "+94 77 1234567", "label": ""},
            {"kind": "post", "value": "1 Galle Road\nColombo", "label": "home"},
        ],
        "dates": [
            {"kind": "birthday", "month": 2, "day": 29, "year": 1988, "name": ""},
            {"kind": "anniversary", "month": 3, "day": 2, "year": None, "name": ""},
            {"kind": "anniversary", "month": 9, "day": 2, "year": 2011, "name": "wedding"},
            {"kind": "other", "month": 5, "day": 1, "year": None, "name": "name day"},
        ],
        "organisations": [{"name": "Flyers", "role": "pilot" * 40}, {"name": "Tea" * 66, "role": ""}],
    }

    first = mia.put(ADDRESS, json=whole | {"note": "called twice"}).json()
    again = mia.put(ADDRESS, json=whole | {"note": "called twice"}).json()
    other = mia.put("/api/v1/customers/by-ref/crm/8", json={name: first[name] for name in whole}).json()

    assert {name: first[name] for name in whole} == whole == {name: other[name] for name in whole}
    assert again == first
    assert set(first) - set(whole) == {"id", "version", "created_at", "changed_at", "references"}
    notes = mia.get(f"/api/v1/customers/{first['id']}/timeline", params={"kind": "note"}).json()["entries"]
    assert [one["text"] for one in notes] == ["called twice"]
    with door.pool.transaction() as conn:
        told = "select distinct origin || ' ' || origin_note from customer_changes where customer_id = %(id)s"
        assert fetch_values(conn, told, {"id": first["id"]}) == ["program crm"]


def test_what_is_there_already_of_what_a_program_adds_stays(door: Door) -> None:
    mia = door.program(door.who.mia)
    day = {"kind": "birthday", "month": 2, "day": 3}
    mia.put(ADDRESS, json={"name": "A", "dates": [day], "organisations": [{"name": "Flyers", "role": "pilot"}]})
    told = mia.put(ADDRESS, json={"dates": [day | {"day": 4}], "organisations": [{"name": "FLYERS", "role": "guest"}]}).json()
    refused = [
        mia.put(ADDRESS, json={name: [one]}).status_code
        for name, one in (
            ("dates", day | {"kind": "other", "day": 31}),
            ("ways", {"kind": "fax", "value": "1"}),
            ("organisations", {"name": ""}),
        )
    ]

    assert ([one["day"] for one in told["dates"]], told["organisations"]) == ([3], [{"name": "Flyers", "role": "pilot"}])
    assert refused == [422, 422, 422]


def test_nobody_writes_over_what_they_have_not_seen(door: Door) -> None:
    mia = door.program(door.who.mia)
    etag = mia.put(ADDRESS, json={"name": "A"}).headers["etag"]

    assert mia.put(ADDRESS, json={"name": "B"}, headers={"If-Match": etag}).status_code == 200
    assert mia.put(ADDRESS, json={"name": "C"}, headers={"If-Match": etag}).status_code == 409
    assert mia.put(ADDRESS, json={"name": "C"}, headers={"If-None-Match": "*"}).status_code == 409
    assert mia.put(ADDRESS, json={"name": "C"}, headers={"If-Match": "nonsense"}).status_code == 422
    assert mia.get(ADDRESS).json()["name"] == "B"


def test_do_not_contact_is_lifted_only_by_a_program_that_has_seen_it(door: Door) -> None:
    mia = door.program(door.who.mia)
    etag = mia.put(ADDRESS, json={"name": "A", "do_not_contact": True}).headers["etag"]
    stale = {"external_id": "7", "do_not_contact": False}

    blind = [mia.put(ADDRESS, json={"name": "B", "do_not_contact": False}).json()["do_not_contact"]]
    mia.post("/api/v1/customers/batch", json={"system": "crm", "customers": [stale]})
    blind += [mia.get(ADDRESS).json()["do_not_contact"]]
    old = mia.put(ADDRESS, json={"do_not_contact": False}, headers={"If-Match": etag})
    etag = mia.get(ADDRESS).headers["etag"]

    assert (blind, old.status_code) == ([True, True], 409)
    assert mia.put(ADDRESS, json={"do_not_contact": False}, headers={"If-Match": etag}).json()["do_not_contact"] is False


def test_each_customer_of_many_succeeds_or_fails_alone_and_a_key_is_answered_once(door: Door) -> None:
    mia = door.program(door.who.mia)
    body: dict[str, Any] = {
        "system": "crm",
        "customers": [
            {"external_id": "1", "name": "A"},
            {"external_id": "2", "name": "B", "emails": ["nonsense"]},
            {"external_id": "3", "name": "C", "version": 9},
        ],
    }

    first = mia.post("/api/v1/customers/batch", json=body, headers={"Idempotency-Key": "k1"}).json()
    again = mia.post("/api/v1/customers/batch", json=body, headers={"Idempotency-Key": "k1"}).json()
    other = mia.post("/api/v1/customers/batch", json=body | {"system": "x"}, headers={"Idempotency-Key": "k1"})
    anew = mia.post("/api/v1/customers/batch", json=body).json()

    assert [one["outcome"] for one in first["answers"]] == ["made", "refused", "conflict"]
    assert again == first
    assert other.status_code == 409
    assert [one["outcome"] for one in anew["answers"]] == ["same", "refused", "conflict"]
    assert mia.get("/api/v1/customers/by-ref/crm/2").status_code == 404


def test_the_feed_tells_each_change_with_the_customer_as_they_are(door: Door) -> None:
    mia = door.program(door.who.mia)
    start = mia.get("/api/v1/customers/changes", params={"limit": 1000}).json()["next"]
    mia.put(ADDRESS, json={"name": "A"})
    mia.put(ADDRESS, json={"name": "B"})

    told = mia.get("/api/v1/customers/changes", params={"after": start}).json()
    rest = mia.get("/api/v1/customers/changes", params={"after": told["next"]}).json()

    assert told["changes"][0]["kind"] == "created"
    assert {one["customer"]["name"] for one in told["changes"]} == {"B"}
    assert (rest["changes"], rest["next"], rest["more"]) == ([], told["next"], False)
    assert mia.get("/api/v1/customers/changes", params={"after": "x"}).status_code == 422


def test_all_customers_are_read_by_keyset(door: Door) -> None:
    mia = door.program(door.who.mia)
    for number in range(3):
        mia.put(f"/api/v1/customers/by-ref/crm/{number}", json={"name": f"N{number}"})
    seen: list[str] = []
    after = 0
    while page := mia.get("/api/v1/customers/all", params={"after": after, "limit": 2}).json():
        seen += [one["name"] for one in page]
        after = page[-1]["id"]

    assert seen[-3:] == ["N0", "N1", "N2"]


def test_an_agent_may_none_of_it(door: Door) -> None:
    assert door.program(door.who.ada).get("/api/v1/customers/changes").status_code == 403
