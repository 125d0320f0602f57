"""What X pushes: its stream with one rule a watch, its signed calls, and the batches by which it says what is gone."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.collectors.x import ABILITIES, build, posts_from
from amends.core.errors import AccessDenied, CredentialsRefused, HookRefused, PaymentRequired, QueryRefused, RateLimited, Unreachable
from amends.core.ports import Account, Page
from amends.core.pushing import Hook
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Answer, Fault, Replay, Request, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
FERRY = Watch(kind=WatchKind.SEARCH, query="ferry OR pier")
POST = {"id": "2024770000000000000", "text": "the ferry", "author_id": "7102", "edit_history_tweet_ids": ["2024770000000000000"]}
OURS = {"matching_rules": [{"id": "11", "tag": "amends"}]}
STORED = "/storage/list"


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def account(server: Replay | None = None, **credentials: str) -> Account:
    base = {"base_url": server.url} if server else {}
    return Account(
        handle="NorthPier",
        credentials={"bearer_token": "b", "consumer_secret": "secret", **credentials},
        options={"user_id": "7001"} | base,
    )


def lines(*told: object) -> bytes:
    return b"\r\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in told) + b"\r\n"


class Stream:
    """X's side of a stream: its rules, and what comes over it."""

    def __init__(self, server: Replay, body: bytes = b"", rules: list[dict[str, str]] | None = None, status: int = 200) -> None:
        self.body, self.status, self.fault = body, status, Fault.NONE
        self.rules = rules or []
        server.answer = self.hear

    def hear(self, request: Request) -> Answer:
        if not request.path.endswith("/rules"):
            return Answer(body=self.body, status=self.status, fault=self.fault)
        if request.method == "GET":
            return Answer(body=json.dumps({"data": self.rules, "meta": {}} if self.rules else {"meta": {}}).encode())
        told: dict[str, Any] = json.loads(request.body)
        added = [rule | {"id": "11"} for rule in told.get("add", [])]
        gone = told.get("delete", {}).get("ids", [])
        self.rules = [rule for rule in self.rules if rule["id"] not in gone] + added
        return Answer(status=201, body=json.dumps({"data": added, "meta": {}}).encode())


def collected(server: Replay, stopping: Callable[[], bool] = lambda: False) -> list[Page]:
    """Listen until the stream ends or nobody wants to hear more."""
    found: list[Page] = []
    with suppress(Unreachable):
        found.extend(build(account(server), lambda: NOW).listen(FERRY, None, stopping=stopping))
    return found


def test_a_stream_brings_posts_and_a_broken_line_does_no_harm(server: Replay) -> None:
    Stream(
        server,
        lines(
            {"data": POST} | OURS,
            b"",
            b'{"data": {"id": "1',
            {"data": POST | {"id": "2024770000000000001", "edit_history_tweet_ids": []}} | OURS,
        ),
    )
    pages = collected(server)
    assert [post.external_id for page in pages for post in page.posts] == ["2024770000000000000", "2024770000000000001"]
    assert [trouble for page in pages for trouble in page.troubles] == ["line 2: this is not JSON"]
    assert sum(page.reads for page in pages) == 2
    asked = server.requests[-1]
    assert asked.path == "/2/tweets/search/stream"
    assert asked.headers["authorization"] == "Bearer b"
    assert "referenced_tweets.id" in asked.asked["expansions"]
    assert "backfill_minutes" not in asked.asked


def test_a_rule_is_made_once_and_another_s_is_shared(server: Replay) -> None:
    stream = Stream(server, rules=[{"id": "5", "value": "something else", "tag": "theirs"}])
    for _ in range(2):
        collected(server)
    assert [(rule["id"], rule["value"]) for rule in stream.rules] == [("5", "something else"), ("11", "ferry OR pier")]
    assert stream.rules[-1]["tag"].startswith("amends ")
    theirs = Stream(
        server, lines({"data": POST, "matching_rules": [{"id": "7"}]}), rules=[{"id": "7", "value": "ferry OR pier", "tag": "theirs"}]
    )
    assert [post.external_id for page in collected(server) for post in page.posts] == [POST["id"]]
    assert len(theirs.rules) == 1


def test_what_only_other_rules_found_is_passed_over(server: Replay) -> None:
    Stream(server, lines({"data": POST, "matching_rules": [{"id": "99"}]}))
    assert not any(page.posts for page in collected(server))


def test_who_stops_listening_takes_the_rule_away_and_leaves_others_rules(server: Replay) -> None:
    stream = Stream(server, lines({"data": POST} | OURS))
    assert collected(server, stopping=lambda: True) == []
    assert stream.rules == []
    theirs = Stream(server, rules=[{"id": "7", "value": "ferry OR pier", "tag": "theirs"}])
    collected(server, stopping=lambda: True)
    assert len(theirs.rules) == 1


@pytest.mark.parametrize(
    ("farewell", "kind"),
    [
        (
            {"errors": [{"title": "operational-disconnect", "detail": "This stream has been disconnected for operational reasons."}]},
            Unreachable,
        ),
        ({"errors": [{"title": "UsageCapExceeded", "detail": "Usage cap exceeded: Monthly"}]}, PaymentRequired),
        ({"errors": ["odd"]}, Unreachable),
    ],
)
def test_a_farewell_is_told_in_x_s_words(server: Replay, farewell: dict[str, Any], kind: type[Exception]) -> None:
    Stream(server, lines(farewell))
    with pytest.raises(kind, match=r"operational reasons|Monthly|ended"):
        list(build(account(server), lambda: NOW).listen(FERRY, None, stopping=lambda: False))


@pytest.mark.parametrize(("status", "kind"), [(401, CredentialsRefused), (403, AccessDenied), (429, RateLimited), (503, Unreachable)])
def test_a_stream_that_is_refused_says_why(server: Replay, status: int, kind: type[Exception]) -> None:
    Stream(server, b'{"detail": "because"}', status=status)
    with pytest.raises(kind, match="because"):
        next(iter(build(account(server), lambda: NOW).listen(FERRY, None, stopping=lambda: False)))


def test_a_query_that_is_no_rule_is_refused_in_x_s_words(server: Replay) -> None:
    told = {"errors": [{"title": "Invalid Rule", "details": ["Operator is not available here"], "value": "x"}], "meta": {}}
    server.answer = lambda request: Answer(body=json.dumps({"meta": {}} if request.method == "GET" else told).encode())
    with pytest.raises(QueryRefused, match="not available here"):
        next(iter(build(account(server), lambda: NOW).listen(FERRY, None, stopping=lambda: False)))


def test_only_the_app_can_listen_and_only_to_a_search(server: Replay) -> None:
    collector = build(replace(account(server), credentials={}), lambda: NOW)
    with pytest.raises(CredentialsRefused, match="bearer"):
        next(iter(collector.listen(FERRY, None, stopping=lambda: False)))
    with pytest.raises(QueryRefused):
        collector.listen(Watch(kind=WatchKind.MENTIONS), None, stopping=lambda: False)
    assert ABILITIES.streams == {WatchKind.SEARCH}


def test_lost_minutes_are_asked_for_where_the_contract_has_them(server: Replay) -> None:
    Stream(server)
    ours = account(server)
    collector = build(replace(ours, options={**ours.options, "backfill_minutes": "9"}), lambda: NOW)
    with pytest.raises(Unreachable):
        list(collector.listen(FERRY, None, stopping=lambda: False))
    assert server.requests[-1].asked["backfill_minutes"] == "5"


def signed(body: bytes, secret: bytes = b"secret") -> str:
    return f"sha256={b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()}"


def call(body: object, headers: Mapping[str, str] | None = None) -> Hook:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Hook(method="POST", headers={"x-twitter-webhooks-signature": signed(sent)} if headers is None else headers, query={}, body=sent)


def test_x_s_challenge_is_answered() -> None:
    told = build(account(), lambda: NOW).hear(Hook(method="GET", headers={}, query={"crc_token": "challenge"}))
    assert json.loads(told.answer) == {"response_token": signed(b"challenge")}
    assert told.answer_type == "application/json"
    assert told.harvest.posts == ()


@pytest.mark.parametrize(
    "hook",
    [
        Hook(method="GET", headers={}, query={}),
        Hook(method="GET", headers={}, query={"crc_token": "x" * 2000}),
        Hook(method="GET", headers={}, query={"crc_token": json.dumps({"data": POST})}),
        Hook(method="GET", headers={}, query={"crc_token": "challenge\n"}),
        Hook(method="PUT", headers={}, query={}),
        call({"data": POST}, headers={}),
        call({"data": POST}, headers={"x-twitter-webhooks-signature": signed(b"another body")}),
        call({"data": POST}, headers={"x-twitter-webhooks-signature": signed(json.dumps({"data": POST}).encode(), b"guess")}),
        call({"data": POST}, headers={"x-twitter-webhooks-signature": "sha256=\u1234"}),
        call(b"[" * 100_000),
        call(b" " * (1024 * 1024 + 1)),
    ],
)
def test_a_call_that_x_did_not_sign_or_cannot_mean_is_refused(hook: Hook) -> None:
    with pytest.raises(HookRefused):
        build(account(), lambda: NOW).hear(hook)


def test_without_the_consumer_secret_nothing_can_be_believed() -> None:
    with pytest.raises(HookRefused, match="consumer secret"):
        build(account(consumer_secret=""), lambda: NOW).hear(call({"data": POST}))


def test_a_post_that_the_filtered_stream_calls_in_is_heard() -> None:
    told = build(account(), lambda: NOW).hear(call({"data": POST} | OURS))
    assert [post.external_id for post in told.harvest.posts] == [POST["id"]]
    assert told.delivery_id
    assert told.answer == ""


def activity(**fields: Any) -> dict[str, Any]:
    """Return a post in the form of X's first API."""
    return {
        "created_at": "Fri Feb 20 09:20:00 +0000 2026",
        "id_str": "2024771002168246272",
        "id": 2024771002168246272,
        "text": "@NorthPier where is my ferry &amp; my bag? h…",
        "truncated": True,
        "extended_tweet": {
            "full_text": "@NorthPier where is my ferry &amp; my bag? https://t.co/a",
            "entities": {
                "user_mentions": [{"screen_name": "NorthPier", "id_str": "7001"}],
                "urls": [{"url": "https://t.co/a", "expanded_url": "https://example.org/bag"}],
            },
            "extended_entities": {"media": [{"id_str": "9", "type": "photo", "media_url_https": "https://example.org/bag.jpg"}]},
        },
        "user": {"id_str": "7102", "screen_name": "cy_waits", "name": "Cy", "followers_count": 12, "protected": False},
        "lang": "en",
        **fields,
    }


def test_the_account_activity_of_the_first_api_becomes_posts_that_can_be_read_again() -> None:
    quoted = activity(
        id_str="2024770000000000000",
        id=2024770000000000000,
        extended_tweet=None,
        text="good morning",
        user={"id_str": "7001", "screen_name": "NorthPier"},
    )
    body = {
        "for_user_id": "7001",
        "tweet_create_events": [
            activity(),
            activity(id_str="2024771002168246273", in_reply_to_status_id_str="2024771002168246272", in_reply_to_user_id_str="7102"),
            activity(
                id_str="2024771002168246274",
                quoted_status_id_str="2024770000000000000",
                quoted_status=quoted,
                extended_tweet=None,
                text="oh",
            ),
            activity(id_str="2024771002168246275", retweeted_status=quoted),
            {"id_str": "no"},
        ],
        "tweet_delete_events": [{"status": {"id": "2024760000000000000", "user_id": "7102"}, "timestamp_ms": "1"}, {"status": None}],
    }
    told = build(account(), lambda: NOW).hear(call(body)).harvest
    first, answer, quote, share, lost = told.posts
    assert first.text == "@NorthPier where is my ferry & my bag? https://example.org/bag"
    assert (first.author.handle, first.author.followers, first.language_hint) == ("cy_waits", 12, "en")
    assert first.published_at == datetime(2026, 2, 20, 9, 20, tzinfo=UTC)
    assert first.mentions == ("NorthPier",)
    assert [medium.url for medium in first.media] == ["https://example.org/bag.jpg"]
    assert first.can_reply
    assert answer.parent_id == first.external_id
    assert quote.quoted_id == share.shared_id == "2024770000000000000"
    assert quote.can_reply
    assert not share.can_reply
    assert (lost.external_id, lost.deleted) == ("2024760000000000000", True)
    assert len(told.troubles) == 1
    assert all(posts_from(post.raw, account()).posts == (post,) for post in told.posts[:4])


class Compliance:
    """X's side of batch compliance: one job, its upload and what it found."""

    def __init__(self, server: Replay, *, status: str = "complete", found: bytes = b"", place: str = "") -> None:
        self.status, self.found = status, found
        self.uploads: list[bytes] = []
        self.jobs: list[dict[str, str]] = []
        self.place = place or server.url + STORED
        server.answer = self.hear

    def hear(self, request: Request) -> Answer:
        if request.path == STORED:
            return self._stored(request)
        if request.method == "POST":
            job = {
                "id": str(len(self.jobs) + 1),
                "name": json.loads(request.body)["name"],
                "status": "created",
                "created_at": NOW.isoformat(),
            }
            self.jobs.append(job | {"upload_url": self.place, "download_url": self.place})
            return Answer(body=json.dumps({"data": self.jobs[-1]}).encode())
        one = request.path.rpartition("/")[2]
        told = {"data": next(job for job in self.jobs if job["id"] == one)} if one.isdigit() else {"data": self.jobs} if self.jobs else {}
        return Answer(body=json.dumps(told).encode())

    def _stored(self, request: Request) -> Answer:
        if request.method == "PUT":
            assert "authorization" not in request.headers
            self.uploads.append(request.body)
            self.jobs[-1]["status"] = self.status
            return Answer()
        return Answer(body=self.found)


def test_a_batch_says_which_posts_are_gone(server: Replay) -> None:
    found = lines(
        {"id": "3", "action": "delete", "reason": "deleted"},
        {"id": "5", "action": "delete", "reason": "suspended"},
        {"id": "7", "action": "delete", "reason": "scrub_geo"},
        {"id": "99", "action": "delete", "reason": "deleted"},
    )
    x = Compliance(server, found=found)
    posts = build(account(server), lambda: NOW).recheck(["7", "5", "3", "5", "no id"])
    assert [(post.external_id, post.deleted, post.text) for post in posts] == [("3", True, ""), ("5", True, "")]
    assert x.uploads == [b"3\n5\n7"]


def test_a_batch_that_takes_a_while_is_taken_up_again_and_not_sent_twice(server: Replay) -> None:
    x = Compliance(server, status="in_progress", found=lines({"id": "3", "action": "delete", "reason": "deleted"}))
    for _ in range(2):
        with pytest.raises(RateLimited) as raised:
            build(account(server), lambda: NOW).recheck(["3", "5"])
        assert raised.value.until == NOW + timedelta(minutes=1)
    x.jobs[-1]["status"] = "complete"
    assert [post.external_id for post in build(account(server), lambda: NOW).recheck(["5", "3"])] == ["3"]
    assert len(x.uploads) == len(x.jobs) == 1
    with pytest.raises(RateLimited):
        build(account(server), lambda: NOW + timedelta(days=1)).recheck(["5", "3"])
    assert len(x.jobs) == 2


@pytest.mark.parametrize("found", [b"<html>", b'{"id": "3", "action": "del', b"7"])
def test_a_list_that_cannot_be_read_deletes_nothing(server: Replay, found: bytes) -> None:
    Compliance(server, found=found)
    if found == b"7":
        assert build(account(server), lambda: NOW).recheck(["3"]) == ()
    else:
        with pytest.raises(Unreachable):
            build(account(server), lambda: NOW).recheck(["3"])


@pytest.mark.parametrize(
    "place",
    [
        "http://169.254.169.254/latest",
        "https://storage.googleapis.com.evil.example/x",
        "file:///etc/passwd",
        "http://storage.googleapis.com/x",
    ],
)
def test_ids_are_sent_nowhere_but_to_x_s_storage(server: Replay, place: str) -> None:
    Compliance(server, place=place)
    with pytest.raises(Unreachable, match="no place of its own"):
        build(account(server), lambda: NOW).recheck(["3"])


def test_nothing_to_look_up_asks_nothing_and_the_app_is_needed(server: Replay) -> None:
    before = len(server.requests)
    assert build(account(server), lambda: NOW).recheck([]) == ()
    with pytest.raises(CredentialsRefused):
        build(account(server, bearer_token=""), lambda: NOW).recheck(["3"])
    assert len(server.requests) == before


def test_a_stream_too_is_asked_for_in_the_spelling_that_x_understands(server: Replay) -> None:
    stream = Stream(server, lines({"data": POST} | OURS))

    def answer(request: Request) -> Answer:
        refused = {"errors": [{"message": "The query parameter [tweet.fields] is not one of [id,post.fields]"}]}
        return Answer(status=400, body=json.dumps(refused).encode()) if "tweet.fields" in request.asked else stream.hear(request)

    server.answer = answer
    assert [post.external_id for page in collected(server) for post in page.posts] == [POST["id"]]
    assert "referenced_posts.id" in server.requests[-1].asked["expansions"]
