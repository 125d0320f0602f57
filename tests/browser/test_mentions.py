"""Ada mentions Bo in a note: he sees it at once, opens it where it is, and it is read in his second tab too."""

import re

import pytest
from playwright.sync_api import Page, expect

from amends.api.auth import SESSION_COOKIE
from amends.inbox.actions.notify import notify
from tests.browser.desktop import Desktop
from tests.crew import a_team

pytestmark = [pytest.mark.browser, pytest.mark.soak]


def work(desktop: Desktop) -> None:
    """Let the worker tell people what happened."""
    with desktop.door.pool.transaction() as conn:
        while notify(conn, now=desktop.door.now):
            pass


def tabs_of_bo(desktop: Desktop) -> tuple[Page, Page]:
    """Open two tabs of Bo's own browser, both with their stream up."""
    browser = desktop.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=desktop.address)
    token = desktop.door.visitor(desktop.door.who.bo).cookies[SESSION_COOKIE]
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": desktop.address}])
    first, second = context.new_page(), context.new_page()
    for page, path in ((first, "/inbox"), (second, "/notifications")):
        page.goto(path)
        page.wait_for_selector("body[data-live=yes]")
    return first, second


def test_a_mention_is_offered_told_at_once_opened_and_read_in_every_tab(desktop: Desktop) -> None:
    who = desktop.door.who
    with desktop.door.pool.transaction() as conn:
        a_team(conn, "Baggage", members=[who.ada, who.mia])
    work(desktop)
    page, (first, second) = desktop.open(f"/inbox/{who.plain}"), tabs_of_bo(desktop)
    ada_mentions_bo(page)
    work(desktop)
    bo_sees_it_in_both_tabs(first, second)
    first.bring_to_front()
    first.locator(".popped-one a, #glance .told-one a").first.click()
    expect(first.locator(f"#case[data-case='{who.plain}'] .mention.me")).to_have_text("@Bo")
    expect(second.locator("#bell")).to_have_attribute("aria-label", "Notifications")
    expect(second).to_have_title(re.compile(r"^Notifications"))
    expect(second.locator("#told .told-one.unread")).to_have_count(0)


def test_a_list_that_was_asked_for_by_a_letter_less_takes_no_newer_one_away(desktop: Desktop) -> None:
    held = desktop.hold(re.compile(r"/mentionable$"))
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("n")
    page.keyboard.type("@")
    first = desktop.next_held(held)
    page.keyboard.type("b")
    first.continue_()
    expect(page.locator("#mentionable [role=option]")).to_have_text(["Bo"])
    assert held == []


def ada_mentions_bo(page: Page) -> None:
    page.keyboard.press("n")
    page.keyboard.type("Mail me@bo, and @b")
    expect(page.locator("#mentionable [role=option]")).to_have_text([re.compile("Bo"), re.compile("Baggage")])
    page.keyboard.press("ArrowDown")
    expect(page.locator("#mentionable [aria-selected=true]")).to_contain_text("Baggage")
    expect(page.locator("#note-text")).to_have_attribute("aria-activedescendant", "mention-1")
    page.keyboard.press("Escape")
    expect(page.locator("#mentionable")).to_be_hidden()
    expect(page.locator("#note-text")).to_be_focused()
    page.keyboard.type("o")
    expect(page.locator("#mentionable [role=option]")).to_have_text(["Bo"])
    page.keyboard.press("Enter")
    expect(page.locator("#note-text")).to_have_value("Mail me@bo, and @Bo ")
    page.keyboard.type("see her bag")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .mention")).to_have_text("@Bo")


def bo_sees_it_in_both_tabs(first: Page, second: Page) -> None:
    for tab in (first, second):
        expect(tab.locator("#bell")).to_have_attribute("aria-label", "Notifications, 1 not read")
        expect(tab).to_have_title(re.compile(r"^\(1\) "))
    expect(second.locator("#told .told-one.unread")).to_contain_text("Ada mentioned you")
    first.bring_to_front()
    first.locator("#bell").click()
    expect(first.locator("#glance .told-one.unread")).to_contain_text("see her bag")
