"""The REST interface: the same desk for programs."""

from uuid import uuid4

import pytest

from amends.core.database import fetch_values
from amends.inbox.actions.resolve import resolve
from tests.cast import NOON, POLICY
from tests.door import Door


def test_a_program_answers_notes_and_resolves_a_case(door: Door) -> None:
    program, at = door.program(door.who.ada), f"/api/v1/cases/{door.who.plain}"
    queued = program.post(f"{at}/reply", json={"text": "We refund it today.", "key": str(uuid4())})
    noted = program.post(f"{at}/note", json={"text": "Told finance."})
    taken = program.post(f"{at}/assign", json={"assignee_id": door.who.bo})
    resolved = program.post(f"{at}/resolve")
    assert (queued.status_code, noted.status_code, taken.status_code, resolved.status_code) == (202, 201, 200, 200)
    case = program.get(at).json()
    assert case["replies"][0]["id"] == queued.json()["reply_id"]
    assert case["notes"][0]["text"] == "Told finance."
    assert (case["case"]["assignee"], case["case"]["status"]) == ("Bo", "resolved")
    assert len(case["follow_ups"]) == 2
    assert len(door.woken) == 4


def test_a_reply_that_a_program_sends_again_under_its_idempotency_key_goes_out_once(door: Door) -> None:
    at, said = f"/api/v1/cases/{door.who.plain}/reply", {"text": "We refund it today."}
    ada, bo = door.program(door.who.ada), door.program(door.who.bo)
    first, again = (ada.post(at, json=said, headers={"Idempotency-Key": "refund 17"}).json() for _ in range(2))
    other = ada.post(at, json=said, headers={"Idempotency-Key": "refund 18"}).json()
    anothers = bo.post(at, json=said, headers={"Idempotency-Key": "refund 17"}).json()
    assert first == again
    assert len({one["reply_id"] for one in (first, other, anothers)}) == 3


def test_a_note_that_a_program_sends_again_under_its_idempotency_key_is_kept_once(door: Door) -> None:
    at, said, key = f"/api/v1/cases/{door.who.plain}/note", {"text": "Told finance."}, {"Idempotency-Key": "finance 17"}
    ada, bo = door.program(door.who.ada), door.program(door.who.bo)
    first, again = (ada.post(at, json=said, headers=key).json() for _ in range(2))
    anothers, plain = bo.post(at, json=said, headers=key).json(), ada.post(at, json=said).json()
    assert first == again
    assert len({one["note_id"] for one in (first, anothers, plain)}) == 3
    assert ada.post(at, json={"text": "Told the shop."}, headers=key).status_code == 409


def test_a_case_says_which_team_has_it(door: Door) -> None:
    with door.pool.transaction() as conn:
        team_id = fetch_values(conn, "insert into teams (name, created_at) values ('Refunds', now()) returning id")[0]
    program, at = door.program(door.who.mia), f"/api/v1/cases/{door.who.plain}"
    given = program.post(f"{at}/assign", json={"team_id": team_id}).json()["case"]
    assert (given["team_id"], given["team"]) == (team_id, "Refunds")
    assert "Team Refunds" in door.visitor(door.who.mia).get(f"/inbox/{door.who.plain}").text


def test_what_was_done_can_be_undone(door: Door) -> None:
    program, at = door.program(door.who.ada), f"/api/v1/cases/{door.who.plain}"
    program.post(f"{at}/resolve")
    assert program.post(f"{at}/undo_resolve").json()["case"]["status"] == "open"
    assert program.post(f"{at}/dismiss").json()["case"]["status"] == "dismissed"
    assert program.post(f"{at}/reopen").json()["case"]["status"] == "open"


@pytest.mark.parametrize(
    ("path", "body", "status", "word"),
    [
        ("reply", {"text": "x" * 300}, 422, "refused"),
        ("reply", {"text": ""}, 422, "refused"),
        ("reply", {"text": "hi", "colour": "red"}, 422, "refused"),
        ("reply", None, 422, "refused"),
        ("assign", {"assignee_id": 999_999}, 422, "refused"),
        ("undo_resolve", None, 409, "conflict"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(door: Door, path: str, body: object, status: int, word: str) -> None:
    answer = door.program(door.who.ada).post(f"/api/v1/cases/{door.who.plain}/{path}", json=body)
    assert (answer.status_code, answer.json()["error"]) == (status, word)
    assert answer.json()["message"]
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_every_collected_post_can_be_read_a_page_at_a_time(door: Door) -> None:
    program, seen, before = door.program(door.who.ada), list[str](), None
    while True:
        page = program.get("/api/v1/posts", params={"limit": 4} | ({"before": before} if before else {})).json()
        seen += [post["external_id"] for post in page["posts"]]
        before = page["next"]
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 12
    [found] = program.get("/api/v1/posts", params={"network": "x", "external_id": "talk-1"}).json()["posts"]
    assert (found["route"], found["sentiment"], found["case_id"]) == ("open", "negative", door.who.talked)
    assert program.get(f"/api/v1/posts/{found['id']}").json() == found
    assert len(program.get("/api/v1/posts", params={"case_id": door.who.talked}).json()["posts"]) == 2


def test_a_customer_is_read_with_handles_cases_and_moods(door: Door) -> None:
    program = door.program(door.who.ada)
    customer_id = program.get(f"/api/v1/cases/{door.who.talked}").json()["case"]["customer_id"]
    customer = program.get(f"/api/v1/customers/{customer_id}").json()
    assert [handle["handle"] for handle in customer["handles"]] == ["cy_travels"]
    assert [case["id"] for case in customer["cases"]] == [door.who.talked]
    assert [mood["sentiment"] for mood in customer["moods"]] == ["negative", "negative"]


def test_sources_show_their_health_and_no_secret(door: Door) -> None:
    program = door.program(door.who.ada)
    [source] = program.get("/api/v1/sources").json()["sources"]
    assert source["healthy"] is True
    assert program.get(f"/api/v1/sources/{door.who.source_id}/health").json() == source
    assert "t-1" not in program.get("/api/v1/sources").text
    assert "options" not in source["source"]
    assert program.get("/api/v1/sources/999/health").status_code == 404


def test_follow_ups_are_listed_and_the_due_ones_apart(door: Door) -> None:
    with door.pool.transaction() as conn:
        resolve(conn, case_id=door.who.plain, agent_id=door.who.ada, policy=POLICY, now=NOON)
    program = door.program(door.who.ada)
    [_last, planned] = program.get("/api/v1/follow_ups").json()["follow_ups"]
    assert planned["case_id"] == door.who.plain
    assert program.get("/api/v1/follow_ups/due").json()["follow_ups"] == []
    door.now = NOON + POLICY.follow_up_after
    assert program.get("/api/v1/follow_ups/due").json()["follow_ups"] == [planned]
    assert program.post(f"/api/v1/follow_ups/{planned['id']}/decide", json={"outcome": "held", "note": "She told us."}).status_code == 204
    [_last, decided] = program.get("/api/v1/follow_ups").json()["follow_ups"]
    assert (decided["outcome"], decided["note"]) == ("held", "She told us.")
    assert program.get("/api/v1/follow_ups/due").json()["follow_ups"] == []


def test_the_description_names_every_operation_and_loads_nothing_from_elsewhere(shared_door: Door) -> None:
    schema = shared_door.stranger().get("/api/v1/openapi.json").json()
    page = shared_door.stranger().get("/api/v1/docs").text
    for path in schema["paths"]:
        assert path in page
    assert "//cdn" not in page
    operations = [operation["operationId"] for methods in schema["paths"].values() for operation in methods.values()]
    assert len(operations) == len(set(operations))
    assert {"list_cases", "reply", "numbers", "due_follow_ups", "alive"} <= set(operations)


def test_a_token_is_noted_as_used(door: Door) -> None:
    program, client = door.program(door.who.ada), door.visitor(door.who.ada)
    assert "never used" in client.get("/settings/tokens").text
    program.get("/api/v1/me")
    assert "never used" not in client.get("/settings/tokens").text
