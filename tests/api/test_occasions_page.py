"""The pages of occasions: made, written, looked at, switched on, stopped; and the link by which a customer stops such messages."""

import json
from datetime import timedelta

from amends.core.database import execute, fetch_values
from amends.core.secrets import fingerprint
from tests.door import Door, as_fragment


def made(door: Door) -> int:
    """Make an occasion with an English text, as Mia, and return its id."""
    with as_fragment(door.visitor(door.who.mia)) as client:
        answer = client.post("/occasions", data={"name": "Birthday <b>wishes</b>", "kind": "birthday", "approval": "yes"})
        occasion_id = int(answer.headers["hx-redirect"].rpartition("/")[2])
        words = {"language": "en", "subject": "Hello {{ customer.first_name }}", "text": "All the best"}
        client.post(f"/occasions/{occasion_id}/text", data=words)
    return occasion_id


def a_message(door: Door, occasion_id: int, state: str = "proposed") -> int:
    """Plan a message, and return its customer."""
    with door.pool.transaction() as conn:
        return fetch_values(
            conn,
            """
            insert into occasion_messages (occasion_id, customer_id, turn, state, planned_at, due_at, stop_hash)
            select %(id)s, min(customer_id), '2026', %(state)s, %(now)s, %(now)s, %(stop)s from cases returning customer_id
            """,
            {"id": occasion_id, "state": state, "now": door.now, "stop": fingerprint("token")},
        )[0]


def test_an_occasion_is_made_written_looked_at_and_switched_on(door: Door) -> None:
    occasion_id = made(door)
    with as_fragment(door.visitor(door.who.mia)) as client:
        seen = client.post(f"/occasions/{occasion_id}/preview", data={"language": "en", "subject": "Hi {{ customer.name }}", "text": "x"})
        assert "Hi Amara Perera" in seen.text
        wrong = client.post(f"/occasions/{occasion_id}/text", data={"language": "en", "subject": "{{ customer.shoe }}", "text": "x"})
        assert wrong.status_code == 422
        assert "It sends from now on" in json.loads(client.post(f"/occasions/{occasion_id}/on").headers["hx-trigger"])["toast"]["text"]
    page = door.visitor(door.who.mia).get("/occasions").text
    assert "Birthday &lt;b&gt;wishes&lt;/b&gt;" in page
    assert "sends" in page


def test_whose_day_comes_is_named(door: Door) -> None:
    occasion_id = made(door)
    with door.pool.transaction() as conn:
        query = """
            insert into important_dates (customer_id, kind, month, day, created_at)
            select min(customer_id), 'birthday', %(month)s, %(day)s, %(now)s from cases
            returning (select name from customers u where u.id = customer_id)
        """
        comes = door.now + timedelta(days=3)
        [name] = fetch_values(conn, query, {"month": comes.month, "day": comes.day, "now": door.now})
    shown = door.visitor(door.who.mia).get(f"/occasions/{occasion_id}").text
    assert f'dir="auto">{name}</a>' in shown.partition('id="t-coming"')[2]


def test_what_waits_is_let_out_and_one_message_can_be_stopped(door: Door) -> None:
    occasion_id = made(door)
    a_message(door, occasion_id)
    with as_fragment(door.visitor(door.who.mia)) as client:
        client.post(f"/occasions/{occasion_id}/let-out")
        with door.pool.transaction() as conn:
            [(message_id, state)] = fetch_values(conn, "select (id, state) from occasion_messages")
        assert state == "queued"
        client.post(f"/occasions/{occasion_id}/messages/{message_id}/stop")
        assert client.post(f"/occasions/{occasion_id}/messages/{message_id}/stop").status_code == 422
    assert "stopped" in door.visitor(door.who.mia).get(f"/occasions/{occasion_id}").text


def test_a_link_that_is_only_looked_at_stops_nothing_and_one_press_does(door: Door) -> None:
    customer_id = a_message(door, made(door), "sent")
    with door.pool.transaction() as conn:
        execute(
            conn,
            "insert into consents (customer_id, purpose, given, basis, at) values (%(id)s, 'occasion', true, 'told us', %(now)s)",
            {"id": customer_id, "now": door.now},
        )
    stranger = door.stranger()
    assert "Stop such messages" in stranger.get("/stop/token").text
    assert stranger.head("/stop/token").status_code == 200
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select given from consents order by id") == [True]
    assert "You get no such messages any more" in stranger.post("/stop/token", data={"List-Unsubscribe": "One-Click"}).text
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select given from consents order by id") == [True, False]
    assert "You get no such messages any more" in stranger.get("/stop/token").text
    assert stranger.get("/stop/another").status_code == 404


def test_without_a_mail_server_a_test_says_what_to_set(door: Door) -> None:
    occasion_id = made(door)
    with as_fragment(door.visitor(door.who.mia)) as client:
        answer = client.post(f"/occasions/{occasion_id}/test", data={"language": "en", "subject": "Hi", "text": "x"})
    assert answer.status_code == 422
    assert "AMENDS_MAIL_URL" in answer.text


def test_a_test_that_the_mail_server_does_not_take_says_so(door: Door) -> None:
    occasion_id = made(door)
    desk = Door(pool=door.pool, who=door.who, more={"mail_url": "smtp://127.0.0.1:9/?from=amends@corp.example"})
    with as_fragment(desk.visitor(door.who.mia)) as client:
        answer = client.post(f"/occasions/{occasion_id}/test", data={"language": "en", "subject": "Hi", "text": "x"})
    assert answer.status_code == 422
    assert "It did not arrive" in answer.text


def test_how_often_at_most_is_settled_for_all_occasions(door: Door) -> None:
    with as_fragment(door.visitor(door.who.mia)) as client:
        assert client.post("/occasions/cap", data={"most": 0, "days": 30}).status_code == 422
        client.post("/occasions/cap", data={"most": 1, "days": 90})
    assert 'name="days" value="90"' in door.visitor(door.who.mia).get("/occasions").text


def test_removed_it_stops_and_comes_back_as_one_that_does_not_send(door: Door) -> None:
    occasion_id = made(door)
    with as_fragment(door.visitor(door.who.mia)) as client:
        client.post(f"/occasions/{occasion_id}/on")
        client.post(f"/occasions/{occasion_id}/archive")
        assert "Birthday &lt;b" not in client.get("/occasions").text
        client.post(f"/occasions/{occasion_id}/restore")
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select active from occasions") == [False]
