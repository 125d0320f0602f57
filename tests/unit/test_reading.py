"""Foreign JSON is read without being believed."""

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core import reading

ODD: list[Any] = [None, True, 0, -1, 1.5, math.nan, math.inf, "", "x", "9" * 5000, [], {}, [[]], {"a": None}, 10**400, "\ud800", "\x00"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=6,
)


@given(value=json_values | st.sampled_from(ODD))
def test_no_value_makes_a_reader_stumble(value: object) -> None:
    assert isinstance(reading.mapping(value), dict)
    assert isinstance(reading.sequence(value), list)
    assert all(isinstance(item, dict) for item in reading.mappings(value))
    assert "\x00" not in reading.text(value)
    assert reading.text(value).encode().decode() == reading.text(value)
    assert isinstance(reading.name(value), str)
    assert reading.whole(value) is None or abs(reading.whole(value) or 0) < 2**63
    assert reading.number(value) is None or math.isfinite(reading.number(value) or 0)
    assert reading.link(value) == "" or reading.link(value).lower().startswith("http")
    moment = reading.moment(value)
    assert moment is None or moment.tzinfo is UTC


def test_a_text_loses_only_what_no_database_takes() -> None:
    assert reading.text("a\x00b\ud83dc\N{PILE OF POO}\t\u200f\x01") == "ab\N{REPLACEMENT CHARACTER}c\N{PILE OF POO}\t\u200f\x01"


@pytest.mark.parametrize(("value", "read"), [(7, 7), ("7", 7), (7.0, 7), (True, None), ("7.5", None), ("\u0667", None), (2**63, None)])
def test_a_whole_number_is_read_from_its_digits_too(value: object, read: int | None) -> None:
    assert reading.whole(value) == read


@pytest.mark.parametrize(
    ("value", "read"), [("4", 4.0), ("599.0", 599.0), (0, 0.0), (-1, None), ("soon", None), ("inf", None), (True, None)]
)
def test_a_number_is_finite_and_not_negative(value: object, read: float | None) -> None:
    assert reading.number(value) == read


@pytest.mark.parametrize("value", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "http:// x", " ", "ftp://x.example"])
def test_only_web_addresses_are_links(value: str) -> None:
    assert reading.link(value) == ""


def test_a_moment_is_read_in_utc() -> None:
    noon = datetime(2026, 2, 20, 12, tzinfo=UTC)
    assert reading.moment("2026-02-20T12:00:00.000Z") == noon
    assert reading.moment("2026-02-20T12:00:00") == noon
    assert reading.moment(noon.astimezone(timezone(timedelta(hours=5.5))).isoformat()) == noon
    assert reading.moment(noon.timestamp()) == noon
    assert reading.moment("Wed Oct 10 20:19:24 +0000 2018") is None
