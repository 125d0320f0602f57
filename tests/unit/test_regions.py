"""A country is known by whatever code or English name it goes by; another place stays what it is called."""

import pytest

from amends.core.regions import LONGEST, region_of


@pytest.mark.parametrize(
    ("told", "region"),
    [
        ("LK", "LK"),
        (" lk ", "LK"),
        ("LKA", "LK"),
        ("sri  lanka", "LK"),
        ("UK", "GB"),
        ("usa", "US"),
        ("Northern\tProvince", "Northern Province"),
        ("வடக்கு", "வடக்கு"),
        ("ZZ", "ZZ"),
        ("x" * 500, "x" * LONGEST),
        ("\x00\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("", ""),
        (None, ""),
        (["LK"], ""),
    ],
)
def test_a_text_names_a_region(told: object, region: str) -> None:
    assert region_of(told) == region
