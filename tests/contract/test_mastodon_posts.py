"""How a status of Mastodon is read: HTML as people read it, boosts, quotes, visibility, pictures, names."""

import time
from dataclasses import replace
from typing import Any

import pytest

from amends.core.post import Media, Visibility
from tests.contract.mastodon_talk import CUT_LINK, ours, read, status


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
    began = time.thread_time()
    for hostile in ("<a" * 200_000, "<!--" * 100_000, "<p><b>" * 50_000, "</p>" * 100_000, "&#" * 200_000, "<" * 10_000_000):
        read(status(content=hostile))
    assert time.thread_time() - began < 10


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
