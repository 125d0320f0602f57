"""Two agents at one desk: they see each other, only one of them gets the case, and nothing moves under anybody's eyes."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from amends.api.auth import SESSION_COOKIE
from amends.inbox.actions.assign import assign
from amends.inbox.rules.ids import AgentId
from tests.browser.desktop import Desktop
from tests.cast import CY, DEE, a_post
from tests.crew import a_team
from tests.desk import MINUTE

pytestmark = pytest.mark.browser


def bos_page(desktop: Desktop) -> Page:
    """Open a browser of Bo's own."""
    browser = desktop.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=desktop.address)
    token = desktop.door.visitor(desktop.door.who.bo).cookies[SESSION_COOKIE]
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": desktop.address}])
    return context.new_page()


def test_two_agents_see_each_other_and_one_of_them_gets_the_case(desktop: Desktop) -> None:
    path = f"/inbox/{desktop.door.who.plain}"
    page, bo = desktop.open(path), bos_page(desktop)
    bo.goto(path)
    they_see_each_other(page, bo, f"#row-{desktop.door.who.plain}")
    one_of_them_gets_it(desktop)
    the_team_gets_it_and_that_is_taken_back(page)
    bo.close()
    expect(page.locator(".here-line")).to_have_text("")


def they_see_each_other(page: Page, bo: Page, row: str) -> None:
    expect(page.locator(".here-line")).to_have_text("Bo is looking at this")
    expect(bo.locator(".here-line")).to_have_text("Ada is looking at this")
    bo.keyboard.press("r")
    bo.keyboard.type("I will")
    expect(page.locator(".here-line")).to_have_text("Bo is typing a reply")
    expect(page.locator(f"{row} .here.writes")).to_have_attribute("aria-label", "Bo is typing a reply")
    expect(page.locator("#reply-kept")).to_contain_text("Bo is writing this")
    expect(page.locator("#reply-kept q")).to_have_text("I will")
    bo.keyboard.press("Escape")


def one_of_them_gets_it(desktop: Desktop) -> None:
    who, page = desktop.door.who, desktop.page
    expect(page.locator("#assign")).to_contain_text("Unassigned")
    with desktop.door.pool.transaction() as conn:
        a_team(conn, members=[who.ada, who.bo])
    with desktop.door.pool.transaction() as conn:
        assign(conn, case_id=who.plain, assignee_id=who.bo, agent_id=who.bo, now=desktop.door.now)
        with page.expect_request("**/assign"):  # asked for while nobody has it, to the agent's knowledge
            page.keyboard.press("a")
    expect(page.locator(".toast.bad")).to_contain_text(re.compile(r"Bo took it \d+ s ago\."))
    expect(page.locator("#assign")).to_contain_text("Bo")


def the_team_gets_it_and_that_is_taken_back(page: Page) -> None:
    page.keyboard.press("a")
    expect(page.locator("#assign-picker")).to_be_visible()
    expect(page.locator("#assign-choices")).to_contain_text("Ada (me)")
    expect(page.locator("#assign-choices [data-pick]")).to_be_focused()
    page.keyboard.type("care")
    page.keyboard.press("Enter")
    expect(page.locator("#thread")).to_contain_text("Ada gave the case to the team Care")
    page.keyboard.press("u")
    expect(page.locator("#assign")).to_contain_text("Bo")


@pytest.mark.soak
def test_no_key_waits_for_news_that_are_slow_to_come_or_is_forgotten_behind_them(desktop: Desktop) -> None:
    held = desktop.hold("**/live")
    who, page = desktop.door.who, desktop.open(f"/inbox/{desktop.door.who.plain}")
    give(desktop, who.bo)
    news = desktop.next_held(held)
    for assignee in (who.ada, who.bo):
        page.keyboard.press("Shift+A")
        expect(page.locator("#assign-choices [data-pick]")).to_be_focused()
        page.keyboard.press("Escape")
        give(desktop, assignee)
        expect(page.locator(f"#row-{who.plain}")).to_have_attribute("data-assignee", str(assignee))
        page.keyboard.press("h")
        expect(page.locator("#toasts")).to_contain_text("Snoozed until")
        page.keyboard.press("u")
        expect(page.locator("#toasts")).to_contain_text("Taken back")
    assert held == []
    news.continue_()
    expect(page.locator("#assign")).to_contain_text("Bo")


def give(desktop: Desktop, assignee_id: AgentId) -> None:
    with desktop.door.pool.transaction() as conn:
        assign(conn, case_id=desktop.door.who.plain, assignee_id=assignee_id, agent_id=desktop.door.who.bo, now=desktop.door.now)


def test_what_one_looks_at_stays_in_its_place_while_rows_around_it_change(desktop: Desktop) -> None:
    who = desktop.door.who
    posts = [a_post(f"Lost {n}", external_id=f"many-{n}", author=DEE, published_at=desktop.door.now - n * MINUTE) for n in range(5)]
    desktop.hear(*posts)
    page = desktop.open("/inbox?view=unassigned")
    rows = page.locator("#rows .row")
    above, place = rows.nth(0), rows.nth(3)
    place.locator("a").focus()
    before = top(place)
    with desktop.door.pool.transaction() as conn:
        assign(conn, case_id=int(above.get_attribute("data-id") or 0), assignee_id=who.bo, agent_id=who.bo, now=desktop.door.now)
    expect(above.locator(".left-word")).to_be_attached()
    eli = replace(CY, external_id="eli-9", handle="eli", name="Eli Sand")
    desktop.hear(a_post("Lost too", external_id="more-1", author=eli, published_at=desktop.door.now))
    expect(page.locator("#fresh")).to_be_visible()
    assert abs(before - top(place)) < 1


def top(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["y"]


@pytest.mark.soak
def test_a_row_that_left_the_view_stays_where_it_is_and_says_so(desktop: Desktop) -> None:
    who, page = desktop.door.who, desktop.open("/inbox?view=unassigned")
    rows = page.locator("#rows .row").evaluate_all("rows => rows.map((row) => row.id)")
    with desktop.door.pool.transaction() as conn:
        assign(conn, case_id=who.plain, assignee_id=who.bo, agent_id=who.bo, now=desktop.door.now)
    expect(page.locator(f"#row-{who.plain} .left-word")).to_have_text("no longer in this view")
    assert page.locator("#rows .row").evaluate_all("rows => rows.map((row) => row.id)") == rows
    page.locator(".me [popovertarget=away]").click()
    page.get_by_role("button", name="Go away").click()
    expect(page.locator("#away-state")).to_contain_text("You are away until")
