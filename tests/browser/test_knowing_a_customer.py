"""An agent keeps a customer's record by keyboard, takes a change back, scrolls through years of posts, and does it on a phone too."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from amends.core.clock import utc_now
from amends.core.database import execute, fetch_values
from tests.browser.desktop import Desktop

pytestmark = [pytest.mark.browser, pytest.mark.soak]
PHONE = 320
BEYOND = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _talkative(desktop: Desktop) -> int:
    """Return the customer of a case, who posted a hundred times more."""
    with desktop.door.pool.transaction() as conn:
        case = {"case": desktop.door.who.talked, "now": utc_now() - timedelta(days=1)}
        execute(
            conn,
            """
            insert into posts (source_id, network, external_id, author_id, text, published_at, seen_at, permalink, root_id)
            select c.source_id, c.network, 'old-' || n, c.author_id, 'Still waiting, number ' || n, %(now)s - n * interval '1 day', %(now)s,
              'https://x.example/1', 'old' from cases c, generate_series(1, 100) n where c.id = %(case)s
            """,
            case,
        )
        return fetch_values(conn, "select customer_id from cases where id = %(case)s", case)[0]


def test_an_agent_keeps_a_customer_by_keyboard(desktop: Desktop) -> None:
    desktop.door.now = utc_now()
    cy = _talkative(desktop)
    page = desktop.open(f"/inbox/{desktop.door.who.talked}")
    page.locator("#customer-page").click()
    page.wait_for_url(f"**/customers/{cy}")

    page.locator("#edit-concerns").press("Enter")
    expect(page.locator("#box-concerns")).to_be_focused()
    page.keyboard.type("Flies with a cello")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#edit-concerns")).to_have_text("Flies with a cello")
    expect(page.locator("#edit-concerns")).to_be_focused()
    expect(page.locator("#timeline .of-change").first).to_contain_text("cello")
    page.keyboard.press("u")
    expect(page.locator("#edit-concerns")).not_to_contain_text("cello")

    page.locator("#edit-zone").press("Enter")
    expect(page.locator("#box-zone")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#edit-zone")).to_be_focused()


def test_in_tamil_too_it_is_said_in_words_who_has_a_case_not_letter_below_letter(desktop: Desktop) -> None:
    with desktop.door.pool.transaction() as conn:
        execute(conn, "update agents set interface_language = 'ta' where id = %(id)s", {"id": desktop.door.who.ada})
        case = {"case": desktop.door.who.talked, "due": utc_now() + timedelta(hours=3)}
        execute(conn, "update cases set status = 'open', assignee_id = null, due_at = %(due)s where id = %(case)s", case)
        [cy] = fetch_values(conn, "select customer_id from cases where id = %(case)s", case)
    who = desktop.open(f"/customers/{cy}").locator(".record-tops .search-hit .grow").first.bounding_box()
    assert who is not None
    assert who["width"] > 2 * who["height"]


def test_an_agent_writes_down_a_call_and_reads_back_through_the_years(desktop: Desktop) -> None:
    desktop.door.now = utc_now()
    page = desktop.open(f"/customers/{_talkative(desktop)}")
    page.locator("#person-note").fill("Rang about the refund")
    page.locator("#person-note").press("Tab")
    page.get_by_label("It was").select_option("call")
    page.get_by_role("button", name="Keep", exact=True).last.press("Enter")
    expect(page.locator("#timeline")).to_contain_text("Rang about the refund")

    page.get_by_label("Posts", exact=True).check()
    expect(page.locator("#timeline .of-post").first).to_be_visible()
    for _look in range(600):
        if page.get_by_text("Still waiting, number 100").count():
            break
        page.locator("#main").evaluate("(main) => main.scrollTo(0, main.scrollHeight)")
        page.wait_for_timeout(100)
    expect(page.locator("#timeline")).to_contain_text("Still waiting, number 100")
    page.locator("#find-in-timeline").fill("number 77")
    expect(page.locator("#timeline .entry")).to_have_count(1)

    page.set_viewport_size({"width": PHONE, "height": 700})
    page.reload()
    assert page.evaluate(BEYOND) <= 0
