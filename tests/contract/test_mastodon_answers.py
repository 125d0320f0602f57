"""Answers on Mastodon: whom they name, who may see them, with pictures, once."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from amends.core.errors import (
    AccessDenied,
    ReplyRefused,
    Unreachable,
)
from amends.core.ports import Attachment, Draft
from tests.contract.mastodon_talk import DRAFT, answer, collector, routed, status
from tests.replay_server import Replay, Request, replay_server


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


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


def test_a_text_of_any_size_is_counted_at_once(server: Replay) -> None:
    began = time.thread_time()
    for hostile in ("@" + "a" * 200_000, "@a" * 100_000, "http://" * 50_000, "@a@" + "." * 200_000):
        assert collector(server).reply_length(hostile)
    assert time.thread_time() - began < 5
