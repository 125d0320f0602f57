"""Ada goes through the merge desk by keyboard: looks, keeps two apart, merges two, takes both back."""

import pytest
from playwright.sync_api import Page, expect

from amends.core.database import fetch_values
from amends.inbox.actions.find_same import find_same
from tests.browser.desktop import Desktop
from tests.people import a_person, a_way, set_field

pytestmark = pytest.mark.browser


def _two_suggestions(desktop: Desktop) -> None:
    with desktop.door.pool.transaction() as conn:
        one = a_person(conn, "Nimal Perera", handle="nimal_far_away")
        other = a_person(conn, "නිමල් පෙරේරා", handle="NimalFarAway", network="reddit")
        set_field(conn, one.id, tags=["vip"])
        set_field(conn, other.id, tags=["bags"])
        a_person(conn, "Tigist Bekele", handle="blue_tiger_moon")
        a_person(conn, "Someone", handle="bluetigermoon", network="mastodon")
        a_way(conn, other.id, "nimal@mail.example")
        while find_same(conn, now=desktop.door.now):
            pass


def _merged(desktop: Desktop) -> int:
    with desktop.door.pool.transaction() as conn:
        return fetch_values(conn, "select count(*)::int from customers where merged_into is not null")[0]


def _suggestions(page: Page, count: int) -> None:
    expect(page.locator(".match-list li")).to_have_count(count)


def test_two_are_kept_apart_two_are_merged_and_both_is_taken_back_by_keyboard(desktop: Desktop) -> None:
    _two_suggestions(desktop)
    page = desktop.open("/customers/merge")
    _suggestions(page, 2)
    first = page.locator("#match-title").inner_text()
    page.keyboard.press("j")
    expect(page.locator(".match-list li:nth-child(2) a")).to_have_attribute("aria-current", "true")
    page.keyboard.press("k")
    expect(page.locator(".match-list li:nth-child(1) a")).to_have_attribute("aria-current", "true")
    assert page.locator("#match-title").inner_text() == first

    page.keyboard.press("d")
    _suggestions(page, 1)
    page.keyboard.press("m")
    expect(page.locator(".match-list .empty")).to_be_visible()
    assert _merged(desktop) == 1

    page.keyboard.press("u")
    _suggestions(page, 1)
    assert _merged(desktop) == 0
    page.keyboard.press("u")
    _suggestions(page, 2)
