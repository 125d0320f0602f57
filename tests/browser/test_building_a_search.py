"""A search is built from words in a browser: by keyboard, with a preview, on a narrow screen, and it lands in the form above."""

import pytest
from playwright.sync_api import expect

from amends.api.auth import SESSION_COOKIE
from tests.browser.desktop import Desktop

pytestmark = [pytest.mark.browser, pytest.mark.soak]


def test_a_search_is_built_by_keyboard_and_lands_in_the_form_above(desktop: Desktop) -> None:
    token = desktop.door.visitor(desktop.door.who.ann).cookies[SESSION_COOKIE]
    desktop.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": desktop.address}])
    desktop.page.set_viewport_size({"width": 320, "height": 800})
    page = desktop.open("/sources")
    page.get_by_text("Watch more").first.press("Enter")
    builder = page.locator("#query-source-1")
    summary = page.locator("details.builder:has(#query-source-1) > summary")
    summary.press("Enter")
    builder.get_by_label("Any of these words").press_sequentially('tern "tern mobile"')
    expect(builder.locator("code.query")).to_have_text('(tern OR "tern mobile") -is:retweet')
    builder.get_by_label("Language").fill("klingon")
    builder.get_by_label("Language").press("Enter")
    expect(builder.locator(".bad-ink")).to_contain_text("no language code")
    builder.get_by_label("Language").fill("en")
    builder.get_by_label("Language").press("Enter")
    expect(builder).to_contain_text("in the language en")
    builder.get_by_role("button", name="Add it to the searches").press("Enter")
    field = page.locator("#search-source-1")
    expect(field).to_have_value('(tern OR "tern mobile") lang:en -is:retweet')
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.get_by_role("button", name="Watch", exact=True).first.press("Enter")
    expect(page.locator("#shown")).to_contain_text('Search: (tern OR "tern mobile") lang:en -is:retweet')
