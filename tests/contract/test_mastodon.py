"""What only Mastodon asks of its collector: threads without a root, listings that show the late below the young, what a deletion is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from amends.collectors.mastodon import build, posts_from
from amends.core.errors import (
    AccessDenied,
    CredentialsRefused,
    QueryRefused,
    RateLimited,
    SettingsWrong,
    Unreachable,
)
from amends.core.watching import Watch, WatchKind
from tests.contract.mastodon_talk import MENTIONS, MISSING, NOW, SEARCH, TAG, answer, collector, mention, ours, routed, status
from tests.replay_server import Answer, Replay, Request, replay_server


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


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


def test_a_post_that_is_looked_up_alone_finds_its_thread_too(server: Replay) -> None:
    context = answer({"ancestors": [status("11"), status("12", in_reply_to_id="11")], "descendants": []})
    routed(server, statuses=answer([status("13", in_reply_to_id="12")]), context=context)
    (post,) = collector(server).refresh(["13"])
    assert (post.parent_id, post.root_id) == ("12", "11")


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
    for told, below in ((link, "77"), ("", "1")):
        routed(server, **{"%23NorthPier": MISSING, "NorthPier": answer(full, link=told)})
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


def test_a_server_is_taken_from_the_handle_where_no_option_names_it() -> None:
    assert build(ours())._client.home == "https://north.example"
    assert build(ours(instance="social.example/"))._client.home == "https://social.example"
    for wrong in ("", "http://social.example", "social.example/path", "me@social.example", "localhost"):
        with pytest.raises(SettingsWrong, match="server"):
            build(ours(handle="NorthPier", instance=wrong))


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
