"""A relapse: resolved, complained about again with another handle, open again with its history on top, asked on a phone, and not solved."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from amends.core.database import fetch_values
from amends.core.post import Author
from amends.inbox.actions import survey
from amends.inbox.actions.customers import link_customer
from amends.inbox.actions.follow_up import look_at_stirred
from amends.inbox.actions.survey import Means
from amends.inbox.rules.evidence import of_basis
from amends.inbox.rules.follow_up_plans import Plan
from amends.inbox.rules.ids import AuthorId
from amends.inbox.rules.words import LinkBasis
from amends.inbox.store import follow_up_plans
from tests.browser.desktop import Desktop
from tests.cast import POLICY, SECRET_KEY, a_post

pytestmark = pytest.mark.browser
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=2)
PHONE = {"width": 320, "height": 640}


def test_a_relapse(desktop: Desktop) -> None:
    case_id = desktop.door.who.plain
    with desktop.door.pool.transaction() as conn:
        follow_up_plans.insert(conn, Plan(survey_days=0), now=desktop.door.now)
    page = desktop.open(f"/inbox/{case_id}")
    resolve(page)
    complain_with_another_handle(desktop, case_id)
    reopened(desktop.open(f"/inbox/{case_id}"))
    resolve(page)
    not_solved_on_a_phone(desktop, asked_by_mail(desktop, case_id))
    desktop.open(f"/inbox/{case_id}")
    expect(page.locator(".earlier summary")).to_contain_text("It was resolved 2 times before")
    expect(page.locator(".earlier li").first).to_contain_text("not solved")
    desktop.open("/follow-ups?show=concluded")
    expect(page.locator(".task").first).to_contain_text("It never came.")


def resolve(page: Page) -> None:
    page.locator("#resolve").click()
    expect(page.locator("#case-head[data-status=resolved]")).to_be_visible()


def complain_with_another_handle(desktop: Desktop, case_id: int) -> None:
    """Let the customer write the same again, two hours later, with a handle that we learn to be theirs."""
    door = desktop.door
    door.now += 2 * HOUR
    with door.pool.transaction() as conn:
        [text] = fetch_values(conn, "select text from posts where case_id = %(id)s order by case_number limit 1", {"id": case_id})
    desktop.hear(a_post(text, author=Author(external_id="cy-2", handle="cy_again", name="Cy"), published_at=door.now))
    with door.pool.transaction() as conn:
        [author_id] = fetch_values(conn, "select id from authors where handle = 'cy_again'")
        [customer_id] = fetch_values(conn, "select customer_id from cases where id = %(id)s", {"id": case_id})
        link_customer(
            conn,
            author_id=AuthorId(author_id),
            customer_id=customer_id,
            basis=LinkBasis.TOLD_US,
            evidence=of_basis(LinkBasis.TOLD_US, "said so"),
            agent_id=door.who.ada,
            now=door.now,
        )
        assert look_at_stirred(conn, now=door.now) > 0


def reopened(page: Page) -> None:
    """The case is open again, and says on top how long it held, in one line; what was said, once it is asked for."""
    expect(page.locator("#case-head[data-status=open]")).to_be_visible()
    expect(page.locator(".earlier summary")).to_contain_text("held for 2 h")
    expect(page.locator(".earlier li")).to_be_hidden()
    page.locator(".earlier summary").click()
    expect(page.locator(".earlier li")).to_contain_text("Then:", use_inner_text=True)


def asked_by_mail(desktop: Desktop, case_id: int) -> str:
    """Let the customer agree to be asked, and return the address in the letter that they get."""
    door = desktop.door
    with door.pool.transaction() as conn:
        conn.execute(
            """
            insert into contact_ways (customer_id, kind, value, normal, created_at)
            select customer_id, 'email', 'cy@home.example', 'cy@home.example', now() from cases where id = %s
            """,
            [case_id],
        )
        conn.execute(
            "insert into consents (customer_id, purpose, given, basis, at) select customer_id, 'survey', true, '', now() from contact_ways"
        )
        means = Means(can_mail=True, base=desktop.address, secret_key=SECRET_KEY, policy=POLICY)
        asking = survey.claim_survey(conn, means, now=door.now)
        assert asking is not None
        assert asking.letter is not None
        survey.record_asked(conn, asking.job, now=door.now)
        return asking.letter.url


def not_solved_on_a_phone(desktop: Desktop, url: str) -> None:
    """Open the link as a scanner would, then as the customer on a small phone without scripts, and say that it is not solved."""
    browser = desktop.context.browser
    assert browser is not None
    phone = browser.new_context(viewport=PHONE, java_script_enabled=False, has_touch=True)  # pyright: ignore[reportArgumentType]
    phone.request.get(f"{url}?mark=1&solved=no")
    page = phone.new_page()
    page.goto(f"{url}?mark=2")
    expect(page.get_by_role("radio", name="2")).to_be_checked()
    page.get_by_role("radio", name="No", exact=True).tap()
    page.get_by_label("What would you like to tell us?").fill("It never came.")
    desktop.door.now += SECOND
    page.get_by_role("button", name="Send").tap()
    expect(page.get_by_role("status")).to_contain_text("opening it again")
    page.reload()
    page.goto(url)
    expect(page.get_by_role("status")).to_contain_text("answered already")
    phone.close()
