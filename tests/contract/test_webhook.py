"""The network `webhook`: what its schema says, how odd posts are told, and replies that go out signed."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Signer

from amends.collectors import webhook
from amends.core.errors import ReplyRefused, SettingsWrong, Unreachable
from amends.core.ports import Account, Draft
from tests.contract.cases import NOW
from tests.receiver import receiving

SCHEMA = Path(__file__).parents[2] / "docs" / "networks" / "webhook.schema.json"
KEY = b"written for the tests of replies"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
DRAFT = Draft(parent_id="w-1", root_id="w-1", text="We look into it.", key="key-7", since=NOW - timedelta(hours=1))


def ours(**options: str) -> Account:
    return Account(handle="reviews", credentials={"secret": SECRET}, options=options)


def a_post(**facts: object) -> dict[str, Any]:
    return {"id": "1", "text": "Hm", "author": {"id": "c", "handle": "cy"}, "published_at": "2026-02-20T09:00:00Z"} | facts


def test_the_schema_in_the_docs_is_the_one_that_is_served() -> None:
    assert json.loads(SCHEMA.read_text()) == webhook.schema()


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"text": None}, "text"),
        ({"published_at": "2026-02-20T09:00:00"}, "published_at"),
        ({"author": {"id": "", "handle": "cy"}}, "author.id"),
        ({"texts": "a slip of the pen"}, "texts"),
        ({"metrics": {"likes": -1}}, "metrics.likes"),
        ({"id": "x" * 300}, "id"),
        ({"text": "x" * 100_001}, "text"),
        ({"deleted": "perhaps"}, "deleted"),
    ],
)
def test_a_post_that_does_not_fit_is_told_by_its_field(facts: dict[str, object], why: str) -> None:
    harvest = webhook.posts_from([a_post(), a_post(**facts)], ours())
    assert len(harvest.posts) == 1
    assert f"post 1: {why}" in harvest.troubles[0]


def test_hostile_words_come_through_as_words_the_database_takes() -> None:
    [post] = webhook.posts_from(a_post(text="a\x00b\ud800", url="javascript:alert(1)", media=[{"url": "file:///etc/passwd"}]), ours()).posts
    assert (post.text, post.permalink, post.media) == ("ab\N{REPLACEMENT CHARACTER}", "", ())


@pytest.mark.parametrize("dated", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"])
def test_a_post_that_is_dated_beyond_all_calendars_costs_no_other(dated: str) -> None:
    harvest = webhook.posts_from([a_post(published_at=dated), a_post(edited_at=dated), a_post()], ours())
    assert (len(harvest.posts), len(harvest.troubles)) == (1, 2)
    assert "beyond all calendars" in harvest.troubles[0]


def test_a_post_that_is_nested_without_end_costs_no_other() -> None:
    for depth in (50, 400, 900, 3000):
        body = b"[" + json.dumps(a_post()).encode() + b', {"id": ' + b"[" * depth + b"]" * depth + b"}]"
        harvest = webhook.posts_from(body, ours())
        assert harvest.troubles
        assert len(harvest.posts) in {0, 1}


def test_an_id_may_be_a_number_and_a_whole_post_may_say_that_it_is_gone() -> None:
    posts = webhook.posts_from([a_post(id=7), a_post(id=8, deleted=True), a_post(id=9, deleted=False)], ours()).posts
    assert [(post.external_id, post.deleted) for post in posts] == [("7", False), ("8", True), ("9", False)]


def test_too_many_posts_in_one_call_are_refused() -> None:
    assert "more than 1,000" in webhook.posts_from([a_post()] * 1001, ours()).troubles[0]


def test_a_program_says_where_a_post_comes_from() -> None:
    told = [a_post(id="1", region="lka"), a_post(id="2", region=" Northern Province "), a_post(id="3")]
    assert [post.region for post in webhook.posts_from(told, ours()).posts] == ["LK", "Northern Province", ""]


def test_our_own_posts_are_context() -> None:
    assert webhook.posts_from(a_post(author={"id": "us", "handle": "np"}), ours(user_id="us")).posts[0].is_own


def test_a_reply_goes_out_signed_and_under_its_key() -> None:
    with receiving() as receiver:
        account = ours(reply_url=f"http://127.0.0.1:{receiver.port}/replies")
        published = webhook.build(account, lambda: NOW).reply(DRAFT)
        [request] = receiver.received
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert request.json == {
        "type": "reply.created",
        "key": "key-7",
        "parent_id": "w-1",
        "root_id": "w-1",
        "text": "We look into it.",
    }
    assert headers["webhook-id"] == "key-7"
    assert headers["webhook-signature"] == Signer(KEY).sign("key-7", NOW, request.body.decode())
    assert (published.external_id, published.published_at) == ("reply-key-7", NOW)


@pytest.mark.parametrize(("status", "kind"), [(422, ReplyRefused), (500, Unreachable), (302, ReplyRefused)])
def test_a_receiver_that_does_not_take_it_says_whether_to_try_again(status: int, kind: type[Exception]) -> None:
    with receiving() as receiver:
        receiver.statuses = [status]
        receiver.headers = {"location": receiver.url}
        with pytest.raises(kind):
            webhook.build(ours(reply_url=f"http://127.0.0.1:{receiver.port}/replies"), lambda: NOW).reply(DRAFT)


def test_without_an_address_nothing_can_be_answered_and_posts_say_so() -> None:
    with pytest.raises(ReplyRefused):
        webhook.build(ours(), lambda: NOW).reply(DRAFT)
    [post] = webhook.posts_from(a_post(), ours()).posts
    assert not post.can_reply
    assert "no address" in post.why_no_reply
    assert webhook.posts_from(a_post(), ours(reply_url="https://shop.example/r")).posts[0].can_reply


@pytest.mark.parametrize("secret", ["short", "whsec_%%%", "whsec_c2hvcnQ="])
def test_a_secret_that_is_none_is_a_wrong_setting(secret: str) -> None:
    with pytest.raises(SettingsWrong):
        webhook.build(Account(handle="reviews", credentials={"secret": secret})).check()


def test_our_standing_says_what_is_missing() -> None:
    assert webhook.build(ours(reply_url="https://shop.example/r")).check().can_reply
    assert "every call is refused" in webhook.build(Account(handle="reviews")).check().warnings[0]
