"""Whatever people post, the shipped model leaves each post with a verdict or a look, and loses none."""

import pytest

from amends.core.database import fetch_values
from amends.core.ports import Classifier
from amends.inbox.actions.triage import triage_pending
from amends.triage.loading import classifier_of
from tests.cast import NOON, POLICY, a_post
from tests.desk import Desk

LONG = 40_000
ODD = {
    "empty": "",
    "blanks": " \t\n" * 50,
    "emoji": "😡😡👩\u200d👩\u200d👧🏽",
    "link": "https://a.example/only",
    "name": "@someone",
    "NUL": "my \x00 bag \x00\x00 is lost",
    "control": "\x01\x02\x1b[31mmy bag is lost\x7f\x9f",
    "zero width": "m\u200by b\u200da\u200cg i\ufeffs lost\u2060",
    "nothing but zero width": "\u200b\u200d\ufeff" * 100,
    "right to left": "\u202e!tsol si gab ym\u202c \u2067أين حقيبتي\u2069",
    "Zalgo": "".join(letter + "\u0337\u0321\u0322\u031b\u0357" * 20 for letter in "my bag is lost"),
    "half surrogates": "\ud83d my bag \udc00\udc00 is lost \ud83d",
    "split emoji": "my bag is lost \ud83d\ude21",
    "CJK": "漢字" * 1_000,
    "long words": "my bag is lost " * (LONG // 15),
    "one long word": "x" * LONG,
    "digits": "1 " * (LONG // 2),
    "many at": "@a" * (LONG // 2),
    "many marks": "\u0337" * LONG,
    "private use": "\ue000\U000f0000\U0010fffd" * 30,
    "not characters": "\ufffe\uffff\U0001ffff my bag is lost",
}


@pytest.fixture(scope="module")
def shipped() -> Classifier:
    return classifier_of("")


def test_a_batch_of_odd_posts_is_triaged_whole(desk: Desk, shipped: Classifier) -> None:
    desk.collect(*(a_post(text) for text in ODD.values()), a_post("You lost my bag, this is the worst airline ever"))
    done = triage_pending(desk.conn, classifier=shipped, policy=POLICY, clock=lambda: NOON)

    assert done == len(ODD) + 1
    assert fetch_values(desk.conn, "select count(*) from posts where triaged_at is null") == [0]
    assert fetch_values(desk.conn, "select count(*) from verdicts") == [done]
    assert fetch_values(desk.conn, "select count(*) from verdicts where model = 'none'") == [0]
    assert "negative" in fetch_values(desk.conn, "select sentiment from verdicts where not needs_look")


@pytest.mark.parametrize("name", ODD)
def test_an_odd_post_alone(desk: Desk, shipped: Classifier, name: str) -> None:
    desk.collect(a_post(ODD[name]))
    assert triage_pending(desk.conn, classifier=shipped, policy=POLICY, clock=lambda: NOON) == 1
    assert fetch_values(desk.conn, "select count(*) from verdicts") == [1]
