"""How the screens look and to whom they are open: themes, small screens, assistive technology, a server that restarts."""

from collections.abc import Sequence

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from amends.api.auth import SESSION_COOKIE
from amends.core.clock import utc_now
from amends.core.database import fetch_values, open_pool
from tests.browser.desktop import Desktop
from tests.cast import a_post
from tests.databases import Server
from tests.desk import Desk
from tests.door import Door, open_door
from tests.ledgers import furnish_ledger
from tests.serving import serving
from tests.teaching import furnish_triage
from tests.troubles import known, refused, spent

pytestmark = pytest.mark.browser

BEYOND = "Math.max(...[document.documentElement, ...document.querySelectorAll('main')].map((one) => one.scrollWidth - one.clientWidth))"
"""How many pixels wider than its frame the page, or what scrolls in it, is."""


def screens(door: Door) -> Sequence[str]:
    """Return one address of every screen, with the states that differ most."""
    rows = "/numbers/rows?figure=begun&since=2020-01-01T00:00:00Z&until=2100-01-01T00:00:00Z"
    return (
        "/login",
        "/forgot",
        "/inbox",
        f"/inbox/{door.who.talked}",
        f"/inbox/{door.who.talked + 6}",
        f"/inbox/{private_case(door)}",
        "/numbers",
        rows,
        "/sources",
        f"/sources/{door.who.source_id}/budget",
        "/alarms",
        "/settings/people",
        "/settings/profile",
        "/settings/security",
        "/settings/security/second-factor",
        "/settings/tokens",
        "/settings/triage",
        "/settings/urgency",
        "/settings/topics",
        "/settings/topics/1",
        "/settings/noise",
        "/settings/personal",
        "/api/v1/docs",
        "/nowhere",
    )


def private_case(door: Door) -> int:
    """Return the case in which a customer shows a phone number."""
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select max(id) from cases")[0]


def enter(browser: Browser, door: Door, address: str, *, width: int, theme: str) -> Page:
    """Return a page of an administrator on a screen of that width."""
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=theme, base_url=address, reduced_motion="reduce")  # pyright: ignore[reportArgumentType]
    token = door.visitor(door.who.ann).cookies[SESSION_COOKIE]
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
    return context.new_page()


@pytest.fixture(scope="module")
def shown(server: Server) -> Door:
    """A furnished desk that these tests only look at."""
    door = open_door(open_pool(server.clone("looked_at"), size=4), now=utc_now())
    with door.pool.transaction() as conn:
        desk = Desk(conn=conn, source_id=door.who.source_id, agent_id=door.who.ada, now=door.now)
        furnish_triage(desk)
        furnish_ledger(conn, now=door.now)
        desk.hear(a_post("It is lost, call 077 123 4567", published_at=door.now))
        spent(conn, door.who.source_id, now=door.now)
        known(conn, door.who.source_id, now=door.now)
        refused(conn, now=door.now)
    return door


def test_axe_finds_nothing_on_any_screen_in_either_theme(chromium: Browser, shown: Door) -> None:
    with serving(shown.app) as address:
        page = enter(chromium, shown, address, width=1440, theme="light")
        found = list[str]()
        for path in screens(shown):
            page.emulate_media(color_scheme="light")
            page.goto(path)
            found += complaints(path, Axe().run(page))
            page.emulate_media(color_scheme="dark")
            found += complaints(f"{path} in the dark", Axe().run(page, options={"runOnly": ["color-contrast"]}))
        page.context.close()
    assert found == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_what_unfolds_over_a_case(chromium: Browser, shown: Door, theme: str) -> None:
    with serving(shown.app) as address:
        page = enter(chromium, shown, address, width=1440, theme=theme)
        page.goto(f"/inbox/{private_case(shown)}")
        page.locator(".relabel summary").first.click()
        found = complaints("labels", Axe().run(page))
        for key, name in (("t", "topics"), ("?", "keys")):
            page.keyboard.press(key)
            expect(page.get_by_role("dialog")).to_be_visible()
            found += complaints(name, Axe().run(page))
            page.keyboard.press("Escape")
        page.context.close()
    assert found == []


def test_a_screen_of_triage_stays_what_it_is_while_one_looks_at_it(chromium: Browser, shown: Door) -> None:
    with serving(shown.app) as address:
        page = enter(chromium, shown, address, width=1440, theme="light")
        asked = list[str]()
        page.clock.install()
        page.goto("/settings/urgency")
        page.on("request", lambda request: asked.append(request.url))
        page.clock.run_for(40_000)
        page.wait_for_timeout(0)
        assert [url for url in asked if "/sources" in url] == []
        expect(page.get_by_role("heading", name="What each reason may add")).to_be_visible()
        page.context.close()


def complaints(path: str, results: AxeResults) -> list[str]:
    """Return one line for each element that axe finds fault with."""
    return [f"{path}: {fault['id']}: {node['html'][:120]}" for fault in results.response["violations"] for node in fault["nodes"]]


@pytest.mark.parametrize("width", [390, 320])
def test_no_screen_is_wider_than_a_phone_nor_hides_anything_there(chromium: Browser, shown: Door, width: int) -> None:
    with serving(shown.app) as address:
        page = enter(chromium, shown, address, width=width, theme="light")
        too_wide, found = dict[str, int](), list[str]()
        for path in screens(shown):
            page.goto(path)
            beyond = page.evaluate(BEYOND)
            if beyond > 0:
                too_wide[path] = beyond
            found += complaints(path, Axe().run(page))
        page.context.close()
    assert too_wide == {}
    assert found == []


def test_on_a_phone_one_pane_is_shown_at_a_time(desktop: Desktop) -> None:
    desktop.page.set_viewport_size({"width": 390, "height": 844})
    page = desktop.open()
    expect(page.locator("#case")).to_be_hidden()
    page.locator(".row a").first.click()
    expect(page.locator("#case h2").first).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    page.get_by_label("The customer", exact=True).click()
    expect(page.locator("#customer")).to_be_visible()
    page.get_by_label("Back to the case").click()
    expect(page.locator("#customer")).to_be_hidden()
    page.get_by_label("Back to the list").click()
    expect(page.locator("#list")).to_be_visible()
    page.get_by_role("button", name="Views and screens").click()
    page.locator("#views").get_by_text("Mine").click()
    expect(page.locator(".list h1")).to_have_text("Mine")


def test_the_chosen_theme_stays(desktop: Desktop) -> None:
    page = desktop.open()
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_label("Light or dark").click()
    dark = page.evaluate(ground)
    assert light != dark
    page.reload()
    assert page.evaluate(ground) == dark


def test_an_open_page_survives_a_restart_of_the_server_and_catches_up(chromium: Browser, server: Server) -> None:
    door = open_door(open_pool(server.clone("restarted"), size=4), now=utc_now())
    with serving(door.app) as address:
        page = enter(chromium, door, address, width=1440, theme="light")
        page.goto("/inbox?view=unassigned")
        page.wait_for_selector("body[data-live=yes]")
    expect(page.locator("body")).to_have_attribute("data-live", "no")
    with door.pool.transaction() as conn:
        conn.execute("update cases set assignee_id = %s", [door.who.bo])
        conn.execute("insert into events (kind, at, case_id) values ('case_assigned', %s, %s)", [door.now, door.who.plain])
    again = Door(pool=door.pool, who=door.who, now=door.now)
    with serving(again.app, port=int(address.rsplit(":", 1)[1])):
        expect(page.locator("body")).to_have_attribute("data-live", "yes", timeout=10_000)
        expect(page.locator("#views [data-count=unassigned]")).to_have_text("")
        page.context.close()
    door.pool.close()
