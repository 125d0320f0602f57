"""Whole stories: a shift by keyboard alone, a reload in the middle of writing, a look at a phone, panes as one likes them."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from amends.core.database import fetch_values
from tests.browser.desktop import Desktop
from tests.cast import DEE, a_post, an_answer_to
from tests.desk import MINUTE

pytestmark = pytest.mark.browser


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def find(page: Page, words: str) -> Locator:
    """Return what the command bar offers for `words`."""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Find or do")).to_be_focused()
    page.keyboard.type(words)
    return page.locator("#command-found [role=option]")


def go_to(page: Page, option: Locator) -> None:
    """Choose an option by arrow keys."""
    expect(option).to_be_visible()
    while option.get_attribute("aria-selected") != "true":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_a_case_is_found_taken_labelled_read_and_answered_by_keyboard_alone(desktop: Desktop) -> None:
    page, who = desktop.open(), desktop.door.who
    press(page, "g", "u")
    expect(page.locator(".list h1")).to_have_text("Unassigned")
    go_to(page, find(page, "still lost").filter(has_text=re.compile(f"#{who.talked} ")).first)
    expect(page.locator("#case")).to_have_attribute("data-case", str(who.talked))
    expect(page.locator("#case-title")).to_be_focused()
    page.keyboard.press("3")
    expect(page.locator("#thread")).to_contain_text("corrected the mood")
    page.keyboard.press("u")
    expect(page.locator("#thread")).to_contain_text("took a correction")
    for key, said in (("[", "My bag is lost"), ("]", "Still lost")):
        page.keyboard.press(key)
        expect(page.locator(".post.theirs:focus")).to_contain_text(said)
    desktop.correct(who.talked, "intent", "praise")
    expect(page.locator("#thread")).to_contain_text("Bo corrected")
    expect(page.locator(".post.theirs:focus")).to_contain_text("Still lost")
    page.keyboard.press("r")
    page.keyboard.type("j is for joy, e for ease, and ? is a question.")
    expect(page.locator("#case")).to_have_attribute("data-case", str(who.talked))
    page.keyboard.press("Control+Enter")
    expect(page.locator(".reply").last).to_contain_text("On its way")


@pytest.mark.soak
def test_the_command_bar_does_what_the_open_case_allows_and_knows_what_one_did_last(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    found = find(page, "resol")
    expect(found.first).to_contain_text("Resolve")
    page.keyboard.press("Enter")
    expect(page.locator("#case-head .status")).to_contain_text("Resolved")
    expect(find(page, "reopen")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#reopen")).to_be_hidden()
    expect(find(page, "").first).to_contain_text("Resolve")
    expect(page.locator("#command-found [role=group]").first).to_have_attribute("aria-label", "Recent")
    page.keyboard.type("no such thing")
    expect(page.locator("#command-says")).to_have_text("Nothing is called so")
    page.keyboard.press("Escape")
    expect(page.locator("#command")).to_be_hidden()


@pytest.mark.soak
def test_the_command_bar_finds_a_thing_by_its_english_words_too(desktop: Desktop) -> None:
    desktop.context.add_cookies([{"name": "amends_language", "value": "es", "url": desktop.address}])
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("Control+k")
    for words, says in (("snooze the", "posponer el caso"), ("posponer el", "posponer el caso"), ("search", "Buscar")):
        page.locator("#command-words").fill(words)
        expect(page.locator("#command-found [role=option]").first).to_contain_text(re.compile(says, re.IGNORECASE))


@pytest.mark.soak
def test_single_letters_are_no_shortcuts_for_who_does_not_want_them(desktop: Desktop) -> None:
    page = desktop.open()
    press(page, "?", "Tab", "Space", "Escape", "g", "m")
    expect(page.locator(".list h1")).to_have_text("Waiting for us")
    page.reload()
    press(page, "g", "m")
    expect(page.locator(".list h1")).to_have_text("Waiting for us")
    expect(find(page, "min").first).to_contain_text("Mine")
    page.keyboard.press("Enter")
    expect(page.locator(".list h1")).to_have_text("Mine")


def test_a_reload_in_the_middle_of_writing_loses_nothing_and_shows_what_is_new(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.talked}")
    page.keyboard.press("n")
    page.keyboard.type("Half a note")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("Half an answer")
    expect(page.locator("#panel-reply [data-saved]")).to_be_visible()
    desktop.door.now += MINUTE
    for number in range(6):
        at = desktop.door.now
        desktop.hear(an_answer_to(a_post(external_id="talk-1"), f"Lost, again. {number}", external_id=f"again-{number}", published_at=at))
    page.reload()
    expect(page.locator("#reply-text")).to_have_value("Half an answer")
    expect(page.locator("#note-text")).to_have_value("Half a note")
    expect(page.locator("#new-line")).to_be_in_viewport()
    after = page.locator("#new-line + .post")
    expect(after).to_contain_text("Lost, again. 0")


def test_a_case_that_nobody_has_opened_yet_is_read_from_its_beginning(desktop: Desktop) -> None:
    now = desktop.door.now
    first = a_post("Lost. 0", external_id="fresh-0", author=DEE, published_at=now - 9 * MINUTE)
    desktop.hear(first)
    for number in range(1, 9):
        at = now - (9 - number) * MINUTE
        desktop.hear(an_answer_to(first, f"Lost. {number}", external_id=f"fresh-{number}", author=DEE, published_at=at))
    with desktop.door.pool.transaction() as conn:
        [case] = fetch_values(conn, "select case_id from posts where external_id = 'fresh-8'")
    page = desktop.open(f"/inbox/{case}")
    expect(page.locator("#thread").get_by_text("Lost. 8")).not_to_be_in_viewport()
    expect(page.locator("#thread").get_by_text("Lost. 0")).to_be_in_viewport()


def width(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["width"]


@pytest.mark.soak
def test_panes_stay_as_wide_as_one_likes_them(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    line, pane = page.get_by_role("separator", name="Width of the list"), page.locator("#list")
    before = width(pane)
    line.press("Shift+ArrowRight")
    line.press("ArrowLeft")
    expect(line).to_have_attribute("aria-valuenow", str(round(before) + 48))
    box = line.bounding_box()
    assert box
    page.mouse.move(box["x"] + 4, 400)
    page.mouse.down()
    page.mouse.move(box["x"] + 64, 420)
    page.mouse.up()
    page.reload()
    assert abs(width(pane) - before - 108) < 3
    line.press("Enter")
    expect(line).to_have_attribute("aria-valuenow", str(round(before)))


@pytest.mark.soak
def test_a_dense_list_stays_dense(desktop: Desktop) -> None:
    page = desktop.open()
    row = page.locator(".row").nth(1)
    tall = row.bounding_box()
    page.get_by_role("button", name="Dense list").click()
    expect(page.get_by_role("button", name="Dense list")).to_have_attribute("aria-pressed", "true")
    page.reload()
    low = row.bounding_box()
    assert tall
    assert low
    assert low["height"] < tall["height"] * 0.8


def test_a_customer_is_found_from_a_phone_and_answered(desktop: Desktop) -> None:
    desktop.page.set_viewport_size({"width": 360, "height": 740})
    page = desktop.open()
    page.get_by_role("button", name="Views and screens").click()
    page.get_by_role("button", name="Find or do").click()
    page.get_by_role("combobox", name="Find or do").fill("customer 0")
    page.get_by_role("group", name="Customers").get_by_role("option").first.click()
    expect(page.locator("#case")).to_have_attribute("data-case", str(desktop.door.who.plain))
    expect(page.locator("#list")).to_be_hidden()
    page.locator("#reply-text").fill("We look into it.")
    page.locator("#panel-reply [type=submit][data-send=one]").click()
    expect(page.locator(".reply")).to_contain_text("On its way")
    page.get_by_label("Back to the list").click()
    expect(page.locator("#list")).to_be_visible()
