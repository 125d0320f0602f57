"""What only Reddit asks of its collector: logins, listings, refusals with status 200, bodies that are gone, threads as trees."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.collectors.reddit import build, posts_from
from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, QueryRefused, RateLimited, ReplyRefused, Unreachable
from amends.core.kept import told
from amends.core.ports import Account, Draft
from amends.core.post import Post, Visibility
from amends.core.watching import Watch, WatchKind
from tests.replay_server import GOOD_LOGIN, Answer, Replay, Request, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
POSTS = Watch(kind=WatchKind.SUBREDDIT_POSTS, query="northpier")
LOGIN = {"client_id": "c", "client_secret": "s", "username": "NorthPierCare", "password": "p"}
DRAFT = Draft(parent_id="t3_p1", root_id="t3_p1", text="Sorry!", key="k", since=NOW)
AT = (NOW - timedelta(hours=1)).timestamp()


@pytest.fixture(scope="module")
def running() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


@pytest.fixture
def server(running: Replay) -> Replay:
    running.login = GOOD_LOGIN
    return running


def ours(server: Replay | None = None, **options: str) -> Account:
    base: dict[str, str] = {"base_url": server.url} if server else {}
    return Account(handle="u/NorthPierCare", credentials=LOGIN, options={"user_id": "t2_us", **base, **options})


def submission(name: str = "t3_p1", **fields: Any) -> dict[str, Any]:
    data = {
        "name": name,
        "title": "Late",
        "selftext": "words",
        "author": "cy",
        "author_fullname": "t2_cy",
        "created_utc": AT,
        "is_self": True,
    }
    return {"kind": "t3", "data": data | fields}


def comment(name: str = "t1_c1", **fields: Any) -> dict[str, Any]:
    data = {
        "name": name,
        "body": "words",
        "author": "cy",
        "author_fullname": "t2_cy",
        "created_utc": AT,
        "parent_id": "t3_p1",
        "link_id": "t3_p1",
    }
    return {"kind": "t1", "data": data | fields}


def listing(*children: object, after: str | None = None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(children), "after": after}}


def read(thing: dict[str, Any]) -> Post:
    (post,) = posts_from(thing, ours()).posts
    return post


def say(server: Replay, body: object, status: int = 200, headers: dict[str, str] | None = None) -> None:
    server.say(json.dumps(body).encode(), status, headers)


@pytest.mark.parametrize(
    ("login", "kind"),
    [
        (Answer(status=401, body=b'{"message": "Unauthorized", "error": 401}'), CredentialsRefused),
        (Answer(status=401, body=b"<html>"), CredentialsRefused),
        (Answer(status=400, body=b'{"error": "invalid_grant"}'), CredentialsRefused),
        (Answer(status=200, body=b'{"error": "invalid_grant"}'), CredentialsRefused),
        (Answer(status=200, body=b'{"error": "unsupported_grant_type"}'), CredentialsRefused),
        (Answer(status=403, body=b"<html>blocked by network security"), AccessDenied),
        (Answer(status=429, headers={"retry-after": "9"}), RateLimited),
        (Answer(status=500), Unreachable),
        (Answer(status=200, body=b"<html>"), Unreachable),
        (Answer(status=200, body=b"{}"), Unreachable),
        (Answer(status=200, body=b"[1]"), Unreachable),
        (Answer(status=200, body=b'{"access_token": null, "expires_in": 3600, "scope": "*"}'), Unreachable),
        (Answer(status=200, body=b'{"access_token": "t", "expires_in": "soon", "scope": "*"}'), Unreachable),
        (Answer(status=302, headers={"location": "/elsewhere"}), Unreachable),
    ],
)
def test_a_login_that_fails_says_why_and_is_tried_once(server: Replay, login: Answer, kind: type[NetworkError]) -> None:
    server.login, logins, requests = login, server.logins, len(server.requests)
    with pytest.raises(kind) as raised:
        build(ours(server), lambda: NOW).fetch(POSTS, None, budget=50)
    assert type(raised.value) is kind
    assert (server.logins, len(server.requests)) == (logins + 1, requests)


def test_a_login_serves_many_requests(server: Replay) -> None:
    say(server, listing())
    collector, logins = build(ours(server), lambda: NOW), server.logins
    for _ in range(3):
        collector.fetch(POSTS, None, budget=50)
    assert server.logins == logins + 1


def test_a_token_that_ran_out_is_no_refusal_and_the_next_call_gets_a_new_one(server: Replay) -> None:
    collector = build(ours(server), lambda: NOW)
    say(server, listing())
    collector.fetch(POSTS, None, budget=50)
    say(server, {"error": 401}, 401)
    with pytest.raises(Unreachable, match="run out"):
        collector.fetch(POSTS, None, budget=50)
    with pytest.raises(CredentialsRefused):
        collector.fetch(POSTS, None, budget=50)
    say(server, listing())
    assert collector.fetch(POSTS, None, budget=50).posts == ()


def test_nothing_is_taken_from_the_environment(server: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"praw_site": "nowhere", "praw_username": "other", "praw_oauth_url": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    say(server, listing())
    assert build(ours(server), lambda: NOW).fetch(POSTS, None, budget=50).posts == ()


def test_no_header_makes_a_request_wait(server: Replay) -> None:
    for headers in (
        {"x-ratelimit-remaining": "many"},
        {"x-ratelimit-remaining": "1.0"},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "?"},
    ):
        say(server, listing(submission()), headers=headers)
        collector = build(ours(server), lambda: NOW)
        assert [len(collector.fetch(POSTS, None, budget=50).posts) for _ in range(2)] == [1, 1]


@pytest.mark.parametrize(
    ("watch", "path"),
    [
        (POSTS, "/r/northpier/new"),
        (Watch(kind=WatchKind.SUBREDDIT_POSTS, query="r/north_pier+ferries"), "/r/north_pier+ferries/new"),
        (Watch(kind=WatchKind.SUBREDDIT_COMMENTS, query="/r/northpier/"), "/r/northpier/comments"),
        (Watch(kind=WatchKind.MENTIONS), "/message/mentions"),
        (Watch(kind=WatchKind.SEARCH, query="ferry"), "/r/all/search"),
    ],
)
def test_each_watch_has_its_listing(server: Replay, watch: Watch, path: str) -> None:
    say(server, listing())
    build(ours(server), lambda: NOW).fetch(watch, None, budget=50)
    assert server.requests[-1].path == path
    assert server.requests[-1].asked.get("q", "") == (watch.query if watch.kind is WatchKind.SEARCH else "")
    assert "before" not in server.requests[-1].asked


@pytest.mark.parametrize("query", ["", "../api/v1/me", "a b", "n\u00f6rd", "x?y", "r/"])
def test_a_name_that_is_no_subreddit_is_never_asked_for(server: Replay, query: str) -> None:
    before = len(server.requests)
    with pytest.raises(QueryRefused):
        build(ours(server), lambda: NOW).fetch(Watch(kind=WatchKind.SUBREDDIT_POSTS, query=query), None, budget=50)
    assert len(server.requests) == before


def test_a_private_subreddit_says_that_it_is_private(server: Replay) -> None:
    say(server, {"reason": "private", "message": "Forbidden", "error": 403}, 403)
    with pytest.raises(AccessDenied, match="private"):
        build(ours(server), lambda: NOW).fetch(POSTS, None, budget=50)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (["THREAD_LOCKED", "Comments are locked.", "parent"], ReplyRefused),
        (["DELETED_LINK", "the link you are commenting on has been deleted", "parent"], ReplyRefused),
        (["TOO_LONG", "this is too long (max: 10000)", "text"], ReplyRefused),
        (["SOMETHING", None, None], ReplyRefused),
        ([], ReplyRefused),
        ("odd", ReplyRefused),
        (["USER_REQUIRED", "Please log in to do that.", None], CredentialsRefused),
    ],
)
def test_a_refusal_with_status_200_is_a_refusal(server: Replay, error: object, kind: type[NetworkError]) -> None:
    say(server, {"json": {"errors": [error]}})
    with pytest.raises(kind):
        build(ours(server), lambda: NOW).reply(DRAFT)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        ({"errors": [["RATELIMIT", "you are doing that too much. try again in 9 minutes.", "ratelimit"]], "ratelimit": 534.5}, 534.5),
        ({"errors": [["RATELIMIT", "Take a break for 9 minutes before trying again.", "ratelimit"]]}, 540),
        ({"errors": [["RATELIMIT", "try again in 1 second.", "ratelimit"]]}, 1),
        ({"errors": [["RATELIMIT", "later", "ratelimit"]], "ratelimit": "soon"}, 60),
    ],
)
def test_a_reply_too_soon_waits_as_long_as_reddit_says(server: Replay, answer: dict[str, Any], seconds: float) -> None:
    say(server, {"json": answer})
    with pytest.raises(RateLimited) as raised:
        build(ours(server), lambda: NOW).reply(DRAFT)
    assert raised.value.until == NOW + timedelta(seconds=seconds)


def test_a_reply_without_the_right_scope_stops_the_source(server: Replay) -> None:
    say(server, {"error": 403}, 403, {"www-authenticate": 'Bearer realm="reddit", error="insufficient_scope"'})
    with pytest.raises(AccessDenied):
        build(ours(server), lambda: NOW).reply(DRAFT)


def test_our_comments_are_searched_back_to_the_first_try_and_no_further(server: Replay) -> None:
    def answer(request: Request) -> Answer:
        page = int(request.asked.get("after", "t1_0")[3:])
        made = comment(f"t1_{page + 1}", author="NorthPierCare", created_utc=AT - 40 * 60 * page)
        return Answer(body=json.dumps(listing(made, after=f"t1_{page + 1}")).encode())

    server.answer, before = answer, len(server.requests)
    draft = Draft(parent_id="t3_p1", root_id="t3_p1", text="not there", key="k", since=NOW - timedelta(minutes=57))
    assert build(ours(server), lambda: NOW).find_reply(draft) is None
    assert len(server.requests) - before == 4
    assert server.requests[-1].path == "/user/NorthPierCare/comments"


def test_a_read_only_login_is_a_warning(server: Replay) -> None:
    say(server, {"features": {}})
    standing = build(ours(server), lambda: NOW).check()
    assert not standing.can_reply
    assert standing.warnings


def test_a_suspended_account_is_denied(server: Replay) -> None:
    say(server, {"name": "NorthPierCare", "id": "us", "is_suspended": True})
    with pytest.raises(AccessDenied, match="suspended"):
        build(ours(server), lambda: NOW).check()


def test_a_thread_that_is_not_there_is_empty(server: Replay) -> None:
    say(server, {"message": "Not Found", "error": 404}, 404)
    assert build(ours(server), lambda: NOW).thread("t3_p1") == ()


def test_the_deepest_answer_is_read_and_stubs_are_passed_over() -> None:
    tree: dict[str, Any] = comment("t1_zz")
    for depth in range(2000):
        tree = comment(f"t1_{depth}", replies=listing(tree, {"kind": "more", "data": {"name": "t1__", "children": ["a"]}}))
    harvest = posts_from([listing(submission()), listing(tree, {"kind": "more", "data": {"count": 2, "children": ["b", "c"]}})], ours())
    assert len(harvest.posts) == 2002
    assert harvest.troubles == ()


@pytest.mark.parametrize(
    ("fields", "deleted"),
    [
        ({"selftext": "[removed]"}, True),
        ({"selftext": "[deleted]", "author": "[deleted]"}, True),
        ({"selftext": "", "removed_by_category": "moderator"}, True),
        ({"selftext": "still here", "removed_by_category": "automod_filtered"}, False),
        ({"selftext": "still here", "author": "[deleted]"}, False),
        ({"selftext": "", "removed_by_category": None}, False),
    ],
)
def test_a_post_is_deleted_where_its_words_are_gone(fields: dict[str, Any], *, deleted: bool) -> None:
    post = read(submission(**fields))
    assert post.deleted is deleted
    assert (post.text == "") is deleted
    assert post.can_reply is not deleted


def test_a_deleted_author_is_nobody() -> None:
    for author in ("[deleted]", None, ""):
        assert read(comment(author=author)).author.external_id == "deleted"


def test_an_author_without_an_account_id_is_known_by_the_name_that_never_changes() -> None:
    assert read(comment(author="Cy_Waits", author_fullname=None)).author.external_id == "u/cy_waits"


@pytest.mark.parametrize(
    ("author", "fullname", "is_own"),
    [("NorthPierCare", "t2_us", True), ("northpiercare", None, True), ("NorthPierCare", "t2_other", False), ("cy", "t2_cy", False)],
)
def test_our_own_comments_are_known(author: str, fullname: str | None, *, is_own: bool) -> None:
    assert read(comment(author=author, author_fullname=fullname)).is_own is is_own


def test_a_mention_without_a_link_id_finds_its_thread_in_its_context() -> None:
    post = read(comment(link_id=None, parent_id="t1_x", context="/r/northpier/comments/p1/late/c1/?context=3"))
    assert post.root_id == "t3_p1"
    assert post.permalink == "https://www.reddit.com/r/northpier/comments/p1/late/c1/"


def test_a_permalink_never_leads_elsewhere() -> None:
    for permalink in ("//evil.example/x", "https://evil.example/x", "javascript:alert(1)", None):
        assert read(comment(permalink=permalink)).permalink == "https://www.reddit.com/comments/p1/_/c1/"


@pytest.mark.parametrize(("edited", "at"), [(False, None), (True, None), (AT, NOW - timedelta(hours=1)), ("x", None), (None, None)])
def test_the_time_of_an_edit_is_read_where_there_is_one(edited: object, at: datetime | None) -> None:
    assert read(comment(edited=edited)).edited_at == at


def test_a_submission_has_its_title_its_words_or_what_it_links_to() -> None:
    assert read(submission()).text == "Late\n\nwords"
    linked = read(submission(selftext="", is_self=False, url="https://ferries.example/strike"))
    assert linked.text == "Late\n\nhttps://ferries.example/strike"
    assert linked.media == ()


def test_pictures_and_clips_are_media() -> None:
    gallery = {"a": {"s": {"u": "https://pics.example/1.jpg"}}, "b": {"s": {"u": "https://pics.example/2.jpg"}}, "c": None}
    assert [found.url for found in read(submission(media_metadata=gallery)).media] == [
        "https://pics.example/1.jpg",
        "https://pics.example/2.jpg",
    ]
    clip = {"reddit_video": {"fallback_url": "https://v.example/1.mp4"}}
    assert [(found.kind, found.url) for found in read(submission(media=clip)).media] == [("video", "https://v.example/1.mp4")]
    assert read(submission(url="https://i.example/queue.PNG?x=1")).media[0].kind == "image"


def test_a_crosspost_names_what_it_shares_and_a_mention_whom_it_calls() -> None:
    post = read(submission(crosspost_parent="t3_zz", selftext="ask u/NorthPierCare or /u/Other_One, see reddit.com/u/nobody"))
    assert post.shared_id == "t3_zz"
    assert post.mentions == ("NorthPierCare", "Other_One")


def test_a_private_place_is_not_public() -> None:
    assert read(submission(subreddit_type="private")).visibility is Visibility.FOLLOWERS


@pytest.mark.parametrize("name", [None, "", "t2_x", "t1_", "t1_A!", "t3_x y", 5])
def test_a_name_that_is_none_is_a_trouble(name: object) -> None:
    harvest = posts_from(comment() | {"data": comment()["data"] | {"name": name, "id": None}}, ours())
    assert harvest.posts == ()
    assert len(harvest.troubles) == 1


def message(name: str = "t4_m1", **fields: Any) -> dict[str, Any]:
    data = {
        "name": name,
        "author": "cy_waits",
        "author_fullname": "t2_c",
        "subject": "My ferry",
        "body": "Where is it?",
        "created_utc": NOW.timestamp() - 600,
        "first_message_name": None,
        "parent_id": None,
        "was_comment": False,
        "subreddit": None,
        "context": "",
        "replies": "",
        **fields,
    }
    return {"kind": "t4", "data": data}


def test_the_inbox_brings_answers_and_messages_and_these_are_for_us_alone(server: Replay) -> None:
    answer = comment(
        "t1_c9", was_comment=True, type="comment_reply", context="/r/northpier/comments/p1/my_ferry/c9/?context=3", link_id=None
    )
    later = message("t4_m2", first_message_name="t4_m1", parent_id="t4_m1", body="Still waiting")
    say(server, listing(later, answer, message()))
    page = build(ours(server), lambda: NOW).fetch(Watch(kind=WatchKind.INBOX), None, budget=50)
    assert server.requests[-1].path == "/message/inbox"
    second, told, first = page.posts
    assert (first.text, first.root_id, first.parent_id) == ("My ferry\n\nWhere is it?", "t4_m1", None)
    assert (second.text, second.root_id, second.parent_id) == ("Still waiting", "t4_m1", "t4_m1")
    assert {first.visibility, second.visibility} == {Visibility.DIRECT}
    assert first.permalink == f"{server.url}/message/messages/m1"
    assert (told.root_id, told.visibility) == ("t3_p1", Visibility.PUBLIC)
    assert all(posts_from(post.raw, ours(server)).posts == (post,) for post in page.posts)
    again = build(ours(server), lambda: NOW).fetch(Watch(kind=WatchKind.INBOX), page.cursor, budget=50)
    assert again.posts == ()


def test_no_other_listing_makes_a_post_of_a_private_message(server: Replay) -> None:
    say(server, listing(message(), comment()))
    assert [post.external_id for post in build(ours(server), lambda: NOW).fetch(POSTS, None, budget=50).posts] == ["t1_c1"]
    assert [post.external_id for post in posts_from(json.dumps(listing(message())).encode(), ours()).posts] == []


@pytest.mark.parametrize(
    ("fields", "handle"),
    [
        ({"author": None, "subreddit": "northpier"}, "r/northpier"),
        ({"author": None}, "[deleted]"),
        ({"distinguished": "admin", "author": "reddit"}, "reddit"),
    ],
)
def test_a_message_that_no_person_wrote_is_answered_on_reddit(fields: dict[str, Any], handle: str) -> None:
    post = read(message(**fields))
    assert post.author.handle == handle
    assert not post.can_reply
    assert "on Reddit" in post.why_no_reply


def test_an_answer_to_a_message_is_a_message_and_is_found_among_the_sent_ones(server: Replay) -> None:
    draft = Draft(parent_id="t4_m1", root_id="t4_m1", text="On its way", key="k", since=NOW - timedelta(hours=1))
    sent = message("t4_m3", author="NorthPierCare", parent_id="t4_m1", first_message_name="t4_m1", body="On its way")
    say(server, {"json": {"errors": [], "data": {"things": [sent]}}})
    collector = build(ours(server), lambda: NOW)
    assert collector.reply(draft).external_id == "t4_m3"
    say(server, listing(sent))
    found = collector.find_reply(draft)
    assert found is not None
    assert found.external_id == "t4_m3"
    assert server.requests[-1].path == "/message/sent"


def test_a_message_has_its_thread_and_is_never_taken_for_deleted(server: Replay) -> None:
    answer = message("t4_m2", first_message_name="t4_m1", parent_id="t4_m1")
    say(server, listing(message(replies=listing(answer))))
    collector = build(ours(server), lambda: NOW)
    assert [post.external_id for post in collector.thread("t4_m1")] == ["t4_m1", "t4_m2"]
    assert server.requests[-1].path == "/message/messages/m1"
    before = len(server.requests)
    assert collector.refresh(["t4_m1"]) == ()
    assert len(server.requests) == before


def test_our_own_posts_and_comments_are_one_listing(server: Replay) -> None:
    say(
        server,
        listing(comment(author="NorthPierCare", author_fullname="t2_us"), submission(author="NorthPierCare", author_fullname="t2_us")),
    )
    page = build(ours(server), lambda: NOW).fetch(Watch(kind=WatchKind.OWN_POSTS), None, budget=50)
    assert server.requests[-1].path == "/user/NorthPierCare/overview"
    assert len(page.posts) == 2


def more(*children: str) -> dict[str, Any]:
    return {"kind": "more", "data": {"count": len(children), "children": [*children], "parent_id": "t3_p1", "id": "_", "name": "t1__"}}


class Folded:
    """A thread that hides some of its comments."""

    def __init__(self, server: Replay, hidden: int, status: int = 200) -> None:
        self.names = [f"h{number}" for number in range(hidden)]
        self.asked: list[list[str]] = []
        self.status = status
        server.answer = self.hear

    def hear(self, request: Request) -> Answer:
        if not request.path.endswith("morechildren"):
            return Answer(body=json.dumps([listing(submission()), listing(comment(), more(*self.names[:250]), more())]).encode())
        self.asked.append(request.asked["children"].split(","))
        things = [comment(f"t1_{name}") for name in self.asked[-1]] + [comment("t1_astray", link_id="t3_other")]
        rest = [more(*self.names[250:])] if len(self.asked) == 1 else []
        return Answer(status=self.status, body=json.dumps({"json": {"errors": [], "data": {"things": things + rest}}}).encode())


@pytest.mark.parametrize(("hidden", "calls", "posts"), [(0, 0, 2), (3, 1, 5), (250, 3, 252), (300, 3, 302), (900, 5, 502)])
def test_hidden_comments_are_fetched_too_and_not_for_ever(server: Replay, hidden: int, calls: int, posts: int) -> None:
    folded = Folded(server, hidden)
    assert len(build(ours(server), lambda: NOW).thread("t3_p1")) == posts
    assert len(folded.asked) == calls
    assert all(len(names) <= 100 for names in folded.asked)
    asked = server.requests[-1].asked
    assert calls == 0 or (asked["link_id"], asked["api_type"]) == ("t3_p1", "json")


def test_a_thread_is_good_where_its_hidden_comments_are_not_given(server: Replay) -> None:
    Folded(server, 3, status=503)
    assert len(build(ours(server), lambda: NOW).thread("t3_p1")) == 2


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"body": "[deleted]"}, "The author deleted this."),
        ({"body": "[removed]"}, "The moderators removed this."),
        ({"body": "[ Removed by Reddit ]"}, "Reddit removed this."),
        ({"body": "[removed]", "removed_by_category": "moderator"}, "The moderators removed this."),
        ({"body": "", "removed_by_category": "automod_filtered"}, "The moderators removed this."),
        ({"body": "", "removed_by_category": "anti_evil_ops"}, "Reddit removed this."),
        ({"body": "", "removed_by_category": "deleted"}, "The author deleted this."),
    ],
)
def test_who_took_a_post_away_is_said(fields: dict[str, Any], why: str) -> None:
    post = read(comment(**fields))
    assert (post.deleted, post.text, post.why_no_reply) == (True, "", why)


def test_a_post_that_is_not_shown_any_more_blames_nobody(server: Replay) -> None:
    say(server, listing())
    (post,) = build(ours(server), lambda: NOW).refresh(["t1_c1"])
    assert (post.deleted, post.why_no_reply) == (True, "Reddit no longer shows this.")


@pytest.mark.parametrize(("options", "told"), [({}, "server:amends:v1 (by /u/NorthPierCare)"), ({"user_agent": "ours"}, "ours")])
def test_reddit_is_told_who_asks(server: Replay, options: dict[str, str], told: str) -> None:
    say(server, listing())
    build(ours(server, **options), lambda: NOW).fetch(POSTS, None, budget=5)
    assert server.requests[-1].headers["user-agent"].startswith(told)


def test_the_standing_names_our_scopes_and_what_they_lack(server: Replay) -> None:
    say(server, {"name": "NorthPierCare", "id": "us"})
    server.login = Answer(body=b'{"access_token": "token", "token_type": "bearer", "expires_in": 3600, "scope": "identity read"}')
    standing = build(ours(server), lambda: NOW).check()
    assert standing.rights == ("identity", "read")
    assert not standing.can_reply
    assert "“submit” (to answer)" in told(standing.warnings[0])
    assert "100 requests a minute" in standing.cost
    assert standing.expires_at is None
