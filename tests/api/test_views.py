"""Views: built-in and saved ones in the pane with their counts, kept with one click, shared by who may, deleted with a way back."""

import json
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from amends.core.database import execute, fetch_values
from amends.inbox.actions.view_counts import claim_stale, count_anew
from amends.inbox.rules.saved_views import MOST_OWN
from tests.door import Answer, Door, as_fragment

MINUTE = timedelta(minutes=1)


def saved(client: TestClient) -> list[tuple[str, str]]:
    """Return the saved views in the pane with their counts, in order."""
    pane = client.get("/inbox/views").text
    return re.findall(r'data-view="s\d+".*?<bdi>(.*?)</bdi>.*?class="num count"[^>]*>([^<]*)<', pane)


def keep(client: TestClient, **facts: str) -> Answer:
    return client.post("/views", data={"q": "mood:negative", "sort": "urgency"} | facts)


def undo_of(answer: Answer) -> str:
    return json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]


def count_all(door: Door) -> int:
    """Do what the worker does every five seconds."""
    with door.pool.transaction() as conn:
        stale = claim_stale(conn, now=door.now)
        for wanted in stale:
            count_anew(conn, wanted, now=door.now)
    return len(stale)


def test_what_the_list_shows_is_kept_with_one_click_and_counted_by_the_worker(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    assert keep(ada).status_code == 200
    assert saved(ada) == [("mood:negative", "")]
    assert count_all(door) == 1
    assert saved(ada) == [("mood:negative", "9")]
    assert count_all(door) == 0
    door.now += MINUTE
    assert (saved(ada), count_all(door)) == ([("mood:negative", "9")], 1)
    door.now += 3 * MINUTE
    assert count_all(door) == 0


def test_a_view_that_is_kept_twice_is_there_once(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    first, again, other = keep(ada), keep(ada), keep(ada, sort="newest")
    assert ([one.status_code for one in (first, again, other)], undo_of(again)) == ([200, 200, 200], "")
    assert len(saved(ada)) == 2


def test_a_view_is_renamed_moved_and_deleted_and_each_can_be_taken_back(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    first = undo_of(keep(ada, name="Angry")).split("/")[2]
    keep(ada, q="lang:ta", name="Tamil")
    renamed = ada.post(f"/views/{first}", data={"q": "mood:negative", "sort": "newest", "name": "Cross", "colour": "red", "audience": "me"})
    assert [name for name, _ in saved(ada)] == ["Cross", "Tamil"]
    ada.post(undo_of(renamed))
    assert [name for name, _ in saved(ada)] == ["Angry", "Tamil"]
    moved = ada.post(f"/views/{first}/move/down")
    assert [name for name, _ in saved(ada)] == ["Tamil", "Angry"]
    ada.post(undo_of(moved))
    gone = ada.post(f"/views/{first}/delete")
    assert [name for name, _ in saved(ada)] == ["Tamil"]
    ada.post(undo_of(gone))
    assert [name for name, _ in saved(ada)] == ["Angry", "Tamil"]
    at_the_end = ada.post(f"/views/{first}/move/up")
    assert (at_the_end.status_code, undo_of(at_the_end)) == (200, "")


def test_a_lead_shares_with_the_team_and_everyone_and_an_agent_only_looks(door: Door) -> None:
    ada, bo = door.visitor(door.who.ada), door.visitor(door.who.bo)
    with door.pool.transaction() as conn:
        team = fetch_values(conn, "insert into teams (name, created_at) values ('Night', now()) returning id")[0]
        execute(
            conn,
            "insert into team_members values (%(team)s, %(ada)s), (%(team)s, %(bo)s)",
            {"team": team, "ada": door.who.ada, "bo": door.who.bo},
        )
        execute(conn, "update agents set role = 'lead' where id = %(bo)s", {"bo": door.who.bo})
    shared = undo_of(keep(bo, name="Ours", audience=f"team-{team}", q="assignee:me")).split("/")[2]
    keep(bo, name="All of us", audience="all")
    assert [name for name, _ in saved(ada)] == ["Ours", "All of us"]
    assert [name for name, _ in saved(door.visitor(door.who.lea))] == ["All of us"]
    assert "⋯" not in ada.get("/inbox/views").text
    assert keep(ada, audience="all").status_code == 403
    assert ada.post(f"/views/{shared}/delete").status_code == 403
    assert ada.post("/views/999999/delete").status_code == 404
    assert keep(bo, audience="team-999999").status_code == 403
    own = undo_of(keep(ada, name="Mine alone")).split("/")[2]
    assert bo.post(f"/views/{own}/delete").status_code == 404
    assert bo.post(f"/views/{own}/restore").status_code == 404


def test_what_a_manager_shares_with_a_team_she_is_not_in_stays_in_her_hands_and_out_of_those_of_another_teams_lead(door: Door) -> None:
    mia, lea = door.visitor(door.who.mia), door.visitor(door.who.lea)
    with door.pool.transaction() as conn:
        team = fetch_values(conn, "insert into teams (name, created_at) values ('Night', now()) returning id")[0]
    undo = undo_of(keep(mia, name="For the night", audience=f"team-{team}"))
    view = undo.split("/")[2]
    assert [name for name, _ in saved(mia)] == ["For the night"]
    assert saved(lea) == []
    assert mia.post(undo).status_code == 200
    assert lea.post(f"/views/{view}/restore").status_code == 404
    assert mia.post(f"/views/{view}/restore").status_code == 200


def test_a_view_that_asks_for_mine_is_counted_for_each_who_looks(door: Door) -> None:
    mia, ada = door.visitor(door.who.mia), door.visitor(door.who.ada)
    keep(mia, name="My part", audience="all", q="assignee:me")
    with door.pool.transaction() as conn:
        execute(conn, "update cases set assignee_id = %(ada)s where id = %(id)s", {"ada": door.who.ada, "id": door.who.plain})
    saved(ada)
    assert count_all(door) == 2
    assert saved(ada) == [("My part", "2")]
    assert saved(mia) == [("My part", "")]


@pytest.mark.parametrize(
    "facts",
    [
        {"q": "mod:x"},
        {"q": "topic:nonsense"},
        {"colour": "pink"},
        {"audience": "team-x"},
        {"audience": "x"},
        {"name": "x" * 61},
        {"q": "x" * 10_240},
    ],
)
def test_a_view_that_cannot_be_kept_is_refused_in_words(shared_door: Door, facts: dict[str, str]) -> None:
    with as_fragment(shared_door.visitor(shared_door.who.ada)) as client:
        answer = keep(client, **facts)
    assert answer.status_code == 422
    assert answer.json()["message"]


def test_there_is_an_end_to_how_many_views_one_keeps(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    for number in range(MOST_OWN):
        assert keep(ada, name=f"View {number}").status_code == 200
    with as_fragment(ada) as client:
        assert "already" in keep(client).json()["message"]


def test_the_views_of_time_count_what_time_alone_changes(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    with door.pool.transaction() as conn:
        due = fetch_values(conn, "select min(due_at) from cases where due_at is not null")[0]
    assert '"num count late">9<' not in ada.get("/inbox").text
    door.now = due + timedelta(days=3)
    ada = door.visitor(door.who.ada)
    page = ada.get("/inbox?view=breached").text
    assert re.search(r'data-view="breached" aria-current="page".*?>9<', page, re.DOTALL)
    assert len(re.findall(r'id="row-', page)) == 9


def test_programs_list_keep_change_and_delete_views(door: Door) -> None:
    program = door.program(door.who.ada)
    assert program.get("/api/v1/views").json()["built_in"][0] == {"name": "open", "query": "status:open", "sort": "newest"}
    made = program.post("/api/v1/views", json={"name": "Angry", "query": "mood:negative"}).json()["saved"][0]
    changed = program.put(
        f"/api/v1/views/{made['id']}", json={"name": "Cross", "query": "mood:negative lang:ta", "sort": "deadline"}
    ).json()
    assert [(view["name"], view["query"], view["sort"]) for view in changed["saved"]] == [("Cross", "mood:negative lang:ta", "deadline")]
    assert program.post("/api/v1/views", json={"name": "x", "query": "mod:x"}).status_code == 422
    assert program.post("/api/v1/views", json={"name": "x", "audience": "all"}).status_code == 403
    assert program.delete(f"/api/v1/views/{made['id']}").status_code == 204
    assert program.get("/api/v1/views").json()["saved"] == []
    assert program.delete(f"/api/v1/views/{made['id']}").status_code == 404
