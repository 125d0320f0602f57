"""A post in the reader's language: in its place, the original one key away, and never over words that its author has changed since."""

from collections.abc import Generator

import pytest
from playwright.sync_api import expect

from amends.core.database import execute
from tests.browser.desktop import Desktop
from tests.cast import a_post, an_answer_to
from tests.desk import MINUTE
from tests.translator import translating

pytestmark = pytest.mark.browser
SAID = "Still lost, two hours later. Terrible."


@pytest.fixture
def translator_url() -> Generator[str]:
    """A translator that turns words around."""
    with translating() as told:
        yield told.url


def test_a_translation_gives_way_to_the_words_that_the_customer_has_changed(desktop: Desktop) -> None:
    with desktop.door.pool.transaction() as conn:
        execute(conn, "update verdicts set language = 'ta'")
    page = desktop.open(f"/inbox/{desktop.door.who.talked}")
    post = page.locator(".post.theirs").last
    post.focus()
    page.keyboard.press("y")
    expect(post.locator(".translated")).to_contain_text(f"[en] {SAID[::-1]}")
    expect(post.locator(".original")).to_be_hidden()
    first = a_post(external_id="talk-1")
    now = desktop.door.now
    desktop.hear(an_answer_to(first, "They found it!", external_id="talk-4", published_at=now - 2 * MINUTE, edited_at=now))
    expect(post.locator(".original")).to_have_text("They found it!")
    expect(post.locator(".original")).to_be_visible()
    expect(post.locator(".translated")).to_be_hidden()


def test_a_translated_answer_takes_the_place_of_the_original_which_ctrl_z_brings_back(desktop: Desktop) -> None:
    with desktop.door.pool.transaction() as conn:
        execute(conn, "update verdicts set language = 'ta'")
        execute(conn, "update cases set language = 'ta'")
    page = desktop.open(f"/inbox/{desktop.door.who.talked}")
    page.locator("#reply-text").fill("We are sorry")
    page.get_by_role("button", name="Into Tamil").click()
    expect(page.locator("#reply-translated")).to_have_value(f"[ta] {'We are sorry'[::-1]}")
    page.get_by_role("button", name="Put this into the answer").click()
    expect(page.locator("#reply-text")).to_have_value(f"[ta] {'We are sorry'[::-1]}")
    page.keyboard.press("Control+z")
    expect(page.locator("#reply-text")).to_have_value("We are sorry")
