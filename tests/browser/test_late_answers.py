"""Answers that come late, twice or out of order: nothing that was typed is lost, and nothing is shown or done that is wanted no more."""

import re

import pytest
from playwright.sync_api import Page, Request, Route, expect

from amends.core.database import execute
from amends.inbox.actions import macros
from amends.inbox.actions.macros import Writer
from amends.inbox.store.macros import NewMacro
from tests.browser.desktop import Desktop

pytestmark = pytest.mark.browser


def answered(page: Page, route: Route) -> None:
    """Let a question pass, and wait until the page has heard the answer."""

    def is_it(request: Request) -> bool:
        return request == route.request

    with page.expect_request_finished(is_it):
        route.continue_()
    page.evaluate("() => new Promise(requestAnimationFrame)")


def test_what_is_typed_while_a_list_is_on_its_way_stays_and_so_does_what_is_marked(desktop: Desktop) -> None:
    held = desktop.hold(re.compile(r"/inbox\?q=status%3Aopen\+m&"))
    page = desktop.open()
    page.keyboard.press("/")
    page.keyboard.press("End")
    page.keyboard.type(" m")
    first = desktop.next_held(held)
    page.keyboard.type("oo")
    expect(page.get_by_role("option").first).to_have_text(re.compile("^mood:"))
    page.keyboard.press("ArrowDown")
    answered(page, first)
    expect(page.locator("#search")).to_have_value("status:open moo")
    expect(page.locator("#list")).to_have_attribute("data-query", re.compile("moo"))
    page.keyboard.press("Enter")
    expect(page.locator("#search")).to_have_value("status:open mood:")
    expect(page.locator("#search")).to_be_focused()


@pytest.mark.soak
def test_a_case_that_is_asked_for_twice_comes_once(desktop: Desktop) -> None:
    held = desktop.hold(re.compile(r"/inbox/\d+$"))
    page, who = desktop.open(), desktop.door.who
    page.locator(f"#row-{who.plain} a").dblclick()
    desktop.next_held(held).continue_()
    expect(page.locator("#case")).to_have_attribute("data-case", str(who.plain))
    page.keyboard.press("r")
    page.keyboard.type("We see")
    expect(page.locator("#form-reply [data-saved]")).to_have_text("saved for the team")
    assert held == []
    expect(page.locator("#reply-text")).to_be_focused()

    page.locator(f"#row-{who.talked} a").click()
    late = desktop.next_held(held)
    page.locator("#views [data-view=mine]").click()
    expect(page.locator(".list h1")).to_have_text("Mine")
    answered(page, late)
    expect(page.locator("#case[data-case]")).to_have_count(0)


def test_what_is_still_under_way_is_taken_back_and_not_what_was_done_before(desktop: Desktop) -> None:
    held = desktop.hold("**/resolve")
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("h")
    expect(page.locator(".status")).to_contain_text("Snoozed")
    page.keyboard.press("e")
    resolving = desktop.next_held(held)
    page.keyboard.press("u")
    resolving.continue_()
    expect(page.locator(".toast")).to_contain_text("Taken back")
    expect(page.locator(".status")).to_contain_text("Snoozed")


def test_what_was_asked_for_one_case_does_not_come_into_another(desktop: Desktop) -> None:
    who = desktop.door.who
    with desktop.door.pool.transaction() as conn:
        new = NewMacro(name="Hello", text="Hello {{ customer.first_name }}", shared=True)
        macros.create(conn, new, by=Writer(agent_id=who.mia, shares=True), now=desktop.door.now)
    words, times = desktop.hold(re.compile(r"/macros/\d+$")), desktop.hold("**/snooze?*")
    page = desktop.open(f"/inbox/{who.plain}")
    page.keyboard.press("s")
    answered(page, desktop.next_held(times))
    expect(page.locator("#snooze")).to_be_visible()
    for key in ("Escape", "s"):
        page.keyboard.press(key)
    late = desktop.next_held(times)
    page.keyboard.press("m")
    expect(page.locator("[data-macro]")).to_have_count(1)
    for _time in range(2):
        page.keyboard.press("Enter")
    hello = desktop.next_held(words)
    page.keyboard.press("Escape")
    page.locator(f"#row-{who.talked} a").click()
    expect(page.locator("#case")).to_have_attribute("data-case", str(who.talked))
    for one in (late, hello):
        answered(page, one)
    assert words == []
    expect(page.locator("#snooze")).to_be_hidden()
    expect(page.locator("#reply-text")).to_have_value("")


@pytest.mark.soak
def test_an_older_picture_of_the_case_or_the_bell_does_not_stay_in_the_place_of_a_newer_one(desktop: Desktop) -> None:
    live, bell = desktop.hold("**/live"), desktop.hold("**/notifications/news*")
    who, page = desktop.door.who, desktop.open(f"/inbox/{desktop.door.who.plain}")
    before = desktop.next_held(bell)
    none = before.fetch()
    with desktop.door.pool.transaction() as conn:
        execute(
            conn,
            "insert into notifications (agent_id, event_id, kind, at, facts) values (%(ada)s, 1, 'mention', %(now)s, '{}')",
            {"ada": who.ada, "now": desktop.door.now},
        )
    desktop.next_held(bell).continue_()
    expect(page.locator("#bell")).to_have_attribute("aria-label", "Notifications, 1 not read")
    before.fulfill(response=none)

    desktop.correct(who.plain, "mood", "neutral")
    late = desktop.next_held(live)
    older = late.fetch()
    page.keyboard.press("e")
    expect(page.locator("#case-head .status")).to_have_text("Resolved")
    late.fulfill(response=older)
    desktop.next_held(live).continue_()
    expect(page.locator("#case-head .status")).to_have_text("Resolved")
    expect(page.locator("#bell")).to_have_attribute("aria-label", "Notifications, 1 not read")


@pytest.mark.soak
def test_no_case_waits_for_news_of_the_one_before(desktop: Desktop) -> None:
    held = desktop.hold("**/live")
    who, page = desktop.door.who, desktop.open(f"/inbox/{desktop.door.who.plain}")
    desktop.correct(who.plain, "mood", "neutral")
    news = desktop.next_held(held)
    page.locator(f"#row-{who.talked} a").click()
    expect(page.locator("#case")).to_have_attribute("data-case", str(who.talked))
    answered(page, news)
    expect(page.locator("#case-head .meta")).to_contain_text(f"#{who.talked} ")


@pytest.mark.soak
def test_all_that_match_are_no_longer_meant_once_one_more_is_marked(desktop: Desktop) -> None:
    held = desktop.hold("**/bulk/matching*")
    page = desktop.open()
    page.locator("#rows .row a").first.focus()
    page.keyboard.press("Shift+J")
    page.get_by_role("button", name="all that match").click()
    counting = desktop.next_held(held)
    page.locator("#rows .row a").nth(1).focus()
    page.keyboard.press("Shift+J")
    expect(page.locator("[data-selected]")).to_have_text("3")
    answered(page, counting)
    expect(page.locator("[data-selected]")).to_have_text("3")
    expect(page.locator("#bulk-in [name=all]")).to_have_value("")


def note_sent(desktop: Desktop) -> tuple[list[Route], Route]:
    """Let Ada send a note, and hold it on its way: return what is held, and taken from that the note."""
    held = desktop.hold("**/note")
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("n")
    page.keyboard.type("Ask finance")
    page.keyboard.press("Control+Enter")
    return held, desktop.next_held(held)


def test_words_that_are_under_way_are_not_saved_as_a_draft_behind_themselves(desktop: Desktop) -> None:
    saved: list[str] = []
    page = desktop.page
    page.on("request", lambda request: saved.append(request.url) if request.method == "PUT" else None)
    page.clock.install()
    held, note = note_sent(desktop)
    done = note.fetch()
    saved.clear()  # what was typed slowly was a draft before
    page.clock.run_for(2_000)
    assert saved == []
    note.fulfill(response=done)
    expect(page.locator(".note .text")).to_have_text("Ask finance")
    expect(page.locator("#note-text")).to_have_value("")

    page.keyboard.press("n")
    page.keyboard.type("Once more")
    page.keyboard.press("Control+Enter")
    refused = desktop.next_held(held)
    with page.expect_request(lambda request: request.method == "PUT"):
        refused.fulfill(status=422, json={"message": "Not now."})


@pytest.mark.soak
def test_a_note_whose_case_was_left_already_tells_of_itself_all_the_same(desktop: Desktop) -> None:
    _held, note = note_sent(desktop)
    page = desktop.page
    for key in ("Escape", "g", "m"):
        page.keyboard.press(key)
    expect(page.locator("#case[data-case]")).to_have_count(0)
    note.continue_()
    expect(page.locator(".toast")).to_contain_text("Noted")


@pytest.mark.soak
def test_what_is_typed_behind_words_that_are_under_way_begins_the_next(desktop: Desktop) -> None:
    held, note = note_sent(desktop)
    page = desktop.page
    page.keyboard.type(" and legal")
    answered(page, note)
    expect(page.locator(".note .text")).to_have_text("Ask finance")
    expect(page.locator("#note-text")).to_have_value("and legal")
    expect(page.locator("#note-text")).to_be_focused()
    page.keyboard.press("Control+Enter")
    desktop.next_held(held).continue_()
    expect(page.locator(".note .text").nth(1)).to_have_text("and legal")
    expect(page.locator("#note-text")).to_have_value("")


@pytest.mark.soak
def test_news_that_come_between_a_press_and_its_release_take_no_click_away(desktop: Desktop) -> None:
    live = desktop.hold("**/live")
    who, page = desktop.door.who, desktop.open(f"/inbox/{desktop.door.who.plain}")
    desktop.correct(who.plain, "mood", "neutral")
    drawn_anew = desktop.next_held(live)
    page.locator("#case-head [hx-post$='/resolve']").hover()
    page.mouse.down()
    answered(page, drawn_anew)
    page.mouse.up()
    expect(page.locator(".toast")).to_contain_text("Resolved")

    page.evaluate("document.addEventListener('news-came', () => (document.body.dataset.told = 'yes'))")
    page.locator(f"#row-{who.talked} a").hover()
    page.mouse.down()
    desktop.correct(who.talked, "mood", "neutral")
    page.wait_for_selector("body[data-told]")
    page.mouse.up()
    expect(page.locator("#case")).to_have_attribute("data-case", str(who.talked))
    expect(page.locator(f"#row-{who.talked}")).to_have_class(re.compile("changed"))
