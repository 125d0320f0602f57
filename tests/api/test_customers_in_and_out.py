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


def test_nobody_writes_over_what_they_have_not_seen(door: Door) -> None:
    mia = door.program(door.who.mia)
    etag = mia.put(ADDRESS, json={"name": "A"}).headers["etag"]

    assert mia.put(ADDRESS, json={"name": "B"}, headers={"If-Match": etag}).status_code == 200
    assert mia.put(ADDRESS, json={"name": "C"}, headers={"If-Match": etag}).status_code == 409
    assert mia.put(ADDRESS, json={"name": "C"}, headers={"If-None-Match": "*"}).status_code == 409
    assert mia.put(ADDRESS, json={"name": "C"}, headers={"If-Match": "nonsense"}).status_code == 422
    assert mia.get(ADDRESS).json()["name"] == "B"


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
