"""Mentions and the notification centre through the doors: one's own and nobody else's, read and taken back, and how one is told."""

import json
from urllib.parse import quote

from amends.core.database import fetch_values
from amends.inbox.actions.note import add_note
from amends.inbox.actions.notify import notify
from tests.crew import a_team
from tests.door import Answer, Door


def tell_bo(door: Door, text: str = "@Bo please look") -> int:
    """Let Ada mention Bo, and the worker tell him; return his newest notification."""
    with door.pool.transaction() as conn:
        add_note(conn, case_id=door.who.plain, agent_id=door.who.ada, text=text, now=door.now)
        notify(conn, now=door.now)
        return fetch_values(conn, "select max(id) from notifications where agent_id = %(id)s", {"id": door.who.bo})[0]


def undo_of(answer: Answer) -> str:
    return json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]


def test_a_mention_is_drawn_in_the_note_and_counted_in_a_view_of_its_own(door: Door) -> None:
    tell_bo(door)
    bo = door.visitor(door.who.bo)
    assert '<span class="mention me" title="Bo">@Bo</span> please look' in bo.get(f"/inbox/{door.who.plain}").text
    assert '<span class="mention" title="Bo">@Bo</span>' in door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").text
    listed = bo.get("/inbox?view=mentions").text
    assert f'id="row-{door.who.plain}"' in listed
    assert listed.count('<li class="row ') == 1
    assert "Nobody has mentioned you" in door.visitor(door.who.ada).get("/inbox?view=mentions").text
    assert f'id="row-{door.who.plain}"' in bo.get("/inbox?q=mentions:me").text


def test_a_note_says_who_does_not_see_the_case(door: Door) -> None:
    with door.pool.transaction() as conn:
        team = a_team(conn, "North", members=[door.who.ada])
        a_team(conn, "South", members=[door.who.bo])
        conn.execute("update cases set team_id = %s where id = %s", (team, door.who.plain))
    ada = door.visitor(door.who.ada)
    said = ada.post(f"/inbox/{door.who.plain}/note", data={"text": "@Bo look"})
    assert "Bo does not see this case" in json.loads(said.headers["HX-Trigger"])["toast"]["text"]
    warned = door.program(door.who.ada).post(f"/api/v1/cases/{door.who.plain}/note", json={"text": "@Bo look"})
    assert warned.status_code == 201
    assert "Bo does not see this case" in warned.json()["warning"]
    names = [one["name"] for one in ada.get(f"/inbox/{door.who.plain}/mentionable").json()]
    assert "Ada" in names
    assert "North" in names
    assert not {"Bo", "South"} & set(names)


def test_too_many_mentions_are_refused_with_a_clear_word(door: Door) -> None:
    answer = door.visitor(door.who.ada).post(f"/inbox/{door.who.plain}/note", data={"text": "@Bo " * 200})
    assert answer.status_code == 422
    assert "at most 50 people and teams" in answer.text


def test_the_centre_is_read_at_once_and_that_is_taken_back(door: Door) -> None:
    tell_bo(door)
    bo = door.visitor(door.who.bo)
    page = bo.get("/notifications").text
    assert "Ada mentioned you" in page
    assert f"/inbox/{door.who.plain}#note-" in page
    assert bo.get("/notifications/news").json()["unread"] == 1
    done = bo.post("/notifications/read", data={"case": door.who.plain})
    assert bo.get("/notifications/news").json()["unread"] == 0
    assert "You have read everything" in bo.get("/notifications?only=unread").text
    assert bo.post(undo_of(done)).status_code == 200
    assert bo.get("/notifications/news").json()["unread"] == 1
    assert bo.post("/notifications/read", data={"quietly": "yes"}).status_code == 204
    assert bo.get("/notifications/news").json()["unread"] == 0


def test_the_centre_goes_on_behind_its_first_page(door: Door) -> None:
    with door.pool.transaction() as conn:
        conn.execute(
            """
            insert into notifications (agent_id, event_id, kind, at, facts)
            select %s, n, 'rule_stopped', %s, '{"name": "Bags"}' from generate_series(1, 70) n
            """,
            (door.who.bo, door.now),
        )
        newest = fetch_values(conn, "select max(id) from notifications")[0]
    bo = door.visitor(door.who.bo)
    first = bo.get("/notifications").text
    assert first.count("was switched off") == 30
    assert f"before={newest - 29}" in first
    assert bo.get(f"/notifications/more?before={newest - 29}").text.count("was switched off") == 30
    assert bo.get(f"/notifications/more?before={newest - 59}").text.count("was switched off") == 10
    assert bo.get("/notifications/glance").text.count("was switched off") == 8
    assert bo.get("/notifications/news?ids=1&ids=-3").status_code == 200
    assert bo.get("/notifications/more?before=0").status_code == 422


def test_what_others_were_told_is_as_if_it_were_not_there(door: Door) -> None:
    theirs = tell_bo(door)
    ada, program = door.visitor(door.who.ada), door.program(door.who.ada)
    assert ada.post("/notifications/read", data={"one": theirs}).status_code == 404
    assert program.post("/api/v1/notifications/read", json={"ids": [theirs]}).status_code == 404
    assert ada.get(f"/notifications/news?ids={theirs}").json()["told"] == []
    assert "mentioned you" not in ada.get("/notifications").text
    assert "mentioned" not in {one["kind"] for one in program.get("/api/v1/notifications").json()["notifications"]}
    at = quote(door.now.isoformat())
    assert ada.post(f"/notifications/unread?at={at}").status_code == 200
    assert ada.post("/notifications/unread?at=yesterday").status_code == 422


def test_programs_list_read_and_set(door: Door) -> None:
    told = tell_bo(door)
    bo = door.program(door.who.bo)
    [one] = bo.get("/api/v1/notifications?unread=true").json()["notifications"]
    assert (one["id"], one["kind"], one["by"], one["says"], one["more"]) == (
        told,
        "mentioned",
        "Ada",
        "Ada mentioned you",
        "@Bo please look",
    )
    assert bo.post("/api/v1/notifications/read", json={}).status_code == 422
    assert bo.post("/api/v1/notifications/read", json={"ids": [told]}).json()["read"] == 1
    assert bo.get("/api/v1/notifications?unread=true").json() == {"notifications": [], "unread": 0, "next": None}
    kept = bo.put("/api/v1/notifications/settings", json={"ways": {"given": "off"}, "quiet": [{"day": 0, "begins": 1320, "ends": 420}]})
    assert kept.json()["ways"]["given"] == "off"
    assert kept.json()["ways"]["mentioned"] == "browser"
    assert bo.get("/api/v1/notifications/settings").json()["quiet"] == [{"day": 0, "begins": 1320, "ends": 420}]
    for wrong in ({"ways": {"given": "loud"}}, {"muted_teams": [99999]}, {"quiet": [{"day": 9, "begins": 0, "ends": 1}]}, {"sound": True}):
        assert bo.put("/api/v1/notifications/settings", json=wrong).status_code in {404, 422}


def test_the_settings_keep_what_is_chosen_and_say_what_is_wrong(door: Door) -> None:
    bo = door.visitor(door.who.bo)
    page = bo.get("/settings/notifications").text
    assert "An answer waits for my approval" not in page
    assert "An answer waits for my approval" in door.visitor(door.who.lea).get("/settings/notifications").text
    form = {
        "kind": ["given", "mentioned"],
        "way": ["off", "centre"],
        "source": [door.who.source_id],
        "day": ["22-7", "", "", "", "", "", ""],
    }
    kept = bo.post("/settings/notifications", data=form)
    assert kept.status_code == 200
    assert 'value="22:00-07:00"' in kept.text
    assert 'name="critical" value="yes">' in kept.text
    for wrong in ({"day": ["late"]}, {"kind": ["given"], "way": []}, {"kind": ["given"], "way": ["loud"]}, {"team": [99999]}):
        assert bo.post("/settings/notifications", data=wrong).status_code in {404, 422}
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select ways from notification_settings") == [{"given": "off", "mentioned": "centre"}]


def test_what_may_not_pop_up_only_moves_the_count(door: Door) -> None:
    bo = door.visitor(door.who.bo)
    everywhere = {"day": ["0-24"] * 7, "critical": "yes"}
    assert bo.post("/settings/notifications", data=everywhere).status_code == 200
    assert "It is quiet now" in bo.get("/settings/notifications").text
    with door.pool.transaction() as conn:
        conn.execute("listen amends_events")
    tell_bo(door)
    assert bo.get("/notifications/news").json()["unread"] == 1
