"""Topics and relevance by keyboard: `t` finds and gives a topic, `x` says "not for us", `u` takes both back."""

import re

import pytest
from playwright.sync_api import expect

from amends.api.auth import SESSION_COOKIE
from amends.core.database import fetch_values
from tests.browser.desktop import Desktop
from tests.desk import Desk
from tests.teaching import topic

pytestmark = pytest.mark.browser


def with_topics(desktop: Desktop) -> None:
    door = desktop.door
    with door.pool.transaction() as conn:
        desk = Desk(conn=conn, source_id=door.who.source_id, agent_id=door.who.ada, now=door.now)
        for name in ("Lounges", "Luggage", "Meals"):
            topic(desk, name)


def test_a_topic_is_found_by_typing_given_by_enter_and_taken_back(desktop: Desktop) -> None:
    with_topics(desktop)
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("t")
    expect(page.get_by_role("heading", name="What is it about?")).to_be_visible()
    page.keyboard.type("lug")
    expect(page.locator("#topics li:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".topics .chip.topic")).to_contain_text("Luggage")
    expect(page.locator("#topics")).to_be_hidden()
    page.keyboard.press("u")
    expect(page.locator(".topics .chip.topic")).to_have_count(0)


@pytest.mark.soak
def test_arrows_walk_through_the_topics_and_nothing_found_is_said(desktop: Desktop) -> None:
    with_topics(desktop)
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("t")
    page.keyboard.type("zzz")
    expect(page.get_by_text("No topic is called so")).to_be_visible()
    for _ in range(3):
        page.keyboard.press("Backspace")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".topics .chip.topic")).to_contain_text("Luggage")


@pytest.mark.soak
def test_x_says_not_for_us_and_u_takes_it_back(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("x")
    expect(page.locator("#toasts")).to_contain_text("Not for us")
    expect(page.locator("#case-head")).to_have_attribute("data-status", "dismissed")
    page.keyboard.press("u")
    expect(page.locator("#case-head")).to_have_attribute("data-status", "open")


def test_what_is_written_while_an_example_is_on_its_way_stays_and_follows_it(desktop: Desktop) -> None:
    with_topics(desktop)
    with desktop.door.pool.transaction() as conn:
        [topic_id] = fetch_values(conn, "select id from topics where name = 'Meals'")
    token = desktop.door.visitor(desktop.door.who.mia).cookies[SESSION_COOKIE]
    desktop.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": desktop.address}])
    held = desktop.hold(re.compile("/examples$"))
    page = desktop.open(f"/settings/topics/{topic_id}")
    field = page.get_by_label("A sentence about it, in any language")
    field.fill("The soup was cold")
    field.press("Enter")
    first = desktop.next_held(held)
    field.fill("No vegetarian meal on board")
    first.continue_()
    expect(page.locator("#shown")).to_contain_text("The soup was cold")
    expect(field).to_have_value("No vegetarian meal on board")
    field.press("Enter")
    desktop.next_held(held).continue_()
    expect(page.locator("#shown")).to_contain_text("No vegetarian meal on board")
    expect(field).to_have_value("")
