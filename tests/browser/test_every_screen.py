"""Every screen, found from the routes: axe finds nothing in any theme, on a phone, at 200 % zoom; nothing is wider than its frame.

Here each screen is looked at once: themes and widths take turns, so that all screens together are seen in all of them. The whole matrix
takes many minutes: `./amends test -m soak tests/browser/test_every_screen.py`.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from itertools import cycle, product, repeat

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from amends.core.database import Pool
from tests.browser.desktop import UNDRAWN, launched
from tests.browser.screens import all_answers, enter, left_out, private_case, screens
from tests.door import Answer, Door
from tests.seed import NOBODY
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]

WIDE, ZOOMED, PHONE = 1440, 720, 320
"""A desktop, the same at 200 % zoom, and the narrowest screen that WCAG asks for."""
COLOURS = ["color-contrast"]
THEMES = ("light", "dark", "contrast-light", "contrast-dark")
RAIL = "#rail"
PUT_ON = """(theme) => {
  document.documentElement.dataset.theme = theme;
  const contrast = document.querySelector("#contrast");
  if (contrast) contrast.media = theme.startsWith("contrast-") ? "all" : "not all";
}"""
BEYOND = "Math.max(...[document.documentElement, ...document.querySelectorAll('main')].map((one) => one.scrollWidth - one.clientWidth))"
"""How many pixels wider than its frame the page, or what scrolls in it, is."""
FAULTS = """({ within, besides, ...options }) =>
  axe.run({ include: within, exclude: besides }, { ...options, preload: false, resultTypes: ["violations"] })
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


def complaints(page: Page, what: str, *, besides: Sequence[str] = (), only: Sequence[str] = ()) -> list[str]:
    """Return one line for each element that axe finds fault with, `besides` left out; by the rules `only`, where some are named."""
    return faults(page, what, within="html", besides=besides, options={"runOnly": [*only]} if only else {})


def faults(page: Page, what: str, *, within: str, besides: Sequence[str] = (), options: Mapping[str, object]) -> list[str]:
    """Return axe's complaints; what passes is neither written down nor sent over."""
    found: list[str] = page.evaluate(FAULTS, {"within": [within], "besides": [*besides], **options})
    return [f"{what}: {fault}" for fault in found]


def put_on(page: Page, theme: str, *, width: int = WIDE) -> None:
    page.evaluate(PUT_ON, theme)
    page.set_viewport_size({"width": width, "height": 844})


def in_themes(page: Page, path: str, themes: Sequence[str] = THEMES) -> Iterator[str]:
    """Look at a screen whole in the first of the themes, and at its colours in the others."""
    for place, theme in enumerate(themes):
        put_on(page, theme)
        yield from complaints(page, f"{path}, {theme}", only=COLOURS if place else ())
    put_on(page, "light")


def in_width(page: Page, path: str, width: int, *, theme: str, besides: Sequence[str] = ()) -> Iterator[str]:
    yield from beyond_its_frame(page, path, width, theme=theme)
    yield from complaints(page, f"{path}, {theme}, {width} px wide", besides=besides)


def beyond_its_frame(page: Page, path: str, width: int, *, theme: str) -> Iterator[str]:
    put_on(page, theme, width=width)
    if (beyond := page.evaluate(BEYOND)) > 0:
        yield f"{path}, {width} px wide: {beyond} px beyond its frame"


def in_turn(page: Page, path: str, width: int, theme: str) -> Iterator[str]:
    """Look at a screen in one theme on one width, and that nothing of it is wider than its frame on the others."""
    page.goto(path)
    for other in {WIDE, ZOOMED, PHONE} - {width}:
        yield from beyond_its_frame(page, path, other, theme=theme)
    yield from in_width(page, path, width, theme=theme, besides=() if path.startswith("/inbox") else (RAIL,))
    put_on(page, "light")


@pytest.fixture(scope="module")
def undrawn(chromium: Browser) -> Generator[Browser]:
    """A browser that draws nothing, where what is only looked at by axe costs a quarter less."""
    browser = launched(chromium.browser_type, *UNDRAWN)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def answers(shown: Door) -> dict[str, Answer]:
    """What each address answers."""
    return all_answers(shown)


@pytest.fixture(scope="module")
def addresses(shown: Door, answers: dict[str, Answer]) -> tuple[list[str], list[str]]:
    """The screens, and the pieces of screens."""
    return screens(shown, answers)


WITH_A_KEY = {"/invitation", "/new-password"}
"""Doors that open with a key; `addresses` of the examples has one for each."""
FRESH = {"/welcome"}
"""What is there before anybody is, and is looked at by itself."""
NO_SCREEN = {
    "/customers/export/{export_id:int}",
    "/customers/{customer_id:int}/field",
    "/customers/{customer_id:int}/files/{file_id}",
    "/inbox/{case_id:int}/pictures/{picture_id}",
    "/inbox/{case_id:int}/posts/{post_id}/translation",
    "/login/sign-on",
    "/privacy/requests/{request_id}/file",
}
"""Files, the way to a provider, and pieces: of a field that is named, and of a translator that is there."""


def test_no_screen_is_left_out(shown: Door, answers: dict[str, Answer]) -> None:
    assert left_out(shown, answers) == WITH_A_KEY | FRESH | NO_SCREEN


def test_axe_finds_nothing_on_any_screen(undrawn: Browser, shown: Door, addresses: tuple[list[str], list[str]]) -> None:
    """What one screen does not show in a theme or on a width, the next one of its kind does.

    The rail is the same beside each screen, and is looked at beside those of the inbox.
    """
    with serving(shown.app) as address:
        page = with_axe(enter(undrawn, shown, address, width=WIDE, theme="light"))
        turns = zip(addresses[0], cycle(product((WIDE, ZOOMED, PHONE), THEMES)), strict=False)
        found = [fault for path, (width, theme) in turns for fault in in_turn(page, path, width, theme)]
        page.context.close()
    assert found == []


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_axe_finds_nothing_on_any_screen_in_any_theme_and_width(
    undrawn: Browser, shown: Door, addresses: tuple[list[str], list[str]]
) -> None:
    """The same without turns: every screen in each theme on each width."""
    with serving(shown.app) as address:
        page = with_axe(enter(undrawn, shown, address, width=WIDE, theme="light"))
        found = list[str]()
        for path in addresses[0]:
            page.goto(path)
            found += in_themes(page, path)
            for width, theme in product((ZOOMED, PHONE), THEMES):
                found += in_width(page, path, width, theme=theme)
            put_on(page, "light")
        page.context.close()
    assert found == []


def in_pieces(browser: Browser, door: Door, worn: Iterable[tuple[str, str]]) -> list[str]:
    """Look at each piece in its theme; what stands around it is looked at with the screens."""
    found = list[str]()
    with serving(door.app) as address:
        page = with_axe(enter(browser, door, address, width=WIDE, theme="light"))
        page.goto("/settings/profile")
        for path, theme in worn:
            put_on(page, theme)
            page.evaluate(LAY_OUT, path)
            found += faults(page, f"{path}, {theme}", within="main", options={"rules": AROUND})
        page.context.close()
    return found


def test_axe_finds_nothing_in_what_unfolds_within_a_screen(undrawn: Browser, shown: Door, addresses: tuple[list[str], list[str]]) -> None:
    assert in_pieces(undrawn, shown, zip(addresses[1], cycle(THEMES), strict=False)) == []


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_axe_finds_nothing_in_what_unfolds_within_a_screen_in_any_theme(
    undrawn: Browser, shown: Door, addresses: tuple[list[str], list[str]]
) -> None:
    assert in_pieces(undrawn, shown, product(addresses[1], THEMES)) == []


def test_axe_finds_nothing_where_a_fresh_installation_begins(chromium: Browser, pool: Pool) -> None:
    with serving(Door(pool=pool, who=NOBODY).app) as address:
        page = with_axe(chromium.new_page(base_url=address, reduced_motion="reduce"))
        page.goto("/welcome")
        expect(page.get_by_label("Set-up code")).to_be_visible()
        found = [*in_themes(page, "/welcome"), *in_width(page, "/welcome", PHONE, theme="dark")]
        page.context.close()
    assert found == []


def over_a_case(browser: Browser, door: Door, worn: Iterator[Sequence[str]]) -> list[str]:
    """Look at what unfolds over a case, each time in the next themes that are `worn`."""
    with serving(door.app) as address:
        page = with_axe(enter(browser, door, address, width=WIDE, theme="light"))
        page.goto(f"/inbox/{private_case(door)}")
        page.locator(".relabel summary").first.click()
        found = list(in_themes(page, "labels", next(worn)))
        for key, name in (("t", "topics"), ("?", "keys"), ("Control+k", "command bar")):
            page.keyboard.press(key)
            expect(page.get_by_role("dialog")).to_be_visible()
            found += in_themes(page, name, next(worn))
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_be_hidden()
        page.context.close()
    return found


def test_axe_finds_nothing_in_what_unfolds_over_a_case(chromium: Browser, shown: Door) -> None:
    assert over_a_case(chromium, shown, ((theme,) for theme in THEMES)) == []


@pytest.mark.soak
def test_axe_finds_nothing_in_what_unfolds_over_a_case_in_any_theme(chromium: Browser, shown: Door) -> None:
    assert over_a_case(chromium, shown, repeat(THEMES)) == []
