"""What only X asks of its collector: cursors that grow old, edits, both spellings of its API, who may be answered, its own refusals."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.collectors.x import build, posts_from
from amends.core.errors import AccessDenied, CredentialsRefused, PaymentRequired, QueryRefused, RateLimited, ReplyRefused, Unreachable
from amends.core.kept import told as in_words
from amends.core.ports import Account, Draft
from amends.core.post import Post, Visibility
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Answer, Replay, Request, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
MENTIONS = Watch(kind=WatchKind.MENTIONS)
SEARCH = Watch(kind=WatchKind.SEARCH, query="ferry OR pier")
USER: dict[str, str] = dict.fromkeys(("consumer_key", "consumer_secret", "access_token", "access_token_secret"), "k")
DRAFT = Draft(parent_id="2024770000000000000", root_id="2024770000000000000", text="Sorry!", key="k", since=NOW)
SNOWFLAKE_BEGINS = 1_288_834_974_657


def id_at(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000) - SNOWFLAKE_BEGINS << 22)


FIRST, SECOND, THIRD = (id_at(NOW - timedelta(minutes=minutes)) for minutes in (30, 20, 10))


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def ours(server: Replay | None = None, credentials: Mapping[str, str] = USER) -> Account:
    base: dict[str, str] = {"base_url": server.url} if server else {}
    return Account(handle="NorthPier", credentials=credentials, options={"user_id": "7001", **base})


def tweet(external_id: str = FIRST, text: str = "words", **fields: Any) -> dict[str, Any]:
    return {"id": external_id, "text": text, "author_id": "7102", "edit_history_tweet_ids": [external_id], **fields}


def told(*items: object, **rest: Any) -> dict[str, Any]:
    return {"data": list(items), "meta": {"result_count": len(items)}, **rest}


def read(body: Mapping[str, Any], replies: str = "") -> Post:
    """Read the one post in a body."""
    (post,) = posts_from(body, Account(handle="NorthPier", options={"user_id": "7001", "replies": replies})).posts
    return post


def say(server: Replay, body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
    server.say(json.dumps(body).encode(), status, headers)


def refused(parameter: str, message: str) -> dict[str, Any]:
    return {
        "errors": [{"parameters": {parameter: ["1"]}, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request",
    }


def test_the_mark_moves_only_when_the_last_page_is_read(server: Replay) -> None:
    collector = build(ours(server), lambda: NOW)
    say(server, told(tweet(THIRD), tweet(SECOND)) | {"meta": {"next_token": "t1", "newest_id": THIRD}})
    first = collector.fetch(SEARCH, {"since_id": "5"}, budget=50)
    assert (first.cursor["since_id"], first.cursor["next_token"], first.more) == ("5", "t1", True)
    say(server, told(tweet(FIRST)))
    second = collector.fetch(SEARCH, first.cursor, budget=50)
    assert (second.cursor["since_id"], second.cursor["next_token"], second.more) == (THIRD, None, False)
    assert server.requests[-1].asked["since_id"] == "5"
    assert server.requests[-1].asked["next_token"] == "t1"


def test_a_first_search_reaches_back_a_week_and_a_later_one_to_the_mark(server: Replay) -> None:
    collector = build(ours(server), lambda: NOW)
    say(server, told())
    collector.fetch(SEARCH, None, budget=50)
    assert server.requests[-1].asked["start_time"] == "2026-02-13T12:05:00Z"
    collector.fetch(SEARCH, {"since_id": FIRST}, budget=50)
    assert "start_time" not in server.requests[-1].asked


def test_a_token_that_x_forgot_begins_the_walk_again_without_loss(server: Replay) -> None:
    say(server, refused("next_token", "The `next_token` query parameter value [1] is not valid"), 400)
    page = build(ours(server), lambda: NOW).fetch(SEARCH, {"since_id": FIRST, "next_token": "old", "newest_id": THIRD}, budget=50)
    assert (page.cursor["since_id"], page.cursor["next_token"], page.cursor["newest_id"]) == (FIRST, None, None)
    assert page.more
    assert "begins again" in page.troubles[0]


def test_a_mark_older_than_a_week_is_given_up_with_a_word(server: Replay) -> None:
    say(server, refused("since_id", "'since_id' must be a tweet id created after [2026-02-13T12:00Z]."), 400)
    page = build(ours(server), lambda: NOW).fetch(SEARCH, {"since_id": "29700859248"}, budget=50)
    assert page.cursor["since_id"] is None
    assert page.more
    assert "7 days" in page.troubles[0]
    say(server, told())
    build(ours(server), lambda: NOW).fetch(SEARCH, page.cursor, budget=50)
    assert server.requests[-1].asked["start_time"] == "2026-02-13T12:05:00Z"


def test_a_clock_an_hour_slow_does_not_keep_a_first_search_from_x(server: Replay) -> None:
    def answer(request: Request) -> Answer:
        if request.asked["start_time"] < "2026-02-13T13:00:00Z":
            body = refused("start_time", "'start_time' must be on or after 2026-02-13T13:00Z.")
            return Answer(status=400, body=json.dumps(body).encode())
        return Answer(body=json.dumps(told(tweet(FIRST))).encode())

    server.answer = answer
    collector = build(ours(server), lambda: NOW)
    first = collector.fetch(SEARCH, None, budget=50)
    assert (first.posts, first.more, len(first.troubles)) == ((), True, 1)
    assert [post.external_id for post in collector.fetch(SEARCH, first.cursor, budget=50).posts] == [FIRST]
    say(server, refused("start_time", "'start_time' must be on or after 2027-01-01T00:00Z."), 400)
    with pytest.raises(QueryRefused):
        collector.fetch(SEARCH, first.cursor, budget=50)


def test_a_query_that_x_does_not_understand_is_refused(server: Replay) -> None:
    say(server, refused("query", "There were errors processing your request: no viable alternative at '('"), 400)
    with pytest.raises(QueryRefused, match="no viable alternative"):
        build(ours(server), lambda: NOW).fetch(SEARCH, {"since_id": FIRST}, budget=50)


def test_an_answer_without_posts_and_without_a_count_ends_no_walk(server: Replay) -> None:
    say(server, {"includes": {}})
    with pytest.raises(Unreachable):
        build(ours(server), lambda: NOW).fetch(SEARCH, {"since_id": FIRST, "next_token": "t"}, budget=50)


def test_an_account_that_is_gone_is_named(server: Replay) -> None:
    say(server, {"errors": [{"title": "Not Found Error", "detail": "Could not find user with id: [7001]."}]})
    with pytest.raises(AccessDenied, match="7001"):
        build(ours(server), lambda: NOW).fetch(MENTIONS, None, budget=50)


def test_a_used_up_month_is_a_matter_of_the_plan(server: Replay) -> None:
    say(server, {"title": "UsageCapExceeded", "detail": "Usage cap exceeded: Monthly product cap", "period": "Monthly"}, 429)
    with pytest.raises(PaymentRequired, match="Monthly"):
        build(ours(server), lambda: NOW).fetch(MENTIONS, None, budget=50)


def test_our_user_id_is_asked_for_once(server: Replay) -> None:
    def answer(request: Request) -> Answer:
        body = {"data": {"id": "7001", "username": "NorthPier"}} if request.path.endswith("/me") else told()
        return Answer(body=json.dumps(body).encode())

    server.answer = answer
    account = Account(handle="NorthPier", credentials=USER, options={"base_url": server.url})
    collector, before = build(account, lambda: NOW), len(server.requests)
    collector.fetch(MENTIONS, None, budget=50)
    collector.fetch(MENTIONS, None, budget=50)
    assert [request.path for request in server.requests[before:]] == ["/2/users/me", "/2/users/7001/mentions", "/2/users/7001/mentions"]


@pytest.mark.parametrize(
    ("credentials", "scheme"), [(USER, "OAuth "), (USER | {"bearer_token": "b"}, "Bearer b"), ({"bearer_token": "b"}, "Bearer b")]
)
def test_reading_prefers_the_bearer_token(server: Replay, credentials: Mapping[str, str], scheme: str) -> None:
    say(server, told())
    build(ours(server, credentials), lambda: NOW).fetch(MENTIONS, None, budget=50)
    assert server.requests[-1].headers["authorization"].startswith(scheme)


def test_an_app_without_a_user_reads_and_warns_that_it_cannot_answer(server: Replay) -> None:
    def answer(request: Request) -> Answer:
        if request.path.endswith("/me"):
            return Answer(status=403, body=b'{"title": "Unsupported Authentication", "detail": "app only"}')
        return Answer(body=b'{"data": {"id": "7001", "username": "NorthPier", "name": "North Pier"}}')

    server.answer = answer
    standing = build(ours(server, {"bearer_token": "b"}), lambda: NOW).check()
    assert (standing.user_id, standing.can_reply) == ("7001", False)
    assert "bearer token alone" in standing.warnings[0]


def test_an_app_that_may_only_read_is_a_warning(server: Replay) -> None:
    say(server, {"data": {"id": "7001", "username": "NorthPier"}}, headers={"x-access-level": "read"})
    standing = build(ours(server), lambda: NOW).check()
    assert not standing.can_reply
    assert "right to write" in standing.warnings[0]


def test_half_of_the_user_tokens_are_not_enough(server: Replay) -> None:
    with pytest.raises(CredentialsRefused, match="all four"):
        build(ours(server, {"access_token": "k", "consumer_key": "k"}), lambda: NOW).fetch(MENTIONS, None, budget=50)


@pytest.mark.parametrize("problem", ["oauth1-permissions", "unsupported-authentication", "client-forbidden"])
def test_a_reply_that_the_app_has_no_right_to_stops_the_source(server: Replay, problem: str) -> None:
    say(server, {"detail": "Your app has no right to.", "type": f"https://api.twitter.com/2/problems/{problem}"}, 403)
    with pytest.raises(AccessDenied, match="no right to"):
        build(ours(server), lambda: NOW).reply(DRAFT)


def test_a_day_s_replies_used_up_wait_for_the_day_to_end(server: Replay) -> None:
    tomorrow = NOW + timedelta(hours=9)
    headers = {
        "x-user-limit-24hour-remaining": "0",
        "x-user-limit-24hour-reset": str(int(tomorrow.timestamp())),
        "x-rate-limit-reset": "1",
    } | {
        "x-app-limit-24hour-remaining": "99",
        "x-app-limit-24hour-reset": str(int(tomorrow.timestamp()) + 999),
    }
    say(server, {"detail": "Too Many Requests"}, 429, headers)
    with pytest.raises(RateLimited) as raised:
        build(ours(server), lambda: NOW).reply(DRAFT)
    assert raised.value.until == tomorrow


def test_a_reply_that_x_accepts_without_an_id_may_be_out(server: Replay) -> None:
    say(server, {"data": {}}, 201)
    with pytest.raises(Unreachable):
        build(ours(server), lambda: NOW).reply(DRAFT)


def test_a_reply_that_is_refused_with_status_200_is_refused(server: Replay) -> None:
    say(server, {"errors": [{"title": "Forbidden", "detail": "This conversation is closed."}]})
    with pytest.raises(ReplyRefused, match="closed"):
        build(ours(server), lambda: NOW).reply(DRAFT)


def test_a_reply_is_refused_with_all_of_x_s_words(server: Replay) -> None:
    say(server, {"errors": [{"message": "Your post text is too long."}], "detail": "One or more parameters was invalid."}, 400)
    with pytest.raises(ReplyRefused, match=r"invalid\. Your post text is too long\."):
        build(ours(server), lambda: NOW).reply(DRAFT)


def test_an_old_version_is_looked_up_again_under_its_newest_id(server: Replay) -> None:
    def answer(request: Request) -> Answer:
        wanted = request.asked["ids"]
        return Answer(body=json.dumps(told(tweet(wanted, f"version {wanted}") | {"edit_history_tweet_ids": [FIRST, SECOND]})).encode())

    server.answer = answer
    (post,) = build(ours(server), lambda: NOW).refresh([FIRST])
    assert (post.external_id, post.text) == (FIRST, f"version {SECOND}")
    assert post.edited_at == NOW - timedelta(minutes=20)


def test_a_post_of_which_x_says_something_else_is_not_taken_for_deleted(server: Replay) -> None:
    gone = {"resource_id": FIRST, "type": "https://api.twitter.com/2/problems/resource-not-found"}
    hidden = {"resource_id": SECOND, "type": "https://api.twitter.com/2/problems/not-authorized-for-resource"}
    down = {"resource_id": THIRD, "type": "about:blank", "detail": "Service Unavailable"}
    say(server, {"errors": [gone, hidden, down]})
    posts = build(ours(server), lambda: NOW).refresh([FIRST, SECOND, THIRD])
    assert {post.external_id: post.deleted for post in posts} == {FIRST: True, SECOND: True}
    assert posts[0].published_at == NOW - timedelta(minutes=30)


@pytest.mark.parametrize(
    "body", [{"data": []}, {"data": [], "meta": {"result_count": 0}}, {"errors": [{"title": "Service Unavailable", "detail": "try later"}]}]
)
def test_a_post_that_x_neither_shows_nor_names_is_not_taken_for_deleted(server: Replay, body: dict[str, Any]) -> None:
    say(server, body)
    assert build(ours(server), lambda: NOW).refresh([FIRST, SECOND]) == ()


def test_a_thread_is_searched_under_every_id_of_an_edited_root(server: Replay) -> None:
    say(server, told(tweet(SECOND, edit_history_tweet_ids=[FIRST, SECOND], conversation_id=SECOND)))
    (root,) = build(ours(server), lambda: NOW).thread(FIRST)
    assert root.root_id == root.external_id == FIRST
    assert server.requests[-1].asked["query"] == f"conversation_id:{FIRST} OR conversation_id:{SECOND}"


def test_both_spellings_of_the_api_are_read() -> None:
    old = told(
        tweet(
            SECOND, edit_history_tweet_ids=[FIRST, SECOND], referenced_tweets=[{"type": "quoted", "id": "9"}], note_tweet={"text": "long"}
        ),
        includes={"tweets": [tweet("9", "q", author_id="7001")]},
    )
    new = json.loads(json.dumps(old).replace("tweet", "post"))
    assert [getattr(read(body), name) for body in (old, new) for name in ("external_id", "quoted_id", "text", "can_reply")] == [
        FIRST,
        "9",
        "long",
        True,
    ] * 2
    assert read(told(tweet(referenced_posts=[{"type": "reposted", "id": "9"}]))).shared_id == "9"


def test_a_flattened_post_is_read_with_what_lies_inside_it() -> None:
    flat = tweet(
        author={"id": "7102", "username": "cy_waits", "name": "Cy", "public_metrics": {"followers_count": 12}},
        attachments={"media_keys": ["3_1"], "media": [{"media_key": "3_1", "type": "photo", "url": "https://pics.example/1.jpg"}]},
        referenced_tweets=[tweet("9", "whole words", author={"id": "7103", "username": "nadia"}, author_id="7103", type="retweeted")],
        __twarc={"url": "https://api.twitter.com/2/tweets"},
    )
    post = read(flat)
    assert (post.author.handle, post.author.followers) == ("cy_waits", 12)
    assert post.media[0].url == "https://pics.example/1.jpg"
    assert post.text == "RT @nadia: whole words"
    assert posts_from(json.dumps([flat, flat]).encode(), ours()).posts == (post,)


def test_a_post_with_default_fields_only_is_read() -> None:
    post = read({"data": {"id": FIRST, "text": "@NorthPier hello @cy mail@cy.example", "edit_history_tweet_ids": [FIRST]}})
    assert post.mentions == ("NorthPier", "cy")
    assert post.can_reply
    assert post.author.handle == "[unknown]"
    assert post.published_at == NOW - timedelta(minutes=30)
    assert post.root_id == FIRST
    assert post.permalink == f"https://x.com/i/status/{FIRST}"


def test_strangers_whom_x_leaves_out_never_become_one_person() -> None:
    posts = posts_from({"data": [{"id": FIRST, "text": "a"}, {"id": SECOND, "text": "b"}]}, ours()).posts
    assert len({post.author.external_id for post in posts}) == 2


def test_words_are_as_the_author_wrote_them() -> None:
    text = "R&amp;D &lt;3 &amp;copy; https://t.co/a https://t.co/ab"
    urls = [
        {"url": "https://t.co/a", "expanded_url": "https://ferries.example/?x=1&copy=2"},
        {"url": "https://t.co/ab", "unwound_url": "https://ferries.example/b"},
    ]
    post = read(told(tweet(text=text, entities={"urls": urls})))
    assert post.text == "R&D <3 &copy; https://ferries.example/?x=1&copy=2 https://ferries.example/b"


@pytest.mark.parametrize(
    ("fields", "allowed"),
    [
        ({"entities": {"mentions": [{"username": "northpier"}]}}, True),
        ({"entities": {"mentions": [{"username": "renamed", "id": "7001"}]}}, True),
        ({"entities": {"mentions": [{"username": "NorthPier", "id": "666"}]}}, True),
        ({"in_reply_to_user_id": "7001"}, True),
        ({"author_id": "7001"}, True),
        ({"entities": {"mentions": [{"username": "NorthPierFan"}]}}, False),
        ({"referenced_tweets": [{"type": "quoted", "id": "9"}]}, False),
        ({}, False),
    ],
)
def test_who_speaks_to_us_may_be_answered(fields: dict[str, Any], *, allowed: bool) -> None:
    post = read(told(tweet(**fields)))
    assert post.can_reply is allowed
    assert ("open on X" in post.why_no_reply) is not allowed
    assert read(told(tweet(**fields)), replies="everyone").can_reply


def test_a_protected_author_is_seen_by_followers_only() -> None:
    body = told(tweet(), includes={"users": [{"id": "7102", "username": "quiet", "protected": True}]})
    assert read(body).visibility is Visibility.FOLLOWERS


def test_a_language_that_is_none_is_no_hint() -> None:
    assert [read(told(tweet(lang=lang))).language_hint for lang in ("si", "und", "qme", None)] == ["si", "", "", ""]


def test_a_clip_is_its_best_version_and_a_script_is_no_address() -> None:
    variants = [{"content_type": "video/mp4", "bit_rate": rate, "url": f"https://v.example/{rate}.mp4"} for rate in (256, 2176, 832)]
    media = [
        {
            "media_key": "7_1",
            "type": "video",
            "variants": [*variants, {"content_type": "application/x-mpegURL", "url": "https://v.example/x"}],
        },
        {"media_key": "3_1", "type": "photo", "url": "javascript:alert(1)"},
    ]
    post = read(told(tweet(attachments={"media_keys": ["7_1", "3_1", "3_404"]}), includes={"media": media}))
    assert [medium.url for medium in post.media] == ["https://v.example/2176.mp4"]


@pytest.mark.parametrize("external_id", ["", "0", "-5", "abc", "1" * 60, "\u0661\u0662", 7, None, {"a": 1}])
def test_an_id_that_is_none_is_a_trouble(external_id: object) -> None:
    harvest = posts_from(told({"id": external_id, "text": "words"}), ours())
    assert harvest.posts == ()
    assert len(harvest.troubles) == 1


def test_our_own_posts_are_walked_like_any_listing(server: Replay) -> None:
    say(server, told(tweet(FIRST, author_id="7001")) | {"meta": {"next_token": "t"}})
    page = build(ours(server), lambda: NOW).fetch(Watch(kind=WatchKind.OWN_POSTS), {"since_id": "5"}, budget=3)
    asked = server.requests[-1]
    assert (asked.path, asked.asked["max_results"], asked.asked["since_id"]) == ("/2/users/7001/tweets", "5", "5")
    assert page.posts[0].is_own
    assert page.more
    build(ours(server), lambda: NOW).fetch(Watch(kind=WatchKind.OWN_POSTS), page.cursor, budget=3)
    assert server.requests[-1].asked["pagination_token"] == "t"


def test_who_quotes_us_is_found_by_one_search_for_the_addresses_of_our_posts(server: Replay) -> None:
    say(server, told())
    build(ours(server), lambda: NOW).fetch(Watch(kind=WatchKind.QUOTES), None, budget=3)
    asked = server.requests[-1]
    assert asked.path == "/2/tweets/search/recent"
    assert asked.asked["query"] == (
        'is:quote (url:"x.com/NorthPier/status" OR url:"twitter.com/NorthPier/status") -is:retweet -from:NorthPier'
    )


def test_an_empty_search_is_never_asked_for(server: Replay) -> None:
    before = len(server.requests)
    with pytest.raises(QueryRefused):
        build(ours(server), lambda: NOW).fetch(Watch(kind=WatchKind.SEARCH, query=" "), None, budget=3)
    assert len(server.requests) == before


@pytest.mark.parametrize(
    "words",
    [
        "The query parameter [tweet.fields] is not one of [id,expansions,post.fields,media.fields]",
        "The `expansions` query parameter value [referenced_tweets.id] is not one of [author_id,referenced_posts.id]",
    ],
)
def test_where_x_has_given_up_the_old_spelling_the_new_one_is_asked_for_from_then_on(server: Replay, words: str) -> None:
    def answer(request: Request) -> Answer:
        if "tweet.fields" in request.asked:
            return Answer(status=400, body=json.dumps(refused("tweet.fields", words)).encode())
        return Answer(body=json.dumps(told(tweet() | {"edit_history_post_ids": [FIRST]})).encode())

    server.answer = answer
    collector, before = build(ours(server), lambda: NOW), len(server.requests)
    query = Watch(kind=WatchKind.SEARCH, query='"tweet.fields" OR note_tweet')
    for _ in range(2):
        assert [post.external_id for post in collector.fetch(query, {"since_id": "5"}, budget=50).posts] == [FIRST]
    assert len(server.requests) == before + 3
    asked = server.requests[-1].asked
    assert {"referenced_posts", "edit_history_post_ids", "note_post"} <= set(asked["post.fields"].split(","))
    assert "referenced_posts.id.author_id" in asked["expansions"]
    assert asked["query"] == query.query


def test_another_parameter_that_x_does_not_know_is_no_matter_of_spelling(server: Replay) -> None:
    before = len(server.requests)
    say(server, refused("x", "The query parameter [colour] is not one of [id,tweet.fields]"), 400)
    with pytest.raises(QueryRefused, match="colour"):
        build(ours(server), lambda: NOW).fetch(SEARCH, {"since_id": "5"}, budget=50)
    assert len(server.requests) == before + 1


def test_a_long_thread_is_read_page_by_page_and_not_for_ever(server: Replay) -> None:
    def answer(request: Request) -> Answer:
        if request.path == "/2/tweets":
            return Answer(body=json.dumps(told(tweet(FIRST, conversation_id=FIRST))).encode())
        number = int(request.asked.get("next_token", "0"))
        post = tweet(str(int(SECOND) + number), conversation_id=FIRST)
        return Answer(body=json.dumps(told(post) | {"meta": {"next_token": str(number + 1)}}).encode())

    server.answer = answer
    before = len(server.requests)
    posts = build(ours(server), lambda: NOW).thread(FIRST)
    assert [post.external_id for post in posts] == [FIRST, *(str(int(SECOND) + number) for number in range(5))]
    assert len(server.requests) == before + 6


def test_the_standing_names_our_rights_and_the_price(server: Replay) -> None:
    say(server, {"data": {"id": "7001", "username": "NorthPier"}}, headers={"x-access-level": "read-write-directmessages"})
    account = ours(server)
    standing = build(account, lambda: NOW).check()
    assert standing.rights == ("read", "write", "directmessages")
    assert "$0.005 a post" in in_words(standing.cost)
    assert standing.expires_at is None
    dearer = Account(handle=account.handle, credentials=account.credentials, options={**account.options, "price_per_read": "0.0125"})
    assert "$0.0125 a post" in in_words(build(dearer, lambda: NOW).check().cost)


def test_a_reply_is_looked_for_so_far_back_that_a_clock_an_hour_wrong_does_not_hide_it(server: Replay) -> None:
    ours_there = tweet(THIRD, "Sorry!", author_id="7001", referenced_tweets=[{"type": "replied_to", "id": DRAFT.parent_id}])
    say(server, told(ours_there, includes={"users": [{"id": "7001", "username": "NorthPier"}]}))
    published_at = NOW - timedelta(minutes=10)
    found = build(ours(server), lambda: NOW).find_reply(replace(DRAFT, since=published_at + timedelta(hours=1)))
    assert found is not None
    assert datetime.fromisoformat(server.requests[-1].asked["start_time"]) < published_at


def test_a_post_comes_from_the_country_of_its_place_and_that_is_kept() -> None:
    somewhere = {"id": "p1", "country_code": "LK"}
    post = read(told(tweet(geo={"place_id": "p1"}), includes={"places": [{"id": "p0", "country_code": "IN"}, somewhere]}))
    assert (post.region, read(json.loads(post.raw)).region) == ("LK", "LK")
    assert [read(told(tweet(geo=odd))).region for odd in (None, {"place_id": "p9"}, {"place_id": ["p1"]}, "Colombo")] == [""] * 4
