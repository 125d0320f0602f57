"""How the screens look and to whom they are open: themes, small screens, assistive technology, a server that restarts."""

import pytest
from playwright.sync_api import Browser, expect

from amends.core.translating import NATIVE_NAMES
from tests.browser.desktop import Desktop, Profile
from tests.browser.screens import enter
from tests.databases import Server
from tests.door import Door, Furnished, door_of
from tests.serving import serving

pytestmark = pytest.mark.browser


@pytest.mark.soak
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


TOLD = """() => {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: "Resolved, and told to everybody", undo: "/nowhere" } }));
  const { x, y, width, height } = document.querySelector("[data-do=close-case]").getBoundingClientRect();
  const back = document.elementFromPoint(x + width / 2, y + height / 2).closest("[data-do]")?.dataset.do;
  const told = document.querySelector(".toast").getBoundingClientRect();
  const buttons = [...document.querySelectorAll("#case-head button, #bulk button")].map((one) => one.getBoundingClientRect());
  const under = buttons.filter((one) => one.width && one.bottom > told.top && one.top < told.bottom);
  document.querySelector(".toast").click();
  return [back, under.length, told.height < 120, document.querySelectorAll(".toast").length];
}"""


@pytest.mark.soak
def test_on_a_phone_what_was_done_is_told_beside_the_way_back_and_goes_by_a_tap(desktop: Desktop) -> None:
    desktop.page.set_viewport_size({"width": 320, "height": 640})
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    assert page.evaluate(TOLD) == ["close-case", 0, True, 0]
    page.keyboard.press("v")
    expect(page.locator("body.selecting")).to_be_attached()
    assert page.evaluate(TOLD) == ["close-case", 0, True, 0]
    assert page.locator("body [style]").count() == 0  # htmx would carry it over, which our content policy forbids


@pytest.mark.soak
def test_a_secret_that_is_shown_once_comes_into_view_however_long_the_list_is(desktop: Desktop) -> None:
    page = desktop.page
    page.set_viewport_size({"width": 390, "height": 500})
    page.goto("/settings/tokens")
    for number in range(4):
        page.get_by_label("What it is for").fill(f"Program {number}")
        page.get_by_role("button", name="Make a token").click()
        expect(page.locator("#listed li")).to_have_count(number + 1)
        expect(page.locator("code.token")).to_be_in_viewport(ratio=0.99)


BESIDE = """(rail) => {
  document.documentElement.style.setProperty("--rail", rail);
  const [bar, toasts, pane] = ["#bulk", "#toasts", "#rail"].map((one) => document.querySelector(one).getBoundingClientRect());
  return [Math.round(bar.left - pane.right), Math.round(toasts.left - pane.right)];
}"""


@pytest.mark.soak
def test_the_bar_of_what_is_selected_and_what_was_done_lie_at_the_list_however_wide_the_rail_is(desktop: Desktop) -> None:
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.keyboard.press("v")
    expect(page.locator("body.selecting")).to_be_attached()
    assert [page.evaluate(BESIDE, f"{wide}px") for wide in (168, 212, 360)] == [[4, 12]] * 3


@pytest.mark.soak
def test_what_was_done_stays_told_as_long_as_one_points_at_it_or_is_in_it(desktop: Desktop) -> None:
    desktop.page.clock.install()
    page = desktop.open()
    toast, back = page.locator(".toast"), page.locator(".toast button")
    page.evaluate("""document.dispatchEvent(new CustomEvent("toast", { detail: { text: "Resolved", undo: "/nowhere" } }))""")
    toast.hover()
    page.clock.run_for(30_000)
    expect(toast).to_be_visible()
    back.focus()
    page.mouse.move(1, 1)
    page.clock.run_for(30_000)
    expect(back).to_be_focused()
    back.blur()
    page.clock.run_for(3_000)
    expect(toast).to_have_count(0)


@pytest.mark.soak
def test_in_a_low_window_the_thread_has_room_and_the_button_that_sends_is_reached(desktop: Desktop) -> None:
    """1280x720 at 200 %."""
    desktop.page.set_viewport_size({"width": 640, "height": 360})
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.locator("#reply-text").fill("Sorry.")
    assert page.locator("#thread-scroll").evaluate("(thread) => thread.offsetHeight") > 200
    page.mouse.move(320, 120)
    page.mouse.wheel(0, 2_000)
    expect(page.locator("#form-reply .sending button").last).to_be_in_viewport(ratio=0.9)


COUNTED = """() => {
  const count = document.querySelector(".list-head .num"), name = document.querySelector(".list-head h1 bdi");
  count.textContent = "3";
  const high = count.offsetHeight;
  count.textContent = "358";
  name.textContent = "x".repeat(60);
  return [count.offsetHeight - high, document.documentElement.scrollWidth];
}"""


@pytest.mark.soak
def test_a_long_name_of_a_view_leaves_its_number_in_one_line(desktop: Desktop) -> None:
    desktop.page.set_viewport_size({"width": 320, "height": 640})
    assert desktop.open().evaluate(COUNTED) == [0, 320]


@pytest.mark.soak
def test_the_chosen_theme_stays(desktop: Desktop) -> None:
    page = desktop.open()
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    switch = page.locator("#rail [data-do=theme]")
    expect(switch).to_have_accessible_name("Theme: as the system has it")
    for name in ("light", "dark"):
        switch.click()
        expect(switch).to_have_accessible_name(f"Theme: {name}")
    dark = page.evaluate(ground)
    assert light != dark
    page.reload()
    assert page.evaluate(ground) == dark
    switch.click()
    switch.click()
    expect(switch).to_have_accessible_name("Theme: high contrast, dark")
    assert page.evaluate(ground) == "rgb(0, 0, 0)"


def test_an_open_page_survives_a_restart_of_the_server_and_catches_up(
    chromium: Browser, profile: Profile, server: Server, furnished_now: Furnished
) -> None:
    with door_of(server, furnished_now) as door:
        it_survives(chromium, door, port=profile.port)


def it_survives(chromium: Browser, door: Door, *, port: int) -> None:
    """The port is the same both times, and none that the system gives to somebody else meanwhile."""
    with serving(door.app, port=port) as address:
        page, troubles = enter(chromium, door, address, width=1440, theme="light"), list[str]()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"/inbox/{door.who.plain}?view=unassigned")
        page.wait_for_selector("body[data-live=yes]")
    page.locator(".row a").last.click()
    expect(page.locator(".toast")).to_have_text("The server cannot be reached. What you wrote is kept here.")
    expect(page.locator("body")).to_have_attribute("data-live", "no")
    page.fill("#reply-text", "Written without a server.")
    expect(page.locator("#form-reply [data-saved]")).to_have_text("kept in this browser only")
    with door.pool.transaction() as conn:
        conn.execute("update cases set assignee_id = %s", [door.who.bo])
        conn.execute("insert into events (kind, at, case_id) values ('case_assigned', %s, %s)", [door.now, door.who.plain])
    again = Door(pool=door.pool, who=door.who, now=door.now)
    with serving(again.app, port=port):
        expect(page.locator("body")).to_have_attribute("data-live", "yes")
        expect(page.locator("#views [data-count=unassigned]")).to_have_text("")
        expect(page.locator("#form-reply [data-saved]")).to_have_text("saved for the team")
        page.context.close()
    assert troubles == []


PALE = """() => [...document.querySelectorAll("input:not([type=hidden], [type=checkbox]), select, textarea")]
  .filter((field) => getComputedStyle(field).color !== getComputedStyle(document.body).color).map((field) => field.name)"""
BOXES = "() => [...document.querySelectorAll('.sheet input[type=checkbox]')].filter((box) => box.offsetWidth !== 18).length"
LOW = """() => Object.values(Object.groupBy(document.querySelectorAll(".stat"), (one) => one.getBoundingClientRect().top))
  .map((row) => new Set(row.map((one) => one.querySelector(".value").getBoundingClientRect().top)).size)"""
WIDER = """() => [...document.querySelectorAll(".row .due")]
  .map((one) => one.offsetWidth - Math.max(52, Math.ceil(one.querySelector("time").getBoundingClientRect().width)))"""

BEYOND = "document.querySelector('main').scrollWidth - document.querySelector('main').clientWidth"

COLLIDING = """() => [...document.querySelectorAll(".chart text[text-anchor=middle]")].map((one) => one.getBoundingClientRect())
  .filter((one, place, all) => place && one.left < all[place - 1].right).length"""


@pytest.mark.soak
def test_fields_figures_and_bars_stand_alike_on_every_screen(chromium: Browser, shown: Door) -> None:
    """What was entered is as dark as any text, boxes are of one size, figures of a row on one line, a bar no wider than its time."""
    with serving(shown.app) as address:
        page = enter(chromium, shown, address, width=1440, theme="light")
        page.goto("/settings/teams/1")
        assert page.evaluate(PALE) == []
        assert page.evaluate(BOXES) == 0
        page.goto("/numbers")
        assert set(page.evaluate(LOW)) == {1}
        page.goto("/inbox")
        assert max(page.evaluate(WIDER)) <= 1
        assert page.locator("button.sr:not([tabindex='-1'])").count() == 0  # who is there by keyboard sees where
        page.context.add_cookies([{"name": "amends_language", "value": "ta", "url": address}])
        page.goto("/settings/urgency")
        assert page.evaluate(COLLIDING) == 0
        page.set_viewport_size({"width": 320, "height": 844})
        page.goto("/numbers")
        assert page.evaluate(BEYOND) <= 0
        page.context.close()


EXACT = """async () => {
  const told = (page) => [...page.querySelectorAll("#rows time[title]")].map((time) => time.title);
  const sent = new DOMParser().parseFromString(await (await fetch(location)).text(), "text/html");
  return [told(document), told(sent)];
}"""


@pytest.mark.soak
@pytest.mark.parametrize("language", NATIVE_NAMES)
def test_the_exact_time_stays_in_the_language_also_where_the_browser_does_not_speak_it(desktop: Desktop, language: str) -> None:
    desktop.context.add_cookies([{"name": "amends_language", "value": language, "url": desktop.address}])
    page = desktop.open()
    expect(page.locator("#rows time[data-exact]").first).to_be_attached()
    shown, sent = page.evaluate(EXACT)
    assert [f"{one} UTC" for one in shown] == sent
    assert page.locator(".find .grow").evaluate("(words) => words.scrollWidth - words.clientWidth") <= 0


@pytest.mark.soak
def test_the_focus_stays_where_a_button_stood_that_is_drawn_away(desktop: Desktop) -> None:
    page = desktop.page
    page.on("dialog", lambda question: question.accept())
    page.goto("/settings/tokens")
    for number in range(3):
        page.get_by_label("What it is for").fill(f"Program {number}")
        page.get_by_role("button", name="Make a token").click()
        expect(page.locator("#listed li")).to_have_count(number + 1)
    for left in (2, 1, 0):
        page.locator("#listed button").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#listed li")).to_have_count(left)
        assert page.evaluate("document.activeElement.closest('#listed') !== null")


HALF = "() => { const row = document.querySelector('.labels'); row.scrollLeft = row.querySelector('#give-topic').offsetLeft - 300; }"


@pytest.mark.soak
def test_on_a_phone_a_chip_that_has_the_focus_is_in_view_whole(desktop: Desktop) -> None:
    desktop.page.set_viewport_size({"width": 320, "height": 640})
    page = desktop.open(f"/inbox/{desktop.door.who.plain}")
    page.locator(".labels .model").focus()
    page.evaluate(HALF)
    page.keyboard.press("Tab")
    expect(page.locator("#give-topic")).to_be_focused()
    expect(page.locator("#give-topic")).to_be_in_viewport(ratio=0.99)
