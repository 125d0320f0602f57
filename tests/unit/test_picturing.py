"""Pictures of the screens: which looks there are, which addresses are one screen, what a picture is called."""

import pytest

from amends.cli.picturing.looks import LOOKS, wanted
from amends.cli.picturing.tour import LINK, file_name, shape
from amends.core.errors import SettingsWrong


def test_all_looks_are_taken_where_none_is_named() -> None:
    assert wanted(()) == list(LOOKS)
    assert [look.name for look in wanted(("dark", "tamil"))] == ["dark", "tamil"]
    assert {"light", "dark", "contrast", "contrast-dark", "phone", "tamil"} <= {look.name for look in LOOKS}


def test_a_look_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(SettingsWrong, match="no look sepia; there are light, dark"):
        wanted(("sepia",))


@pytest.mark.parametrize(
    ("one", "other"),
    [("/inbox/17?view=open", "/inbox/4"), ("/sources/1/budget", "/sources/22/budget"), ("/numbers?days=7", "/numbers")],
)
def test_two_addresses_of_one_screen_are_pictured_once(one: str, other: str) -> None:
    assert shape(one) == shape(other)


def test_each_view_of_the_inbox_is_a_screen_of_its_own() -> None:
    assert shape("/inbox?view=mine&q=x") != shape("/inbox?view=open")
    assert file_name("/inbox?view=mine&q=x") == "inbox-view-mine"
    assert file_name("/") == "start"


def test_links_are_found_in_a_page() -> None:
    page = '<a href="/inbox?view=open&amp;q=1" data-go>x</a> <a class="b" href="/sources#top">y</a> <a href="https://else.example/">z</a>'
    assert LINK.findall(page) == ["/inbox?view=open&amp;q=1", "/sources"]
