"""The length of a post as X counts it."""

import pytest

from amends.collectors._x_length import weighted_length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Two hours late.", 15),
        ("caf\u00e9", 4),
        ("cafe\u0301", 4),
        ("\u2018quoted\u2019 \u2014 dash\u2026", 17),
        ("\u0d9a\u0ddc\u0dc4\u0ddc\u0db8\u0daf", 6),
        ("\u0ba4\u0bae\u0bbf\u0bb4\u0bcd", 5),
        ("\u1230\u120b\u121d", 6),
        ("\u65e5\u672c", 4),
        ("\U0001f621", 2),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", 2),
        ("\U0001f44b\U0001f3fd", 2),
        ("\U0001f1f1\U0001f1f0", 2),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2),
        ("1\ufe0f\u20e3", 2),
        ("\u2764\ufe0f", 2),
        ("12 # *", 6),
        ("https://ferries.example/a/very/long/path?with=a&query=string#here", 23),
        ("see https://ferries.example.", 28),
        ("(https://ferries.example/late)", 25),
        ("https://ferries.example/pier_(north)", 23),
        ("https://ferries.example/late\u65e5\u672c", 27),
        ("https://ferries.example/late\u1362", 25),
        ("\u0db6\u0dbd\u0db1\u0dca\u0db1https://ferries.example/late", 28),
        ("http://ferries.example/a https://ferries.example/b", 47),
        ("ferries.com", 23),
        ("ferries.co.jp", 23),
        ("http://192.168.0.1/late?for=hours", 23),
        ("http://\u2603.net/", 23),
        ("http://ferries.example?from=a", 23),
        ("www.ferries.com/late", 23),
        ("mail me at care@ferries.com", 27),
        ("late.again", 10),
        ("e.g. this", 9),
        ("it.is what", 10),
        ("@NorthPier", 10),
        ("a" * 280, 280),
    ],
)
def test_a_text_has_the_length_that_x_counts(text: str, length: int) -> None:
    assert weighted_length(text) == length
