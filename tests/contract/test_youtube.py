"""What is peculiar to YouTube: units of a quota, late answers in old threads, reasons inside a 403."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from amends.collectors import youtube
from amends.core.errors import AccessDenied, QueryRefused, RateLimited
from amends.core.network import come_back
from amends.core.ports import Account, Draft
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Answer, Replay, Request, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
OURS = "UCnorthpier"
COMMENTS = Watch(kind=WatchKind.COMMENTS)
LOGIN = Answer(body=b'{"access_token": "t", "expires_in": 3600}')


def comment(name: str, at: str = "2026-02-20T11:00:00Z", **told: object) -> dict[str, object]:
    usual = {"textOriginal": f"words of {name}", "authorDisplayName": "@cy_waits", "authorChannelId": {"value": "UCcy"}}
    return {"id": name, "snippet": {**usual, "publishedAt": at, "updatedAt": at, **told}}


def thread(name: str, total: int = 0, at: str = "2026-02-20T11:00:00Z", **told: object) -> dict[str, object]:
    return {"id": name, "snippet": {"topLevelComment": comment(name, at), "totalReplyCount": total, "videoId": "vid1", **told}}


@pytest.fixture
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def collector(server: Replay, now: datetime = NOW, **options: str) -> youtube.YouTube:
    credentials = {"client_id": "C", "client_secret": "S", "refresh_token": "R"}
    told = {"base_url": server.url, "user_id": OURS, **options}
    return youtube.build(Account(handle="NorthPier", credentials=credentials, options=told), lambda: now)


def say(server: Replay, **pages: Mapping[str, object]) -> None:
    """Answer each path with its page, and the login."""

    def answer(request: Request) -> Answer:
        name = request.path.removeprefix("/")
        return LOGIN if name == "token" else Answer(body=json.dumps(pages[name + request.asked.get("pageToken", "")]).encode())

    server.answer = answer


def fail(server: Replay, status: int, reason: str, **headers: str) -> None:
    body = {"error": {"code": status, "message": f"It is {reason}.", "errors": [{"reason": reason}]}}
    failed = Answer(status=status, body=json.dumps(body).encode(), headers=headers)
    server.answer = lambda request: LOGIN if request.path == "/token" else failed


def test_the_answers_that_a_thread_does_not_show_are_asked_for_once(server: Replay) -> None:
    threads = {"items": [thread("Ug1", total=2), thread("Ug2")]}
    say(
        server,
        commentThreads=threads,
        comments={"items": [comment("Ug1.a")], "nextPageToken": "n"},
        commentsn={"items": [comment("Ug1.b")]},
    )
    first = collector(server).fetch(COMMENTS, None, budget=100)
    assert [post.external_id for post in first.posts] == ["Ug1", "Ug2", "Ug1.a", "Ug1.b"]
    assert first.reads == 3
    assert first.posts[2].permalink == "https://www.youtube.com/watch?v=vid1&lc=Ug1.a"
    second = collector(server).fetch(COMMENTS, first.cursor, budget=100)
    assert (second.posts, second.reads) == ((), 1)


def test_a_late_answer_in_a_thread_of_yesterday_is_found(server: Replay) -> None:
    old = thread("Ug1", at="2026-02-19T11:00:00Z")
    say(server, commentThreads={"items": [thread("Ug2"), old]})
    first = collector(server).fetch(COMMENTS, None, budget=100)
    grown = {**thread("Ug1", total=1, at="2026-02-19T11:00:00Z"), "replies": {"comments": [comment("Ug1.a")]}}
    say(server, commentThreads={"items": [thread("Ug2"), grown], "nextPageToken": "n"})
    second = collector(server).fetch(COMMENTS, first.cursor, budget=100)
    assert [post.external_id for post in second.posts] == ["Ug1.a"]
    assert second.more
    assert not collector(server, again_days="0.5").fetch(COMMENTS, first.cursor, budget=100).more
    assert collector(server).split(second.cursor) is not None


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (NOW, datetime(2026, 2, 21, 8, tzinfo=UTC)),
        (datetime(2026, 2, 20, 7, 59, tzinfo=UTC), datetime(2026, 2, 20, 8, tzinfo=UTC)),
        (datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 2, 7, tzinfo=UTC)),
    ],
)
def test_a_used_up_quota_comes_back_at_midnight_in_california(server: Replay, now: datetime, until: datetime) -> None:
    fail(server, 403, "quotaExceeded")
    with pytest.raises(RateLimited, match="quotaExceeded") as raised:
        collector(server, now).fetch(COMMENTS, None, budget=100)
    assert raised.value.until == until


def test_the_reasons_of_a_403_are_told_apart(server: Replay) -> None:
    fail(server, 403, "rateLimitExceeded")
    with pytest.raises(RateLimited) as raised:
        collector(server).fetch(COMMENTS, None, budget=100)
    assert raised.value.until == come_back({}, NOW)
    fail(server, 403, "commentsDisabled")
    with pytest.raises(QueryRefused, match="switched off"):
        collector(server).fetch(COMMENTS, None, budget=100)
    fail(server, 403, "insufficientPermissions")
    with pytest.raises(AccessDenied, match="insufficient"):
        collector(server).fetch(COMMENTS, None, budget=100)


def test_a_thread_that_is_gone_has_no_answers(server: Replay) -> None:
    fail(server, 404, "commentNotFound")
    draft = Draft(parent_id="Ug1.a", root_id="Ug1", text="Sorry", key="k", since=NOW - timedelta(hours=1))
    assert collector(server).find_reply(draft) is None


def test_an_answer_to_an_answer_goes_into_the_thread_and_is_found_there(server: Replay) -> None:
    ours = comment("Ug1.z", textOriginal="We are sorry", authorChannelId={"value": OURS})
    draft = Draft(parent_id="Ug1.a", root_id="Ug1", text="We are sorry", key="k", since=NOW)
    say(server, comments=ours)
    published = collector(server).reply(draft)
    sent = json.loads(server.requests[-1].body)["snippet"]
    assert sent == {"parentId": "Ug1", "textOriginal": "We are sorry"}
    say(server, comments={"items": [comment("Ug1.a"), ours]})
    found = collector(server).find_reply(draft)
    assert found is not None
    assert found.external_id == published.external_id
    assert collector(server).find_reply(replace(draft, since=NOW + timedelta(days=9))) is None, "the same words, but from before"


def test_more_than_fifty_comments_are_asked_for_in_parts(server: Replay) -> None:
    wanted = [f"Ug{number}" for number in range(60)]
    say(server, comments={"items": [comment("Ug3")]})
    posts = collector(server).refresh(wanted)
    asked = [request.asked["id"].count(",") + 1 for request in server.requests if request.path == "/comments"]
    assert asked == [50, 10]
    assert {post.external_id for post in posts if post.deleted} == {*wanted} - {"Ug3"}


@pytest.mark.parametrize(
    ("told", "why"),
    [({"moderationStatus": "likelySpam"}, "spam"), ({"moderationStatus": "published"}, ""), ({}, "")],
)
def test_a_comment_that_is_held_back_cannot_be_answered_yet(told: Mapping[str, str], why: str) -> None:
    [post] = youtube.posts_from(comment("Ug1", **told), Account(handle="NorthPier")).posts
    assert post.can_reply is not bool(why)
    assert why in post.why_no_reply


def test_a_rejected_comment_is_gone_and_a_closed_thread_says_so() -> None:
    [rejected] = youtube.posts_from(comment("Ug1", moderationStatus="rejected"), Account(handle="NorthPier")).posts
    assert rejected.deleted
    [closed] = youtube.posts_from(thread("Ug1", canReply=False), Account(handle="NorthPier")).posts
    assert "switched off" in closed.why_no_reply


def test_only_html_is_read_as_text() -> None:
    [post] = youtube.posts_from(comment("Ug1", textOriginal=None, textDisplay="late &amp; wet<br>again"), Account(handle="x")).posts
    assert post.text == "late & wet\nagain"


def test_a_list_may_leave_its_items_out(server: Replay) -> None:
    say(server, commentThreads={"kind": "youtube#commentThreadListResponse"})
    assert collector(server).fetch(COMMENTS, None, budget=100).posts == ()


def test_a_login_for_another_channel_is_a_warning(server: Replay) -> None:
    say(server, channels={"items": [{"id": "UCother", "snippet": {"title": "NorthPier"}}]})
    assert "NorthPier" in collector(server).check().warnings[0]
    say(server, channels={"items": []})
    assert "nobody" in collector(server).check().warnings[0]
