"""Topics and the weights of urgency for programs: managers change them, agents read them, and what does not fit changes nothing."""

import pytest

from tests.door import Door


def test_a_program_makes_a_topic_teaches_it_and_puts_it_away(door: Door) -> None:
    program = door.program(door.who.mia)
    made = program.post("/api/v1/topics", json={"name": "Lost luggage"})
    assert made.status_code == 201
    at = f"/api/v1/topics/{made.json()['topic']['id']}"
    taught = program.post(f"{at}/examples", json={"text": "My suitcase never came"})
    program.post(f"{at}/examples", json={"text": "Lovely crew", "fits": False})
    assert [example["fits"] for example in program.get(at).json()["examples"]] == [False, True]
    program.delete(f"{at}/examples/{taught.json()['examples'][0]['id']}")
    assert [example["text"] for example in program.get(at).json()["examples"]] == ["Lovely crew"]
    assert program.post(f"{at}/name", json={"name": "Luggage"}).json()["topic"]["name"] == "Luggage"
    assert program.post(f"{at}/archive").json()["topic"]["archived_at"]
    assert "Luggage" not in {topic["name"] for topic in program.get("/api/v1/topics").json()["topics"]}
    assert program.post(f"{at}/restore").json()["topic"]["archived_at"] is None
    assert "Luggage" in {topic["name"] for topic in program.get("/api/v1/topics").json()["topics"]}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("", {"name": " "}, 422),
        ("", {"name": "x" * 61}, 422),
        ("", {"name": "New", "brand_id": 999_999}, 404),
        ("/999999/examples", {"text": "My bag"}, 404),
        ("/999999/archive", None, 404),
    ],
)
def test_a_topic_that_cannot_be_is_told_in_words(shared_door: Door, path: str, body: object, status: int) -> None:
    answer = shared_door.program(shared_door.who.mia).post(f"/api/v1/topics{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["message"]


def test_an_agent_reads_topics_and_weights_but_changes_neither(door: Door) -> None:
    program = door.program(door.who.ada)
    assert program.get("/api/v1/topics").status_code == program.get("/api/v1/urgency").status_code == 200
    before = program.get("/api/v1/urgency").json()
    tried = [
        program.post("/api/v1/topics", json={"name": "Mine"}),
        program.post("/api/v1/urgency", json={"weights": {"safety": 1}, "instead_of": before["id"]}),
        program.post("/api/v1/urgency/0/back", params={"instead_of": 0}),
        program.post("/api/v1/urgency/preview", json={"weights": {"safety": 1}}),
    ]
    assert {answer.status_code for answer in tried} == {403}
    assert program.get("/api/v1/urgency").json() == before


def test_a_program_tries_weights_sets_them_and_brings_the_shipped_ones_back(door: Door) -> None:
    program = door.program(door.who.mia)
    shown = program.get("/api/v1/urgency").json()
    assert program.post("/api/v1/urgency/preview", json={"weights": {"negative": 0}}).json()["moved"] > 0
    assert program.get("/api/v1/urgency").json() == shown
    changed = program.post("/api/v1/urgency", json={"weights": {"negative": 0}, "instead_of": shown["id"]}).json()
    assert changed["weights"] == shown["weights"] | {"negative": 0}
    assert changed["set_by"] == "Mia"
    assert program.post("/api/v1/urgency", json={"weights": {"negative": 5}, "instead_of": shown["id"]}).status_code == 409
    assert program.post("/api/v1/urgency/0/back", params={"instead_of": shown["id"]}).status_code == 409
    assert program.post("/api/v1/urgency/0/back", params={"instead_of": changed["id"]}).json()["weights"] == shown["weights"]


@pytest.mark.parametrize("weights", [{"negative": 51}, {"negative": -1}, {"colour": 3}, {"negative": "many"}])
def test_weights_that_do_not_fit_change_nothing(shared_door: Door, weights: object) -> None:
    program = shared_door.program(shared_door.who.mia)
    before = program.get("/api/v1/urgency").json()
    answer = program.post("/api/v1/urgency", json={"weights": weights, "instead_of": before["id"]})
    assert answer.status_code == 422
    assert program.get("/api/v1/urgency").json() == before
