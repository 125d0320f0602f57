"""What may stand in a macro, and how it is filled in."""

import pytest

from amends.core.errors import Refused
from amends.inbox.rules.macro_text import check, fill
from amends.inbox.rules.macros import About, Fits, fits

VALUES: dict[str, str | int] = {"customer.name": "Cy <b>Fernando</b>", "customer.first_name": "Cy", "lang": "ta", "urgency": 70}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {{ customer.name }}", "Hello Cy <b>Fernando</b>"),
        ('{% if lang == "ta" %}வணக்கம் {{ customer.first_name }}{% else %}Hello{% endif %}', "வணக்கம் Cy"),
        ("{% if urgency > 50 and lang in ['ta', 'si'] %}Now{% endif %}", "Now"),
        ("About {{ topic | default('it', true) }}", "About it"),
        ("About {{ topic | default('it') }}, {{ urgency | default(5) }}", "About it, 70"),
        ("{% if urgency | default(0) > 60 and topic == '' %}Now{% endif %}", "Now"),
        ("100 % of {braces} stay", "100 % of {braces} stay"),
    ],
)
def test_a_macro_is_filled_in_as_plain_text(text: str, filled: str) -> None:
    check(text)
    assert fill(text, VALUES) == filled


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "needs some words"),
        ("x" * 5_001, "at most 5,000"),
        ("Hello {{ customer.nmae }}", r"did you mean \{\{ customer.name \}\}"),
        ("Hello {{ customer }}", r"did you mean \{\{ customer.name \}\}"),
        ("{{ xyzzy }}", "there are customer.name"),
        ("{{ ''.__class__.__mro__ }}", "There is no"),
        ("{{ customer.name.__class__ }}", "There is no"),
        ("{% for x in lang %}{{ x }}{% endfor %}", "for is none of them"),
        ("{{ 9 ** 9 ** 9 }}", "pow is none of them"),
        ("{{ 'a' * 999999999 }}", "mul is none of them"),
        ("{{ lang() }}", "call is none of them"),
        ("{% set lang = 1 %}", "assign is none of them"),
        ("{{ lang | attr('x') }}", "no filter"),
        ("{% include 'login.html' %}", "include is none of them"),
        ("{{ lang", "cannot be read"),
        ("{% if lang %}", "cannot be read"),
        ("{{ " + "(" * 2_000 + " }}", "too many conditions|cannot be read"),
        ("{{ " + "not " * 1_000 + "lang }}", "too many conditions"),
        ("{{lang}}" * 610, "too many variables"),
        ("{% if lang == 'ta' %}{% if urgency > '60' %}Now{% endif %}{% endif %}", "a number and words cannot be compared"),
        ("{{ 'a' if lang < 5 }}", "a number and words cannot be compared"),
        ("{{ 'a' if urgency == '70' }}", "without quotation marks"),
    ],
)
def test_what_is_no_macro_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        check(text)


@pytest.mark.parametrize(
    ("macro", "expected"),
    [
        (Fits(), True),
        (Fits(languages=("ta",)), True),
        (Fits(languages=("si",)), False),
        (Fits(networks=("x",), topic_ids=(3,), least_urgency=40), True),
        (Fits(networks=("mastodon",)), False),
        (Fits(topic_ids=(4,)), False),
        (Fits(least_urgency=60), False),
    ],
)
def test_a_macro_is_offered_only_where_the_case_fits(macro: Fits, *, expected: bool) -> None:
    assert fits(macro, About(language="ta-Latn", network="x", topic_ids={3}, urgency=50)) is expected
