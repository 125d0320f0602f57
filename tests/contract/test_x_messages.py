"""Private messages on X: read, sent to the author of a public post, found again, and what X refuses of them."""

import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.collectors._x_activity import posts_of_activity
from amends.collectors.x import build, posts_from
from amends.core.errors import AccessDenied, CredentialsRefused, QueryRefused, ReplyRefused, Unreachable
from amends.core.ports import Account, Attachment, Cursor, Draft
from amends.core.post import Post, Visibility
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Answer, Replay, replay_server
from tests.sandbox_server import Networks, sandbox_networks

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
INBOX = Watch(kind=WatchKind.INBOX)
USER: dict[str, str] = dict.fromkeys(("consumer_key", "consumer_secret", "access_token", "access_token_secret"), "k")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
SNOWFLAKE_BEGINS = 1_288_834_974_657


def id_at(moment: datetime, number: int = 0) -> str:
    return str((int(moment.timestamp() * 1000) - SNOWFLAKE_BEGINS << 22) + number)


def event(event_id: str, **fields: Any) -> dict[str, Any]:
    usual = {"event_type": "MessageCreate", "text": "hello", "sender_id": "7102", "dm_conversation_id": "7001-7102"}
    return {"id": event_id, **usual, **fields}


def told(*events: Mapping[str, Any], onward: str = "") -> dict[str, Any]:
    return {"data": list(events), "meta": {"result_count": len(events), **({"next_token": onward} if onward else {})}}


def ours(base_url: str = "", **credentials: str) -> Account:
    return Account(handle="NorthPier", credentials={**USER, **credentials}, options={"user_id": "7001", "base_url": base_url})


def draft(parent_id: str, *, root_id: str = "", private: bool = True, text: str = "Your number, please?") -> Draft:
    return Draft(parent_id=parent_id, root_id=root_id or parent_id, text=text, key="k", since=NOW, private=private)


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Generator[Networks]:
    with sandbox_networks(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


def drained(collector: Any, cursor: Cursor | None = None, *, budget: int = 100) -> tuple[list[Post], Cursor]:
    posts, more = list[Post](), True
    while more:
        page = collector.fetch(INBOX, cursor, budget=budget)
        posts, cursor, more = [*posts, *page.posts], page.cursor, page.more
    assert cursor is not None
    return posts, cursor


def test_a_complaint_moves_to_private_and_the_talk_goes_on_there(networks: Networks) -> None:
    told = networks.source("veloria", "x")
    collector = build(Account(handle=told["handle"], credentials=told["credentials"], options=told["options"]))
    complaint = networks.publish("x", "@VeloriaAir where is my bag?", author="cy", temper="thanks")
    sent = collector.reply(draft(complaint["id"]))
    wanted = Draft(
        parent_id=complaint["id"], root_id=complaint["id"], text="Your number, please?", key="k", since=sent.published_at, private=True
    )
    found = collector.find_reply(wanted)
    assert (sent.external_id[:3], found and found.external_id) == ("dm:", sent.external_id)
    assert sent.external_id.removeprefix("dm:") not in {post["id"] for post in networks.published()}

    networks.step(60)
    read, cursor = drained(collector)
    answer, question = read
    assert (question.external_id, question.is_own, answer.is_own) == (sent.external_id, True, False)
    assert "booking" in answer.text or "number" in answer.text
    assert (answer.visibility, answer.can_reply, answer.author.handle) == (Visibility.DIRECT, True, "cy")
    assert answer.root_id == question.root_id == f"dm:{sent.permalink.rpartition('/')[2]}"

    again = collector.reply(draft(answer.external_id, root_id=answer.root_id, private=False, text="Thank you."))
    assert [post.external_id for post in drained(collector, cursor)[0]] == [again.external_id]
    assert collector.refresh([answer.external_id]) == collector.thread(answer.root_id) == ()


def test_messages_are_all_read_however_small_the_page_and_none_twice(networks: Networks) -> None:
    told = networks.source(_brands(networks)[-1], "x")
    collector = build(Account(handle=told["handle"], credentials=told["credentials"], options=told["options"]))
    wanted = {f"dm:{_write(networks, f'message {number}')}" for number in range(7)}
    read, cursor = drained(collector, budget=3)
    assert {post.external_id for post in read} == wanted
    late = _write(networks, "and one more")
    assert [post.external_id for post in drained(collector, cursor, budget=3)[0]] == [f"dm:{late}"]


def _brands(networks: Networks) -> list[str]:
    return [brand["key"] for brand in networks.control.get("/control/watches").json()["brands"]]


def _write(networks: Networks, text: str) -> str:
    answer = networks.control.post("/control/messages", json={"brand": _brands(networks)[-1], "text": text, "author": "nadia"})
    return answer.raise_for_status().json()["id"]


def test_an_app_alone_reads_and_sends_no_messages(networks: Networks) -> None:
    told = networks.source("veloria", "x")
    bearer = {"bearer_token": told["credentials"]["bearer_token"]}
    collector = build(Account(handle=told["handle"], credentials=bearer, options=told["options"]))
    with pytest.raises(AccessDenied, match="Application-Only"):
        collector.fetch(INBOX, None, budget=10)
    with pytest.raises(CredentialsRefused):
        build(Account(handle=told["handle"], options=told["options"])).fetch(INBOX, None, budget=10)


def test_who_takes_no_messages_is_not_written_to(server: Replay) -> None:
    closed = {"title": "Forbidden", "status": 403, "detail": "You do not have permission to DM one or more participants."}
    shown = Answer(body=json.dumps({"data": {"id": "5", "text": "words", "author_id": "7102"}}).encode())
    server.answer = lambda asked: Answer(status=403, body=json.dumps(closed).encode()) if asked.method == "POST" else shown
    with pytest.raises(ReplyRefused, match="permission to DM"):
        build(ours(server.url), lambda: NOW).reply(draft("5"))
    server.say(json.dumps({"errors": [{"detail": "gone", "title": "Not Found"}]}).encode())
    with pytest.raises(ReplyRefused, match="no longer shows"):
        build(ours(server.url), lambda: NOW).reply(draft("5"))


def test_what_is_young_is_met_again_and_what_is_numbered_late_is_not_missed(server: Replay) -> None:
    collector = build(ours(server.url), lambda: NOW)
    young, late = id_at(NOW - timedelta(seconds=2)), id_at(NOW - timedelta(seconds=4))
    server.say(json.dumps(told(event(young))).encode())
    first = collector.fetch(INBOX, None, budget=10)
    server.say(json.dumps(told(event(young), event(late))).encode())
    assert [post.external_id for post in collector.fetch(INBOX, first.cursor, budget=10).posts] == [f"dm:{late}"]


def test_a_place_that_x_forgot_begins_the_walk_again(server: Replay) -> None:
    collector = build(ours(server.url), lambda: NOW)
    server.say(json.dumps(told(event(id_at(NOW - timedelta(hours=1))), onward="old")).encode())
    page = collector.fetch(INBOX, None, budget=1)
    assert page.more
    halves = collector.split(page.cursor)
    assert halves is not None
    assert halves[1] == page.cursor
    server.say(b'{"title": "Invalid Request", "detail": "pagination_token is not valid"}', 400)
    again = collector.fetch(INBOX, page.cursor, budget=1)
    assert (again.more, again.cursor["place"]) == (True, "")
    server.say(b'{"title": "Invalid Request", "detail": "no"}', 400)
    with pytest.raises(QueryRefused):
        collector.fetch(INBOX, again.cursor, budget=1)


def test_only_messages_become_posts_and_a_group_is_opened_on_x() -> None:
    moment = id_at(NOW)
    odd = [
        event(moment, dm_conversation_id="1582838499983564806"),
        event(id_at(NOW, 1), event_type="ParticipantsJoin", participant_ids=["5"]),
        event(id_at(NOW, 2), dm_conversation_id="../../etc"),
        event("nothing"),
        event(id_at(NOW, 3), text=7),
    ]
    harvest = posts_from({"data": odd}, ours())
    group, wordless = harvest.posts
    assert (group.can_reply, "open on X" in group.why_no_reply, group.published_at) == (False, True, NOW)
    assert (wordless.text, len(harvest.troubles)) == ("", 2)
    assert posts_from(group.raw, ours()).posts == (group,)


def test_a_webhook_of_the_first_api_brings_messages_as_the_inbox_does() -> None:
    number = id_at(NOW)
    said = {"target": {"recipient_id": "7001"}, "sender_id": "7102", "message_data": {"text": "hello", "entities": {"urls": []}}}
    sent = {"type": "message_create", "id": number, "created_timestamp": str(int(NOW.timestamp() * 1000)), "message_create": said}
    people = {"7102": {"id": "7102", "screen_name": "cy", "name": "Cy", "followers_count": 3}}
    odd = [{"type": "message_create"}, {"type": "typing"}, {**sent, "id": id_at(NOW, 1), "created_timestamp": "9" * 30}]
    heard = posts_of_activity({"for_user_id": "7001", "direct_message_events": [sent, *odd], "users": people}, ours())
    first, later = heard.posts
    (read,) = posts_from(told(event(number)), ours()).posts
    assert (first.external_id, first.root_id, first.text, first.published_at) == (read.external_id, read.root_id, read.text, NOW)
    assert (first.author.handle, first.author.followers, first.visibility, first.is_own) == ("cy", 3, Visibility.DIRECT, False)
    assert (later.published_at, len(heard.troubles)) == (NOW, 1)


def test_pictures_go_out_in_public_and_one_in_private_and_such_answers_are_found_again(networks: Networks) -> None:
    told = networks.source("veloria", "x")
    collector = build(Account(handle=told["handle"], credentials=told["credentials"], options=told["options"]))
    complaint = networks.publish("x", "@VeloriaAir which door is it?", author="dot", temper="silent")
    parcels = tuple(Attachment(content=PNG, content_type="image/png", alt=alt) for alt in ("The north door", "The desk", "A lift", ""))
    answer = replace(draft(complaint["id"], private=False, text="This one."), attachments=parcels)
    sent = collector.reply(answer)
    [shown] = [post for post in collector.thread(complaint["id"]) if post.external_id == sent.external_id]
    assert [picture.alt for picture in shown.media] == ["the north door"]
    found = collector.find_reply(replace(answer, since=sent.published_at))
    assert (found and found.external_id) == sent.external_id

    alone = replace(draft(complaint["id"], text="And " + "words " * 1600), attachments=parcels[:1])
    message = collector.reply(alone)
    posts, _cursor = drained(collector)
    [pictured] = [post for post in posts if post.external_id == message.external_id]
    assert [picture.alt for picture in pictured.media] == ["the north door"]
    again = collector.find_reply(replace(alone, since=message.published_at))
    assert (again and again.external_id) == message.external_id


@pytest.mark.parametrize(
    ("pictures", "why"),
    [
        ([Attachment(content=b"GIF89a", content_type="image/gif", alt="")], "no moving pictures"),
        ([Attachment(content=b"", content_type="image/png", alt="")] * 2, "1 in a private message"),
        ([Attachment(content=b"", content_type="image/png", alt="empty")], "could not be processed"),
    ],
)
def test_a_picture_that_x_does_not_take_stops_the_answer_with_a_reason(networks: Networks, pictures: list[Attachment], why: str) -> None:
    told = networks.source("veloria", "x")
    collector = build(Account(handle=told["handle"], credentials=told["credentials"], options=told["options"]))
    complaint = networks.publish("x", "@VeloriaAir hello?", author="dot", temper="silent")
    with pytest.raises(ReplyRefused, match=why):
        collector.reply(replace(draft(complaint["id"]), attachments=tuple(pictures)))


def test_a_picture_that_x_does_not_name_is_not_sent(server: Replay) -> None:
    server.say(json.dumps({"data": {"author_id": "7102"}}).encode())
    before = len(server.requests)
    picture = Attachment(content=PNG, content_type="image/png", alt="")
    with pytest.raises(Unreachable):
        build(ours(server.url), lambda: NOW).reply(replace(draft("1"), attachments=(picture,)))
    assert [one.path.partition("?")[0] for one in server.requests[before:]] == ["/2/tweets/1", "/2/media/upload"]
