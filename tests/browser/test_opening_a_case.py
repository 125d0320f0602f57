"""What a click in the list asks for and draws: the case, once, with all that is beside it."""

import pytest
from playwright.sync_api import expect

from tests.browser.desktop import Desktop

pytestmark = pytest.mark.browser

WATCH = """() => {
  window.written = 0;
  new MutationObserver((all) => (window.written += all.filter(({ target }) => target.id === "reply-length").length)).observe(
    document.body, { childList: true, subtree: true });
}"""


def test_a_case_comes_in_one_answer_that_says_how_long_its_empty_box_is(desktop: Desktop) -> None:
    page, asked, case = desktop.page, list[str](), f"/inbox/{desktop.door.who.plain}"
    page.clock.install()
    desktop.open()
    page.evaluate(WATCH)
    page.on("request", lambda request: asked.append(request.url.removeprefix(desktop.address)) if request.resource_type == "xhr" else None)
    page.locator(f"#row-{desktop.door.who.plain} a").click()
    expect(page.locator("#case-title")).to_be_focused()
    page.clock.run_for(400)
    assert page.evaluate("written") == 0
    assert case in asked
    assert [one for one in asked if one.startswith("/customers")] == []
