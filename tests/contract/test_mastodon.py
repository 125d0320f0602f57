"""What only Mastodon asks of its collector: threads without a root, HTML, who may see an answer, streams, its own refusals."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.collectors.mastodon import Mastodon, build, posts_from
from amends.core.errors import (
    AccessDenied,
    CredentialsRefused,
    QueryRefused,
    RateLimited,
    ReplyRefused,
    SettingsWrong,
    Unreachable,
)
from amends.core.ports import Account, Attachment, Draft, Page
from amends.core.post import Media, Post, Visibility
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Answer, Fault, Replay, Request, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
MENTIONS = Watch(kind=WatchKind.MENTIONS)
TAG = Watch(kind=WatchKind.HASHTAG, query="#NorthPier")
SEARCH = Watch(kind=WatchKind.SEARCH, query="north pier")
DRAFT = Draft(parent_id="11", root_id="11", text="Sorry!", key="key-1", since=NOW - timedelta(hours=1))
CUT_LINK = (
    '<p><a href="https://x.example/a/b"><span class="invisible">https://</span><span class="ellipsis">x.example</span>'
    '<span class="invisible">/a/b</span></a></p>'
)
MISSING = Answer(status=404, body=b'{"error": "Record not found"}')


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def ours(server: Replay | None = None, **options: str) -> Account:
    base: dict[str, str] = {"base_url": server.url} if server else {}
    handle = options.pop("handle", "NorthPier@north.example")
    return Account(handle=handle, credentials={"access_token": "k"}, options={"user_id": "7001", **base, **options})


def collector(server: Replay, **options: str) -> Mastodon:
    return build(ours(server, **options), lambda: NOW)


def status(external_id: str = "11", content: str = "<p>words</p>", *, minutes: float = 60, **fields: Any) -> dict[str, Any]:
    told = {
        "id": external_id,
        "created_at": (NOW - timedelta(minutes=minutes)).isoformat(),
        "content": content,
        "visibility": "public",
        "url": f"https://harbour.example/@cy/{external_id}",
        "account": {"id": "7102", "username": "cy", "acct": "cy@harbour.example"},
    }
    return told | fields


def mention(number: int, about: Mapping[str, Any], kind: str = "mention") -> dict[str, Any]:
    return {"id": str(number), "type": kind, "created_at": about["created_at"], "status": about}


def read(fields: Mapping[str, Any], account: Account | None = None) -> Post:
    (post,) = posts_from(json.dumps(fields).encode(), account or ours()).posts
    return post


def answer(body: object, status_code: int = 200, **headers: str) -> Answer:
    return Answer(status=status_code, body=json.dumps(body).encode(), headers=headers)


def routed(server: Replay, **paths: Answer) -> None:
    """Answer by the last part of the path; what is not told is missing."""
    server.answer = lambda request: paths.get(request.path.rstrip("/").rpartition("/")[2], MISSING)


# How a status is read.


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("a &amp; b &lt;3 &amp;amp;", "a & b <3 &amp;"),
        (CUT_LINK, "https://x.example/a/b"),
        ('<a href="https://x.example/long/way">x.example/long…</a>', "https://x.example/long/way"),
        ('<a href="https://evil.example/">https://bank.example/</a>', "https://bank.example/"),
        ('say <span class="invisible">nothing</span><script>alert(1)</script>', "say "),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("5 < 6 and <3", "5 < 6 and <3"),
        ("<p>never closed <b>bold", "never closed bold"),
        ('<p>#<a href="/tags/x" class="mention hashtag">#<span>late</span></a></p>', "##late"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_text_is_what_people_read(content: str, text: str) -> None:
    assert read(status(content=content)).text == text


def test_hostile_html_of_any_size_is_read_at_once() -> None:
    began = time.monotonic()
    for hostile in ("<a" * 200_000, "<!--" * 100_000, "<p><b>" * 50_000, "</p>" * 100_000, "&#" * 200_000, "<" * 10_000_000):
        read(status(content=hostile))
    assert time.monotonic() - began < 10


def test_a_warning_stands_before_the_words_and_a_poll_after_them() -> None:
    post = read(status(spoiler_text="food", content="<p>which?</p>", poll={"options": [{"title": "soup"}, {"title": "tea"}]}))
    assert post.text == "food\n\nwhich?\n\n○ soup\n○ tea"


def test_a_boost_is_a_share_with_the_words_of_what_it_shares() -> None:
    post = read(status("12", content="", url=None, reblog=status("11", content="<p>late again</p>")))
    assert (post.shared_id, post.text, post.can_reply, post.root_id) == ("11", "late again", False, "12")
    assert post.permalink == "https://harbour.example/@cy/11"


@pytest.mark.parametrize(
    "quote",
    [{"state": "accepted", "quoted_status": status("9")}, {"state": "accepted", "quoted_status_id": "9"}, status("9")],
)
def test_a_quote_names_what_it_quotes(quote: dict[str, Any]) -> None:
    assert read(status(quote=quote)).quoted_id == "9"


@pytest.mark.parametrize(
    ("told", "seen"),
    [("public", Visibility.PUBLIC), ("unlisted", Visibility.UNLISTED), ("private", Visibility.FOLLOWERS), ("direct", Visibility.DIRECT)],
)
def test_who_may_see_a_status_is_kept(told: str, seen: Visibility) -> None:
    assert read(status(visibility=told)).visibility is seen


def test_pictures_keep_their_description_and_no_other_address_than_the_web_s() -> None:
    media = [
        {"type": "image", "url": "https://m.example/a.png", "description": "a queue"},
        {"type": "unknown", "url": None, "remote_url": "https://m.example/b.bin"},
        {"type": "image", "url": "javascript:alert(1)"},
    ]
    assert read(status(media_attachments=media)).media == (
        Media(kind="image", url="https://m.example/a.png", alt="a queue"),
        Media(kind="file", url="https://m.example/b.bin"),
    )


def test_our_own_name_is_the_source_s_whichever_way_the_server_writes_it() -> None:
    named = [{"id": "7001", "acct": "NorthPier"}, {"id": "5", "acct": "bo@sea.example"}]
    assert read(status(mentions=named)).mentions == ("NorthPier@north.example", "bo@sea.example")
    assert read(status(account={"id": "7001", "acct": "NorthPier"})).is_own
    assert not read(status(account={"id": "9", "acct": "NorthPier@other.example"}), replace(ours(), options={})).is_own


# Threads.


def test_an_answer_is_placed_in_its_thread_by_one_look_and_stays_there(server: Replay) -> None:
    ours_below = status("12", in_reply_to_id="11", minutes=40)
    again = status("13", in_reply_to_id="12", minutes=30)
    also = status("14", in_reply_to_id="12", minutes=20)
    context = answer({"ancestors": [status("11"), ours_below], "descendants": []})
    routed(server, notifications=answer([mention(2, also), mention(1, again)]), context=context)
    before = len(server.requests)
    page = collector(server).fetch(MENTIONS, None, budget=100)
    assert [(post.external_id, post.parent_id, post.root_id) for post in page.posts] == [("14", "12", "11"), ("13", "12", "11")]
    assert len(server.requests) == before + 2
    assert all(posts_from(post.raw, ours()).posts == (post,) for post in page.posts)


def test_an_answer_to_what_nobody_shows_us_stands_under_its_parent(server: Replay) -> None:
    routed(server, notifications=answer([mention(1, status("13", in_reply_to_id="12"))]))
    (post,) = collector(server).fetch(MENTIONS, None, budget=100).posts
    assert (post.parent_id, post.root_id) == ("12", "12")


def test_a_look_that_fails_fails_the_page_so_that_nothing_is_misplaced(server: Replay) -> None:
    routed(server, notifications=answer([mention(1, status("13", in_reply_to_id="12"))]), context=answer({}, 503))
    with pytest.raises(Unreachable):
        collector(server).fetch(MENTIONS, None, budget=100)


def test_statuses_that_answer_each_other_in_a_ring_do_no_harm() -> None:
    ring = [status("1", in_reply_to_id="2"), status("2", in_reply_to_id="1"), status("3", in_reply_to_id="3")]
    assert len(posts_from(ring, ours()).posts) == 3


def test_a_thread_that_is_gone_is_empty(server: Replay) -> None:
    routed(server)
    assert collector(server).thread("11") == ()


# Listings.


def test_likes_and_follows_are_no_posts_and_no_trouble(server: Replay) -> None:
    told = [mention(3, status("11"), "favourite"), {"id": "2", "type": "follow", "account": {}}, mention(1, status("12"))]
    routed(server, notifications=answer(told))
    page = collector(server).fetch(MENTIONS, None, budget=100)
    assert ([post.external_id for post in page.posts], page.troubles) == (["12"], ())


def test_filtered_mentions_are_asked_for_too(server: Replay) -> None:
    routed(server, notifications=answer([]))
    collector(server).fetch(MENTIONS, None, budget=100)
    assert server.requests[-1].asked["include_filtered"] == "true"


def test_a_walk_goes_on_by_the_link_header_and_without_one_while_pages_are_full(server: Replay) -> None:
    full = [status(str(number), minutes=number) for number in range(40, 0, -1)][::-1]
    link = '<https://north.example/api/v1/timelines/tag/northpier?limit=40&max_id=77>; rel="next"'
    for headers, below in (({"link": link}, "77"), ({}, "1")):
        routed(server, **{"%23NorthPier": MISSING, "NorthPier": answer(full, **headers)})
        first = collector(server).fetch(TAG, None, budget=100)
        assert first.more
        collector(server).fetch(TAG, first.cursor, budget=100)
        assert server.requests[-1].asked["max_id"] == below


def test_a_server_that_does_not_move_on_ends_the_walk(server: Replay) -> None:
    routed(server, search=answer({"statuses": [status("11"), status("10")]}))
    first = collector(server).fetch(SEARCH, None, budget=100)
    assert first.more
    assert not collector(server).fetch(SEARCH, first.cursor, budget=100).more


def test_a_time_ahead_of_now_closes_no_gap(server: Replay) -> None:
    routed(server, notifications=answer([mention(1, status("11", minutes=-9000))]))
    first = collector(server).fetch(MENTIONS, None, budget=100)
    routed(server, notifications=answer([mention(2, status("12", minutes=-1)), mention(1, status("11", minutes=-9000))]))
    second = collector(server).fetch(MENTIONS, first.cursor, budget=100)
    assert [post.external_id for post in second.posts] == ["12"]


def test_an_edit_of_a_young_status_comes_again(server: Replay) -> None:
    routed(server, notifications=answer([mention(1, status("11", minutes=5))]))
    first = collector(server).fetch(MENTIONS, None, budget=100)
    edited = status("11", "<p>other</p>", minutes=5, edited_at=NOW.isoformat())
    routed(server, notifications=answer([mention(1, edited)]))
    assert [post.text for post in collector(server).fetch(MENTIONS, first.cursor, budget=100).posts] == ["other"]


def test_own_posts_are_asked_by_our_id_which_is_learnt_once(server: Replay) -> None:
    routed(server, verify_credentials=answer({"id": "55", "acct": "NorthPier"}), statuses=answer([]))
    here = collector(server, user_id="")
    for _ in range(2):
        here.fetch(Watch(kind=WatchKind.OWN_POSTS), None, budget=100)
    assert [request.path for request in server.requests[-3:]] == [
        "/api/v1/accounts/verify_credentials", "/api/v1/accounts/55/statuses", "/api/v1/accounts/55/statuses"]  # fmt: skip


def test_a_word_cannot_leave_the_path_of_its_timeline(server: Replay) -> None:
    routed(server)
    with pytest.raises(QueryRefused):
        collector(server).fetch(Watch(kind=WatchKind.HASHTAG, query="../../accounts/1"), None, budget=1)
    assert server.requests[-1].path == "/api/v1/timelines/tag/..%2F..%2Faccounts%2F1"
    with pytest.raises(QueryRefused):
        collector(server).fetch(Watch(kind=WatchKind.HASHTAG, query="#"), None, budget=1)


def test_a_reset_in_iso_8601_says_when_to_come_back(server: Replay) -> None:
    told = {"x-ratelimit-limit": "300", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-02-20T12:04:00.123456Z"}
    server.say(b'{"error": "Too many requests"}', 429, told)
    with pytest.raises(RateLimited) as raised:
        collector(server).fetch(MENTIONS, None, budget=100)
    assert raised.value.until == datetime(2026, 2, 20, 12, 4, 0, 123456, tzinfo=UTC)


# The present state.


def test_many_statuses_are_asked_in_twenties_and_what_is_not_shown_is_asked_alone(server: Replay) -> None:
    shown = [status(str(number)) for number in range(100, 145)]

    def hear(request: Request) -> Answer:
        return answer([found for found in shown if found["id"] != "120"]) if request.path == "/api/v1/statuses" else MISSING

    server.answer = hear
    before = len(server.requests)
    posts = collector(server).refresh([found["id"] for found in shown])
    assert [post.external_id for post in posts if post.deleted] == ["120"]
    assert len(posts) == 45
    assert len(server.requests) == before + 4


def test_an_older_server_is_asked_for_one_after_the_other(server: Replay) -> None:
    server.answer = lambda request: MISSING if request.path == "/api/v1/statuses" else answer(status(request.path.rpartition("/")[2]))
    assert [post.external_id for post in collector(server).refresh(["11", "12"])] == ["11", "12"]


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (Answer(status=404, body=b"<html>no such site</html>"), QueryRefused),
        (Answer(status=401, body=b'{"error": "This method requires an authenticated user"}'), CredentialsRefused),
        (Answer(status=403, body=b'{"error": "This action is not allowed"}'), AccessDenied),
        (Answer(status=503, body=b""), Unreachable),
        (Answer(status=200, body=b"{}"), Unreachable),
    ],
)
def test_only_mastodon_s_own_word_deletes(server: Replay, told: Answer, kind: type[Exception]) -> None:
    server.answer = lambda request: answer([]) if request.path == "/api/v1/statuses" else told
    with pytest.raises(kind):
        collector(server).refresh(["11"])


def test_what_is_gone_for_good_is_deleted_and_its_mark_can_be_read_again(server: Replay) -> None:
    server.answer = lambda request: answer([]) if request.path == "/api/v1/statuses" else answer({"error": "Gone"}, 410)
    (post,) = collector(server).refresh(["11"])
    assert post.deleted
    assert posts_from(post.raw, ours()).posts == (post,)


# Answers.


def posting(server: Replay, parent: Mapping[str, Any], draft: Draft = DRAFT, **options: str) -> Request:
    """Answer `parent` and return the request that did it."""
    made = answer(status("99", in_reply_to_id="11", account={"id": "7001", "acct": "NorthPier"}))
    server.answer = lambda request: made if request.method == "POST" else answer(parent)
    assert collector(server, **options).reply(draft).external_id == "99"
    return server.requests[-1]


@pytest.mark.parametrize(
    ("parents", "option", "seen"),
    [
        ("public", "", "public"),
        ("public", "unlisted", "unlisted"),
        ("unlisted", "public", "unlisted"),
        ("private", "", "private"),
        ("direct", "", "direct"),
        ("something new", "", "direct"),
    ],
)
def test_an_answer_is_seen_by_no_more_people_than_its_parent(server: Replay, parents: str, option: str, seen: str) -> None:
    assert posting(server, status(visibility=parents), reply_visibility=option).asked["visibility"] == seen


def test_a_private_answer_goes_to_the_author_alone(server: Replay) -> None:
    assert posting(server, status(), replace(DRAFT, private=True)).asked["visibility"] == "direct"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Sorry!", "@cy@harbour.example Sorry!"),
        ("Dear @cy@harbour.example, sorry", "Dear @cy@harbour.example, sorry"),
        ("Dear @cy@harbour.example-x", "@cy@harbour.example Dear @cy@harbour.example-x"),
    ],
)
def test_the_receiver_is_named_once(server: Replay, text: str, sent: str) -> None:
    asked = posting(server, status(), replace(DRAFT, text=text))
    assert (asked.asked["status"], asked.asked["in_reply_to_id"], asked.headers["idempotency-key"]) == (sent, "11", "key-1")


def test_pictures_go_up_first_with_what_they_show(server: Replay) -> None:
    made = answer(status("99", in_reply_to_id="11"))
    media = answer({"id": "5", "type": "image", "url": "https://north.example/5.png"})
    server.answer = lambda request: (media if "media" in request.path else made) if request.method == "POST" else answer(status())
    picture = Attachment(content=b"\x89PNG", content_type="image/png", alt="a map of the pier")
    collector(server).reply(replace(DRAFT, attachments=(picture, picture)))
    uploads = [request for request in server.requests[-4:] if request.path == "/api/v2/media"]
    assert len(uploads) == 2
    assert b"a map of the pier" in uploads[0].body
    assert b"\x89PNG" in uploads[0].body
    assert server.requests[-1].body.count(b"media_ids%5B%5D=5") == 2


def test_a_picture_that_is_not_ready_waits_for_the_next_try(server: Replay) -> None:
    server.answer = lambda request: answer({"id": "5", "url": None}, 202) if request.method == "POST" else answer(status())
    picture = Attachment(content=b"x", content_type="image/png", alt="x")
    with pytest.raises(Unreachable, match="picture"):
        collector(server).reply(replace(DRAFT, attachments=(picture,)))


def test_an_answer_to_what_is_gone_is_refused_and_one_without_the_right_is_not_its_fault(server: Replay) -> None:
    routed(server)
    with pytest.raises(ReplyRefused, match="no longer there"):
        collector(server).reply(DRAFT)
    outside = answer({"error": "This action is outside the authorized scopes"}, 403)
    server.answer = lambda request: outside if request.method == "POST" else answer(status())
    with pytest.raises(AccessDenied):
        collector(server).reply(DRAFT)


def test_an_answer_is_found_again_with_names_in_front_and_links_cut(server: Replay) -> None:
    content = (
        '<p><span class="h-card"><a href="https://harbour.example/@cy" class="u-url mention">@<span>cy</span></a></span> See '
        '<a href="https://f.example/late?a=1&amp;b=2"><span class="invisible">https://</span><span>f.example/late?a=1&amp;b=2</span>'
        "</a></p><p>Bye</p>"
    )
    routed(server, statuses=answer([status("99", content, in_reply_to_id="11", minutes=5)]))
    found = collector(server).find_reply(replace(DRAFT, text="See https://f.example/late?a=1&b=2\n\nBye"))
    assert found is not None
    assert found.external_id == "99"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("https://f.example/a/very/long/way?that=goes&on=and_on", 23),
        ("@cy@harbour.example hi", 6),
        ("👨‍👩‍👧 é නි", 5),
        ("two words", 9),
    ],
)
def test_a_text_is_as_long_as_mastodon_counts_it(server: Replay, text: str, length: int) -> None:
    assert collector(server).reply_length(text) == length


# Who we are.


def test_a_server_is_taken_from_the_handle_where_no_option_names_it() -> None:
    assert build(ours())._client.home == "https://north.example"
    assert build(ours(instance="social.example/"))._client.home == "https://social.example"
    with pytest.raises(SettingsWrong, match="server"):
        build(ours(handle="NorthPier"))


def test_a_token_that_names_a_file_is_sent_as_it_is(server: Replay) -> None:
    routed(server, notifications=answer([]))
    build(replace(ours(server), credentials={"access_token": __file__}), lambda: NOW).fetch(MENTIONS, None, budget=1)
    assert server.requests[-1].headers["authorization"] == f"Bearer {__file__}"


def test_a_check_says_what_is_missing(server: Replay) -> None:
    instance = answer({"configuration": {"statuses": {"max_characters": 5000}}})

    def hear(request: Request) -> Answer:
        if "apps" in request.path:
            return answer({"scopes": ["read"]})
        return instance if "instance" in request.path else answer({"id": "7001", "acct": "NorthPier"})

    server.answer = hear
    standing = collector(server).check()
    assert (standing.can_reply, standing.rights) == (False, ("read",))
    assert "write:statuses" in standing.warnings[0]
    assert "5000" in standing.warnings[1]
    assert collector(server, max_characters="5000").max_reply_length == 4968


# Streams.


def events(*told: tuple[str, object]) -> bytes:
    lines = [f"event: {kind}\ndata: {data if isinstance(data, str) else json.dumps(data)}\n\n" for kind, data in told]
    return (":)\n" + "".join(lines)).encode()


def heard(server: Replay, body: bytes, watch: Watch = TAG) -> list[Page]:
    """Return what a stream brought before it ended."""
    stream = Answer(body=body, headers={"content-type": "text/event-stream"})
    server.answer = lambda request: stream if "streaming" in request.path else MISSING
    pages: list[Page] = []
    with pytest.raises(Unreachable, match="ended"):
        pages.extend(collector(server).listen(watch, None, stopping=lambda: False))
    return pages


def test_a_stream_brings_what_is_new_what_is_changed_and_what_is_deleted_of_it(server: Replay) -> None:
    edited = status("11", "<p>other</p>", edited_at=NOW.isoformat())
    pages = heard(server, events(("update", status("11")), ("status.update", edited), ("delete", "11"), ("delete", "12")))
    assert [[(post.external_id, post.text, post.deleted) for post in page.posts] for page in pages] == [
        [("11", "words", False)],
        [("11", "other", False)],
        [("11", "", True)],
        [],
    ]
    assert server.requests[-1].path == "/api/v1/streaming/hashtag"
    assert (server.requests[-1].asked, server.requests[-1].headers["authorization"]) == ({"tag": "NorthPier"}, "Bearer k")


def test_a_stream_of_notifications_brings_mentions_in_their_threads(server: Replay) -> None:
    pages = heard(server, events(("notification", mention(1, status("13", in_reply_to_id="12")))), MENTIONS)
    assert [(post.external_id, post.root_id) for page in pages for post in page.posts] == [("13", "12")]


def test_what_cannot_be_read_in_a_stream_is_named_and_the_rest_is_good(server: Replay) -> None:
    told = events(("update", "{half"), ("filters_changed", "{}"), ("update", status("11", content=None)), ("update", status("12")))
    pages = heard(server, told + b"\xff\xfe\n\ndata\nevent\n:thump\n\n")
    assert [post.external_id for page in pages for post in page.posts] == ["12"]
    assert [page.troubles for page in pages if page.troubles] == [("update: not to be read",)]


@pytest.mark.parametrize(
    ("code", "kind"), [(401, CredentialsRefused), (403, AccessDenied), (429, RateLimited), (500, Unreachable), (302, QueryRefused)]
)
def test_a_stream_that_is_refused_is_the_error_of_any_request(server: Replay, code: int, kind: type[Exception]) -> None:
    server.answer = lambda request: Answer(status=code, body=b"no") if "streaming" in request.path else MISSING
    with pytest.raises(kind):
        next(collector(server).listen(MENTIONS, None, stopping=lambda: False))


def test_a_stream_stops_when_it_is_told_to(server: Replay) -> None:
    server.answer = lambda request: Answer(fault=Fault.HANG) if "streaming" in request.path else MISSING
    with pytest.raises(Unreachable):
        list(collector(server, time_out="0.2").listen(MENTIONS, None, stopping=lambda: True))
    stopping = threading.Event()
    server.say(b"")
    server.answer = lambda request: Answer(body=events(("update", status("11"))) * 50) if "streaming" in request.path else MISSING
    for page in collector(server).listen(TAG, None, stopping=stopping.is_set):
        assert page.posts
        stopping.set()


def test_a_token_goes_to_no_host_beyond_the_server_s_own(server: Replay) -> None:
    elsewhere = {"configuration": {"urls": {"streaming": "wss://collect.example"}}}
    server.answer = lambda request: Answer(body=events()) if "streaming" in request.path else answer(elsewhere)
    with pytest.raises(Unreachable, match="ended"):
        list(collector(server).listen(MENTIONS, None, stopping=lambda: False))
    assert server.requests[-1].path == "/api/v1/streaming/user/notification"


def test_other_watches_have_no_stream(server: Replay) -> None:
    with pytest.raises(QueryRefused):
        next(collector(server).listen(SEARCH, None, stopping=lambda: False))
