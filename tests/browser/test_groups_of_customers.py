"""One story: somebody asks for a group of customers, keeps it, and makes one of them a member of an association, all by keyboard."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.screens import enter
from tests.door import Door
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(180)]
BEYOND = "document.querySelector('main').scrollWidth - document.querySelector('main').clientWidth"


def ask(page: Page) -> None:
    """Type a query, its field by the suggestions, until its size is shown."""
    page.goto("/segments")
    box = page.get_by_role("combobox", name="A query of customers")
    box.press_sequentially("own")
    expect(page.get_by_role("option", name="owner:")).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    box.press_sequentially("none")
    expect(page.locator("#found input[name=q]")).to_have_value("owner:none")
    expect(page.locator(".segment-size")).to_contain_text("customers")


def keep(page: Page) -> None:
    """Keep what was asked, for everybody, and open it."""
    name = page.get_by_label("Keep it as")
    name.fill("Known to nobody")
    page.get_by_label("for everybody").check()
    name.press("Enter")
    page.get_by_role("link", name="Known to nobody").click()
    expect(page.get_by_role("link", name="Their open cases")).to_be_visible()


def make_a_member(page: Page) -> None:
    """Add an association and its first member."""
    page.goto("/organisations")
    name = page.get_by_label("Name", exact=True)
    name.fill("Union of Fishers")
    name.press("Enter")
    expect(page.get_by_role("heading", name="Union of Fishers")).to_be_visible()
    page.get_by_label("A name, @handle, or any query of customers").press_sequentially('name:"customer 3"')
    page.get_by_role("button", name="Add Customer 3").press("Enter")
    expect(page.locator("#shown")).to_contain_text("Customer 3")


def test_a_group_is_asked_for_kept_and_one_of_it_made_a_member(chromium: Browser, shown: Door) -> None:
    with serving(shown.app) as address:
        page = enter(chromium, shown, address, width=1440, theme="light")
        ask(page)
        keep(page)
        make_a_member(page)
        page.set_viewport_size({"width": 320, "height": 844})
        assert page.evaluate(BEYOND) <= 0
        page.context.close()
