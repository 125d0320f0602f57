"""Instagram's own: webhooks that tell words or only a place, answers inside comments, and others' media with a way of their own."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.collectors.instagram import Instagram, build
from amends.core.errors import AccessDenied, CredentialsRefused, HookRefused, ReplyRefused, SourceUnfit, Unreachable
from amends.core.ports import Account, Draft
from amends.core.post import Visibility
from amends.core.pushing import Hook
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Answer, Replay, Request, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
COMMENTS, MENTIONS = Watch(kind=WatchKind.COMMENTS), Watch(kind=WatchKind.MENTIONS)
CREDENTIALS = {"access_token": "t", "app_id": "9", "app_secret": "s", "verify_token": "agreed"}
RIGHTS = ["instagram_basic", "instagram_manage_comments", "instagram_manage_messages"]


@pytest.fixture
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def account(server: Replay | None = None, user_id: str = "10") -> Account:
    where = {"base_url": server.url} if server else {}
    return Account(handle="NorthPier", credentials=CREDENTIALS, options={"user_id": user_id, **where})


def ours(server: Replay | None = None) -> Instagram:
    return build(account(server), lambda: NOW)


def comment(number: int, minutes: int, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    return {"id": str(number), "text": f"words {number}", "from": {"id": "71", "username": "cy"}, "timestamp": at, **more}


def media(comments: list[dict[str, Any]], after: str = "", **more: Any) -> dict[str, Any]:
    paging = {"paging": {"cursors": {"after": after}, "next": "https://graph.facebook.com/next"}} if after else {}
    at = (NOW - timedelta(days=1)).isoformat()
    link = "https://www.instagram.com/p/abc/"
    told = {"id": "5", "caption": "A ferry", "username": "NorthPier", "timestamp": at, "permalink": link, **more}
    return {**told, "comments": {"data": comments, **paging}}


def say(server: Replay, told: object, status: int = 200) -> None:
    server.say(json.dumps(told).encode(), status)


def signed(value: Mapping[str, Any], field: str = "comments", kind: str = "instagram", of: str = "10") -> Hook:
    told = {"object": kind, "entry": [{"id": of, "time": int(NOW.timestamp()), "changes": [{"field": field, "value": value}]}]}
    body = json.dumps(told).encode()
    return Hook(
        method="POST", headers={"x-hub-signature-256": "sha256=" + hmac.new(b"s", body, hashlib.sha256).hexdigest()}, query={}, body=body
    )


COMMENTED = {"id": "1", "text": "Where is it?", "from": {"id": "71", "username": "cy"}, "media": {"id": "5", "media_product_type": "FEED"}}


def draft(**changed: Any) -> Draft:
    made = Draft(parent_id="c1", root_id="5", text="We are on it", key="k", since=NOW - timedelta(minutes=1))
    return replace(made, **changed)


def test_a_comment_is_heard_under_its_media() -> None:
    heard = ours().hear(signed(COMMENTED))
    [post] = heard.harvest.posts
    assert (post.external_id, post.root_id, post.parent_id, post.text) == ("c1", "5", "5", "Where is it?")
    assert (post.author.external_id, post.published_at, post.is_own) == ("71", NOW, False)
    assert heard.delivery_id.startswith("sha256=")
    [answer] = ours().hear(signed({**COMMENTED, "parent_id": "9"})).harvest.posts
    assert answer.parent_id == "c9"
    [own] = ours().hear(signed({**COMMENTED, "from": {"id": "10", "username": "NorthPier"}})).harvest.posts
    assert own.is_own


def test_what_is_heard_has_the_id_of_what_is_fetched(server: Replay) -> None:
    say(server, {"data": [media([comment(1, 0)])]})
    fetched = {post.external_id: post for post in ours(server).fetch(COMMENTS, None, budget=9).posts}
    [heard] = ours().hear(signed(COMMENTED)).harvest.posts
    twin = fetched[heard.external_id]
    assert (twin.root_id, twin.parent_id, twin.author) == (heard.root_id, heard.parent_id, heard.author)
    assert twin.permalink == "https://www.instagram.com/p/abc/c/1/"


def test_where_a_comment_elsewhere_names_us_its_words_are_fetched(server: Replay) -> None:
    found = {"id": "1", "text": "@NorthPier why?", "timestamp": NOW.isoformat(), "username": "cy", "media": {"id": "77"}}
    say(server, {"mentioned_comment": found, "id": "10"})
    [post] = ours(server).hear(signed({"media_id": "77", "comment_id": "1"}, "mentions")).harvest.posts
    assert (post.external_id, post.root_id, post.parent_id, post.can_reply) == ("m1", "p77", "p77", True)
    assert "comment_id(1)" in server.requests[0].asked["fields"]
    say(server, {"id": "9"})
    ours(server).reply(draft(parent_id="m1", root_id="p77"))
    assert (server.requests[-1].path, json.loads(server.requests[-1].body)) == (
        "/10/mentions",
        {"media_id": "77", "message": "We are on it", "comment_id": "1"},
    )


def test_where_a_caption_names_us_its_words_are_fetched(server: Replay) -> None:
    say(server, {"mentioned_media": media([], id="77", username="cy"), "id": "10"})
    [post] = ours(server).hear(signed({"media_id": "77"}, "mentions")).harvest.posts
    assert (post.external_id, post.root_id, post.author.handle) == ("p77", "p77", "cy")
    say(server, {"id": "9"})
    assert ours(server).reply(draft(parent_id="p77", root_id="p77")).external_id == "m9"
    assert json.loads(server.requests[-1].body) == {"media_id": "77", "message": "We are on it"}


def test_a_mention_that_cannot_be_fetched_now_is_told_to_meta_as_a_failure(server: Replay) -> None:
    say(server, {}, 500)
    with pytest.raises(Unreachable):
        ours(server).hear(signed({"media_id": "77"}, "mentions"))


@pytest.mark.parametrize(
    "hook",
    [
        signed({"media_id": "7/x", "comment_id": "1"}, "mentions"),
        signed({"media_id": "7", "comment_id": "1){x}"}, "mentions"),
        signed(COMMENTED, "story_insights"),
        signed(COMMENTED, of="11"),
    ],
)
def test_what_has_no_words_for_us_is_heard_in_silence(hook: Hook) -> None:
    assert ours().hear(hook).harvest.posts == ()


def test_a_forged_or_foreign_call_is_refused_and_the_challenge_answered() -> None:
    for hook in (signed(COMMENTED, kind="page"), replace(signed(COMMENTED), body=b"{}"), replace(signed(COMMENTED), headers={})):
        with pytest.raises(HookRefused):
            ours().hear(hook)
    asked = {"hub.mode": "subscribe", "hub.verify_token": "agreed", "hub.challenge": "42"}
    assert ours().hear(Hook(method="GET", headers={}, query=asked)).answer == "42"


def test_media_that_tag_us_are_read_and_cannot_be_answered(server: Replay) -> None:
    say(server, {"data": [media([], id="88", username="cy", media_type="VIDEO", media_url="https://x.example/1.mp4")]})
    [post] = ours(server).fetch(MENTIONS, None, budget=9).posts
    assert (post.external_id, post.can_reply, post.media[0].kind) == ("t88", False, "video")
    assert server.requests[0].path == "/10/tags"


def test_further_comments_are_fetched_with_the_answers_inside_them(server: Replay) -> None:
    inside = {"replies": {"data": [comment(3, 2, parent_id="2")]}}
    bodies = [{"data": [media([comment(4, 1)], after="A")]}, {"data": [comment(2, 3, **inside)]}]
    server.answer = lambda request: Answer(body=json.dumps(bodies[1 if request.path == "/5/comments" else 0]).encode())
    first = ours(server).fetch(COMMENTS, None, budget=9)
    second = ours(server).fetch(COMMENTS, first.cursor, budget=9)
    assert [post.external_id for post in first.posts] == ["5", "c4"]
    assert [(post.external_id, post.parent_id, post.root_id) for post in second.posts] == [("c2", "5", "5"), ("c3", "c2", "5")]
    assert (first.more, second.more) == (True, False)
    parts = ours(server).split(first.cursor)
    assert parts is not None
    assert ours(server).split(parts[0]) is None


def test_an_answer_goes_under_a_comment_under_a_media_or_to_the_author_alone(server: Replay) -> None:
    say(server, {"id": "9", "message_id": "m_1"})
    for changed, path in (({}, "/1/replies"), ({"parent_id": "5"}, "/5/comments"), ({"private": True}, "/me/messages")):
        ours(server).reply(draft(**changed))
        assert server.requests[-1].path == path


def said(number: int, minutes: int, *, ours: bool = False, **more: Any) -> dict[str, Any]:
    people = [{"id": "71", "username": "cy"}, {"id": "10", "username": "NorthPier"}]
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    writer, reader = reversed(people) if ours else people
    return {"id": f"m_{number}=", "message": f"words {number}", "from": writer, "to": {"data": [reader]}, "created_time": at, **more}


def test_a_private_message_is_heard_as_it_is_fetched_and_answered_where_it_was_written(server: Replay) -> None:
    event = {"sender": {"id": "71"}, "recipient": {"id": "10"}, "timestamp": int(NOW.timestamp() - 300) * 1000}
    told = {"object": "instagram", "entry": [{"id": "10", "messaging": [{**event, "message": {"mid": "m_1=", "text": "words 1"}}]}]}
    body = json.dumps(told).encode()
    signature = "sha256=" + hmac.new(b"s", body, hashlib.sha256).hexdigest()
    say(server, {"id": "71", "username": "cy"})
    [heard] = ours(server).hear(Hook(method="POST", headers={"x-hub-signature-256": signature}, query={}, body=body)).harvest.posts
    say(server, {"data": [{"id": "t", "updated_time": NOW.isoformat(), "messages": {"data": [said(1, 5)]}}], "message_id": "m_2="})
    [fetched] = ours(server).fetch(Watch(kind=WatchKind.INBOX), None, budget=9).posts
    assert replace(heard, raw=b"") == replace(fetched, raw=b"")
    assert (heard.external_id, heard.root_id, heard.author.handle, heard.visibility) == ("dm:m_1=", "dm:71", "cy", Visibility.DIRECT)
    assert ours(server).thread("dm:71") == (fetched,)
    assert ours(server).reply(draft(parent_id=heard.external_id, root_id=heard.root_id)).external_id == "dm:m_2="
    assert json.loads(server.requests[-1].body)["recipient"] == {"id": "71"}
    assert server.requests[1].asked["platform"] == "instagram"


def test_a_message_s_present_state_is_asked_for_by_its_id(server: Replay) -> None:
    server.say(json.dumps([{"code": 200, "body": json.dumps(said(1, 5))}]).encode())
    [found] = ours(server).refresh(["dm:m_1="])
    assert (found.external_id, found.text) == ("dm:m_1=", "words 1")
    assert b"m_1%3D?fields=" in server.requests[0].body


def test_an_answer_under_our_own_media_is_found_and_one_under_others_is_left_to_a_person(server: Replay) -> None:
    say(server, {"data": [comment(9, 0, text="We are on it", **{"from": {"id": "10", "username": "NorthPier"}})]})
    found = ours(server).find_reply(draft(parent_id="5"))
    assert found is not None
    assert found.external_id == "c9"
    assert ours(server).find_reply(draft(parent_id="5", since=NOW + timedelta(hours=3))) is None
    with pytest.raises(ReplyRefused, match="look there"):
        ours(server).find_reply(draft(parent_id="m1", root_id="p77"))


def refreshing(server: Replay, scopes: list[str]) -> Instagram:
    missing = {"code": 400, "body": json.dumps({"error": {"code": 100, "error_subcode": 33}})}
    shown = {"code": 200, "body": json.dumps(comment(2, 9, media={"id": "5", "permalink": "https://www.instagram.com/p/abc/"}))}

    def answer(request: Request) -> Answer:
        if request.path.endswith("/debug_token"):
            return Answer(body=json.dumps({"data": {"is_valid": True, "scopes": scopes}}).encode())
        return Answer(body=json.dumps([missing, shown]).encode())

    server.answer = answer
    return ours(server)


def test_only_our_own_media_s_comments_are_asked_for_again_and_only_with_a_good_token(server: Replay) -> None:
    found = refreshing(server, RIGHTS).refresh(["c1", "t88", "m3", "p77", "c2"])
    assert [(post.external_id, post.deleted) for post in found] == [("c1", True), ("c2", False)]
    with pytest.raises(AccessDenied):
        refreshing(server, []).refresh(["c1", "c2"])


def test_a_thread_is_only_told_of_our_own_media(server: Replay) -> None:
    assert ours(server).thread("p77") == ()
    assert not server.requests


def test_a_hidden_comment_is_not_seen_by_all_and_a_hidden_author_is_somebody(server: Replay) -> None:
    nobody = {name: value for name, value in comment(2, 2).items() if name != "from"}
    say(server, {"data": [media([comment(1, 1, hidden=True), nobody])]})
    found = {post.external_id: post for post in ours(server).fetch(COMMENTS, None, budget=9).posts}
    assert found["c1"].visibility is Visibility.FOLLOWERS
    assert found["c2"].author.external_id == "hidden:2"
    assert not found["c2"].is_own


def test_our_standing_says_what_the_token_lacks(server: Replay) -> None:
    told = {"is_valid": True, "scopes": RIGHTS[:1], "expires_at": int(NOW.timestamp())}
    say(server, {"id": "10", "username": "NorthPier", "data": told})
    standing = ours(server).check()
    assert (standing.can_reply, standing.expires_at) == (False, NOW)
    assert "instagram_manage_comments" in standing.warnings[0]
    say(server, {"id": "10", "username": "NorthPier", "data": {"is_valid": False}})
    with pytest.raises(CredentialsRefused):
        ours(server).check()


def test_an_account_is_a_number(server: Replay) -> None:
    with pytest.raises(SourceUnfit):
        build(account(server, user_id="me/../x"), lambda: NOW).fetch(COMMENTS, None, budget=9)
