"""A query by keyboard: suggested as one types, taken with Enter, kept as a view with one click, deleted and taken back."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desktop import Desktop

pytestmark = pytest.mark.browser


def pick(page: Page, typed: str, offered: str) -> None:
    """Type, and take the first suggestion, which must be the one that is expected."""
    page.keyboard.type(typed)
    expect(page.get_by_role("option").first).to_have_text(re.compile(f"^{offered}"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_a_query_is_typed_with_help_and_what_cannot_be_read_is_told(desktop: Desktop) -> None:
    page = desktop.open()
    box = page.locator("#search")
    page.keyboard.press("/")
    page.keyboard.press("Escape")  # the box is left as it was, as the list is
    expect(box).not_to_be_focused()
    page.keyboard.press("/")
    expect(box).to_have_value("status:open")
    page.keyboard.press("End")
    pick(page, " moo", "mood:")
    pick(page, "neg", "negative")
    expect(box).to_have_value("status:open mood:negative ")
    expect(page.locator("#rows .row")).to_have_count(9)
    page.keyboard.type("mod:x")
    page.keyboard.press("Enter")
    expect(page.get_by_text("do you mean “mood:”?")).to_be_visible()
    expect(box).to_have_value("status:open mood:negative mod:x")


@pytest.mark.parametrize("meant", ["Enter", "Tab"])
def test_a_word_that_is_not_whole_leaves_the_list_until_it_is_meant(desktop: Desktop, meant: str) -> None:
    page = desktop.open("/inbox?q=mood:negative")
    rows, trouble = page.locator("#rows .row"), page.get_by_text("This query cannot be read")
    expect(rows).to_have_count(9)
    page.locator("#search").focus()
    page.keyboard.press("End")
    with page.expect_response(re.compile(r"/inbox\?q=.*topic")) as asked:
        page.keyboard.type(" topic:nonse")
    assert "This query cannot be read" in asked.value.text()
    expect(rows).to_have_count(9)
    expect(trouble).to_have_count(0)
    page.keyboard.press(meant)
    expect(trouble).to_be_visible()
    expect(rows).to_have_count(0)
    expect(page.locator("#search")).to_have_value("mood:negative topic:nonse")


def test_a_view_that_was_chosen_goes_on_counting_and_is_called_as_a_colleague_calls_it_now(desktop: Desktop) -> None:
    mia = desktop.door.visitor(desktop.door.who.mia)
    wished = {"q": "mood:negative", "sort": "newest", "audience": "all"}
    kept = mia.post("/views", data=wished | {"name": "Cross"})
    view = json.loads(kept.headers["HX-Trigger"])["toast"]["undo"].split("/")[2]
    desktop.page.clock.install()
    page = desktop.open()
    saved = page.locator("#views .saved a")
    saved.click()
    expect(page.locator("#rows .row")).to_have_count(9)
    mia.post(f"/views/{view}", data=wished | {"name": "Furious"})
    page.clock.run_for(20_000)
    expect(saved).to_contain_text("Furious")
    expect(saved).to_be_focused()


def test_a_list_is_called_as_the_view_that_it_was_kept_as_and_no_more_when_that_is_deleted(desktop: Desktop) -> None:
    page = desktop.open("/inbox?q=mood:negative")
    saved, head = page.locator("#views .saved a"), page.locator(".list-head h1")
    before = head.inner_text()
    page.locator(".filters summary").click()
    page.get_by_role("button", name="Save as a view").click()
    expect(head).to_have_text("mood:negative")
    expect(saved).to_have_attribute("aria-current", "page")
    page.locator("#views .changing summary").click()
    page.get_by_role("button", name="Delete").click()
    expect(head).to_have_text(before)


@pytest.mark.soak
def test_what_is_shown_is_kept_with_one_click_deleted_and_brought_back(desktop: Desktop) -> None:
    page = desktop.open("/inbox?q=mood:negative")
    saved = page.locator("#views .saved a")
    page.locator(".filters summary").click()
    page.get_by_role("button", name="Save as a view").click()
    expect(saved).to_contain_text("mood:negative")
    page.locator("#views .changing summary").click()
    page.get_by_role("button", name="Delete").click()
    expect(saved).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(saved).to_have_count(1)
