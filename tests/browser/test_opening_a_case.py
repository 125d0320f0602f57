"""What a click in the list asks for and draws: the case, once, with all that is beside it."""

import re

import pytest
from playwright.sync_api import expect

from amends.core.database import execute
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


def test_the_row_of_a_case_is_not_drawn_anew_for_having_been_read_here(desktop: Desktop) -> None:
    with desktop.door.pool.transaction() as conn:
        execute(conn, "update cases set unread = true where id = %(id)s", {"id": desktop.door.who.plain})
    page = desktop.open()
    row = page.locator(f"#row-{desktop.door.who.plain}")
    expect(row).to_have_class(re.compile("unread"))
    row.evaluate("(row) => void (row.isFirst = true)")
    page.evaluate("document.addEventListener('news-came', () => (document.body.dataset.told = 'yes'))")
    row.locator("a").click()
    page.wait_for_selector("body[data-told]")
    expect(page.locator("#case-title")).to_be_focused()
    expect(row).to_have_class("row is-open")
    assert row.evaluate("(row) => row.isFirst") is True


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1366, 768)])
def test_on_a_low_screen_the_thread_has_the_room_until_somebody_writes(desktop: Desktop, width: int, height: int) -> None:
    page, scroll = desktop.page, desktop.page.locator("#thread-scroll")
    send = page.locator("#form-reply [type=submit][data-send=one]")
    page.set_viewport_size({"width": width, "height": height})
    desktop.open(f"/inbox/{desktop.door.who.talked}")
    expect(send).to_be_hidden()
    assert scroll.evaluate("(it) => it.clientHeight") >= 0.45 * height
    scroll.evaluate("(it) => it.scrollTo(0, it.scrollHeight)")
    page.locator("#reply-text").focus()
    expect(send).to_be_visible()
    page.wait_for_function("(it) => it.scrollHeight - it.scrollTop - it.clientHeight < 2", arg=scroll.element_handle(), polling=50)
    page.locator("#reply-text").fill("On its way.")
    page.locator("#case-title").focus()
    expect(send).to_be_visible()
