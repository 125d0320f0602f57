"""A manager's Monday morning: from the mail to the page, what held, how fast, where it went wrong, down to the person who complained.

And at the end the same is kept as a report for next Monday.
"""

import re
from dataclasses import replace
from datetime import timedelta

from playwright.sync_api import Page, expect

from amends.api.auth import SESSION_COOKIE
from amends.core.database import execute
from amends.inbox.actions import report_sending, reports
from amends.inbox.actions.resolve import resolve
from amends.inbox.rules.reports import Every, Part, SpanRule
from amends.inbox.store.reports import Kept
from tests.browser.desktop import Desktop
from tests.cast import POLICY

WISH = Kept(
    name="The week",
    span=SpanRule.DAYS_7,
    condition="",
    parts=[Part.HELD, Part.FIGURES, Part.TIMES, Part.NETWORK],
    zone="Europe/Berlin",
    language="en",
    every=Every.WEEK,
    on_day=1,
    at_minute=8 * 60,
    files=["xlsx"],
    people=[],
)


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


def mailed(desktop: Desktop) -> str:
    """Let last Monday's plan have sent the manager a report, and return the mail as a mail program shows it."""
    door, mia = desktop.door, desktop.door.seen(desktop.door.who.mia)
    with door.pool.transaction() as conn:
        report_id = reports.save(conn, replace(WISH, people=[mia.agent_id]), visitor=mia, now=door.now - timedelta(days=7))
        report_sending.plan(conn, now=door.now)
        claimed = report_sending.claim(conn, now=door.now)
        assert claimed is not None
        assert claimed.report_id == report_id
        ready = report_sending.prepare(conn, claimed, base=desktop.address.rstrip("/"), now=door.now)
        report_sending.record_sent(conn, claimed, now=door.now)
    assert ready is not None
    return ready.html


def test_a_managers_monday_morning(desktop: Desktop) -> None:
    lived_through(desktop)
    mail = mailed(desktop)
    token = desktop.door.visitor(desktop.door.who.mia).cookies[SESSION_COOKIE]
    desktop.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": desktop.address}])
    page = desktop.page
    _from_the_mail(page, mail)
    page.get_by_role("link", name="Numbers", exact=True).click()
    expect(page.get_by_role("heading", name="How are we doing by the people who complained?")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("held after"))).to_be_visible()
    _by_what_they_have_in_common(page)
    _narrowed_by_words(page)
    _down_to_the_person(page)
    _kept_for_next_monday(page)


def _from_the_mail(page: Page, mail: str) -> None:
    """The mail shows the numbers without a picture or a script, and opens the report on the desk."""
    page.set_content(mail)
    expect(page.get_by_role("heading", name="The span in numbers")).to_be_visible()
    page.get_by_role("link", name="Open the report in Amends").click()
    page.wait_for_url(re.compile(r"/reports/\d+$"))
    expect(page.get_by_role("heading", name="The week", level=1)).to_be_visible()
    expect(page.get_by_role("group", name="Sendings")).to_contain_text("sent")


def _kept_for_next_monday(page: Page) -> None:
    """What was found is kept as a report that goes out by itself."""
    page.goto("/reports")
    form = page.locator("form", has=page.get_by_role("button", name="Keep the report"))
    form.get_by_label("Name").fill("What went wrong")
    form.get_by_label("Cases").fill("mood:negative")
    form.get_by_label("Goes out").select_option("week")
    form.get_by_role("group", name="To", exact=True).get_by_role("checkbox").first.check()
    form.get_by_role("button", name="Keep the report").click()
    expect(page.get_by_role("heading", name="What went wrong", level=1)).to_be_visible()
    page.get_by_role("button", name="Send it to me now").click()
    expect(page.get_by_role("group", name="Sendings")).to_contain_text("trial")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Let it go out again")).to_be_visible()


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
