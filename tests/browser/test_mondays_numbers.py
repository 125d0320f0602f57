"""A manager's Monday morning: what held, how fast, where it went wrong, and from the number down to the person who complained."""

import re

from playwright.sync_api import Page, expect

from amends.api.auth import SESSION_COOKIE
from amends.core.database import execute
from amends.inbox.actions.resolve import resolve
from tests.browser.desktop import Desktop
from tests.cast import POLICY


def lived_through(desktop: Desktop) -> None:
    """Let the desk have had a week: answers, resolutions, follow-ups that held and one that did not."""
    door = desktop.door
    with door.pool.transaction() as conn:
        for case_id in (door.who.talked, door.who.plain):
            resolve(conn, case_id=case_id, agent_id=door.who.ada, policy=POLICY, now=door.now)
        execute(
            conn, "update follow_ups set concluded_at = planned_at, outcome = case when id %% 2 = 0 then 'held' else 'relapsed' end", {}
        )
        execute(
            conn,
            "update episodes set answered_at = published_at + id * interval '7 minutes' where id %% 3 > 0",
            {},
        )


def test_a_managers_monday_morning(desktop: Desktop) -> None:
    lived_through(desktop)
    token = desktop.door.visitor(desktop.door.who.mia).cookies[SESSION_COOKIE]
    desktop.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": desktop.address}])
    page = desktop.page
    page.goto("/inbox")
    page.get_by_role("link", name="Numbers", exact=True).click()
    expect(page.get_by_role("heading", name="How are we doing by the people who complained?")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("held after"))).to_be_visible()
    _by_what_they_have_in_common(page)
    _narrowed_by_words(page)
    _down_to_the_person(page)


def _by_what_they_have_in_common(page: Page) -> None:
    """By network comes by itself, by topic is one click away, and every chart has its table."""
    expect(page.get_by_role("heading", name="By network")).to_be_visible()
    page.get_by_role("button", name="By topic").click()
    expect(page.get_by_role("heading", name="By topic")).to_be_visible()
    page.get_by_text("As a table").click()
    expect(page.get_by_role("region", name="Slots as a table")).to_be_visible()


def _narrowed_by_words(page: Page) -> None:
    """Words that it does not know are told, those that it knows narrow every number."""
    box = page.get_by_role("searchbox", name="Cases")
    box.fill("brand:nobody")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Shown are all cases.")
    box.fill("network:x mood:negative")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("alert")).to_have_count(0)


def _down_to_the_person(page: Page) -> None:
    """A number opens as many rows as it says, and a row opens its case."""
    unanswered = page.locator(".stat", has=page.get_by_role("heading", name="Without an answer"))
    said = re.match(r"(\d+) of", unanswered.locator("p.faint").inner_text())
    assert said
    unanswered.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("unanswered")
    expect(page.locator("tbody tr")).to_have_count(int(said[1]))
    page.locator("tbody a").first.click()
    expect(page).to_have_url(re.compile(r"/inbox/\d+"))
