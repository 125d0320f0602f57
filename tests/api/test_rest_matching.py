"""Two programs at once: a change that names what its writer saw (`If-Match`) writes over nobody's, at every setting that can be changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.desk import MINUTE
from tests.door import Door


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """A setting at `path`: what makes it, and where its id stands in the answer; it is changed by its `name`."""

    path: str
    made: Mapping[str, Any] = field(default_factory=dict[str, Any])
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])
    id_in: str = "id"


THE_FIRST, LATE = "The first", "The late one"
ROTA = {"begins_on": "2026-03-01", "lines": [[1]]}
SETTINGS = {
    "alarm route": Setting(path="/alarm-routes", made={"channel_ids": [], "rota_id": 1}),
    "attribute": Setting(path="/attributes"),
    "calendar": Setting(path="/calendars", made={"zone": "UTC", "days": ["9-17"] * 7}),
    "rota": Setting(path="/on-call", made=ROTA),
    "organisation": Setting(path="/organisations"),
    "policy": Setting(path="/sla-policies", made={"first_minutes": 60}),
    "report": Setting(path="/reports", made={"span": "days_7", "parts": ["figures"]}),
    "team": Setting(path="/teams", more={"gives": "nobody"}),
    "rule": Setting(path="/rules", made={"trigger": "opened", "deeds": [{"deed": "note", "text": "Hello"}]}),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_change_writes_over_nobodys_where_it_names_what_it_saw(name: str, door: Door) -> None:
    setting, program = SETTINGS[name], door.program(door.who.ann)
    program.post("/api/v1/on-call", json=ROTA | {"name": "Whom the route calls"})
    made = program.post(f"/api/v1{setting.path}", json=setting.made | {"name": "As it was"})
    assert made.status_code == 201, made.text
    path, door.now = f"/api/v1{setting.path}/{made.json()[setting.id_in]}", door.now + MINUTE

    def change(words: str, seen: str = "") -> tuple[int, str]:
        answer = program.put(path, json=setting.made | setting.more | {"name": words}, headers={"If-Match": seen} if seen else {})
        return answer.status_code // 100, answer.headers.get("etag", "")

    seen = program.get(path).headers["etag"]
    first = change(THE_FIRST, seen)
    assert (first[0], first[1] not in {"", seen}, program.get(path).headers["etag"]) == (2, True, first[1])
    assert change(LATE, seen) == (4, "")
    assert (THE_FIRST in program.get(path).text, LATE in program.get(path).text) == (True, False)
    assert change("By one who does not ask")[0] == change("Whatever is there", "*")[0] == 2
    assert program.get("/api/v1" + setting.path + "/999999").status_code == 404


def test_macros_segments_and_views_say_in_their_lists_what_a_change_may_name(door: Door) -> None:
    program = door.program(door.who.ann)
    macro = program.post("/api/v1/macros", json={"name": "As it was", "text": "Hello"}).json()["macro_id"]
    segment = program.post("/api/v1/segments", json={"name": "As it was", "query": "name:lost"}).json()
    door.now += MINUTE
    seen = next(one["changed_at"] for one in program.get("/api/v1/macros").json()["macros"] if one["id"] == macro)
    for path, body, at in (
        (f"/api/v1/macros/{macro}", {"name": "The first", "text": "Hi"}, seen),
        (f"/api/v1/segments/{segment['id']}", {"name": "The first", "query": "name:found"}, segment["changed_at"]),
    ):
        first = program.put(path, json=body, headers={"If-Match": at})
        assert (first.status_code // 100, program.put(path, json=body, headers={"If-Match": at}).status_code) == (2, 409), first.text
        assert program.put(path, json=body, headers={"If-Match": first.headers["etag"]}).is_success
    program.post("/api/v1/views", json={"name": "As it was", "query": "lost"})
    [view] = [one["id"] for one in program.get("/api/v1/views").json()["saved"] if one["name"] == "As it was"]
    path, body = f"/api/v1/views/{view}", {"name": "The first", "query": "found"}
    at = {"If-Match": program.get(path).headers["etag"]}
    assert (program.put(path, json=body, headers=at).status_code, program.put(path, json=body, headers=at).status_code) == (200, 409)
    assert door.program(door.who.bo).get(path).status_code == 404


def test_what_a_colleague_can_take_is_put_over_nobodys_words(door: Door) -> None:
    program, path = door.program(door.who.ann), f"/api/v1/teams/people/{door.who.ada}/skills"
    seen = {"If-Match": program.get(path).headers["etag"]}
    first = program.put(path, json={"languages": ["ta"], "capacity": 5}, headers=seen)
    assert (first.status_code, program.get(path).headers["etag"]) == (200, first.headers["etag"])
    assert program.put(path, json={"languages": ["si"]}, headers=seen).status_code == 409
    assert program.get(path).json()["languages"] == ["ta"]
    assert program.put(path, json={"languages": ["si"]}).status_code == 200
    assert program.get("/api/v1/teams/people/999999/skills").status_code == 404
