"""Facebook's own: signed webhooks, comments under old posts, Meta's error numbers, and what is only taken for deleted with a good token."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.collectors.facebook import Facebook, build
from amends.core.errors import (
    AccessDenied,
    CredentialsRefused,
    HookRefused,
    NetworkError,
    QueryRefused,
    RateLimited,
    ReplyRefused,
    SourceUnfit,
    Unreachable,
)
from amends.core.graph_walk import CommentWalk
from amends.core.ports import Account, Attachment, Draft
from amends.core.post import Visibility
from amends.core.pushing import Hook
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Answer, Replay, Request, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
COMMENTS, INBOX = Watch(kind=WatchKind.COMMENTS), Watch(kind=WatchKind.INBOX)
CREDENTIALS = {"access_token": "t", "app_id": "9", "app_secret": "s", "verify_token": "agreed"}
RIGHTS = ["pages_read_engagement", "pages_read_user_content", "pages_manage_engagement", "pages_messaging", "pages_manage_metadata"]


@pytest.fixture
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def account(server: Replay | None = None) -> Account:
    where = {"base_url": server.url} if server else {}
    return Account(handle="NorthPier", credentials=CREDENTIALS, options={"user_id": "10", **where})


def page(server: Replay | None = None, now: Callable[[], datetime] = lambda: NOW) -> Facebook:
    return build(account(server), now)


def comment(number: int, minutes: int, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    return {"id": f"5_{number}", "message": f"words {number}", "from": {"id": "71", "name": "Cy"}, "created_time": at, **more}


def post(comments: list[dict[str, Any]], after: str = "", days: int = 1) -> dict[str, Any]:
    paging = {"paging": {"cursors": {"after": after}, "next": "https://graph.facebook.com/next"}} if after else {}
    made = (NOW - timedelta(days=days)).isoformat()
    return {"id": "10_5", "from": {"id": "10", "name": "NorthPier"}, "created_time": made, "comments": {"data": comments, **paging}}


def say(server: Replay, told: object, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
    server.say(json.dumps(told).encode(), status, headers)


def signed(told: object, key: str = "s", method: str = "POST") -> Hook:
    body = json.dumps(told).encode()
    signature = "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return Hook(method=method, headers={"x-hub-signature-256": signature}, query={}, body=body)


def call(value: Mapping[str, Any], field: str = "feed", of: str = "10") -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": of, "time": 1771588800, "changes": [{"field": field, "value": value}]}]}


COMMENTED = {
    "item": "comment",
    "verb": "add",
    "comment_id": "5_1",
    "post_id": "10_5",
    "parent_id": "10_5",
    "from": {"id": "71", "name": "Cy"},
    "message": "words 1",
    "created_time": int((NOW - timedelta(minutes=5)).timestamp()),
}


def test_what_a_webhook_tells_is_the_same_post_as_what_is_fetched(server: Replay) -> None:
    [heard] = page().hear(signed(call(COMMENTED))).harvest.posts
    say(server, {"data": [post([comment(1, 5)])]})
    [fetched] = page(server).fetch(COMMENTS, None, budget=100).posts
    assert replace(heard, raw=b"") == replace(fetched, raw=b"")
    assert (heard.external_id, heard.root_id, heard.parent_id, heard.text) == ("c5_1", "10_5", "10_5", "words 1")


def test_an_answer_an_edit_a_deletion_a_visitor_s_post_and_a_mention_are_heard() -> None:
    def heard(field: str = "feed", **changed: Any) -> Any:
        (found,) = page().hear(signed(call({**COMMENTED, **changed}, field))).harvest.posts
        return found

    assert heard(parent_id="5_9").parent_id == "c5_9"
    assert heard(verb="edited", message="new").edited_at == NOW
    assert (heard(verb="remove").external_id, heard(verb="remove").deleted) == ("c5_1", True)
    visitor = heard(item="status", comment_id=None)
    assert (visitor.external_id, visitor.root_id, visitor.parent_id) == ("10_5", "10_5", None)
    mention = heard("mention", sender_id="72", sender_name="Bo", post_id="88_1", comment_id=None, item="post")
    assert (mention.external_id, mention.author.handle) == ("88_1", "Bo")
    assert heard(sender_id="10", sender_name="NorthPier").is_own


@pytest.mark.parametrize(
    "told",
    [
        call({**COMMENTED, "item": "reaction"}),
        call(COMMENTED, "ratings"),
        call(COMMENTED, of="11"),
        {"object": "page", "entry": []},
        {
            "object": "page",
            "entry": [{"id": "10", "changes": [7, {}], "messaging": [7, {}, {"sender": {"id": "71"}, "read": {"watermark": 1}}]}],
        },
    ],
)
def test_what_has_no_words_for_us_is_heard_in_silence(told: object) -> None:
    assert page().hear(signed(told)).harvest.posts == ()


def test_a_call_that_cannot_be_read_names_its_trouble() -> None:
    assert page().hear(signed(call({**COMMENTED, "created_time": None}))).harvest.troubles == ("post 5_1: no time",)


@pytest.mark.parametrize(
    "hook",
    [
        signed(call(COMMENTED), key="other"),
        signed(call(COMMENTED), method="PUT"),
        replace(signed(call(COMMENTED)), headers={}),
        replace(signed(call(COMMENTED)), body=b"{}"),
        replace(signed(call(COMMENTED)), headers={"x-hub-signature-256": "sha256=\u00e9"}),
        signed({"object": "instagram", "entry": []}),
        signed({"object": "page"}),
        signed([]),
        signed("x" * 2_000_000),
    ],
)
def test_a_forged_or_foreign_call_is_refused(hook: Hook) -> None:
    with pytest.raises(HookRefused):
        page().hear(hook)


def test_without_the_app_s_secret_nobody_can_have_signed() -> None:
    bare = build(replace(account(), credentials={}), lambda: NOW)
    for hook in (signed(call(COMMENTED), key=""), Hook(method="GET", headers={}, query={"hub.mode": "subscribe", "hub.challenge": "1"})):
        with pytest.raises(HookRefused):
            bare.hear(hook)


def test_the_challenge_is_answered_to_whom_knows_the_token() -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "agreed", "hub.challenge": "1158201444"}
    assert page().hear(Hook(method="GET", headers={}, query=asked)).answer == "1158201444"
    for changed in (
        {"hub.verify_token": "x"},
        {"hub.challenge": "<script>"},
        {"hub.challenge": ""},
        {"hub.mode": "x"},
        {"hub.challenge": "9" * 999},
    ):
        with pytest.raises(HookRefused):
            page().hear(Hook(method="GET", headers={}, query=asked | changed))


def test_further_comments_of_one_post_are_fetched_down_to_the_mark(server: Replay) -> None:
    bodies = [{"data": [post([comment(3, 1), comment(2, 2)], after="A")]}, {"data": [comment(1, 3)]}]
    server.answer = lambda request: Answer(body=json.dumps(bodies[1 if request.path.endswith("/10_5/comments") else 0]).encode())
    first = page(server).fetch(COMMENTS, None, budget=2)
    second = page(server).fetch(COMMENTS, first.cursor, budget=2)
    assert [[one.external_id for one in found.posts] for found in (first, second)] == [["c5_3", "c5_2"], ["c5_1"]]
    assert (first.more, second.more) == (True, False)
    assert server.requests[-1].asked["after"] == "A"


def test_a_comment_that_comes_in_while_a_walk_is_under_way_is_met_by_the_next(server: Replay) -> None:
    clock = [NOW]
    collector = page(server, lambda: clock[0])
    say(server, {"data": [post([comment(2, 0)], after="A")]})
    first = collector.fetch(COMMENTS, None, budget=2)
    clock[0] = NOW + timedelta(hours=1)
    say(server, {"data": [comment(1, 3), comment(9, -50)]})
    second = collector.fetch(COMMENTS, first.cursor, budget=2)
    say(server, {"data": [post([comment(9, -50), comment(8, -40), comment(2, 0)])]})
    third = collector.fetch(COMMENTS, second.cursor, budget=2)
    assert [one.external_id for one in third.posts] == ["c5_8"]


def test_a_long_way_can_be_parted(server: Replay) -> None:
    collector = page(server)
    say(server, {"data": [post([comment(2, 0)], after="A")]})
    parts = collector.split(collector.fetch(COMMENTS, None, budget=2).cursor)
    assert parts is not None
    assert collector.split(parts[0]) is None
    assert (parts[0]["mark"], parts[1]["waiting"]) == (NOW.isoformat(), [["10_5", "A"]])


def test_posts_older_than_their_days_are_not_walked_through(server: Replay) -> None:
    paging = {"cursors": {"after": "B"}, "next": "https://graph.facebook.com/next"}
    say(server, {"data": [post([], days=2)], "paging": paging})
    assert page(server).fetch(COMMENTS, None, budget=9).more
    say(server, {"data": [post([], days=40)], "paging": paging})
    assert not page(server).fetch(COMMENTS, None, budget=9).more


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (190, CredentialsRefused),
        (102, CredentialsRefused),
        (4, RateLimited),
        (17, RateLimited),
        (32, RateLimited),
        (613, RateLimited),
        (80001, RateLimited),
        (10, AccessDenied),
        (200, AccessDenied),
        (299, AccessDenied),
        (368, AccessDenied),
        (100, QueryRefused),
        (1, Unreachable),
        (2, Unreachable),
        (12345, QueryRefused),
    ],
)
def test_meta_s_numbers_are_errors_of_ours(server: Replay, code: int, kind: type[NetworkError]) -> None:
    say(server, {"error": {"message": "because of this", "code": code}}, 400)
    with pytest.raises(kind, match=f"because of this.*{code}") as raised:
        page(server).fetch(COMMENTS, None, budget=9)
    assert type(raised.value) is kind


def test_a_limit_ends_when_the_header_says_so(server: Replay) -> None:
    usage = {"x-business-use-case-usage": json.dumps({"10": [{"call_count": 100, "estimated_time_to_regain_access": 7}]})}
    for headers, minutes in ((usage, 7), ({}, 15), ({"x-app-usage": "nonsense"}, 15), ({"x-app-usage": '{"call_count": 100}'}, 15)):
        say(server, {"error": {"message": "slow down", "code": 80001}}, 400, headers)
        with pytest.raises(RateLimited) as raised:
            page(server).fetch(COMMENTS, None, budget=9)
        assert raised.value.until == NOW + timedelta(minutes=minutes)


def test_the_token_is_in_no_address_and_the_secret_is_proved(server: Replay) -> None:
    say(server, {"data": []})
    page(server).fetch(COMMENTS, None, budget=9)
    [request] = server.requests
    assert request.headers["authorization"] == "Bearer t"
    assert request.asked["appsecret_proof"] == hmac.new(b"s", b"t", hashlib.sha256).hexdigest()
    assert "access_token" not in request.asked


def refreshing(server: Replay, scopes: list[str], *, valid: bool = True) -> Facebook:
    missing = {"code": 400, "body": json.dumps({"error": {"code": 100, "error_subcode": 33, "message": "does not exist"}})}
    odd = {"code": 500, "body": json.dumps({"error": {"code": 2, "message": "later"}})}
    shown = {"code": 200, "body": json.dumps(comment(3, 9))}

    def answer(request: Request) -> Answer:
        if request.path.endswith("/debug_token"):
            return Answer(body=json.dumps({"data": {"is_valid": valid, "scopes": scopes}}).encode())
        return Answer(body=json.dumps([missing, odd, shown, None]).encode())

    server.answer = answer
    return page(server)


def test_only_what_meta_says_is_gone_is_deleted(server: Replay) -> None:
    found = refreshing(server, RIGHTS).refresh(["c5_1", "c5_2", "c5_3", "c5_4"])
    assert [(one.external_id, one.deleted) for one in found] == [("c5_1", True), ("c5_3", False)]


@pytest.mark.parametrize(("scopes", "valid"), [(RIGHTS[:1], True), ([], True), (RIGHTS, False)])
def test_a_token_that_lost_a_right_deletes_nothing(server: Replay, scopes: list[str], valid: bool) -> None:
    with pytest.raises(AccessDenied):
        refreshing(server, scopes, valid=valid).refresh(["c5_1", "c5_2", "c5_3", "c5_4"])


def draft(**changed: Any) -> Draft:
    made = Draft(parent_id="c5_1", root_id="10_5", text="We are on it", key="k", since=NOW - timedelta(minutes=1))
    return replace(made, **changed)


def test_an_answer_to_the_author_alone_goes_into_a_message(server: Replay) -> None:
    say(server, {"recipient_id": "71", "message_id": "m_1"})
    published = page(server).reply(draft(private=True))
    assert json.loads(server.requests[0].body) == {"recipient": {"comment_id": "5_1"}, "message": {"text": "We are on it"}}
    assert (server.requests[0].path, published.external_id, published.permalink) == ("/me/messages", "dm:m_1", "")


def talk(*said: dict[str, Any], after: str = "", hours: float = 0) -> dict[str, Any]:
    paging = {"paging": {"cursors": {"after": after}, "next": "https://graph.facebook.com/next"}} if after else {}
    return {"id": "t_1", "updated_time": (NOW - timedelta(hours=hours)).isoformat(), "messages": {"data": list(said), **paging}}


def said(number: int, minutes: int, *, ours: bool = False, **more: Any) -> dict[str, Any]:
    people = [{"id": "71", "name": "Cy"}, {"id": "10", "name": "NorthPier"}]
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    writer, reader = reversed(people) if ours else people
    return {"id": f"m_{number}", "message": f"words {number}", "from": writer, "to": {"data": [reader]}, "created_time": at, **more}


def messaging(**more: Any) -> dict[str, Any]:
    message = {"mid": "m_1", "text": "words 1", **more}
    event = {"sender": {"id": "71"}, "recipient": {"id": "10"}, "timestamp": int(NOW.timestamp() - 300) * 1000, "message": message}
    return {"object": "page", "entry": [{"id": "10", "time": 1771588800, "messaging": [event]}]}


def test_a_private_message_is_heard_as_it_is_fetched_in_the_conversation_of_its_author(server: Replay) -> None:
    say(server, {"id": "71", "name": "Cy"})
    [heard] = page(server).hear(signed(messaging())).harvest.posts
    say(server, {"data": [talk(said(1, 5))]})
    [fetched] = page(server).fetch(INBOX, None, budget=100).posts
    assert replace(heard, raw=b"") == replace(fetched, raw=b"")
    assert (heard.external_id, heard.root_id, heard.author.external_id, heard.author.handle) == ("dm:m_1", "dm:71", "71", "Cy")
    assert (heard.visibility, heard.is_own, heard.can_reply) == (Visibility.DIRECT, False, True)


def test_what_a_webhook_says_of_messages_is_theirs_ours_gone_or_nothing(server: Replay) -> None:
    say(server, {"error": {"message": "no", "code": 200}}, 403)

    def heard(**more: Any) -> Any:
        return page(server).hear(signed(messaging(**more))).harvest.posts

    assert heard()[0].author.handle == "somebody"
    assert (heard(is_deleted=True)[0].external_id, heard(is_deleted=True)[0].deleted) == ("dm:m_1", True)
    assert [one.kind for one in heard(text=None, attachments=[{"type": "image", "payload": {"url": "https://x.example/1"}}])[0].media] == [
        "image"
    ]
    assert heard(text=None) == heard(mid=None) == ()
    echo = messaging(is_echo=True)
    event = echo["entry"][0]["messaging"][0]
    event["sender"], event["recipient"] = event["recipient"], event["sender"]
    [own] = page(server).hear(signed(echo)).harvest.posts
    assert (own.is_own, own.root_id, own.author.handle) == (True, "dm:71", "NorthPier")


@pytest.mark.parametrize("unit", [1, 1000])  # of comments it is told in seconds, of messages in milliseconds
def test_a_call_that_is_played_back_after_days_says_nothing(unit: int) -> None:
    told = call(COMMENTED)
    for days, heard in ((0, 1), (4, 1), (6, 0)):
        told["entry"][0]["time"] = int((NOW - timedelta(days=days)).timestamp()) * unit
        assert len(page().hear(signed(told)).harvest.posts) == heard


def test_a_call_with_many_messages_asks_for_few_names_and_for_each_once(server: Replay) -> None:
    say(server, {"name": "Cy"})
    call = messaging()
    [event] = call["entry"][0]["messaging"]
    told = [{**event, "sender": {"id": str(71 + n // 2)}, "message": {"mid": f"m_{n}", "text": "late"}} for n in range(100)]
    call["entry"][0]["messaging"] = told
    heard = page(server).hear(signed(call)).harvest.posts
    assert (len(heard), len(server.requests)) == (100, 20)
    assert [post.author.name for post in heard] == 40 * ["Cy"] + 60 * [""]


def test_conversations_are_walked_down_to_the_mark(server: Replay) -> None:
    bodies = [{"data": [talk(said(3, 1), said(2, 2), after="A")]}, {"data": [said(1, 3)]}]
    server.answer = lambda request: Answer(body=json.dumps(bodies[1 if request.path.endswith("/t_1/messages") else 0]).encode())
    first = page(server).fetch(INBOX, None, budget=2)
    second = page(server).fetch(INBOX, first.cursor, budget=2)
    assert [[one.external_id for one in found.posts] for found in (first, second)] == [["dm:m_3", "dm:m_2"], ["dm:m_1"]]
    assert (first.more, second.more, server.requests[0].asked["platform"]) == (True, False, "messenger")
    say(server, {"data": [talk(said(2, 2)), {**talk(), "messages": {}}]})
    assert page(server).fetch(INBOX, second.cursor, budget=9).posts == ()


def test_a_message_is_answered_within_a_day_or_by_a_person_within_seven(server: Replay) -> None:
    late = {"error": {"message": "outside of allowed window", "code": 10, "error_subcode": 2018278}}
    private = draft(parent_id="dm:m_1", root_id="dm:71")
    say(server, {"recipient_id": "71", "message_id": "m_2"})
    assert page(server).reply(private).external_id == "dm:m_2"
    assert json.loads(server.requests[-1].body) == {
        "recipient": {"id": "71"},
        "message": {"text": "We are on it"},
        "messaging_type": "RESPONSE",
    }

    def answer(request: Request) -> Answer:
        tagged = json.loads(request.body)["messaging_type"] == "MESSAGE_TAG"
        return Answer(body=b'{"message_id": "m_3"}') if tagged else Answer(status=400, body=json.dumps(late).encode())

    server.answer = answer
    assert page(server).reply(private).external_id == "dm:m_3"
    say(server, late, 400)
    with pytest.raises(ReplyRefused, match="more than a day old"):
        page(server).reply(private)


@pytest.mark.parametrize("under", [{"parent_id": "dm:m_1", "root_id": "dm:71"}, {"private": True}])
def test_our_message_is_found_again_by_its_words(server: Replay, under: dict[str, Any]) -> None:
    ours = said(9, 0, ours=True, message="We are  on it")
    bodies: dict[bool, object] = {True: {"data": [talk(ours, said(1, 5))]}, False: {"id": "5_1", "from": {"id": "71"}}}
    server.answer = lambda request: Answer(body=json.dumps(bodies[request.path.endswith("/conversations")]).encode())
    found = page(server).find_reply(draft(**under))
    assert found is not None
    assert (found.external_id, server.requests[-1].asked["user_id"]) == ("dm:m_9", "71")
    assert page(server).find_reply(draft(text="other words", **under)) is None
    assert [one.external_id for one in page(server).thread("dm:71")] == ["dm:m_1", "dm:m_9"]


def test_a_message_before_the_newest_twenty_is_called_deleted_by_meta_and_not_by_us(server: Replay) -> None:
    assert [one.external_id for one in refreshing(server, RIGHTS).refresh(["dm:m_1", "c5_2", "c5_3", "c5_4"])] == ["c5_3"]
    say(server, {"data": [talk(said(2, 2), {"id": "m_1"})]})
    found = page(server).fetch(INBOX, None, budget=9)
    assert ([one.external_id for one in found.posts], found.troubles) == (["dm:m_2"], ())


@pytest.mark.parametrize("place", ["in a talk", "further on", "asked for again", "heard"])
def test_a_message_that_names_no_reader_is_never_taken_for_a_public_post(server: Replay, place: str) -> None:
    theirs, ours = ({name: value for name, value in said(n, n, ours=n == 2).items() if name != "to"} for n in (1, 2))
    if place == "asked for again":
        answers = [{"code": 200, "body": json.dumps(one)} for one in (theirs, ours)]
        say(server, answers)
        found = page(server).refresh(["dm:m_1", "dm:m_2"])
    elif place == "heard":
        say(server, {})
        call = messaging()
        del call["entry"][0]["messaging"][0]["recipient"]
        found = page(server).hear(signed(call)).harvest.posts
    else:
        under_way = CommentWalk(mark=NOW - timedelta(days=1), began=NOW, waiting=(("t_1", "A"),)).cursor()
        say(server, {"data": [talk(theirs, ours)] if place == "in a talk" else [theirs, ours]})
        found = page(server).fetch(INBOX, under_way if place == "further on" else None, budget=9).posts
    assert [(one.external_id, one.visibility) for one in found] == [("dm:m_1", Visibility.DIRECT)]


def test_a_message_to_the_author_of_an_old_comment_is_refused_for_good(server: Replay) -> None:
    say(server, {"error": {"message": "outside of allowed window", "code": 10, "error_subcode": 2018278}}, 400)
    with pytest.raises(ReplyRefused, match="allowed window"):
        page(server).reply(draft(private=True))


def test_a_picture_is_uploaded_unseen_and_goes_out_with_the_comment(server: Replay) -> None:
    def answer(request: Request) -> Answer:
        return Answer(body=json.dumps({"id": "88"} if request.path.endswith("/photos") else comment(7, 0)).encode())

    server.answer = answer
    picture = Attachment(content=b"png", content_type="image/png", alt="A ferry")
    assert page(server).reply(draft(attachments=(picture,))).external_id == "c5_7"
    upload, publish = server.requests
    assert (upload.path, b"A ferry" in upload.body, b"png" in upload.body) == ("/10/photos", True, True)
    assert json.loads(publish.body) == {"message": "We are on it", "attachment_id": "88"}
    with pytest.raises(ReplyRefused, match="no picture"):
        page(server).reply(draft(private=True, attachments=(picture,)))


def test_a_second_message_to_one_comment_is_refused_by_meta_itself(server: Replay) -> None:
    say(server, {"error": {"message": "(#10900) Activity already replied to", "code": 10900}}, 400)
    with pytest.raises(ReplyRefused, match="already replied"):
        page(server).reply(draft(private=True))


def test_an_answer_that_facebook_moved_up_under_the_comment_is_found(server: Replay) -> None:
    ours = comment(7, 0, message="We are  on it", parent={"id": "5_1"}, **{"from": {"id": "10", "name": "NorthPier"}})
    bodies: dict[bool, object] = {True: {"data": [ours]}, False: {"id": "5_2", "parent": {"id": "5_1"}}}
    server.answer = lambda request: Answer(body=json.dumps(bodies[request.path.endswith("/comments")]).encode())
    found = page(server).find_reply(draft(parent_id="c5_2"))
    assert found is not None
    assert found.external_id == "c5_7"
    assert page(server).find_reply(draft(parent_id="c5_2", since=NOW + timedelta(hours=3))) is None


def test_a_hidden_comment_is_not_seen_by_all_and_a_hidden_author_is_somebody(server: Replay) -> None:
    nobody = {name: value for name, value in comment(2, 2).items() if name != "from"}
    say(
        server,
        {"data": [post([comment(1, 1, is_hidden=True), nobody, comment(3, 3, message="", attachment={"url": "https://x.example/1"})])]},
    )
    hidden, anonymous, picture = page(server).fetch(COMMENTS, None, budget=9).posts
    assert hidden.visibility is Visibility.FOLLOWERS
    assert anonymous.author.external_id == "hidden:5_2"
    assert [one.url for one in picture.media] == ["https://x.example/1"]


def test_our_standing_says_what_the_token_lacks_and_when_it_ends(server: Replay) -> None:
    def answer(request: Request) -> Answer:
        told = {"data": {"is_valid": True, "scopes": RIGHTS[:2], "expires_at": int(NOW.timestamp())}}
        return Answer(body=json.dumps(told if request.path.endswith("debug_token") else {"id": "10", "name": "NorthPier"}).encode())

    server.answer = answer
    standing = page(server).check()
    assert (standing.can_reply, standing.expires_at, standing.rights) == (False, NOW, tuple(RIGHTS[:2]))
    assert "pages_manage_engagement" in standing.warnings[0]
    assert server.requests[-1].asked == {"input_token": "t", "access_token": "9|s"}


def test_a_token_that_is_over_is_refused(server: Replay) -> None:
    say(server, {"id": "10", "name": "NorthPier", "data": {"is_valid": False}})
    with pytest.raises(CredentialsRefused):
        page(server).check()


def test_a_page_is_a_number(server: Replay) -> None:
    with pytest.raises(SourceUnfit):
        build(replace(account(server), options={"user_id": "../me", "base_url": server.url}), lambda: NOW).fetch(COMMENTS, None, budget=9)
