"""A manager changes what is promised: she sees what the last month would have been, keeps it, and puts it before the others."""

from playwright.sync_api import Page, expect

from amends.api.auth import SESSION_COOKIE
from tests.browser.desktop import Desktop
from tests.desk import DAY


def as_mia(desktop: Desktop) -> Page:
    """Open the policies as a manager does."""
    token = desktop.door.visitor(desktop.door.who.mia).cookies[SESSION_COOKIE]
    desktop.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": desktop.address}])
    return desktop.open("/settings/sla")


def test_a_policy_is_changed_with_its_effect_on_the_last_month_before_ones_eyes(desktop: Desktop) -> None:
    page = as_mia(desktop)
    page.get_by_role("link", name="Change Everything else").click()
    page.get_by_label("First answer").fill("soon")
    expect(page.locator("#preview")).to_contain_text("no length of time")
    page.get_by_label("First answer").fill("1min")
    page.get_by_label("For cases that are").fill("-said:>=101")
    expect(page.locator("#preview")).to_contain_text("It matters for")
    page.get_by_role("button", name="Keep as the next version").click()
    expect(page.locator("#shown")).to_contain_text("version 2")

    page.get_by_role("main").get_by_role("link", name="SLA policies").click()
    page.get_by_role("button", name="Move Everything else up").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".rules-list > li").nth(1)).to_contain_text("Everything else")
    expect(page.locator("#up-3")).to_be_focused()
    with page.expect_response("**/settings/sla/order"):
        page.locator("#policy-3 .order").drag_to(page.locator("#policy-1 .order"), target_position={"x": 5, "y": 2})
    expect(page.locator(".rules-list > li").first).to_contain_text("Everything else")
    page.reload()
    expect(page.locator(".rules-list > li").first).to_contain_text("Everything else")

    page.goto(f"/inbox/{desktop.door.who.plain}")
    expect(page.get_by_role("list", name="Clocks")).to_contain_text("First answer")


def test_a_long_promise_is_read_beside_narrow_columns(desktop: Desktop) -> None:
    case, door = desktop.door.who.plain, desktop.door
    said = {"promised": "A technician visits you on Tuesday at 5 pm, and you have the refund by Friday", "said": "yes", "zone": "UTC"}
    door.visitor(door.who.ada).post(f"/inbox/{case}/promises", data=said | {"at": f"{door.now + 3 * DAY:%Y-%m-%dT%H:%M}"})
    desktop.page.set_viewport_size({"width": 1280, "height": 900})
    text = desktop.open(f"/inbox/{case}").locator(".case-head .promise .grow").bounding_box()
    assert text is not None
    assert text["width"] > 200
