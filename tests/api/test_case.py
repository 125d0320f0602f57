"""The case page, and everything an agent does there."""

import json
from datetime import timedelta
from html import unescape
from typing import LiteralString
from uuid import uuid4

import pytest

from amends.collectors.folder import WHY_NO_REPLY as IN_A_FILE
from amends.core.database import fetch_values
from amends.core.translating import gettext, speaking
from amends.inbox.actions.find_same import find_same
from amends.inbox.actions.follow_up import conclude_due
from amends.inbox.actions.import_posts import WHY_NO_REPLY, ImportPlace, import_posts
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.triage import triage_pending
from tests.cast import NOON, POLICY, SECRET_KEY, a_post
from tests.door import Answer, Door, as_fragment
from tests.fakes import FakeClassifier
from tests.seed import LONG


def send(door: Door, case_id: int, text: str, **fields: str) -> Answer:
    """Send a reply as the box does."""
    with as_fragment(door.visitor(door.who.ada)) as client:
        return client.post(f"/inbox/{case_id}/reply", data={"text": text, "key": str(uuid4()), **fields})


def values(door: Door, query: LiteralString, **given: object) -> list[object]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, query, given)


def test_the_thread_shows_everyone_with_their_own_name(door: Door) -> None:
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.talked}").text
    for said in (
        "My bag is lost and nobody answers!",
        "Same here, a week now.",
        "Still lost, two hours later.",
        "Sorry, Cy. We look for it now.",
    ):
        assert said in page
    assert "Ravi W." in page
    assert "The bag is in Doha" in page
    assert "A torn bag" in page


def test_what_strangers_chat_among_themselves_is_folded_away(door: Door) -> None:
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.talked}").text
    assert "1 more post by others" in page
    assert page.index("1 more post by others") < page.index("What a day it is.")


def test_our_answer_carries_the_proof_that_it_is_visible(door: Door) -> None:
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.talked}").text
    assert "Visible under the complaint" in page
    assert 'href="https://x.example/r1"' in page


def test_our_answer_that_came_back_from_the_network_is_shown_once(door: Door) -> None:
    with door.pool.transaction() as conn:
        sent = fetch_values(conn, "select external_id from replies")[0]
        back = a_post("Sorry, Cy. We look for it now.", external_id=sent, root_id="talk-1", parent_id="talk-1", is_own=True)
        ingest(conn, source_id=door.who.source_id, network="x", posts=[back], now=NOON)
    assert door.visitor(door.who.ada).get(f"/inbox/{door.who.talked}").text.count("Sorry, Cy. We look for it now.") == 1


def test_a_post_of_40000_characters_is_clamped_and_whole(door: Door) -> None:
    client = door.visitor(door.who.ada)
    case_id = values(
        door, "select id from cases where length(preview) > 0 and id in (select case_id from posts where length(text) > 30000)"
    )[0]
    page = client.get(f"/inbox/{case_id}").text
    assert LONG.strip() in page
    assert f"Show all {len(LONG):,} characters" in page or f"Show all {len(LONG.strip()):,} characters" in page


def test_a_case_that_was_imported_opens_without_a_network_behind_it(door: Door) -> None:
    place = ImportPlace(handle="import", brand="lanka-air", secret_key=SECRET_KEY)
    with door.pool.transaction() as conn:
        import_posts(conn, [a_post("My bag is lost!", network="import", permalink="")], place=place, now=NOON)
        triage_pending(conn, classifier=FakeClassifier(), policy=POLICY, clock=lambda: NOON)
    case_id = values(door, "select id from cases where network = 'import'")[0]
    page = door.visitor(door.who.ada).get(f"/inbox/{case_id}")
    assert page.status_code == 200
    assert "My bag is lost!" in page.text
    assert "Open on" not in page.text
    assert WHY_NO_REPLY.rstrip(".") in unescape(page.text)
    assert door.program(door.who.ada).post(f"/api/v1/cases/{case_id}/reply", json={"text": "Hello"}).json()["message"] == WHY_NO_REPLY


def test_looking_at_a_case_takes_its_unread_mark_off(door: Door) -> None:
    client = door.visitor(door.who.ada)
    assert values(door, "select unread from cases where id = %(id)s", id=door.who.plain) == [True]
    client.get(f"/inbox/{door.who.plain}")
    assert values(door, "select unread from cases where id = %(id)s", id=door.who.plain) == [False]


def test_a_reply_is_queued_and_the_worker_is_woken(door: Door) -> None:
    answer = send(door, door.who.plain, "We refund it today.")
    assert answer.status_code == 200
    assert "We refund it today." in answer.text
    assert "On its way" in answer.text
    assert json.loads(answer.headers["hx-trigger"])["draft-done"]["box"] == "reply"
    assert values(door, "select state from replies order by id desc limit 1") == ["queued"]
    assert door.woken


def test_a_reply_sent_twice_with_one_key_is_one_reply(door: Door) -> None:
    key = str(uuid4())
    for _ in range(2):
        assert send(door, door.who.plain, "We refund it today.", key=key).status_code == 200
    assert values(door, "select count(*) from replies where text = 'We refund it today.'") == [1]


def test_a_reply_longer_than_the_network_takes_is_refused_with_the_number(door: Door) -> None:
    answer = send(door, door.who.plain, "x" * 300)
    assert (answer.status_code, answer.json()["error"]) == (422, "refused")
    assert "shorten it by 20" in answer.json()["message"]


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_reply_is_refused(shared_door: Door, text: str) -> None:
    assert send(shared_door, shared_door.who.plain, text).status_code == 422


def test_the_length_is_the_networks_own_count(door: Door) -> None:
    client = door.visitor(door.who.ada)
    counted = client.post(
        f"/inbox/{door.who.plain}/length", data={"text": "see https://a-very-long-address.example/with/a/path/that/counts/23 👍"}
    )
    assert counted.json() == {"length": 4 + 23 + 1 + 2, "most": 280, "posts": []}


def test_where_the_network_takes_no_reply_the_page_says_why_and_offers_the_way_there(door: Door) -> None:
    with door.pool.transaction() as conn:
        conn.execute(
            "update posts set can_reply = false, why_no_reply = 'X lets us answer only who mentions us' where case_id = %s",
            [door.who.plain],
        )
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").text
    assert "X lets us answer only who mentions us" in page
    assert "Open on X" in page
    assert send(door, door.who.plain, "hello").status_code == 422


def test_why_the_network_takes_no_reply_is_told_in_the_readers_language(door: Door) -> None:
    with door.pool.transaction() as conn:
        conn.execute("update posts set can_reply = false, why_no_reply = %s where case_id = %s", [IN_A_FILE, door.who.plain])
    client = door.visitor(door.who.ada)
    client.headers["Accept-Language"] = "ta"
    with speaking("ta"):
        told = gettext(IN_A_FILE)
    assert told != IN_A_FILE
    assert told.rstrip(".") in client.get(f"/inbox/{door.who.plain}").text
    refused = client.post(f"/inbox/{door.who.plain}/reply", data={"text": "hello", "key": str(uuid4())})
    assert (refused.status_code, told in refused.text) == (422, True)


def test_a_failed_reply_says_why_and_can_be_tried_again_or_thrown_away(door: Door) -> None:
    send(door, door.who.plain, "We refund it today.")
    with door.pool.transaction() as conn:
        conn.execute("update replies set state = 'failed', error = 'The post was deleted' where text = 'We refund it today.'")
    [reply_id] = values(door, "select id from replies where state = 'failed'")
    client = door.visitor(door.who.ada)
    assert "Not published: The post was deleted" in client.get(f"/inbox/{door.who.plain}").text
    assert "On its way" in client.post(f"/inbox/{door.who.plain}/replies/{reply_id}/retry").text
    assert "Ada sent an answer again that had not gone out" in client.get(f"/inbox/{door.who.plain}").text
    with door.pool.transaction() as conn:
        conn.execute("update replies set state = 'failed' where id = %s", [reply_id])
    assert "We refund it today." not in client.post(f"/inbox/{door.who.plain}/replies/{reply_id}/discard").text


def test_a_note_stays_in_the_house(door: Door) -> None:
    answer = door.visitor(door.who.bo).post(f"/inbox/{door.who.plain}/note", data={"text": "Ask finance <b>first</b>"})
    assert "Ask finance &lt;b&gt;first&lt;/b&gt;" in answer.text
    assert values(door, "select count(*) from replies where text like 'Ask finance%%'") == [0]


def test_taking_giving_and_giving_back_a_case_is_told_in_the_thread(door: Door) -> None:
    client, at = door.visitor(door.who.ada), f"/inbox/{door.who.plain}/assign"
    assert "Ada took the case" in client.post(at, data={"to": "me"}).text
    assert "Ada gave the case to Bo" in client.post(at, data={"to": str(door.who.bo)}).text
    assert "Ada gave the case back to everyone" in client.post(at, data={"to": ""}).text


def test_resolving_plans_a_follow_up_and_can_be_taken_back(door: Door) -> None:
    client, at = door.visitor(door.who.ada), f"/inbox/{door.who.plain}"
    resolved = client.post(f"{at}/resolve")
    undo = json.loads(resolved.headers["hx-trigger"])["toast"]["undo"]
    assert "Ada resolved the case" in resolved.text
    assert "follow-up" in resolved.text
    assert "took the resolve back" in client.post(undo).text
    assert values(door, "select count(*) from follow_ups") == [0]


def test_undoing_after_the_time_is_over_is_refused_in_words(door: Door) -> None:
    client, at = door.visitor(door.who.ada), f"/inbox/{door.who.plain}"
    client.post(f"{at}/resolve")
    door.now += timedelta(minutes=10)
    with as_fragment(client):
        answer = client.post(f"{at}/undo")
    assert answer.status_code == 422
    assert answer.json()["message"]


def test_a_second_agent_who_resolves_learns_that_somebody_was_faster(door: Door) -> None:
    at = f"/inbox/{door.who.plain}/resolve"
    door.visitor(door.who.bo).post(at)
    with as_fragment(door.visitor(door.who.ada)) as client:
        answer = client.post(at)
    assert (answer.status_code, answer.json()["error"]) == (409, "conflict")


def test_a_case_is_put_aside_and_reopened(door: Door) -> None:
    client, at = door.visitor(door.who.ada), f"/inbox/{door.who.plain}"
    assert "put the case aside" in client.post(f"{at}/dismiss").text
    assert "reopened the case" in client.post(f"{at}/reopen").text


def test_an_agent_who_knows_better_says_whether_a_silent_resolution_held(door: Door) -> None:
    client, at = door.visitor(door.who.ada), f"/inbox/{door.who.plain}"
    client.post(f"{at}/resolve")
    door.now += timedelta(days=8)
    with door.pool.transaction() as conn:
        conclude_due(conn, now=door.now)
    client = door.visitor(door.who.ada)
    assert "It held" in client.get(at).text
    decided = client.post(f"{at}/follow_ups/1", data={"outcome": "held"})
    assert "The resolution held" in decided.text
    assert "Ada knows." in decided.text


def test_the_customers_timeline_goes_over_all_their_episodes(door: Door) -> None:
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.talked}").text.split("<h3>Timeline</h3>")[1]
    assert "Complained on X" in page
    assert "We answered" in page


def test_a_handle_that_is_spelled_alike_elsewhere_is_offered_as_a_question(door: Door) -> None:
    with door.pool.transaction() as conn:
        conn.execute(
            """
            with elsewhere as (insert into authors (network, external_id, handle) values ('reddit', 'r-1', 'CyTravels') returning id),
                 person as (insert into customers (name, created_at) values ('CyTravels', now()) returning id)
            insert into customer_links (author_id, customer_id, basis, created_at) select elsewhere.id, person.id, 'handle', now()
            from elsewhere, person
            """
        )
        find_same(conn, now=door.now)
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.talked}").text
    assert "The same person?" in page
    assert "u/CyTravels" in page


def test_a_handle_is_linked_with_its_ground_and_taken_off_again(door: Door) -> None:
    client, at = door.visitor(door.who.ada), f"/inbox/{door.who.talked}"
    [author] = values(door, "select id from authors where handle = 'seeded_0'")
    linked = client.post(f"{at}/link", data={"author_id": str(author), "basis": "told_us", "evidence": "same booking"})
    assert "@seeded_0" in linked.text
    assert "told us" in linked.text
    assert "@seeded_0" not in client.post(f"{at}/unlink", data={"author_id": str(author)}).text.split('id="customer"')[1]


def test_an_action_answers_with_pieces_that_leave_the_typed_text_alone(door: Door) -> None:
    text = door.visitor(door.who.ada).post(f"/inbox/{door.who.plain}/assign", data={"to": "me"}).text
    assert text.count('hx-swap-oob="true"') == 4
    assert "<textarea" not in text
    assert "<!doctype" not in text


def test_a_case_that_is_not_there_is_a_page_that_leads_on(shared_door: Door) -> None:
    answer = shared_door.visitor(shared_door.who.ada).get("/inbox/999999")
    assert answer.status_code == 404
    assert "There is no case 999999." in answer.text


@pytest.mark.parametrize("case_id", ["0", "-1", "abc", "9" * 30])
def test_a_case_number_that_is_none_breaks_nothing(shared_door: Door, case_id: str) -> None:
    assert shared_door.visitor(shared_door.who.ada).get(f"/inbox/{case_id}").status_code in {404, 422}
