"""What every network's collector does, found by its file: reads a page, survives a broken one, names every failure, answers once."""

import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from amends.cli.translating.texts import template
from amends.collectors import abilities, build, load
from amends.core.errors import (
    AccessDenied,
    CredentialsRefused,
    NetworkError,
    PaymentRequired,
    QueryRefused,
    RateLimited,
    ReplyRefused,
    SettingsWrong,
    Unreachable,
)
from amends.core.read_only import NO_ANSWERS as TAKES_NONE
from amends.core.read_only import no_reply
from amends.core.watching import Watch, WatchKind
from tests.contract.cases import NOW, Case, those
from tests.replay_server import Fault, Replay, replay_server

STATUSES: tuple[tuple[int, type[NetworkError]], ...] = (
    (401, CredentialsRefused),
    (402, PaymentRequired),
    (403, AccessDenied),
    (451, AccessDenied),
    (404, QueryRefused),
    (400, QueryRefused),
    (302, QueryRefused),
    (418, QueryRefused),
    (408, Unreachable),
    (500, Unreachable),
    (502, Unreachable),
    (503, Unreachable),
    (522, Unreachable),
)
NOT_JSON = (
    b"<!doctype html><title>Down for maintenance</title>",
    b'{"data": [{"id": "1',
    b"",
    b"null",
    b"7",
    b'"ok"',
    b"[]",
    b"{}",
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"data": null, "meta": null}',
    b'{"data": "x", "json": []}',
)

NO_ANSWERS = (b"{}", b'{"error": "down"}', b'{"errors": [{"detail": "over capacity"}]}', b'{"json": {"errors": [["RATELIMIT", "", ""]]}}')
"""What networks say with status 200 where they should not."""


@cache
def texts() -> frozenset[str]:
    """Return the texts of the code that can be translated."""
    return frozenset(str(one.id) for one in template())


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


@pytest.fixture
def case(request: pytest.FixtureRequest, server: Replay) -> Case:
    server.requests.clear()
    return Case(network=request.param, server=server)


@those()
def test_a_page_is_read_whole(case: Case) -> None:
    page = case.collector("page").fetch(case.watch, None, budget=100)
    ids = [post.external_id for post in page.posts]
    assert len(set(ids)) == len(ids)
    assert page.reads == case.expected.get("reads", len(ids))
    assert not page.troubles
    assert {post.network for post in page.posts} == {case.network}
    assert all(post.published_at.tzinfo is UTC for post in page.posts)
    assert all(post.permalink.startswith((case.server.url, "https://")) for post in page.posts)
    assert json.loads(json.dumps(page.cursor)) == page.cursor


@those()
def test_a_raw_body_gives_the_same_post_again(case: Case) -> None:
    read = load(case.network).posts_from
    for post in case.collector("page").fetch(case.watch, None, budget=100).posts:
        assert read(post.raw, case.account()).posts == (post,)


@those(show="own")
def test_our_own_posts_are_known_as_our_own(case: Case) -> None:
    assert case.post("own").is_own
    assert not case.post("complaint").is_own


@those(lambda able: able.replies)
def test_a_complaint_that_names_us_may_be_answered(case: Case) -> None:
    complaint = case.post("complaint")
    assert complaint.can_reply
    assert complaint.root_id == case.draft().root_id
    assert complaint.author.handle == case.expected["author"]
    names = {case.account().handle, "NorthPier", "NorthPierCare"}
    assert any(name in complaint.mentions for name in names) is case.expected["named"]
    assert "&" in complaint.text
    assert "&amp;" not in complaint.text


@those(show="share")
def test_a_share_names_what_it_shares(case: Case) -> None:
    assert case.post("share").shared_id


@those(show="answer")
def test_an_answer_knows_its_parent_and_the_root_of_its_thread(case: Case) -> None:
    answer = case.post("answer")
    assert answer.parent_id
    assert answer.root_id == case.draft().root_id != answer.external_id


@those(show="edited")
def test_an_edited_post_has_its_first_id_its_newest_words_and_both_times(case: Case) -> None:
    edited = case.post("edited")
    assert "refund" in edited.text
    assert (edited.published_at, edited.edited_at) == (NOW - timedelta(hours=2, minutes=40), NOW - timedelta(hours=2, minutes=38))


@those(show="unanswerable")
def test_a_post_that_may_not_be_answered_says_why(case: Case) -> None:
    post = case.post("unanswerable")
    assert not post.can_reply
    assert len(post.why_no_reply) > 20
    told = {TAKES_NONE if post.why_no_reply.endswith(no_reply("")) else post.why_no_reply}
    assert told <= texts(), "wrap it: N_('…')"


@those()
def test_an_empty_page_is_no_trouble(case: Case) -> None:
    page = case.collector("empty").fetch(case.watch, None, budget=100)
    assert (page.posts, page.more, page.reads, page.troubles) == ((), False, case.expected["reads_of_nothing"], ())


@those()
def test_what_cannot_be_read_on_a_page_is_named_and_the_rest_is_good(case: Case) -> None:
    page = case.collector("broken").fetch(case.watch, None, budget=100)
    assert [post.text for post in page.posts] == [case.expected["fine"]]
    assert len(page.troubles) >= 4
    assert not any("a parent" in trouble for trouble in page.troubles)


@those()
def test_a_second_visit_after_an_empty_one_goes_no_less_far_back(case: Case) -> None:
    now = [NOW]
    collector = build(case.network, case.account(first_days="0.5"), lambda: now[0])
    case.say(case.body("empty"))
    first = collector.fetch(case.watch, None, budget=100)
    case.say(case.body("page"))
    now[0] = NOW + timedelta(days=1)
    second = collector.fetch(case.watch, first.cursor, budget=100)
    assert case.expected["complaint"] in {post.external_id for post in second.posts}


@those()
def test_nothing_is_read_twice_in_a_quiet_hour(case: Case) -> None:
    first = case.collector("page").fetch(case.watch, None, budget=100)
    assert not first.more
    again = case.collector(case.expected["again"]).fetch(case.watch, first.cursor, budget=100)
    assert again.posts == ()


@those(show="limit")
@pytest.mark.parametrize("budget", [0, 1, 37, 100, 100_000])
def test_a_budget_bounds_what_is_asked_for(case: Case, budget: int) -> None:
    case.collector("empty").fetch(case.watch, None, budget=budget)
    asked = int(case.requests[-1].asked[case.expected["limit"]])
    assert 1 <= asked <= max(case.expected["least"], min(budget, 100))


@those()
@pytest.mark.parametrize("kind", WatchKind)
def test_a_watch_that_the_network_has_not_is_refused_and_the_others_are_read(case: Case, kind: WatchKind) -> None:
    collector = case.collector("page")
    if kind in load(case.network).WATCHES:
        assert collector.fetch(Watch(kind=kind, query=case.watch.query or "northpier"), None, budget=100).posts
    else:
        with pytest.raises(QueryRefused):
            collector.fetch(Watch(kind=kind, query="northpier"), None, budget=100)


@those()
@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_a_refusal_becomes_its_error_after_one_request(case: Case, status: int, kind: type[NetworkError]) -> None:
    collector = case.collector()
    case.say(b'{"detail": "because of this", "error": 1}', status)
    before = len(case.requests)
    with pytest.raises(kind, match=r"because of this|no such place") as raised:
        collector.fetch(case.watch, None, budget=100)
    assert type(raised.value) is kind
    assert len(case.requests) == before + 1


@those()
@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_a_refusal_without_readable_words_is_the_same_error(case: Case, status: int, kind: type[NetworkError]) -> None:
    collector = case.collector()
    for body in (b"", b"<html>", b'{"error": 401}', b"[]", b'"x"', b'{"errors": 3}'):
        case.say(body, status)
        with pytest.raises(kind) as raised:
            collector.fetch(case.watch, None, budget=100)
        assert str(raised.value)


@those()
@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({}, NOW + timedelta(seconds=60)),
        ({"retry-after": "4"}, NOW + timedelta(seconds=4)),
        ({"retry-after": "Fri, 20 Feb 2026 12:05:00 GMT"}, NOW + timedelta(minutes=5)),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 900)}, NOW + timedelta(minutes=15)),
        ({"x-ratelimit-reset": "300", "x-ratelimit-remaining": "0", "x-ratelimit-used": "600"}, NOW + timedelta(minutes=5)),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) - 5)}, NOW + timedelta(seconds=60)),
        ({"x-rate-limit-reset": "soon", "retry-after": "later", "x-ratelimit-reset": ""}, NOW + timedelta(seconds=60)),
        ({"x-rate-limit-reset": "9" * 40}, NOW + timedelta(seconds=60)),
    ],
)
def test_a_rate_limit_becomes_a_time_to_come_back(case: Case, headers: Mapping[str, str], until: datetime) -> None:
    collector = case.collector()
    case.say(b"Too Many Requests", 429, headers)
    with pytest.raises(RateLimited) as raised:
        collector.fetch(case.watch, None, budget=100)
    assert raised.value.until == until


@those(show="spent")
def test_the_last_request_of_a_window_is_good_and_says_when_to_come_back(case: Case) -> None:
    in_a_minute = str(int(NOW.timestamp()) + 60)
    collector = case.collector()
    case.say(
        case.body("page"), headers={name: said.replace("{{in_a_minute}}", in_a_minute) for name, said in case.expected["spent"].items()}
    )
    pages = [collector.fetch(case.watch, None, budget=100) for _ in range(2)]
    assert all(page.posts for page in pages)
    assert {page.come_back_at for page in pages} == {NOW + timedelta(seconds=60)}


@those()
@pytest.mark.parametrize("body", NOT_JSON)
def test_an_answer_that_is_not_the_api_s_json_is_no_page(case: Case, body: bytes) -> None:
    collector = case.collector()
    case.say(body, headers={"content-type": "text/html"})
    if body.decode("latin-1") in case.expected["blank"]:
        assert collector.fetch(case.watch, None, budget=100).posts == ()
    else:
        with pytest.raises(Unreachable):
            collector.fetch(case.watch, None, budget=100)
    if abilities(case.network).replies:
        with pytest.raises(Unreachable):
            collector.reply(case.draft())


@those()
@pytest.mark.parametrize("fault", [Fault.HALF, Fault.DROP, Fault.HANG])
def test_a_broken_connection_is_unreachable_and_asked_once(case: Case, fault: Fault) -> None:
    collector = case.collector(time_out="0.2")
    case.say(case.body("page"), fault=fault)
    before = len(case.requests)
    with pytest.raises(Unreachable):
        collector.fetch(case.watch, None, budget=100)
    assert len(case.requests) == before + 1


@those()
def test_a_network_that_is_not_there_is_unreachable(case: Case) -> None:
    for address in ("http://127.0.0.1:9", "http://256.1.1.1", "http://[::1", "ftp://127.0.0.1"):
        collector = build(case.network, case.account(base_url=address, time_out="0.2"), lambda: NOW)
        with pytest.raises(Unreachable):
            collector.fetch(case.watch, None, budget=100)


@those()
def test_a_collector_goes_on_after_every_failure(case: Case) -> None:
    collector = case.collector()
    for status in (500, 429, 403, 402, 404):
        case.say(b"", status)
        with pytest.raises(NetworkError):
            collector.fetch(case.watch, None, budget=100)
    case.say(case.body("page"))
    assert collector.fetch(case.watch, None, budget=100).posts


@those(show="locked")
def test_credentials_that_are_not_entered_are_refused_before_anything_is_asked(case: Case) -> None:
    collector = build(case.network, replace(case.account(), credentials={}), lambda: NOW)
    before = len(case.requests)
    with pytest.raises(CredentialsRefused):
        collector.fetch(case.watch, None, budget=100)
    assert len(case.requests) == before


@those()
def test_credentials_never_show(case: Case) -> None:
    account = replace(case.account(), credentials={"password": "hunter2", "bearer_token": "hunter2"})
    assert "hunter2" not in repr(account)


@those(lambda able: able.replies)
def test_a_reply_is_published_once(case: Case) -> None:
    wanted = case.told("draft")["published_id"]
    before = len(case.requests)
    published = case.collector("reply").reply(case.draft())
    assert published.external_id == wanted
    assert published.permalink.startswith((case.server.url, "https://"))
    assert published.published_at == NOW - timedelta(hours=2)
    assert len(case.requests) == before + 1


@those(lambda able: able.replies and able.finds_replies)
def test_a_published_reply_is_found_again(case: Case) -> None:
    published = case.collector("reply").reply(case.draft())
    found = case.collector("own").find_reply(case.draft())
    assert found is not None
    assert (found.external_id, found.permalink) == (published.external_id, published.permalink)


@those(lambda able: able.replies and not able.finds_replies)
def test_where_nothing_can_be_looked_for_a_second_try_is_left_to_a_person(case: Case) -> None:
    with pytest.raises(ReplyRefused):
        case.collector("empty").find_reply(case.draft())


@those(lambda able: able.replies and able.finds_replies)
def test_a_reply_that_never_went_out_is_not_found(case: Case) -> None:
    draft = case.draft()
    collector = case.collector("own")
    assert collector.find_reply(replace(draft, text="Something else")) is None
    assert collector.find_reply(replace(draft, parent_id=case.expected["own"])) is None
    assert case.collector(case.expected["unanswered"]).find_reply(draft) is None


@those(lambda able: able.replies and able.finds_replies)
@pytest.mark.parametrize("private", [False, True])
def test_an_answer_that_is_none_says_nothing_of_a_reply_that_may_be_out(case: Case, *, private: bool) -> None:
    draft = replace(case.draft(), private=private and abilities(case.network).private)
    for body in NO_ANSWERS:
        collector = case.collector()
        case.say(body)
        with pytest.raises(NetworkError):
            collector.find_reply(draft)


@those(lambda able: able.replies)
def test_a_reply_that_the_network_will_not_take_says_so_in_its_words(case: Case) -> None:
    told = case.told("refused")
    collector = case.collector()
    case.say(json.dumps(told["body"]).encode(), told["status"])
    with pytest.raises(ReplyRefused, match=case.told("refused")["says"]):
        collector.reply(case.draft())


@those(lambda able: able.replies)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ReplyRefused),
        (401, CredentialsRefused),
        (402, PaymentRequired),
        (403, ReplyRefused),
        (404, ReplyRefused),
        (409, ReplyRefused),
        (429, RateLimited),
        (500, Unreachable),
        (503, Unreachable),
    ],
)
def test_a_reply_that_fails_becomes_its_error_after_one_request(case: Case, status: int, kind: type[NetworkError]) -> None:
    collector = case.collector()
    case.say(b"<html>", status)
    before = len(case.requests)
    with pytest.raises(kind) as raised:
        collector.reply(case.draft())
    assert type(raised.value) is kind
    assert len(case.requests) == before + 1


@those(lambda able: able.replies and able.finds_replies)
def test_a_reply_whose_answer_never_arrives_may_be_out_and_is_found(case: Case) -> None:
    collector = case.collector(time_out="0.2")
    case.say(case.body("reply"), fault=Fault.HANG)
    with pytest.raises(Unreachable):
        collector.reply(case.draft())
    case.say(case.body("own"))
    assert collector.find_reply(case.draft()) is not None


@those(lambda able: able.threads)
def test_a_thread_is_in_order_of_time_and_of_one_root(case: Case) -> None:
    posts = case.collector("thread").thread(case.draft().root_id)
    assert posts[0].external_id == case.draft().root_id
    assert [post.published_at for post in posts] == sorted(post.published_at for post in posts)
    assert {post.root_id for post in posts} == {case.draft().root_id}


@those(lambda able: able.threads)
def test_an_answer_that_is_no_thread_is_not_taken_for_an_empty_one(case: Case) -> None:
    for body in NO_ANSWERS:
        collector = case.collector()
        case.say(body)
        case.server.requests.clear()
        with suppress(NetworkError):
            collector.thread(case.draft().root_id)
            assert not case.requests


@those(lambda able: able.refreshes)
def test_a_post_that_is_no_longer_shown_comes_back_deleted(case: Case) -> None:
    told = case.expected
    posts = {post.external_id: post for post in case.collector("refresh").refresh([told["complaint"], told["gone"]])}
    assert not posts[told["complaint"]].deleted
    assert posts[told["gone"]].deleted
    assert posts[told["gone"]].text == ""


@those(lambda able: able.refreshes)
def test_nothing_is_taken_for_deleted_where_the_network_fails(case: Case) -> None:
    for body in (b"", b"{}", b"[]", b'{"error": "down"}'):
        if body.decode() in case.expected["blank"]:
            continue
        collector = case.collector()
        case.say(body)
        with pytest.raises(Unreachable):
            collector.refresh([case.expected["complaint"]])


@those(lambda able: able.refreshes)
@pytest.mark.parametrize("status", [302, 400, 418, 503])
def test_a_refusal_of_the_question_says_of_nothing_that_it_is_deleted(case: Case, status: int) -> None:
    collector = case.collector()
    case.say(b"<html>", status)
    with suppress(NetworkError):
        assert not any(post.deleted for post in collector.refresh([case.expected["complaint"]]))


@those()
def test_our_standing_is_ours(case: Case) -> None:
    standing = case.collector("me").check()
    assert standing.user_id == case.account().options["user_id"]
    assert standing.can_reply is abilities(case.network).replies
    assert standing.warnings == ()


@those(show="login")
def test_a_login_of_another_account_is_a_warning(case: Case) -> None:
    case.say(case.body("me"))
    standing = build(case.network, replace(case.account(), handle="SouthPier"), lambda: NOW).check()
    assert "SouthPier" in standing.warnings[0]


@those(lambda able: able.replies)
def test_the_length_of_a_reply_is_counted(case: Case) -> None:
    collector = case.collector()
    assert collector.reply_length("") == 0
    assert collector.reply_length("abc") == 3
    assert collector.max_reply_length >= 280


def test_an_unknown_network_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsWrong, match="reddit"):
        load("geocities")


@those()
def test_an_answer_that_drips_or_comes_packed_is_the_same_page(case: Case) -> None:
    collector = case.collector()
    wanted = case.collector("page").fetch(case.watch, None, budget=100).posts
    case.say(gzip.compress(case.body("page")), headers={"content-encoding": "gzip"}, fault=Fault.DRIP)
    assert collector.fetch(case.watch, None, budget=100).posts == wanted


@those()
def test_an_answer_that_drips_for_ever_is_unreachable(case: Case) -> None:
    collector = case.collector(time_out="0.1")
    case.say(case.body("page") + b" " * 20_000, fault=Fault.DRIP)
    with pytest.raises(Unreachable, match="does not end"):
        collector.fetch(case.watch, None, budget=100)


@those()
def test_a_packed_answer_that_is_broken_is_unreachable(case: Case) -> None:
    collector = case.collector()
    case.say(b"not gzip at all", headers={"content-encoding": "gzip"})
    with pytest.raises(Unreachable):
        collector.fetch(case.watch, None, budget=100)
