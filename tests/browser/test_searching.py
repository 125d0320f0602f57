"""Searching as a person does: results while one types, the address follows, the command bar leads there."""

import re

import pytest
from playwright.sync_api import Route, expect

from amends.inbox.actions.search_index import read_batch
from tests.browser.desktop import Desktop

pytestmark = [pytest.mark.browser, pytest.mark.soak]


def test_results_come_as_one_types_and_the_command_bar_leads_to_all_of_them(desktop: Desktop) -> None:  # noqa: PLR0915 - one whole story
    with desktop.door.pool.transaction() as conn:
        read_batch(conn)
    page = desktop.page
    page.goto("/settings/profile")
    page.keyboard.press("/")
    page.wait_for_url("**/search")  # and until its scripts are there: the box has the focus before
    expect(page.get_by_label("Words")).to_be_focused()
    page.get_by_label("Words").press_sequentially("ba")
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_label("Among").select_option("note")
    expect(page.locator(".search-hit")).to_have_count(1)
    expect(page).to_have_url(f"{desktop.address}/search?q=ba&kind=note")
    page.reload()
    expect(page.get_by_label("Words")).to_have_value("ba")
    page.wait_for_function("document.activeElement.id === 'search-words' && document.activeElement.selectionStart === 2")
    expect(page.locator("mark")).to_have_text(["bag"])

    page.keyboard.press("Control+k")
    page.keyboard.type("Doha")
    page.get_by_role("option", name="Search everything").click()
    expect(page.locator("mark")).to_have_text(["Doha"])
    page.set_viewport_size({"width": 320, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.goto("/search?q=lost")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_what_is_on_its_way_is_neither_taken_for_found_nor_for_nothing(desktop: Desktop) -> None:
    """Older results are pale while newer ones are on their way, and the command bar says "nothing" only when all were asked."""
    with desktop.door.pool.transaction() as conn:
        read_batch(conn)
    page, held = desktop.page, list[Route]()
    page.goto("/search?q=bag")
    page.route(re.compile(r"/(search|find)\?"), lambda route: held.append(route))  # noqa: PLW0108 - a builtin cannot be marked by Playwright
    page.get_by_label("Words").press_sequentially(" x")
    expect(page.locator("#results")).to_have_attribute("aria-busy", "true")
    held[-1].continue_()
    expect(page.locator("#results:not([aria-busy])")).to_be_attached()
    page.keyboard.press("Control+k")
    with page.expect_request(re.compile("/find")):
        page.locator("#command-words").fill("Doha zz")
    expect(page.locator("#command-says")).to_be_empty()
    held[-1].fulfill(body="")
    expect(page.locator("#command-says")).to_have_text("Nothing is called so")
