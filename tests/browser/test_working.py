"""An agent at work, by keyboard: move, open, answer, take, resolve, take back; and what happens meanwhile."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from amends.core.database import execute
from tests.browser.desktop import Desktop
from tests.cast import a_post, an_answer_to

pytestmark = pytest.mark.browser


@pytest.mark.soak
def test_a_case_is_found_opened_taken_and_answered_by_keyboard_alone(desktop: Desktop) -> None:
    page, who = desktop.open(), desktop.door.who
    page.keyboard.press("/")
    page.keyboard.type(" bank")
    expect(page.locator(".row")).to_have_count(1)
    for key in ("Escape", "j", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#case")).to_have_attribute("data-case", str(who.plain))
    expect(page).to_have_url(re.compile(rf"/inbox/{who.plain}\?q=status%3Aopen\+bank"))
    page.keyboard.press("a")
    expect(page.locator("#thread")).to_contain_text("Ada took the case")
    page.keyboard.press("r")
    page.keyboard.type("We refund it today.")
    expect(page.locator("[data-length]").first).to_have_text("19 of 280")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".reply")).to_contain_text("On its way")
    expect(page.locator("#reply-text")).to_have_value("")
    desktop.publish_replies()
    expect(page.locator(".reply")).to_contain_text("Published")


@pytest.mark.soak
def test_keys_pressed_while_a_case_is_on_its_way_mean_that_case(desktop: Desktop) -> None:
    shown, resolved = desktop.hold(re.compile(r"/inbox/\d+$")), desktop.hold("**/resolve")
    page = desktop.open()
    ids = [int(row.get_attribute("data-id") or "") for row in page.locator(".row").all()[1:4]]
    for key in ("j", "Enter", "j"):  # the second of them while none is open yet
        page.keyboard.press(key)
    for _time in range(2):
        desktop.next_held(shown).continue_()
    expect(page.locator("#case")).to_have_attribute("data-case", str(ids[0]))
    page.keyboard.type("jejrWe see")
    for one in ids[1:]:
        desktop.next_held(shown).continue_()
        expect(page.locator("#case")).to_have_attribute("data-case", str(one))
    expect(page.locator("#reply-text")).to_have_value("We see")
    desktop.next_held(resolved).continue_()
    expect(page.locator(".toast")).to_contain_text("Resolved")
    assert [desktop.status(one) for one in ids] == ["open", "resolved", "open"]


PRESS = "event => document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, ...event}))"


@pytest.mark.soak
def test_keys_mean_the_same_in_other_scripts_and_with_caps_lock(desktop: Desktop) -> None:
    page = desktop.open()
    rows = page.locator(".row a")
    for key, row in (({"key": "ந", "code": "KeyJ"}, 0), ({"key": "J", "code": "KeyJ", "modifierCapsLock": True}, 1)):
        page.evaluate(PRESS, key)
        expect(rows.nth(row)).to_be_focused()
    expect(page.locator("#list")).not_to_have_class(re.compile("marking"))
    page.evaluate(PRESS, {"key": "ஜ", "code": "KeyJ", "shiftKey": True})
    expect(page.locator("[data-selected]")).to_have_text("2")
    page.evaluate(PRESS, {"key": "ஃ", "code": "Slash", "shiftKey": True})
    expect(page.locator("#help")).to_be_visible()


@pytest.mark.soak
def test_a_case_is_resolved_and_that_is_taken_back_by_keyboard(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("e")
    expect(page.locator(".case-head .status")).to_have_text("Resolved")
    expect(page.locator(".toast")).to_contain_text("Resolved")
    page.keyboard.press("u")
    expect(page.locator(".toast")).to_contain_text("Taken back")
    assert desktop.status(desktop.door.who.plain) == "open"


@pytest.mark.soak
def test_a_note_is_written_and_the_keys_are_explained(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("n")
    page.keyboard.type("Ask finance")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note")).to_contain_text("Ask finance")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("next case")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.locator(".list h1")).to_have_text("Mine")
    expect(page).to_have_url(re.compile(r"/inbox\?view=mine$"))


@pytest.mark.soak
def test_a_customer_who_shows_a_phone_number_is_asked_in_ready_words(desktop: Desktop) -> None:
    desktop.hear(a_post("It is lost, call 077 123 4567", external_id="shown-1", published_at=desktop.door.now))
    page = desktop.open()
    page.locator(".row", has_text="[phone number]").locator("a").click()
    expect(page.locator("mark.personal")).to_have_text("077 123 4567")
    page.get_by_role("button", name="Ask them to").click()
    expect(page.locator("#reply-text")).to_be_focused()
    expect(page.locator("#reply-text")).to_have_value(re.compile("^For your safety, please delete this post"))
    page.get_by_role("button", name="Ask them to").click()
    expect(page.locator("#reply-text")).to_have_value(re.compile("help you there.$"))


@pytest.mark.soak
def test_an_answer_that_shows_a_phone_number_is_asked_about_first(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.fill("#reply-text", "Call Ada on 077 123 4567")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reply-ask")).to_contain_text("phone number")
    page.locator("#reply-text").press("End")
    page.keyboard.type("!")
    expect(page.locator("#reply-ask")).to_be_empty()
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Send all the same").click()
    expect(page.locator(".reply")).to_contain_text("On its way")
    expect(page.locator("#reply-ask")).to_be_empty()
    assert desktop.replies().count("Call Ada on 077 123 4567!") == 1


def test_a_draft_survives_a_reload_and_a_double_click_sends_it_once(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.fill("#reply-text", "We look into it")
    expect(page.locator("#panel-reply [data-saved]")).to_be_visible()
    page.reload()
    expect(page.locator("#reply-text")).to_have_value("We look into it")
    page.locator("#panel-reply [type=submit][data-send=one]").dblclick()
    expect(page.locator(".reply")).to_have_count(1)
    assert desktop.replies().count("We look into it") == 1
    page.reload()
    expect(page.locator("#reply-text")).to_have_value("")


IN_A_TAB_BESIDE = """
window.streams = 0;
Object.defineProperty(document, "hidden", { get: () => !window.looked });
window.EventSource = class extends EventSource { constructor(address) { super(address); window.streams += 1; } };
"""


def test_what_is_new_waits_behind_a_button_and_nothing_jumps(desktop: Desktop) -> None:
    page = desktop.page
    page.add_init_script(IN_A_TAB_BESIDE)
    page.goto("/inbox")
    assert page.evaluate("window.streams") == 0  # a browser has six connections to a server for all its tabs
    page.evaluate("window.looked = true; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_selector("body[data-live=yes]")
    first = page.locator(".row").first.get_attribute("id")
    counter = page.locator("#views [data-count='status:open']")
    expect(counter).to_have_text("9")
    desktop.hear(a_post("The app is broken again", external_id="new-1", published_at=desktop.door.now))
    expect(page.locator("#fresh")).to_have_text("1 new. Show")
    expect(counter).to_have_text("10")
    assert page.locator(".row").first.get_attribute("id") == first
    expect(page.locator("#said")).to_have_text("1 new case above the list; the full stop shows it")
    page.keyboard.press(".")
    expect(page.locator(".row").first).to_contain_text("The app is broken again")
    expect(page.locator("#fresh")).to_be_hidden()


@pytest.mark.soak
def test_a_deadline_in_a_row_goes_on_telling_how_long_is_left(desktop: Desktop) -> None:
    with desktop.door.pool.transaction() as conn:
        execute(conn, "update cases set due_at = %(at)s", {"at": desktop.door.now + timedelta(hours=3, minutes=30)})
    page = desktop.open()
    for what in ("page-changed", "case-shown"):
        page.evaluate("(what) => document.dispatchEvent(new CustomEvent(what))", what)
        expect(page.locator(".row .due time").first).to_have_text(re.compile(r"3 h \d+ min left"))


@pytest.mark.soak
def test_an_open_thread_grows_without_losing_what_is_being_typed(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.talked}")
    page.locator("#reply-text").press_sequentially("Dear Cy, we ")
    again = an_answer_to(a_post(external_id="talk-1"), "It is still lost!", external_id="talk-9", published_at=desktop.door.now)
    desktop.hear(again)
    expect(page.locator("#thread")).to_contain_text("It is still lost!")
    page.keyboard.type("found it")
    expect(page.locator("#reply-text")).to_have_value("Dear Cy, we found it")
    expect(page.locator("#reply-text")).to_be_focused()


@pytest.mark.soak
def test_going_back_and_forth_keeps_the_list_and_changes_the_case(desktop: Desktop) -> None:
    page, who = desktop.open(), desktop.door.who
    page.locator(f"#row-{who.plain} a").click()
    expect(page.locator("#case")).to_have_attribute("data-case", str(who.plain))
    page.locator(f"#row-{who.talked} a").click()
    expect(page.locator("#case")).to_have_attribute("data-case", str(who.talked))
    page.go_back()
    expect(page.locator("#case")).to_have_attribute("data-case", str(who.plain))
    page.go_back()
    expect(page.locator("#case h2")).to_have_text("Pick a case")
    expect(page.locator(".row")).to_have_count(9)


@pytest.mark.soak
def test_a_refusal_is_told_where_one_looks(desktop: Desktop) -> None:
    page, case_id = desktop.open(f"/inbox/{desktop.door.who.plain}"), desktop.door.who.plain
    with desktop.door.pool.transaction() as conn:
        conn.execute("update cases set status = 'resolved' where id = %s", [case_id])
    page.locator("#resolve").click()
    expect(page.locator(".toast.bad")).to_contain_text("This case is resolved already.")
    expect(page.locator(".case-head .status")).to_have_text("Resolved")
