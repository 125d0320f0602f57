"""Nothing that was written is lost, and nobody answers twice: whole stories of the box, in a browser."""

import re
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from amends.api.auth import SESSION_COOKIE
from amends.core.database import execute, fetch_values
from amends.inbox.actions import macros
from amends.inbox.actions.approve import set_approvals
from amends.inbox.actions.macros import Writer
from amends.inbox.rules.approving import Approvals
from amends.inbox.store.macros import NewMacro
from tests.browser.desktop import Desktop
from tests.cast import a_post, an_answer_to


@contextmanager
def as_bo(desktop: Desktop) -> Generator[Page]:
    """Bo at a desk of his own beside Ada's."""
    browser = desktop.context.browser
    assert browser is not None
    context = browser.new_context(base_url=desktop.address, viewport={"width": 1200, "height": 800})
    token = desktop.door.visitor(desktop.door.who.bo).cookies[SESSION_COOKIE]
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": desktop.address}])
    yield context.new_page()
    context.close()


def drafts(desktop: Desktop) -> list[str]:
    with desktop.door.pool.transaction() as conn:
        return fetch_values(conn, "select text from drafts where dropped_at is null order by id")


def test_a_draft_survives_and_is_shared_taken_over_discarded_and_brought_back(desktop: Desktop) -> None:  # noqa: PLR0915 - one whole story
    case = f"/inbox/{desktop.door.who.plain}"
    page = desktop.open(case)
    page.fill("#reply-text", "We look for your bag.")
    expect(page.locator("#form-reply [data-saved]")).to_have_text("saved for the team")
    assert drafts(desktop) == ["We look for your bag."]
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.locator("#reply-text")).to_have_value("We look for your bag.")

    with as_bo(desktop) as bo:
        bo.goto(case)
        expect(bo.locator("#reply-kept")).to_contain_text("Ada is writing this")
        bo.get_by_role("button", name="Take over").click()
        expect(bo.locator("#reply-text")).to_have_value("We look for your bag.")
        bo.keyboard.press("Control+End")
        with bo.expect_response(lambda answer: "Bo+here." in (answer.request.post_data or "")):
            bo.locator("#reply-text").press_sequentially(" Bo here.")
        page.locator("#reply-text").press("Control+End")
        page.locator("#reply-text").press_sequentially(" Ada here.")
        expect(page.locator("#reply-differs")).to_contain_text("Bo here.")
        assert drafts(desktop) == ["We look for your bag. Bo here."]
        page.get_by_role("button", name="Keep what is in the box").click()
        expect(page.locator("#form-reply [data-saved]")).to_have_text("saved for the team")
        assert drafts(desktop) == ["We look for your bag. Ada here."]

    page.locator('#form-reply [data-do="discard"]').click()
    expect(page.locator("#reply-text")).to_have_value("")
    assert drafts(desktop) == []
    page.locator(".toast button").click()
    expect(page.locator("#reply-text")).to_have_value("We look for your bag. Ada here.")


@pytest.mark.soak
def test_what_is_too_long_or_written_without_the_server_is_kept_in_the_browser(desktop: Desktop) -> None:
    case = f"/inbox/{desktop.door.who.plain}"
    page = desktop.open(case)
    as_it_was = page.request.get(case).text()
    page.fill("#reply-text", "lost " * 5000)
    expect(page.locator("#form-reply [data-saved]")).to_contain_text("too long to be saved")
    expect(page.locator("#reply-text")).to_have_attribute("dir", "ltr")  # sought in a megabyte, it makes the page hang
    page.context.set_offline(True)
    page.fill("#reply-text", "Written on a train.")
    expect(page.locator("#form-reply [data-saved]")).to_have_text("kept in this browser only")
    expect(page.locator("#reply-text")).to_have_attribute("dir", "auto")
    page.context.set_offline(False)
    desktop.complaints.clear()  # what is fetched anew now and then was not to be had
    page.reload()
    expect(page.locator("#reply-text")).to_have_value("Written on a train.")
    expect(page.locator("#form-reply [data-saved]")).to_have_text("saved for the team")
    assert drafts(desktop) == ["Written on a train."]
    page.route(f"**{case}", lambda route: route.fulfill(body=as_it_was, content_type="text/html"))  # read before it was saved
    page.reload()
    expect(page.locator("#reply-text")).to_have_value("Written on a train.")
    expect(page.locator("#form-reply [type=submit][data-send]").first).to_be_enabled()


@pytest.mark.soak
def test_an_answer_is_taken_back_held_when_overtaken_and_sent_on_purpose(desktop: Desktop) -> None:  # noqa: PLR0915 - one whole story
    desktop.door.app.state.desk.settings.__dict__["undo_seconds"] = 10
    first = a_post("It is lost", external_id="first-1", published_at=desktop.door.now)
    desktop.hear(first)
    page = desktop.open()
    page.locator(".row", has_text="It is lost").locator("a").first.click()
    page.fill("#reply-text", "We are on it.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".reply")).to_contain_text("Goes out in")
    expect(page.locator("#reply-text")).to_have_value("")
    page.locator(".toast button").click()
    expect(page.locator("#reply-text")).to_have_value("We are on it.")
    assert desktop.replies()[-1] != "We are on it."
    expect(page.locator("#thread .reply")).to_have_count(0)

    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")  # she does not look
    desktop.hear(an_answer_to(first, "It is found, forget it", external_id="first-2"))
    expect(page.locator("#thread")).to_contain_text("It is found")
    page.locator("#reply-text").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reply-ask")).to_contain_text("The customer has written since.")
    expect(page.locator("#reply-ask")).to_contain_text("It is found, forget it")
    page.get_by_role("button", name="Send all the same").click()
    expect(page.locator(".reply")).to_contain_text("Goes out in")
    assert drafts(desktop) == []


def test_a_macro_by_slash_and_a_preview_and_an_answer_that_waits_for_approval(desktop: Desktop) -> None:
    with desktop.door.pool.transaction() as conn:
        mia, now = desktop.door.who.mia, desktop.door.now
        words = (
            "{% if lang == 'en' %}Hello {{ customer.first_name }}, see https://help.example/a/very/long/way/to/the/answer #help{% endif %}"
        )
        macros.create(conn, NewMacro(name="Hello", text=words, shared=True), by=Writer(agent_id=mia, shares=True), now=now)
        macros.create(
            conn, NewMacro(name="Vanakkam", text="Hi", shared=True, languages=("ta",)), by=Writer(agent_id=mia, shares=True), now=now
        )
        set_approvals(conn, Approvals(followers=1), agent_id=mia, now=now)
    page = desktop.open(f"/inbox/{desktop.door.who.talked}")
    page.locator("#reply-text").press_sequentially("/")
    expect(page.locator("#macros")).to_be_visible()
    expect(page.locator("[data-macro]")).to_have_count(1)
    page.locator("[data-find-macro]").press_sequentially("hel")
    page.keyboard.press("Enter")
    expect(page.locator("#reply-text")).to_have_value("Hello Cy, see https://help.example/a/very/long/way/to/the/answer #help")
    page.keyboard.press("Control+z")
    expect(page.locator("#reply-text")).to_have_value("/")
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("#reply-text")).to_have_value(re.compile("^Hello Cy"))
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator("#reply-preview .as-link")).to_have_text("help.example/a/very/lo…")
    expect(page.locator("#reply-preview .as-tag")).to_have_text("#help")
    page.get_by_role("button", name="Send for approval").click()
    expect(page.locator("#thread")).to_contain_text("Waits for approval: many people follow this customer.")


@pytest.mark.soak
def test_what_words_of_another_case_leave_out_is_typed_first(desktop: Desktop) -> None:
    with desktop.door.pool.transaction() as conn:
        execute(
            conn,
            "update cases set status = 'resolved', resolved_at = now() - interval '1 day' where id = %(id)s",
            {"id": desktop.door.who.talked},
        )
        execute(conn, "update replies set text = 'Sorry, Cy Fernando!' where case_id = %(id)s", {"id": desktop.door.who.talked})
        execute(
            conn, "update readings set embedding = (select embedding from readings where embedding is not null order by post_id limit 1)"
        )
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.fill("#reply-text", "We are on it.")
    page.locator("#alike summary").click()
    page.get_by_role("button", name="Use these words").click()
    page.keyboard.type("Dee")
    expect(page.locator("#reply-text")).to_have_value("We are on it.\nSorry, Dee!")


@pytest.mark.soak
def test_an_answer_that_goes_out_late_empties_the_box_of_its_own_case_alone(desktop: Desktop) -> None:
    who = desktop.door.who
    held = desktop.hold(f"**/inbox/{who.plain}/reply")
    page = desktop.open(f"/inbox/{who.plain}")
    page.fill("#reply-text", "We look into it")
    page.keyboard.press("Control+Enter")
    answer = desktop.next_held(held)
    page.locator(f"#row-{who.talked} a").click()
    expect(page.locator("#case")).to_have_attribute("data-case", str(who.talked))
    page.fill("#reply-text", "Dear Dia")
    answer.continue_()
    expect(page.locator(".toast")).to_contain_text("On its way")
    expect(page.locator("#reply-text")).to_have_value("Dear Dia")
    page.locator(f"#row-{who.plain} a").click()
    expect(page.locator(".reply")).to_contain_text("We look into it")
    expect(page.locator("#reply-text")).to_have_value("")
    page.locator(f"#row-{who.talked} a").click()
    expect(page.locator("#reply-text")).to_have_value("Dear Dia")
    assert desktop.replies().count("We look into it") == 1
