"""Mood and intent of a post, corrected by key and by click: the label keeps the focus, and `u` takes the correction back."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.desktop import Desktop
from tests.cast import a_post, an_answer_to

pytestmark = pytest.mark.browser


def mood_of(page: Page) -> Locator:
    return page.locator(".post.theirs summary.mood").last


def test_a_key_corrects_the_mood_another_the_intent_and_u_takes_back(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("3")
    expect(mood_of(page)).to_contain_text("corrected by Ada")
    expect(page.locator(".verdict")).to_contain_text("Positive by Ada")
    page.keyboard.press("u")
    expect(mood_of(page)).to_have_text("Negative")
    page.keyboard.press("q")
    expect(page.locator(".post.theirs summary[id^=label-intent]").last).to_contain_text("Question corrected by Ada")


def test_a_key_opens_the_languages_and_the_one_that_is_chosen_stands(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("Shift+L")
    expect(page.locator(".post.theirs [data-field=language] select").last).to_be_focused()
    page.locator(":focus").select_option("ta")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".post.theirs summary[id^=label-language]").last).to_contain_text("Tamil corrected by Ada")


@pytest.mark.soak
def test_the_choices_open_by_keyboard_and_the_label_keeps_the_focus(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    mood_of(page).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_contain_text("Neutral")
    page.keyboard.press("Enter")
    expect(mood_of(page)).to_contain_text("Neutral corrected by Ada")
    expect(mood_of(page)).to_be_focused()


@pytest.mark.soak
def test_saying_the_same_twice_is_no_error_and_the_first_time_is_still_taken_back(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("3")
    expect(mood_of(page)).to_contain_text("corrected by Ada")
    page.keyboard.press("3")
    expect(page.locator(".toast.bad")).to_have_count(0)
    page.keyboard.press("u")
    expect(mood_of(page)).to_have_text("Negative")


@pytest.mark.soak
def test_an_answer_finds_its_place_though_the_button_was_drawn_anew_meanwhile(desktop: Desktop) -> None:
    held = desktop.hold("**/label")
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("3")
    answer = desktop.next_held(held)
    desktop.correct(desktop.door.who.plain, "mood", "neutral")
    expect(mood_of(page)).to_contain_text("Neutral corrected by Bo")
    answer.continue_()
    expect(mood_of(page)).to_contain_text("Positive corrected by Ada")
    expect(page.locator(".toast")).to_be_visible()


@pytest.mark.soak
def test_an_answer_about_a_case_that_is_no_longer_open_leaves_the_screen_alone(desktop: Desktop) -> None:
    held = desktop.hold("**/label")
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("3")
    answer = desktop.next_held(held)
    page.locator(f"#row-{desktop.door.who.talked} a").click()
    expect(page.locator(f"#case[data-case='{desktop.door.who.talked}']")).to_be_visible()
    with page.expect_response("**/label"):
        answer.continue_()
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator("#case-head .meta")).to_contain_text(f"#{desktop.door.who.talked} ")


@pytest.mark.soak
def test_what_was_unfolded_stays_so_while_a_colleague_corrects_a_label(desktop: Desktop) -> None:
    who = desktop.door.who
    page = desktop.open(f"/inbox/{who.talked}")
    desktop.hear(an_answer_to(a_post(external_id="talk-1"), "Lost, again. " * 80, external_id="long", published_at=desktop.door.now))
    long = page.locator("details.long")
    long.locator("summary").click()
    expect(long).to_have_attribute("open", "")
    desktop.correct(who.talked, "intent", "question")
    expect(page.locator(".post.theirs summary[id^=label-intent]").last).to_contain_text("corrected by Bo")
    expect(long).to_have_attribute("open", "")
