"""A session ends in the middle of a reply: the draft stays, one signs in beside it, and goes on in the same page."""

import re

import pytest
from playwright.sync_api import Page, expect

from amends.core.database import execute
from tests.accounts import PASSWORD, eve
from tests.browser.desktop import Desktop

pytestmark = pytest.mark.browser


def sign_in_on(page: Page) -> None:
    page.get_by_label("E-mail").fill("eve@amends.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def test_an_expired_session_costs_no_word_of_a_reply(desktop: Desktop) -> None:  # noqa: PLR0915 - one whole story
    eve(desktop.door)
    desktop.context.clear_cookies()
    page = desktop.page
    page.goto(f"/login?next=/inbox/{desktop.door.who.plain}")
    sign_in_on(page)
    page.wait_for_selector("body[data-live=yes]")
    page.fill("#reply-text", "We look into it today")
    with desktop.door.pool.transaction() as conn:
        execute(conn, "delete from sessions")
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Your session has ended")
    expect(dialog).to_be_visible()
    expect(page.locator("#form-reply [data-saved]")).to_have_text("kept in this browser: sign in again")
    with desktop.context.expect_page() as opened:
        dialog.get_by_role("link", name="Sign in in a new tab").click()
    sign_in_on(opened.value)
    expect(dialog).to_be_hidden()
    expect(page.locator("#form-reply [data-saved]")).to_have_text("saved for the team")
    expect(page).to_have_url(re.compile(rf"/inbox/{desktop.door.who.plain}"))
    expect(page.locator("#reply-text")).to_have_value("We look into it today")
    page.locator("#reply-text").press("Control+Enter")
    expect(page.locator(".reply")).to_contain_text("On its way")
    assert desktop.replies().count("We look into it today") == 1
