"""Alarms of rates on the screens: what rings, who sees to it, and the link in a message."""

import json
from datetime import timedelta

from amends.core.database import execute, fetch_values
from amends.core.secrets import sign
from tests.cast import SECRET_KEY
from tests.door import Door, as_fragment

RULE = {
    "name": "Lost <b>bags</b>",
    "kind": "rate",
    "condition": "lost",
    "apart_by": "",
    "minutes": 60,
    "least": 3,
    "escalate_minutes": "10",
}


def a_surge(door: Door) -> int:
    """Return a surge that goes on."""
    with as_fragment(door.visitor(door.who.mia)) as client:
        client.post("/settings/surges", data=RULE)
    with door.pool.transaction() as conn:
        return fetch_values(
            conn,
            """
            insert into alerts (surge_rule_id, rule, key, severity, reason, n, most, expected, since, raised_at)
            select id, 'surge', '', 'high', 'Lost <b>bags</b>: 9 cases', 9, 9, 3, %(now)s, %(now)s
            from surge_rules where kind <> 'new_topic' returning id
            """,
            {"now": door.now},
        )[0]


def test_a_rule_is_tried_made_let_rest_and_deleted(door: Door) -> None:
    with as_fragment(door.visitor(door.who.mia)) as client:
        assert "would have rung" in client.post("/settings/surges/preview", data=RULE).text
        for wrong in ("mood:furious", "lost assignee:me"):
            assert client.post("/settings/surges", data=RULE | {"condition": wrong}).status_code == 422, wrong
        client.post("/settings/surges", data=RULE)
        page = client.get("/settings/surges").text
        assert "Lost &lt;b&gt;bags&lt;/b&gt;" in page
        with door.pool.transaction() as conn:
            [rule_id] = fetch_values(conn, "select id from surge_rules where kind <> 'new_topic'")
        assert "rests" in client.post(f"/settings/surges/{rule_id}/rest").text
        client.post(f"/settings/surges/{rule_id}/delete")
        assert "Lost &lt;b&gt;bags" not in client.get("/settings/surges").text
        client.post(f"/settings/surges/{rule_id}/restore")
        assert "Lost &lt;b&gt;bags" in client.get("/settings/surges").text


def test_a_young_desk_says_that_its_habits_are_not_known_yet(door: Door) -> None:
    with as_fragment(door.visitor(door.who.mia)) as client:
        assert "still learning its habits" in client.get("/settings/surges").text
        assert "672 of 672 looks knew no habit yet" in client.post("/settings/surges/preview", data=RULE | {"kind": "habit"}).text
        with door.pool.transaction() as conn:
            execute(conn, "update sources set created_at = %(at)s", {"at": door.now - timedelta(weeks=20)})
        assert "still learning its habits" not in client.get("/settings/surges").text
        assert "knew no habit" not in client.post("/settings/surges/preview", data=RULE | {"kind": "habit"}).text


def test_agents_see_to_a_surge_and_say_whether_it_was_a_reason_to_ring(door: Door) -> None:
    alert_id = a_surge(door)
    with as_fragment(door.visitor(door.who.ada)) as client:
        assert "nobody sees to it yet" in client.get("/alarms").text
        answer = client.post(f"/alarms/{alert_id}/acknowledge")
        assert "alarms-changed" in answer.headers["hx-trigger"]
        assert "Ada sees to it" in client.get("/alarms/live").text
        with as_fragment(door.visitor(door.who.bo)) as bo:
            late = json.loads(bo.post(f"/alarms/{alert_id}/acknowledge").headers["hx-trigger"])["toast"]
        assert (late["text"], late.get("undo", "")) == ("Ada sees to it", "")
        client.post(f"/alarms/{alert_id}/useless")
        assert "was no reason to ring" in client.get("/alarms/live").text


def test_the_link_of_a_message_acknowledges_by_a_press_and_not_by_a_look(door: Door) -> None:
    alert_id = a_surge(door)
    stranger, link = door.stranger(), f"/alarm/{alert_id}/{sign(f'alarm {alert_id}', SECRET_KEY)}"
    assert "I see to it" in stranger.get(link).text
    assert stranger.head(link).status_code == 200
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select acknowledged_at from alerts where id = %(id)s", {"id": alert_id}) == [None]
    assert "Nobody is called any more" in stranger.post(link).text
    with as_fragment(door.visitor(door.who.bo)) as bo:
        assert "Somebody sees to it" in bo.post(f"/alarms/{alert_id}/acknowledge").headers["hx-trigger"]
    assert "Nobody is called any more" in stranger.post(link).text
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select count(*) from events where kind = 'alert_acknowledged'") == [1]
    assert stranger.get(f"/alarm/{alert_id}/forged").status_code == 404
    assert stranger.post(f"/alarm/{alert_id + 1}/{link.rpartition('/')[2]}").status_code == 404
