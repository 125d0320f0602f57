"""What goes out with an answer: a picture with its words, several posts in a row, a private message."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from amends.api.networks import abilities
from amends.core.abilities import Abilities
from amends.core.database import fetch_values
from tests.browser.desktop import Desktop
from tests.cast import a_post
from tests.pictures import PNG

pytestmark = pytest.mark.browser

LONG = "We found your bag in Doha and it flies to you tonight. " * 12
PASTE = """(bytes) => {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(bytes)], "bag.png", { type: "image/png" }));
  const pasted = new ClipboardEvent("paste", { clipboardData: files, bubbles: true, cancelable: true });
  document.querySelector("#reply-text").dispatchEvent(pasted);
}"""
DROP = """(bytes) => {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(bytes)], "bag.png", { type: "image/png" }));
  for (const kind of ["dragover", "drop"])
    document.querySelector("#form-reply").dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
}"""


def generous(name: str) -> Abilities:
    return replace(abilities(name), attachments=4, private=True)


def sent(desktop: Desktop) -> list[str]:
    with desktop.door.pool.transaction() as conn:
        return fetch_values(conn, "select alt from reply_attachments where reply_id is not null order by place")


def test_pictures_are_picked_pasted_and_dropped_and_go_out_with_their_words(desktop: Desktop) -> None:
    desktop.door.able = generous
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    pictures = page.locator("#reply-pictures li")
    page.set_input_files("#reply-files", {"name": "bag.png", "mimeType": "image/png", "buffer": PNG})
    expect(pictures).to_have_count(1)
    page.evaluate(PASTE, list(PNG))
    expect(pictures).to_have_count(2)
    page.evaluate(DROP, list(PNG))
    expect(pictures).to_have_count(3)
    for place in range(3):
        expect(pictures.nth(place).locator("img")).to_have_js_property("naturalWidth", 1)

    page.get_by_role("button", name="Take this picture away").nth(1).click()
    expect(pictures).to_have_count(2)
    page.fill("#reply-text", "Here it is.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reply-pictures input[name=alt]").first).to_be_focused()  # the browser asks for the words that are missing
    page.locator("#reply-pictures input[name=alt]").nth(0).fill("Your bag")
    page.locator("#reply-pictures input[name=alt]").nth(1).fill("Its tag")
    page.locator("#reply-text").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".reply .media")).to_contain_text("Your bag")
    expect(pictures).to_have_count(0)
    assert sent(desktop) == ["Your bag", "Its tag"]


@pytest.mark.soak
def test_a_picture_that_is_none_is_refused_in_words_and_one_not_sent_is_there_after_a_reload(desktop: Desktop) -> None:
    desktop.door.able = generous
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.set_input_files("#reply-files", {"name": "bag.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(page.locator(".toast")).to_contain_text("This is no picture")
    page.set_input_files("#reply-files", {"name": "bag.png", "mimeType": "image/png", "buffer": PNG})
    expect(page.locator("#reply-pictures li")).to_have_count(1)
    page.reload()
    expect(page.locator("#reply-pictures li")).to_have_count(1)


@pytest.mark.soak
def test_a_length_is_told_in_the_words_and_the_numbers_of_the_reader(desktop: Desktop) -> None:
    desktop.context.add_cookies([{"name": "amends_language", "value": "es", "url": desktop.address}])
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.fill("#reply-text", "x" * 15_280)
    expect(page.locator("#reply-length")).to_have_text("15.000 de más")


@pytest.mark.soak
def test_a_long_answer_is_shown_as_posts_and_sent_as_such(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    as_posts = page.locator("[data-in-posts]")
    page.fill("#reply-text", "Short.")
    expect(page.locator("#reply-length")).to_have_text("6 of 280")
    expect(as_posts).to_be_hidden()
    page.fill("#reply-text", LONG)
    expect(as_posts).to_have_text("Send as 3 posts")
    expect(page.locator("#reply-length")).to_have_text(re.compile("too long"))
    expect(page.locator("#reply-posts li")).to_have_count(3)
    expect(page.locator("#reply-posts li").first).to_contain_text("1/3")
    expect(page.locator('#form-reply [type=submit][data-send="one"]')).to_be_disabled()
    as_posts.click()
    expect(page.locator(".reply")).to_contain_text("0 of 3 posts are out")
    expect(page.locator("#reply-posts")).to_be_hidden()
    desktop.publish_replies()
    expect(page.locator(".reply")).to_contain_text("3 of 3 posts are out")


@pytest.mark.soak
def test_the_count_is_the_networks_own_for_links_and_scripts(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.fill("#reply-text", "https://a-very-long-address.example/with/a/path/that/counts/23/whatever/it/is")
    expect(page.locator("#reply-length")).to_have_text("23 of 280")
    page.fill("#reply-text", "👨‍👩‍👧")
    expect(page.locator("#reply-length")).to_have_text("2 of 280")


@pytest.mark.soak
def test_personal_data_of_a_customer_is_answered_in_private(desktop: Desktop) -> None:
    desktop.door.able = generous
    desktop.hear(a_post("It is lost, call 077 123 4567", external_id="shown-1", published_at=desktop.door.now))
    page = desktop.open()
    page.locator(".row", has_text="[phone number]").locator("a").click()
    page.get_by_role("button", name="Answer in private").click()
    expect(page.locator("#reply-private")).to_be_checked()
    expect(page.get_by_role("textbox", name="Private reply")).to_be_focused()
    page.keyboard.type("We call 077 123 4567 now.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".reply")).to_contain_text("private message")
    expect(page.locator("#reply-private")).not_to_be_checked()
    expect(page.get_by_role("textbox", name="Public reply")).to_be_visible()


@pytest.mark.soak
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_box_with_everything_in_it_fits_a_phone(desktop: Desktop, scheme: str) -> None:
    desktop.door.able = generous
    desktop.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    desktop.page.set_viewport_size({"width": 320, "height": 640})
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.set_input_files("#reply-files", {"name": "bag.png", "mimeType": "image/png", "buffer": PNG})
    expect(page.locator("#reply-pictures li")).to_have_count(1)
    page.fill("#reply-text", LONG)
    expect(page.locator("[data-in-posts]")).to_be_visible()
    wide = "[...document.querySelectorAll('#composer, #composer *')].filter((one) => one.getBoundingClientRect().right > 321).length"
    assert page.evaluate(wide) == 0
    expect(page.locator("[data-in-posts]")).to_be_in_viewport()


def test_what_was_answered_on_the_network_itself_is_told_of_from_the_same_box_and_taken_back_into_it(desktop: Desktop) -> None:
    desktop.hear(a_post("My parcel never came!", external_id="closed", can_reply=False, why_no_reply="This source is only read."))
    with desktop.door.pool.transaction() as conn:
        (case_id,) = fetch_values(conn, "select case_id from posts where external_id = 'closed'")
    page = desktop.open(f"/inbox/{case_id}")
    page.keyboard.press("r")
    page.keyboard.type("Rang them.")
    expect(page.locator(".sending [data-send=one]").first).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .reply")).to_contain_text("Answered where it was written")
    expect(page.locator("#case-head")).to_have_attribute("data-status", "waiting")
    expect(page.locator("#reply-text")).to_have_value("")

    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page.locator("#reply-text")).to_have_value("Rang them.")
    expect(page.locator("#case-head")).to_have_attribute("data-status", "open")
    assert "Rang them." not in desktop.replies()
