"""A budget is tried while one types, kept, and taken back by the toast; an alarm is seen to."""

import pytest
from playwright.sync_api import expect

from amends.api.auth import SESSION_COOKIE
from tests.browser.desktop import Desktop
from tests.troubles import refused, spent

pytestmark = [pytest.mark.browser, pytest.mark.soak]


def test_the_forecast_follows_what_one_types_and_the_toast_takes_a_budget_back(desktop: Desktop) -> None:
    door = desktop.door
    with door.pool.transaction() as conn:
        spent(conn, door.who.source_id, now=door.now)
    token = door.visitor(door.who.ann).cookies[SESSION_COOKIE]
    desktop.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": desktop.address}])
    page = desktop.open(f"/sources/{door.who.source_id}/budget")
    expect(page.locator("#preview")).to_contain_text("under the budget in force")
    page.get_by_label("At most a day").fill("300")
    expect(page.locator("#preview")).to_contain_text("as you are trying it")
    expect(page.locator("#preview")).to_contain_text("min a day")
    expect(page.get_by_label("At most a day")).to_be_focused()
    page.get_by_role("button", name="Keep this budget").click()
    expect(page.locator(".tiles")).to_contain_text("300 reads a day")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".tiles")).to_contain_text("no limit")


def test_an_agent_sees_to_an_alarm(desktop: Desktop) -> None:
    with desktop.door.pool.transaction() as conn:
        refused(conn, now=desktop.door.now)
    page = desktop.open("/alarms")
    page.get_by_role("button", name="I see to it: the alarm").click()
    expect(page.locator("#rung")).to_contain_text("Ada sees to it")
