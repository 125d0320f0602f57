"""What an event line says stands apart from its time."""

import pytest
from playwright.sync_api import expect

from tests.browser.desktop import Desktop

pytestmark = [pytest.mark.browser, pytest.mark.soak]


def test_an_event_line_stands_apart_from_its_time(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("a")
    line = page.locator("#thread .event", has_text="just now").last
    expect(line.locator("time")).to_have_css("margin-inline-start", "8px")
