"""The door for networks that call us: a good call is stored once, everything else changes nothing."""

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from standardwebhooks import Webhook

from amends.core.database import fetch_values
from amends.core.pushing import LARGEST_HOOK
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.sources import add_source, pause
from amends.inbox.rules.ids import SourceId, WatchId
from amends.inbox.store import gaps, spend
from amends.worker.sweeping import tidy
from tests.cast import NOON, SECRET_KEY
from tests.door import Answer, Door
from tests.replay_server import Answer as ReplayAnswer
from tests.replay_server import Request, replay_server
from tests.workplace import Workplace

SECRET = b"a secret for hooks, long enough"
MINUTE = timedelta(minutes=1)


def a_body(text: str = "The ferry never came.", **facts: object) -> str:
    post = {"id": "w-1", "text": text, "author": {"id": "c-7", "handle": "cy"}, "published_at": "2026-03-02T11:00:00Z"}
    return json.dumps(post | facts)


def a_source(door: Door, *, secret: str = SECRET.decode().replace(" ", "_"), calls: bool = True) -> SourceId:
    with door.pool.transaction() as conn:
        return add_source(
            conn,
            brand="North Pier",
            network="webhook",
            handle="reviews",
            credentials={"secret": secret},
            options={},
            watches=[Watch(kind=WatchKind.CALLS)] if calls else [],
            secret_key=SECRET_KEY,
            now=NOON,
        )


def send(
    door: Door, source_id: int, body: str | bytes | None = None, *, name: str = "msg-1", at: datetime | None = None, key: bytes = SECRET
) -> Answer:
    sent = a_body() if body is None else body
    stamp = (at or door.now).astimezone(UTC)
    text = sent.decode() if isinstance(sent, bytes) else sent
    headers = {
        "webhook-id": name,
        "webhook-timestamp": str(int(stamp.timestamp())),
        "webhook-signature": Webhook(key.replace(b" ", b"_")).sign(name, stamp, text),
    }
    return door.stranger().post(f"/hooks/{source_id}", content=sent, headers=headers)


def values(door: Door, query: str) -> list[object]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, query)  # pyright: ignore[reportArgumentType] - a literal at every call


def posts(door: Door) -> list[object]:
    return values(door, "select text from posts where network = 'webhook'")


def test_a_good_call_is_stored_with_its_id_wakes_the_relay_and_is_seen(door: Door) -> None:
    source_id = a_source(door)
    answer = send(door, source_id)
    assert (answer.status_code, answer.json()) == (200, {"read": 1, "refused": []})
    assert posts(door) == ["The ferry never came."]
    assert values(door, "select delivery_id from hook_deliveries") == ["msg-1"]
    assert values(door, "select count(*) from events e join posts p on p.id = e.post_id where p.network = 'webhook'") == [1]
    assert values(door, "select last_ok_at = last_new_at and state = 'ok' and reads = 1 from watches where kind = 'calls'") == [True]
    assert door.woken


def test_the_same_call_again_is_answered_well_and_changes_nothing(door: Door) -> None:
    source_id = a_source(door)
    send(door, source_id)
    assert send(door, source_id).status_code == 200
    assert send(door, source_id, name="msg-2").status_code == 200
    assert send(door, source_id, a_body("Edited by a thief of ids"), name="msg-2").status_code == 200
    assert posts(door) == ["The ferry never came."]
    assert values(door, "select count(*) from events where kind = 'post_edited'") == [0]


def test_an_edit_and_a_deletion_reach_the_post(door: Door) -> None:
    source_id = a_source(door)
    send(door, source_id)
    send(door, source_id, a_body("It came after all.", edited_at="2026-03-02T11:30:00Z"), name="msg-2")
    assert posts(door) == ["It came after all."]
    send(door, source_id, json.dumps({"id": "w-1", "deleted": True}), name="msg-3")
    assert posts(door) == [""]


def test_a_call_that_fails_while_it_is_stored_keeps_neither_posts_nor_id(door: Door) -> None:
    source_id = a_source(door)
    with door.pool.transaction() as conn:
        conn.execute("alter table events add constraint nothing check (source_id <> %d) not valid" % source_id)  # type: ignore[arg-type] # noqa: UP031
    answer = send(door, source_id)
    with door.pool.transaction() as conn:
        conn.execute("alter table events drop constraint nothing")
    assert answer.status_code == 200
    assert posts(door) == []
    assert "could not be stored" in str(values(door, "select state_note from watches where kind = 'calls'"))


@pytest.mark.parametrize("late", [-6 * MINUTE, 6 * MINUTE])
def test_an_old_call_is_refused(door: Door, late: timedelta) -> None:
    answer = send(door, a_source(door), at=door.now + late)
    assert (answer.status_code, answer.json()["error"]) == (401, "hook_refused")
    assert posts(door) == []


def test_a_forged_call_is_refused_and_shown_to_who_looks_after_the_source(door: Door) -> None:
    answer = send(door, a_source(door), key=b"another secret, also long enough")
    assert answer.status_code == 401
    assert posts(door) == values(door, "select delivery_id from hook_deliveries") == []
    page = door.visitor(door.who.ann).get("/sources").text
    assert "A call was refused at" in page
    assert "No signature of the call is made with our secret" in page


def test_who_guesses_is_held_off_and_nobody_else(door: Door) -> None:
    source_id = a_source(door)
    answers = [send(door, source_id, key=b"another secret, also long enough").status_code for _ in range(21)]
    assert answers == [401] * 20 + [429]
    elsewhere = TestClient(door.app, client=("192.0.2.7", 1))
    assert elsewhere.post(f"/hooks/{source_id}").status_code == 401
    door.now += 2 * MINUTE
    assert send(door, source_id).status_code == 200


def test_a_large_body_is_refused_before_it_is_read(door: Door) -> None:
    source_id = a_source(door)
    assert send(door, source_id, a_body("x" * LARGEST_HOOK)).status_code == 413
    read = []

    def endless() -> Iterator[bytes]:
        for _ in range(64):
            read.append(1)
            yield b" " * 65536

    answer = door.stranger().post(f"/hooks/{source_id}", content=endless())
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
    assert posts(door) == []


def test_nothing_is_taken_by_a_source_that_is_paused_absent_of_another_network_or_not_asked_to(door: Door) -> None:
    source_id = a_source(door)
    with door.pool.transaction() as conn:
        pause(conn, source_id=source_id, agent_id=None, now=NOON)
    assert send(door, source_id).status_code == 404
    assert send(door, 999_999).status_code == 404
    assert send(door, door.who.source_id).status_code == 404
    with door.pool.transaction() as conn:
        conn.execute("insert into watches (source_id, kind, state_since, next_at) values (%s, 'calls', now(), now())", [door.who.source_id])
        conn.execute("update sources set network = 'reddit' where id = %s", [door.who.source_id])
    assert send(door, door.who.source_id).status_code == 404
    assert door.stranger().get(f"/hooks/{2**70}").status_code == 422
    assert posts(door) == []


def test_a_source_that_is_set_up_wrongly_says_so_on_its_page_and_not_to_the_caller(door: Door) -> None:
    answer = send(door, a_source(door, secret="short"))
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "at least 16 bytes" in str(values(door, "select state_note from watches where kind = 'calls'"))


def test_where_the_network_must_be_asked_no_transaction_waits_and_a_failure_makes_it_call_again(door: Door) -> None:
    told = {"object": "instagram", "entry": [{"id": "10", "changes": [{"field": "mentions", "value": {"media_id": "77"}}]}]}
    body = json.dumps(told).encode()
    headers = {"x-hub-signature-256": "sha256=" + hmac.new(b"the app's secret", body, "sha256").hexdigest()}
    media = {"id": "77", "caption": "@NorthPier why?", "timestamp": NOON.isoformat(), "username": "cy"}
    answers = [ReplayAnswer(status=500), ReplayAnswer(body=json.dumps({"mentioned_media": media}).encode())]
    waiting: list[object] = []

    def answer(_: Request) -> ReplayAnswer:
        here = "from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'"
        waiting.extend(values(door, f"select pid {here}"))
        return answers.pop(0)

    with replay_server() as server:
        server.answer = answer
        with door.pool.transaction() as conn:
            source_id = add_source(
                conn,
                brand="North Pier",
                network="instagram",
                handle="NorthPier",
                credentials={"access_token": "t", "app_id": "9", "app_secret": "the app's secret"},
                options={"user_id": "10", "base_url": server.url},
                watches=[Watch(kind=WatchKind.CALLS)],
                secret_key=SECRET_KEY,
                now=NOON,
            )
        first, second = (door.stranger().post(f"/hooks/{source_id}", content=body, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (500, 200)
    assert waiting == []
    assert values(door, "select text from posts where network = 'instagram'") == ["@NorthPier why?"]


def test_rows_that_cannot_be_read_are_told_and_cost_no_other(door: Door) -> None:
    answer = send(door, a_source(door), f"[{a_body()}, {{}}]")
    assert answer.status_code == 200
    assert answer.json()["read"] == 1
    assert "post 1" in answer.json()["refused"][0]
    assert posts(door) == ["The ferry never came."]


def test_nothing_of_a_body_is_logged(door: Door, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    source_id = a_source(door)
    send(door, source_id, a_body("a-word-that-nobody-may-see"))
    send(door, source_id, "a-word-that-nobody-may-see", name="msg-2")
    out = capsys.readouterr()
    assert "a-word-that-nobody-may-see" not in caplog.text + out.out + out.err


def test_calls_and_knocks_are_forgotten_in_time(door: Door) -> None:
    source_id = a_source(door)
    send(door, source_id)
    send(door, source_id, key=b"another secret, also long enough")
    work = Workplace(pool=door.pool, now=door.now + timedelta(days=6))
    tidy(work.context)
    assert values(door, "select count(*) from hook_deliveries") == [1]
    assert values(door, "select count(*) from knocks") == [0]
    work.now += timedelta(days=2)
    tidy(work.context)
    assert values(door, "select count(*) from hook_deliveries") == [0]


def test_what_only_hears_is_never_late_and_has_no_share_of_the_budget(door: Door) -> None:
    source_id = a_source(door)
    with door.pool.transaction() as conn:
        late = gaps.overdue(conn, before=door.now + timedelta(days=3), now=door.now + timedelta(days=3))
        assert spend.kinds(conn, source_id, but=WatchId(0), now=door.now) == []
    assert source_id not in {gap.source_id for gap in late}


def test_the_page_shows_the_address_and_when_a_call_came_last(door: Door) -> None:
    source_id = a_source(door)
    page = door.visitor(door.who.ann).get("/sources").text
    assert f"http://desk.example/hooks/{source_id}" in page
    assert "nobody has called yet" in page
    send(door, source_id)
    assert "nobody has called yet" not in door.visitor(door.who.ann).get("/sources").text
