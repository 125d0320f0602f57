"""The merge desk and its endpoints: compare, merge, keep apart, take back, and who may not."""

import re

import pytest

from amends.api.matching_words import chance
from amends.core.database import execute, fetch_values
from amends.inbox.actions.attributes import add_attribute
from amends.inbox.actions.find_same import find_same
from amends.inbox.actions.sensitive_values import set_value
from amends.inbox.rules.customer_record import Attribute, Kind
from amends.inbox.store.customer_changes import Source
from tests.cast import NOON, SECRET_KEY
from tests.door import Door
from tests.people import Person, a_note, a_person, a_way, owner_of, set_field

HOSTILE = "<script>alert('x')</script>"


@pytest.fixture
def two(door: Door) -> tuple[Person, Person]:
    """Two records with the same handle on two networks, and a suggestion about them."""
    with door.pool.transaction() as conn:
        one = a_person(conn, "Cy Fernando", handle="cy_travels_far")
        other = a_person(conn, HOSTILE, handle="CyTravelsFar", network="reddit")
        set_field(conn, one.id, tags=["vip"])
        set_field(conn, other.id, tags=["bags"])
        a_way(conn, other.id, "cy@mail.example")
        while find_same(conn, now=NOON):
            pass
    return one, other


def _root(door: Door, person: Person) -> int | None:
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select merged_into from customers where id = %(id)s", {"id": person.id})[0]


def test_the_desk_shows_two_records_with_what_speaks_for_it(door: Door, two: tuple[Person, Person]) -> None:
    page = door.visitor(door.who.ada).get("/customers/merge").text
    assert "same handle elsewhere (cytravelsfar)" in page
    assert "vip" in page
    assert "1 contact way" in page
    assert f'href="/customers/{two[1].id}"' in page
    assert HOSTILE not in page


@pytest.mark.parametrize(("score", "told"), [(1.0, "99%"), (0.997, "99%"), (0.881, "88%"), (0.001, "1%")])
def test_nobody_is_said_to_be_somebody_for_certain(score: float, told: str) -> None:
    assert chance(score) == told


def test_two_are_merged_with_the_chosen_values_and_taken_apart_again(door: Door, two: tuple[Person, Person]) -> None:
    one, other = two
    client = door.visitor(door.who.ada)
    sent = {
        "one_id": one.id,
        "other_id": other.id,
        "survivor_id": one.id,
        "choice_name": other.id,
        "basis": "told_us",
        "note": "in the thread",
    }
    answer = client.post("/customers/merge", data={name: str(value) for name, value in sent.items()})
    assert answer.status_code == 200
    assert "Nothing to decide" in answer.text
    assert _root(door, other) == one.id
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select name from customers where id = %(id)s", {"id": one.id}) == [HOSTILE]
        assert fetch_values(conn, "select note from link_evidence where kind = 'told_us'") == ["in the thread"]
        [merge_id] = fetch_values(conn, "select id from merges")
    assert f"/customers/merge/{merge_id}/undo" in answer.headers["HX-Trigger"]

    back = client.post(f"/customers/merge/{merge_id}/undo")
    assert 'hx-swap-oob="true"' in back.text
    assert "same handle elsewhere" in back.text
    assert _root(door, other) is None
    assert client.post(f"/customers/merge/{merge_id}/undo").status_code == 409


def test_of_two_sealed_values_who_may_read_them_chooses_and_others_see_only_that_there_are_some(door: Door) -> None:
    with door.pool.transaction() as conn:
        one, other = a_person(conn, "Cy"), a_person(conn, "Cyrus")
        add_attribute(conn, Attribute(key="health", name="Health", kind=Kind.TEXT, sensitive=True), by=None, now=NOON)
        for person, word in ((one, "nuts-allergy"), (other, "milk-allergy")):
            set_value(conn, person.id, "health", word, source=Source(by=None), secret_key=SECRET_KEY, now=NOON)
    address = f"/customers/merge?one={one.id}&other={other.id}"
    ada, mia = door.visitor(door.who.ada), door.visitor(door.who.mia)
    for client, may in ((ada, False), (mia, True)):
        page = client.get(address).text
        assert (page.count("•••"), "allergy" in page) == (2, False)
        assert ('name="choice_attributes.health"' in page, f"/customers/{one.id}/sensitive/health/value" in page) == (may, may)
    assert "milk-allergy" in mia.post(f"/customers/{other.id}/sensitive/health/value").text
    assert ada.post(f"/customers/{other.id}/sensitive/health/value").status_code == 403

    sent = {"one_id": str(one.id), "other_id": str(other.id), "survivor_id": str(one.id), "choice_attributes.health": str(other.id)}
    assert ada.post("/customers/merge", data=sent).status_code == 422
    assert mia.post("/customers/merge", data=sent).status_code == 200
    assert "milk-allergy" in mia.post(f"/customers/{one.id}/sensitive/health/value").text


def test_two_people_are_kept_apart_until_somebody_takes_that_back(door: Door, two: tuple[Person, Person]) -> None:
    client = door.visitor(door.who.ada)
    [match_id] = _matches(door)
    answer = client.post(f"/customers/matches/{match_id}/dismiss")
    assert "Nothing to decide" in answer.text
    assert f"/customers/matches/{match_id}/reopen" in answer.headers["HX-Trigger"]
    assert client.post(f"/customers/matches/{match_id}/dismiss").status_code == 409
    assert "same handle elsewhere" in client.post(f"/customers/matches/{match_id}/reopen").text


def _matches(door: Door) -> list[int]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select id from match_suggestions order by id")


def test_any_two_records_are_compared(door: Door, two: tuple[Person, Person]) -> None:
    one, other = two
    page = door.visitor(door.who.ada).get(f"/customers/merge?one={one.id}&other={other.id}").text
    assert "Two records side by side" in page


def test_merging_what_is_merged_says_who_was_faster(door: Door, two: tuple[Person, Person]) -> None:
    one, other = two
    client = door.visitor(door.who.ada)
    sent = {"one_id": str(one.id), "other_id": str(other.id), "survivor_id": str(one.id)}
    assert client.post("/customers/merge", data=sent).status_code == 200
    again = door.visitor(door.who.bo).post("/customers/merge", data=sent)
    assert again.status_code == 409
    assert "Ada merged them" in again.text


@pytest.mark.parametrize(
    "sent",
    [
        {"one_id": "1", "other_id": "1", "survivor_id": "1"},
        {"one_id": "1", "other_id": "x", "survivor_id": "1"},
        {"one_id": "1", "other_id": "9" * 30, "survivor_id": "1"},
        {"one_id": "1", "other_id": "2", "survivor_id": "1", "choice_name": "''; --"},
        {"one_id": "1", "other_id": "2", "survivor_id": "1", "choice_merged_into": "2"},
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing(shared_door: Door, sent: dict[str, str]) -> None:
    assert shared_door.visitor(shared_door.who.ada).post("/customers/merge", data=sent).status_code in {400, 409, 422}


def test_a_program_lists_merges_and_takes_back(door: Door, two: tuple[Person, Person]) -> None:
    one, other = two
    with door.pool.transaction() as conn:
        note = a_note(conn, other.id)
    client = door.program(door.who.ada)
    [found] = client.get("/api/v1/matches").json()["matches"]
    assert {found["one_id"], found["other_id"]} == {one.id, other.id}
    made = client.post("/api/v1/matches/merges", json={"survivor_id": one.id, "absorbed_id": other.id, "told_us": True})
    assert made.status_code == 201
    with door.pool.transaction() as conn:
        assert owner_of(conn, note) == one.id
    assert client.delete(f"/api/v1/matches/merges/{made.json()['merge_id']}").json() == {"customer_id": other.id}
    [past] = client.get(f"/api/v1/matches/merges/of/{one.id}").json()
    assert (past["agent"], past["program"], past["undone_by"], past["undone_program"]) == ("Ada", "test", "Ada", "test")
    assert client.post(f"/api/v1/matches/{found['id']}/dismiss").status_code == 204
    assert client.get("/api/v1/matches").json()["matches"] == []
    assert client.get("/api/v1/matches?after=rubbish").status_code == 422


def test_what_a_program_merged_and_took_apart_names_it_wherever_it_is_told(door: Door, two: tuple[Person, Person]) -> None:
    one, other = two
    client, screen = door.program(door.who.ada), door.visitor(door.who.ada)
    made = client.post("/api/v1/matches/merges", json={"survivor_id": one.id, "absorbed_id": other.id}).json()["merge_id"]
    assert "Ada, by a program: test" in " ".join(re.sub("<[^>]*>", "", screen.get("/customers/merge").text).split())
    client.delete(f"/api/v1/matches/merges/{made}")
    told = client.get(f"/api/v1/customers/{one.id}/timeline", params={"kind": "change"}).json()["entries"]
    assert {(entry["facts"]["origin"], entry["facts"]["program"]) for entry in told} == {("merge", "test"), ("unmerge", "test")}
    assert "by a merge" in (page := screen.get(f"/customers/{one.id}").text)
    assert page.count("by a program: ") >= len(told)


def test_whom_a_program_keeps_apart_stands_on_both_pages_with_its_name_until_that_is_taken_back(
    door: Door, two: tuple[Person, Person]
) -> None:
    one, other = two
    client, screen = door.program(door.who.ada), door.visitor(door.who.ada)
    [match_id] = _matches(door)
    assert client.post(f"/api/v1/matches/{match_id}/dismiss").status_code == 204
    for person, stranger in ((one, other), (other, one)):
        [said] = client.get(f"/api/v1/matches/dismissed/of/{person.id}").json()
        assert (said["customer_id"], said["agent"], said["program"]) == (stranger.id, "Ada", "test")
        page = screen.get(f"/customers/{person.id}").text
        assert "Ada, by a program: test" in " ".join(re.sub("<[^>]*>", "", page).split())
        assert HOSTILE not in page
    assert client.post(f"/api/v1/matches/{match_id}/reopen").status_code == 204
    assert client.post(f"/api/v1/matches/{match_id}/reopen").status_code == 409
    assert client.get(f"/api/v1/matches/dismissed/of/{one.id}").json() == []
    assert 'id="t-strangers"' not in screen.get(f"/customers/{one.id}").text
    screen.post(f"/customers/matches/{match_id}/dismiss")
    assert [said["program"] for said in client.get(f"/api/v1/matches/dismissed/of/{one.id}").json()] == [""]


def test_who_is_kept_apart_and_merged_after_all_is_no_stranger_to_themselves(door: Door, two: tuple[Person, Person]) -> None:
    one, other = two
    client = door.program(door.who.ada)
    client.post(f"/api/v1/matches/{_matches(door)[0]}/dismiss")
    with door.pool.transaction() as conn:
        third = a_person(conn, "Third")
    for absorbed in (other, third):
        client.post("/api/v1/matches/merges", json={"survivor_id": third.id if absorbed == other else one.id, "absorbed_id": absorbed.id})
    assert client.get(f"/api/v1/matches/dismissed/of/{one.id}").json() == []


def test_who_sees_only_some_sources_neither_sees_nor_merges_the_others(door: Door, two: tuple[Person, Person]) -> None:
    one, other = two
    with door.pool.transaction() as conn:
        execute(conn, "update cases set customer_id = %(id)s", {"id": other.id})
        [team_id] = fetch_values(conn, "insert into teams (name, created_at) values ('Far', now()) returning id")
        [mine] = fetch_values(conn, "insert into teams (name, created_at) values ('Near', now()) returning id")
        execute(conn, "update cases set team_id = %(team)s", {"team": team_id})
        execute(conn, "insert into team_members (team_id, agent_id) values (%(team)s, %(agent)s)", {"team": mine, "agent": door.who.ada})
    client = door.visitor(door.who.ada)
    assert "Nothing to decide" in client.get("/customers/merge").text
    assert client.get(f"/customers/merge?match={_matches(door)[0]}").status_code == 404
    sent = {"one_id": str(one.id), "other_id": str(other.id), "survivor_id": str(one.id)}
    assert client.post("/customers/merge", data=sent).status_code == 404
    assert client.post(f"/customers/matches/{_matches(door)[0]}/dismiss").status_code == 404
