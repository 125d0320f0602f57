"""Mood and intent of a post, corrected by key and by click: the label keeps the focus, and `u` takes the correction back."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.desktop import Desktop

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


def test_saying_the_same_twice_is_no_error_and_the_first_time_is_still_taken_back(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("3")
    expect(mood_of(page)).to_contain_text("corrected by Ada")
    page.keyboard.press("3")
    expect(page.locator(".toast.bad")).to_have_count(0)
    page.keyboard.press("u")
    expect(mood_of(page)).to_have_text("Negative")
