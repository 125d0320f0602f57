"""What is peculiar to a Discourse forum: its numbers, its windows, its search that shows beginnings only, its calls."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from amends.collectors import _discourse_hook, discourse
from amends.core.errors import CredentialsRefused, HookRefused, RateLimited, ReplyRefused, SourceUnfit
from amends.core.ports import Account, Draft
from amends.core.post import Visibility
from amends.core.pushing import Hook
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Answer, Replay, Request, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
TOPICS = Watch(kind=WatchKind.TOPICS, query="all")
SEARCH = Watch(kind=WatchKind.SEARCH, query="late ferry")
MENTIONS = Watch(kind=WatchKind.MENTIONS)
DRAFT = Draft(parent_id="7/2", root_id="7/1", text="We’re sorry -- write to us", key="k", since=NOW)


def said(number: int, topic: int = 7, post_number: int = 2, **told: object) -> dict[str, object]:
    usual = {"id": number, "topic_id": topic, "post_number": post_number, "created_at": "2026-02-20T11:00:00Z", "raw": f"late {number}"}
    return {**usual, "username": "cy_waits", "user_id": 21, **told}


def listed(*numbers: int) -> bytes:
    return json.dumps({"latest_posts": [said(number, topic=number) for number in numbers]}).encode()


@pytest.fixture
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def account(server: Replay, **credentials: str) -> Account:
    options = {"base_url": server.url, "address": "forum.northpier.example"}
    return Account(handle="NorthPier", credentials={"api_key": "K"} | credentials, options=options)


def collector(server: Replay, **credentials: str) -> discourse.Discourse:
    return discourse.build(account(server, **credentials), lambda: NOW)


def by_path(answers: dict[str, object]) -> Callable[[Request], Answer]:
    def answer(request: Request) -> Answer:
        found = answers.get(request.path)
        return Answer(body=json.dumps(found).encode()) if found is not None else Answer(status=404)

    return answer


def test_a_walk_goes_down_by_numbers_to_where_the_last_one_began(server: Replay) -> None:
    forum = collector(server)
    server.say(listed(300, 290))
    first = forum.fetch(TOPICS, {"mark": f"{100:012}"}, budget=100)
    assert first.more
    server.say(listed(290, 101))
    second = forum.fetch(TOPICS, first.cursor, budget=100)
    assert [post.external_id for post in second.posts] == ["101/2"]
    assert second.more
    server.say(listed(99))
    last = forum.fetch(TOPICS, second.cursor, budget=100)
    assert (last.more, last.cursor["mark"]) == (False, f"{300:012}")
    assert [request.asked.get("before") for request in server.requests] == [None, "290", "101"]


def test_an_empty_window_of_an_older_forum_does_not_end_a_walk(server: Replay) -> None:
    forum = collector(server)
    server.say(listed())
    page = forum.fetch(TOPICS, {"mark": f"{100:012}", "newest": f"{300:012}", "place": f"{200:012}"}, budget=100)
    assert (page.more, page.cursor["place"]) == (True, f"{150:012}")
    page = forum.fetch(TOPICS, page.cursor, budget=100)
    assert (page.more, page.cursor["mark"]) == (False, f"{300:012}")


def test_a_walk_is_parted_and_keeps_how_far_back_the_first_one_goes(server: Replay) -> None:
    parts = collector(server).split(
        {"mark": "", "newest": f"{300:012}", "place": f"{200:012}", "known": [], "since": "2026-02-13T12:00:00+00:00"}
    )
    assert parts is not None
    assert [(part["mark"], part["place"]) for part in parts] == [(f"{300:012}", ""), ("", f"{200:012}")]
    assert [part["since"] for part in parts] == ["2026-02-13T12:00:00+00:00"] * 2


@pytest.mark.parametrize("category", ["5", "Bookings"])
def test_one_category_is_read_by_its_number_or_its_word(server: Replay, category: str) -> None:
    here = said(2, category_id=5, category_slug="bookings")
    server.say(json.dumps({"latest_posts": [said(3, post_number=3, category_id=6, category_slug="x"), here]}).encode())
    page = collector(server).fetch(Watch(kind=WatchKind.TOPICS, query=category), None, budget=100)
    assert [post.external_id for post in page.posts] == ["7/2"]


def test_what_a_search_finds_is_asked_for_whole_and_what_is_too_much_stays_for_the_next_time(server: Replay) -> None:
    hits = [{"topic_id": 7, "post_number": number, "created_at": "2026-02-20T11:00:00Z"} for number in (4, 3, 2)]
    posts = {f"/posts/by_number/7/{number}.json": said(number, post_number=number) for number in (3, 2)}
    server.answer = by_path({"/search.json": {"posts": hits, "grouped_search_result": {"more_full_page_results": None}}, **posts})
    forum = collector(server)
    first = forum.fetch(SEARCH, None, budget=2)
    assert [post.external_id for post in first.posts] == ["7/3"]
    assert (first.more, first.reads) == (True, 3)
    second = forum.fetch(SEARCH, first.cursor, budget=2)
    assert [post.external_id for post in second.posts] == ["7/2"]
    assert not second.more
    assert server.requests[0].asked["q"] == "late ferry order:latest after:2026-02-12"


def test_a_first_post_is_looked_up_with_the_title_that_the_list_shows(server: Replay) -> None:
    topic = {"title": "Late", "post_stream": {"posts": [said(1, post_number=1)]}}
    server.answer = by_path({"/t/7.json": topic})
    [looked_up] = collector(server).refresh(["7/1"])
    [shown] = discourse.posts_from({"latest_posts": [said(1, post_number=1, topic_title="Late")]}, account(server)).posts
    assert looked_up.text == shown.text == "Late\n\nlate 1"


def test_mentions_come_from_our_notifications_and_need_a_key(server: Replay) -> None:
    told = [{"notification_type": 1, "topic_id": 7, "post_number": 2, "created_at": "2026-02-20T11:00:00Z"}]
    server.answer = by_path({"/notifications.json": {"notifications": told}, "/posts/by_number/7/2.json": said(2)})
    assert [post.external_id for post in collector(server).fetch(MENTIONS, None, budget=100).posts] == ["7/2"]
    with pytest.raises(CredentialsRefused, match="API key"):
        collector(server, api_key="").fetch(MENTIONS, None, budget=100)


def test_a_public_forum_is_read_without_a_key_and_cannot_be_answered(server: Replay) -> None:
    forum = collector(server, api_key="")
    server.say(listed(1))
    assert forum.fetch(TOPICS, None, budget=100).posts
    assert "api-key" not in server.requests[0].headers
    standing = forum.check()
    assert not standing.can_reply
    assert standing.warnings
    with pytest.raises(CredentialsRefused):
        forum.reply(DRAFT)


def test_a_wrong_key_is_told_from_a_place_that_we_may_not_see(server: Replay) -> None:
    server.say(b'{"errors": ["You may not. The API username or key is invalid."], "error_type": "invalid_access"}', 403)
    with pytest.raises(CredentialsRefused, match="key is invalid"):
        collector(server).fetch(TOPICS, None, budget=100)
    server.say(b'{"errors": ["You may not."], "error_type": "invalid_access"}', 403)
    assert collector(server).refresh(["7/2"]) == ()


@pytest.mark.parametrize("sign", ["deleted_at", "hidden", "user_deleted"])
def test_a_post_that_the_forum_hides_comes_back_deleted(server: Replay, sign: str) -> None:
    server.say(json.dumps(said(2) | {sign: "2026-02-20T11:30:00Z"}).encode())
    [post] = collector(server).refresh(["7/2"])
    assert (post.deleted, post.text) == (True, "")


def test_a_forum_that_has_no_more_time_is_believed_in_what_it_said_so_far(server: Replay) -> None:
    server.answer = lambda request: Answer(body=json.dumps(said(2)).encode()) if request.path.endswith("/2.json") else Answer(status=429)
    assert [post.external_id for post in collector(server).refresh(["7/2", "7/3", "7/4"])] == ["7/2"]
    with pytest.raises(RateLimited):
        collector(server).refresh(["7/3"])


def test_our_answer_is_found_though_the_forum_changed_quotes_and_dashes(server: Replay) -> None:
    ours = said(9, post_number=5, username="NorthPier", reply_to_post_number=2, raw="We're sorry – write to us")
    server.say(json.dumps({"post_stream": {"posts": [said(2), ours]}}).encode())
    found = collector(server).find_reply(DRAFT)
    assert found is not None
    assert (found.external_id, found.permalink) == ("7/5", "https://forum.northpier.example/t/-/7/5")
    assert collector(server).find_reply(replace(DRAFT, since=NOW + timedelta(days=9))) is None, "the same words, but from before"


def test_an_answer_that_waits_for_approval_says_so(server: Replay) -> None:
    server.say(b'{"action": "enqueued", "pending_post": {"id": 3}}')
    with pytest.raises(ReplyRefused, match="approve"):
        collector(server).reply(DRAFT)


def test_a_closed_topic_cannot_be_answered_and_says_why(server: Replay) -> None:
    server.say(json.dumps({"closed": True, "post_stream": {"posts": [said(2)]}}).encode())
    [post] = collector(server).thread("7/1")
    assert not post.can_reply
    assert "closed" in post.why_no_reply


def test_the_forum_s_own_notes_are_no_posts(server: Replay) -> None:
    assert discourse.posts_from(said(3, post_type=4), account(server)).posts == ()


def test_an_address_inside_our_own_network_is_not_asked() -> None:
    inside = discourse.build(Account(handle="NorthPier", options={"address": "http://127.0.0.1:9"}), lambda: NOW)
    with pytest.raises(SourceUnfit):
        inside.fetch(TOPICS, None, budget=100)


def call(body: bytes, event: str = "post_created", **headers: str) -> Hook:
    signed = {"x-discourse-event-signature": _discourse_hook.signature(b"S", body), "x-discourse-event": event}
    return Hook(method="POST", headers={**signed, "x-discourse-event-id": "31", **headers}, query={}, body=body)


def test_a_signed_call_brings_its_post(server: Replay) -> None:
    body = json.dumps({"post": said(2, topic_archetype="private_message")}).encode()
    heard = collector(server, webhook_secret="S").hear(call(body))
    [post] = heard.harvest.posts
    assert (heard.delivery_id, post.external_id, post.visibility) == ("31", "7/2", Visibility.DIRECT)


def test_a_call_about_a_destroyed_post_says_that_it_is_gone(server: Replay) -> None:
    [post] = collector(server, webhook_secret="S").hear(call(json.dumps({"post": said(2)}).encode(), "post_destroyed")).harvest.posts
    assert post.deleted


def test_a_call_about_something_else_has_no_posts(server: Replay) -> None:
    assert collector(server, webhook_secret="S").hear(call(b'{"ping": "OK"}', "ping")).harvest.posts == ()


@pytest.mark.parametrize(
    "forged",
    [
        call(b'{"post": {}}', **{"x-discourse-event-signature": "sha256=0"}),
        call(b'{"post": {}}', **{"x-discourse-event-signature": "é"}),
        call(b"no json"),
        call(b" " * (1024 * 1024 + 1)),
        Hook(method="GET", headers={}, query={}),
        Hook(method="POST", headers={}, query={}, body=b"{}"),
    ],
)
def test_a_call_that_is_not_the_forum_s_is_refused(server: Replay, forged: Hook) -> None:
    with pytest.raises(HookRefused):
        collector(server, webhook_secret="S").hear(forged)
    with pytest.raises(HookRefused, match="secret"):
        collector(server).hear(forged)


def test_a_post_that_is_shown_but_cannot_be_read_is_not_taken_for_deleted(server: Replay) -> None:
    server.say(b'{"topic_id": 9, "post_number": 2, "created_at": "soon", "cooked": "<p>late</p>"}')
    assert collector(server).refresh(["9/2"]) == ()
