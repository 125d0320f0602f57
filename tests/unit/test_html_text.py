"""HTML from networks becomes the text that people read, whatever state it is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.html_text import text_of


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("   ", ""),
        ("plain words", "plain words"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("one<p>two<p>three", "one\n\ntwo\n\nthree"),
        ("one<br>two", "one\ntwo"),
        ('see <a href="https://x.example/a/b">https://x.exa...</a>', "see https://x.example/a/b"),
        ('see <a href="https://x.example/a">our page</a>', "see our page"),
        ('see <a href="javascript:alert(1)">https://x...</a>', "see https://x..."),
        ("<ul><li>one</li><li>two</li></ul>", "* one\n* two"),
        ("<script>alert(1)</script>seen<style>p{}</style>", "seen"),
        ("half \ud83d\x00 here", "half \N{REPLACEMENT CHARACTER} here"),
        ("<b>unclosed <i>words", "unclosed words"),
        ("வணக்கம் &#3007; አማርኛ", "வணக்கம் \u0bbf አማርኛ"),
    ],
)
def test_html_becomes_text(html: str, text: str) -> None:
    assert text_of(html) == text


def test_a_tower_of_tags_is_no_trouble() -> None:
    assert "top" in text_of("<div>" * 5_000 + "top" + "</div>" * 5_000)


@given(st.text())
def test_any_text_becomes_text(html: str) -> None:
    assert "\x00" not in text_of(html)
