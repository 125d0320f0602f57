"""A case is put off, many are selected and put aside, and all of it is taken back, by keys alone."""

import pytest
from playwright.sync_api import Page, expect

from amends.core.clock import utc_now
from amends.worker.names import Task
from tests.browser.desktop import Desktop
from tests.workplace import Workplace

pytestmark = [pytest.mark.browser, pytest.mark.soak]


def _work(desktop: Desktop) -> None:
    place = Workplace(pool=desktop.door.pool)
    place.now = utc_now()
    place.perform(Task.JOBS)


def _choose_all_and_the_same_again(page: Page) -> None:
    """Select all that match, which stays so while the page goes on, then the three of before."""
    page.get_by_role("button", name="all that match").click()
    expect(page.locator("#bulk-all")).to_contain_text("that match are selected")
    expect(page.locator("#bulk-in [name=all]")).to_have_value("1")
    page.keyboard.press("Shift+J")
    expect(page.locator("[data-selected]")).to_have_text("3")
    expect(page.locator("#bulk-in [name=all]")).to_have_value("")


def test_cases_are_put_off_and_put_aside_and_taken_back_by_keys(desktop: Desktop) -> None:
    desktop.door.now = utc_now()
    case_id = desktop.door.who.plain
    page = desktop.open(f"/inbox/{case_id}")

    page.keyboard.press("s")
    expect(page.locator("#snooze li button").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".status")).to_contain_text("Snoozed")
    page.keyboard.press("h")
    expect(page.locator("#thread .event", has_text="snoozed the case until")).to_have_count(2)
    page.keyboard.press("n")
    page.keyboard.type("Put off.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread")).to_contain_text("Put off.")
    page.keyboard.press("Escape")
    for _time in range(3):
        page.keyboard.press("u")
    expect(page.locator(".status")).to_contain_text("Waiting for us")


def test_many_cases_are_put_aside_and_taken_back_by_keys(desktop: Desktop) -> None:
    desktop.door.now = utc_now()
    page = desktop.open()
    page.locator("#rows .row a").first.focus()
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    expect(page.locator("[data-selected]")).to_have_text("3")
    page.evaluate("document.dispatchEvent(new CustomEvent('list-shown'))")  # the same list, drawn anew
    expect(page.locator("#rows [data-mark]:checked")).to_have_count(3)
    _choose_all_and_the_same_again(page)
    page.locator("#bulk-deed").select_option("dismiss")
    before = page.locator("#rows .row").count()
    page.locator("#bulk-do").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("3 cases: put aside")
    _work(desktop)
    expect(page.locator("#bulk")).to_contain_text("3 cases done")
    page.locator("#main").focus()
    page.keyboard.press("u")
    expect(page.locator("#toasts")).to_contain_text("Taking it back")
    _work(desktop)
    page.reload()
    expect(page.locator("#rows .row")).to_have_count(before)


def test_escape_closes_only_what_lies_uppermost_and_gives_the_focus_back(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.set_viewport_size({"width": 1100, "height": 844})
    page.keyboard.press("v")
    page.keyboard.press("i")
    expect(page.locator("#case.with-customer")).to_be_attached()
    page.keyboard.press("Escape")
    expect(page.locator("#case.with-customer")).not_to_be_attached()
    expect(page.locator("#rows [data-mark]:checked")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#rows [data-mark]:checked")).to_have_count(0)
    page.set_viewport_size({"width": 1440, "height": 844})
    for button, menu in (("#bell", "#notices"), ("[popovertarget=away]", "#away")):
        page.locator(button).press("Enter")
        page.locator(f"{menu}:popover-open :is(a, select, button)").first.focus()
        page.keyboard.press("Escape")
        expect(page.locator(menu)).to_be_hidden()
        expect(page.locator(button)).to_be_focused()
