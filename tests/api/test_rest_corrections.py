"""Labels corrected by programs."""

from amends.core.database import fetch_values
from tests.door import Door


def post_of(door: Door) -> int:
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select id from posts where case_id = %(id)s", {"id": door.who.plain})[0]


def test_a_program_corrects_reads_and_takes_back(door: Door) -> None:
    ada, post_id = door.program(door.who.ada), post_of(door)
    given = ada.post(f"/api/v1/posts/{post_id}/corrections", json={"field": "intent", "new": "question"})
    assert given.status_code == 201
    [correction] = given.json()["corrections"]
    assert (correction["old"], correction["new"], correction["agent"], correction["model"]) == ("complaint", "question", "Ada", "fake-1")
    posts = ada.get(f"/api/v1/cases/{door.who.plain}").json()["posts"]
    assert [(post["intent"], post["intent_by"]) for post in posts] == [("question", "Ada")]
    back = ada.delete(f"/api/v1/posts/{post_id}/corrections/{correction['id']}")
    assert back.json()["corrections"][0]["ended_at"] is not None
    assert ada.get(f"/api/v1/posts/{post_id}/corrections").json() == back.json()
    assert ada.delete(f"/api/v1/posts/{post_id}/corrections/{correction['id']}").status_code == 409


def test_a_correction_is_taken_back_by_the_address_of_its_own_post_only(door: Door) -> None:
    ada, post_id = door.program(door.who.ada), post_of(door)
    with door.pool.transaction() as conn:
        [other] = fetch_values(conn, "select min(id) from posts where case_id = %(id)s", {"id": door.who.talked})
    given = ada.post(f"/api/v1/posts/{post_id}/corrections", json={"field": "mood", "new": "positive"}).json()["corrections"][0]["id"]
    assert ada.delete(f"/api/v1/posts/{other}/corrections/{given}").status_code == 404
    assert ada.delete(f"/api/v1/posts/{post_id}/corrections/{given}").status_code == 200


def test_labels_that_there_are_not_and_posts_that_there_are_not_are_refused(door: Door) -> None:
    ada, post_id = door.program(door.who.ada), post_of(door)
    assert ada.post(f"/api/v1/posts/{post_id}/corrections", json={"field": "mood", "new": "angry"}).status_code == 422
    assert ada.post("/api/v1/posts/40404/corrections", json={"field": "mood", "new": "negative"}).status_code == 404
