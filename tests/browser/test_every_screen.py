"""Every screen, found from the routes: axe finds nothing in any theme, on a phone, at 200 % zoom; nothing is wider than its frame.

The whole matrix takes many minutes: `./amends test -m soak tests/browser/test_every_screen.py`.
"""

from collections.abc import Iterator, Sequence
from itertools import cycle, pairwise, product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from amends.core.database import Pool
from tests.browser.screens import enter, private_case, screens
from tests.door import Door
from tests.seed import NOBODY
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

WIDE, ZOOMED, PHONE = 1440, 720, 320
"""A desktop, the same at 200 % zoom, and the narrowest screen that WCAG asks for."""
SIZES = ["target-size", "scrollable-region-focusable", "color-contrast"]
THEMES = ("dark", "contrast-light", "contrast-dark")
RAIL = "#rail"
PUT_ON = """(theme) => {
  document.documentElement.dataset.theme = theme;
  const contrast = document.querySelector("#contrast");
  if (contrast) contrast.media = theme.startsWith("contrast-") ? "all" : "not all";
}"""
BEYOND = "Math.max(...[document.documentElement, ...document.querySelectorAll('main')].map((one) => one.scrollWidth - one.clientWidth))"
"""How many pixels wider than its frame the page, or what scrolls in it, is."""
FAULTS = """({ besides, ...options }) => axe.run({ exclude: besides }, { ...options, preload: false, resultTypes: ["violations"] })
  .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`)))"""

LAY_OUT = """(path) => fetch(path, { headers: { "HX-Request": "true" } }).then((answer) => answer.text()).then((text) => {
  document.querySelector("main").innerHTML = `<h1>Pieces</h1><h2>One</h2>${text}`;
})"""
AROUND = {name: {"enabled": False} for name in ("listitem", "dlitem", "aria-required-parent")}
"""What only a piece in its place can fulfil."""


def with_axe(page: Page) -> Page:
    """Let whatever the page opens bring axe along, which is sent over only once."""
    page.add_init_script(Axe().axe_script)
    return page


def complaints(page: Page, what: str, *, besides: Sequence[str] = (), **options: object) -> list[str]:
    """Return one line for each element that axe finds fault with, `besides` left out; what passes is neither written down nor sent over."""
    found: list[str] = page.evaluate(FAULTS, {"besides": [*besides], **options})
    return [f"{what}: {fault}" for fault in found]


def put_on(page: Page, theme: str, *, width: int = WIDE) -> None:
    page.evaluate(PUT_ON, theme)
    page.set_viewport_size({"width": width, "height": 844})


def in_every_theme(page: Page, path: str) -> Iterator[str]:
    yield from complaints(page, f"{path}, light")
    for theme in THEMES:
        put_on(page, theme)
        yield from complaints(page, f"{path}, {theme}", runOnly=["color-contrast"])
    put_on(page, "light")


def in_width(page: Page, path: str, width: int, *, theme: str, besides: Sequence[str] = ()) -> Iterator[str]:
    put_on(page, theme, width=width)
    if (beyond := page.evaluate(BEYOND)) > 0:
        yield f"{path}, {width} px wide: {beyond} px beyond its frame"
    # At 200 % the page is the one of the desktop, reflowed: only what size decides can differ.
    yield from complaints(page, f"{path}, {theme}, {width} px wide", besides=besides, **({} if width == PHONE else {"runOnly": SIZES}))
    put_on(page, "light")


@pytest.fixture(scope="module")
def addresses(shown: Door) -> tuple[list[str], list[str]]:
    """The screens, and the pieces of screens; asking every route takes seconds."""
    return screens(shown)


def test_axe_finds_nothing_on_any_screen_in_any_width(chromium: Browser, shown: Door, addresses: tuple[list[str], list[str]]) -> None:
    """Each screen wears three of the four themes, in turn: what one screen does not show in a theme, the next one of its kind does.

    The rail is the same beside each screen, and is looked at beside those of the inbox.
    """
    with serving(shown.app) as address:
        page = with_axe(enter(chromium, shown, address, width=WIDE, theme="light"))
        found = list[str]()
        for path, (zoomed, phone) in zip(addresses[0], cycle(pairwise((*THEMES, THEMES[0]))), strict=False):
            besides = () if path.startswith("/inbox") else (RAIL,)
            page.goto(path)
            found += complaints(page, f"{path}, light", besides=besides)
            for width, theme in ((ZOOMED, zoomed), (PHONE, phone)):
                found += in_width(page, path, width, theme=theme, besides=besides)
        page.context.close()
    assert found == []


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_axe_finds_nothing_on_any_screen_in_any_theme_and_width(
    chromium: Browser, shown: Door, addresses: tuple[list[str], list[str]]
) -> None:
    """The same without turns: every screen in each theme on each width."""
    with serving(shown.app) as address:
        page = with_axe(enter(chromium, shown, address, width=WIDE, theme="light"))
        found = list[str]()
        for path in addresses[0]:
            page.goto(path)
            found += in_every_theme(page, path)
            for width, theme in product((ZOOMED, PHONE), ("light", *THEMES)):
                found += in_width(page, path, width, theme=theme)
        page.context.close()
    assert found == []


def test_axe_finds_nothing_in_what_unfolds_within_a_screen(chromium: Browser, shown: Door, addresses: tuple[list[str], list[str]]) -> None:
    with serving(shown.app) as address:
        page = with_axe(enter(chromium, shown, address, width=WIDE, theme="light"))
        page.goto("/settings/profile")
        found = list[str]()
        for path in addresses[1]:
            page.evaluate(LAY_OUT, path)
            found += complaints(page, f"{path}, light", rules=AROUND)
            put_on(page, "dark")
            found += complaints(page, f"{path}, dark", runOnly=["color-contrast"])
            put_on(page, "light")
        page.context.close()
    assert found == []


def test_axe_finds_nothing_where_a_fresh_installation_begins(chromium: Browser, pool: Pool) -> None:
    with serving(Door(pool=pool, who=NOBODY).app) as address:
        page = with_axe(chromium.new_page(base_url=address, reduced_motion="reduce"))
        page.goto("/welcome")
        expect(page.get_by_label("Set-up code")).to_be_visible()
        found = [*in_every_theme(page, "/welcome"), *in_width(page, "/welcome", PHONE, theme="dark")]
        page.context.close()
    assert found == []


def test_axe_finds_nothing_in_what_unfolds_over_a_case(chromium: Browser, shown: Door) -> None:
    with serving(shown.app) as address:
        page = with_axe(enter(chromium, shown, address, width=WIDE, theme="light"))
        page.goto(f"/inbox/{private_case(shown)}")
        page.locator(".relabel summary").first.click()
        found = list(in_every_theme(page, "labels"))
        for key, name in (("t", "topics"), ("?", "keys"), ("Control+k", "command bar")):
            page.keyboard.press(key)
            expect(page.get_by_role("dialog")).to_be_visible()
            found += in_every_theme(page, name)
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_be_hidden()
        page.context.close()
    assert found == []
