"""The reply box: pictures, private messages and answers in several posts, each only where the network has it; and the proof on screen."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import LiteralString
from uuid import uuid4

import pytest

from amends.api.networks import abilities
from amends.core.abilities import Abilities
from amends.core.database import execute, fetch_values
from amends.core.errors import ReplyRefused
from amends.core.ports import Published
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.proof import claim_proof, record_look
from amends.inbox.actions.send_reply import claim_reply, record_reply_trouble, record_sent
from amends.inbox.rules.pictures import MOST_BYTES
from amends.inbox.rules.proving import Seen
from tests.cast import CY, NOON, POLICY, a_post
from tests.desk import DAY, HOUR, MINUTE
from tests.door import Answer, Door, as_fragment
from tests.pictures import PNG, WEBP

LONG = "We found your bag in Doha and it flies to you tonight. " * 12


def generous(name: str) -> Abilities:
    """Return a network that can do everything."""
    return replace(abilities(name), attachments=2, private=True)


def narrow(name: str) -> Abilities:
    """Return a network that has neither threads nor anything beside the text."""
    return replace(abilities(name), threads=False, private=False, attachments=0)


@pytest.fixture
def box(door: Door) -> Door:
    door.able = generous
    return door


def send(door: Door, text: str, **fields: str | list[str]) -> Answer:
    with as_fragment(door.visitor(door.who.ada)) as client:
        return client.post(f"/inbox/{door.who.plain}/reply", data={"text": text, "key": str(uuid4()), **fields})


def add(door: Door, content: bytes = PNG, kind: str = "image/png") -> Answer:
    with as_fragment(door.visitor(door.who.ada)) as client:
        return client.post(f"/inbox/{door.who.plain}/pictures", content=content, headers={"Content-Type": kind})


def values(door: Door, query: LiteralString) -> list[object]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, query)


def page(door: Door) -> str:
    return unescape(door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").text)


def the_picture(door: Door) -> str:
    add(door)
    return str(values(door, "select max(id) from reply_attachments")[0])


def test_what_a_network_cannot_do_is_not_offered(door: Door) -> None:
    door.able = narrow
    shown = page(door)
    for control in ("reply-files", "reply-private", "data-in-posts"):
        assert control not in shown
    door.able = generous
    shown = page(door)
    for control in ("reply-files", "reply-private", "data-in-posts"):
        assert control in shown


def test_a_picture_is_added_shown_to_its_agent_and_sent_with_its_words(box: Door) -> None:
    added = add(box)
    assert 'name="alt"' in added.text
    [found] = values(box, "select id from reply_attachments")
    assert f"/inbox/{box.who.plain}/pictures/{found}" in page(box)
    assert send(box, "Here it is.", picture=str(found), alt="Your bag").status_code == 200
    assert values(box, "select alt from reply_attachments where reply_id is not null") == ["Your bag"]
    assert "Your bag" in page(box)


def test_a_picture_comes_back_as_what_it_is_in_a_frame_where_nothing_runs(box: Door) -> None:
    add(box, WEBP, "image/svg+xml")
    [found] = values(box, "select id from reply_attachments")
    at = f"/inbox/{box.who.plain}/pictures/{found}"
    answer = box.visitor(box.who.ada).get(at)
    assert (answer.content, answer.headers["content-type"]) == (WEBP, "image/webp")
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == f'inline; filename="picture-{found}.webp"'
    assert "no-store" in answer.headers["cache-control"]
    assert box.visitor(box.who.bo).get(at).status_code == 404
    assert box.stranger().get(at).status_code == 303
    assert box.visitor(box.who.ada).get(f"/inbox/{box.who.talked}/pictures/{found}").status_code == 404


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<script>alert(1)</script>", "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"", "image/png"),
        (PNG + b"x" * MOST_BYTES, "image/png"),
        (PNG, "text/html"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(box: Door, content: bytes, kind: str) -> None:
    answer = add(box, content, kind)
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(("This is no picture", "A picture may have 5 MB"))


def test_a_picture_in_a_form_is_refused_and_breaks_nothing(box: Door) -> None:
    with as_fragment(box.visitor(box.who.ada)) as client:
        answer = client.post(f"/inbox/{box.who.plain}/pictures", files={"file": ("a.png", PNG, "image/png")})
    assert answer.status_code == 422


def test_more_pictures_than_the_network_takes_are_refused_when_they_are_added(box: Door) -> None:
    for _ in range(2):
        assert add(box).status_code == 200
    assert "at most 2 pictures" in add(box).json()["message"]


def test_a_network_without_pictures_takes_none(door: Door) -> None:
    door.able = narrow
    assert "no pictures" in add(door).json()["message"]
    assert "no pictures" in send(door, "Here.", picture="1", alt="A bag").json()["message"]


@pytest.mark.parametrize("fields", [{}, {"alt": ""}, {"alt": ["a", "b"]}])
def test_a_picture_needs_its_words(box: Door, fields: dict[str, str | list[str]]) -> None:
    answer = send(box, "Here it is.", picture=the_picture(box), **fields)
    assert (answer.status_code, "in words what each picture shows" in answer.json()["message"]) == (422, True)


def test_a_picture_is_taken_away_by_its_agent_alone(box: Door) -> None:
    at = f"/inbox/{box.who.plain}/pictures/{the_picture(box)}/remove"
    assert box.visitor(box.who.bo).post(at).status_code == 404
    assert box.visitor(box.who.ada).post(at).status_code == 200
    assert values(box, "select count(*) from reply_attachments") == [0]


def test_a_private_message_is_marked_and_may_hold_what_is_not_for_the_public(box: Door) -> None:
    answer = send(box, "We call you on 077 123 4567.", private="true")
    assert "private message" in answer.text
    assert values(box, "select private from replies where text like 'We call%%'") == [True]


def test_an_answer_with_personal_data_is_offered_to_go_in_private_where_that_is_possible(door: Door) -> None:
    door.able = narrow
    assert "Send it in private" not in send(door, "Call 077 123 4567").text
    door.able = generous
    assert "Send it in private" in send(door, "Call 077 123 4567").text


def test_a_network_without_private_messages_says_what_to_do_instead(door: Door) -> None:
    door.able = narrow
    assert "ask the customer to write to you in private" in send(door, "Hello", private="true").json()["message"]


def test_a_customers_personal_data_is_answered_in_private_where_that_is_possible(door: Door) -> None:
    door.able = narrow
    with door.pool.transaction() as conn:
        conn.execute("update posts set text = 'It is lost, call 077 123 4567' where case_id = %s", [door.who.plain])
    shown = page(door)
    assert "Ask them to" in shown
    assert "Answer in private" not in shown
    door.able = generous
    assert "Answer in private" in page(door)


def test_the_length_of_a_long_answer_comes_with_the_posts_it_could_be(door: Door) -> None:
    client, at = door.visitor(door.who.ada), f"/inbox/{door.who.plain}/length"
    told = client.post(at, data={"text": LONG}).json()
    assert told["length"] == len(LONG)
    assert [post.rsplit(" ", 1)[1] for post in told["posts"]] == ["1/3", "2/3", "3/3"]
    assert client.post(at, data={"text": "word " * 4000}).json()["posts"] == []
    door.able = narrow
    assert client.post(at, data={"text": LONG}).json()["posts"] == []


def test_a_private_message_has_a_length_of_its_own(door: Door) -> None:
    client, at = door.visitor(door.who.ada), f"/inbox/{door.who.plain}/length"
    told = client.post(at, data={"text": LONG, "private": "true"}).json()
    assert told == {"length": len(LONG), "most": 10_000, "posts": []}
    assert "shorten it by 1." in send(door, "x" * 10_001, private="true").json()["message"]
    assert send(door, LONG, private="true").status_code == 200


def test_a_long_answer_is_sent_as_posts_where_the_agent_chose_so(door: Door) -> None:
    assert "shorten it" in send(door, LONG).json()["message"]
    assert "0 of 3 posts are out" in send(door, LONG, in_posts="true").text
    assert values(door, "select count(*) from reply_parts") == [3]


def test_a_network_without_threads_takes_no_answer_in_posts(door: Door) -> None:
    door.able = narrow
    assert "no answer in several posts" in send(door, LONG, in_posts="true").json()["message"]


def test_a_row_that_broke_says_which_posts_are_out_and_what_to_do(door: Door) -> None:
    send(door, LONG, in_posts="true")
    with door.pool.transaction() as conn:
        job = claim_reply(conn, now=NOON, lease=MINUTE)
        assert job is not None
        record_sent(conn, job, Published(external_id="r1", permalink="https://x.example/first", published_at=NOON), now=NOON)
        job = claim_reply(conn, now=NOON, lease=MINUTE)
        assert job is not None
        record_reply_trouble(conn, job, ReplyRefused("Too alike."), now=NOON)
    shown = page(door)
    for said in (
        "1 of 3 posts are out",
        "https://x.example/first",
        "Too alike. Change the words",
        "sends only what is missing",
        "Open on X",
    ):
        assert said in shown


def prove(door: Door, *looks: tuple[timedelta, Seen]) -> str:
    """Send an answer at noon, let the looks happen, and return the page."""
    send(door, "We refund it today.")
    with door.pool.transaction() as conn:
        job = claim_reply(conn, now=NOON, lease=MINUTE)
        assert job is not None
        record_sent(conn, job, Published(external_id="r9", permalink="https://x.example/r9", published_at=NOON), now=NOON)
        conn.execute("update replies set look_at = null where external_id <> 'r9'")
        for after, seen in looks:
            look = claim_proof(conn, now=NOON + after)
            assert look is not None
            record_look(conn, look, seen, permalink="https://x.example/r9", policy=POLICY, now=NOON + after)
            door.now = NOON + after
    return " ".join(page(door).split("We refund it today.")[1].split('id="composer-state"')[0].split())


def test_the_times_at_which_it_was_seen_are_shown_with_the_next_look(door: Door) -> None:
    shown = prove(door, (3 * MINUTE, Seen.VISIBLE), (HOUR + 2 * MINUTE, Seen.VISIBLE))
    assert "Visible under the complaint: seen in public" in shown
    assert ">12:03</time>" in shown
    assert ">13:02</time>" in shown
    assert ">in 22 h 58 min</time>" in shown


def test_before_anybody_looked_the_page_says_when_it_will_be(door: Door) -> None:
    assert "is looked at soon. Next look" in prove(door)


def test_not_seen_yet_is_not_called_vanished(door: Door) -> None:
    shown = prove(door, (MINUTE, Seen.HIDDEN))
    assert "Not seen in public yet" in shown
    assert "vanished" not in shown


def test_an_answer_that_vanished_says_so_in_the_thread_and_what_to_do(door: Door) -> None:
    looks = [(when, Seen.HIDDEN) for when in (HOUR, HOUR + 2 * MINUTE, HOUR + 6 * MINUTE)]
    shown = prove(door, (MINUTE, Seen.VISIBLE), *looks)
    assert "Not visible any more under the complaint" in shown
    assert "answer again in other words" in shown
    assert "Our answer vanished from the public thread" in shown
    assert "Alarm raised: our answer was visible" in shown


def test_an_answer_under_a_complaint_that_was_taken_down_is_no_failure(door: Door) -> None:
    shown = prove(door, (MINUTE, Seen.VISIBLE), (HOUR, Seen.COMPLAINT_GONE))
    assert "The customer took the complaint down" in shown
    assert "Not visible" not in shown


def test_an_answer_that_came_back_is_told(door: Door) -> None:
    looks = [(when, Seen.HIDDEN) for when in (MINUTE, 3 * MINUTE, 7 * MINUTE)]
    shown = prove(door, *looks, (HOUR, Seen.VISIBLE), (DAY, Seen.APART))
    assert "Our answer can be seen in public again" in shown
    assert "Visible at its own address" in shown


def test_programs_read_the_looks_and_send_in_private_and_in_posts(box: Door) -> None:
    prove(box, (MINUTE, Seen.VISIBLE))
    client, at = box.program(box.who.ada), f"/api/v1/cases/{box.who.plain}"
    [read] = client.get(at).json()["replies"]
    assert [look["seen"] for look in read["looks"]] == ["visible"]
    assert client.post(f"{at}/reply", json={"text": LONG, "in_posts": True}).status_code == 202
    assert client.post(f"{at}/reply", json={"text": "Hello", "private": True}).status_code == 202
    assert values(box, "select count(*) from replies where private") == [1]


def test_the_echoes_of_all_posts_are_shown_once(door: Door) -> None:
    send(door, LONG, in_posts="true")
    with door.pool.transaction() as conn:
        for number in range(3):
            job = claim_reply(conn, now=NOON, lease=MINUTE)
            assert job is not None
            record_sent(conn, job, Published(external_id=f"e{number}", permalink="https://x.example/e", published_at=NOON), now=NOON)
        echoes = [a_post(f"echo {n}", external_id=f"e{n}", root_id="seeded-0", parent_id="seeded-0", is_own=True) for n in range(3)]
        ingest(conn, source_id=door.who.source_id, network="x", posts=echoes, now=NOON)
    assert "echo" not in page(door)


def test_an_answer_that_only_the_customer_sees_says_so_and_asks_nothing_of_personal_data(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "update posts set visibility = 'direct' where case_id = %(id)s", {"id": door.who.plain})
    shown = door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").text
    assert "Public reply" not in shown
    assert "Private reply" in shown
    with as_fragment(door.visitor(door.who.ada)) as client:
        sent = client.post(f"/inbox/{door.who.plain}/reply", data={"text": "We ring you at +1 202-555-0143.", "key": str(uuid4())})
    assert "Your answer shows this to everybody" not in sent.text
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select proof_after from replies where text like 'We ring%%'") == [None]


def test_an_answer_that_its_customer_overtook_on_its_way_can_be_sent_all_the_same_or_taken_back(door: Door) -> None:
    send(door, "Where was it?", seen_posts="1")
    [author] = values(
        door,
        "select a.external_id from cases c join authors a on a.id = c.author_id join replies r on r.case_id = c.id and r.state = 'queued'",
    )
    [root] = values(door, "select c.root_external_id from cases c join replies r on r.case_id = c.id where r.state = 'queued'")
    with door.pool.transaction() as conn:
        more = a_post("Found", external_id="found", root_id=str(root), author=replace(CY, external_id=str(author)), published_at=NOON)
        ingest(conn, source_id=door.who.source_id, network="x", posts=[more], now=NOON)
        assert claim_reply(conn, now=NOON + MINUTE, lease=MINUTE) is None
    shown = page(door)
    for said in ("The customer has written since.", "Read it, then send this all the same", "Send all the same", "Take back"):
        assert said in shown
    with as_fragment(door.visitor(door.who.ada)) as client:
        [reply_id] = values(door, "select id from replies where state = 'failed'")
        assert client.post(f"/inbox/{door.who.plain}/replies/{reply_id}/undo").status_code == 200
    assert values(door, "select text from drafts") == ["Where was it?"]
