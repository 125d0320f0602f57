"""A manager has history judged anew, and watches how far it is until it is over."""

import pytest
from playwright.sync_api import Response, expect

from amends.api.auth import SESSION_COOKIE
from amends.core.clock import utc_now
from amends.worker.names import Task
from tests.browser.desktop import Desktop
from tests.workplace import Workplace

pytestmark = pytest.mark.browser


def asks_how_far(answer: Response) -> bool:
    return "/settings/jobs/" in answer.url


def test_the_progress_of_judging_anew_stays_on_the_page_and_its_end_is_told(desktop: Desktop) -> None:
    token = desktop.door.visitor(desktop.door.who.mia).cookies[SESSION_COOKIE]
    desktop.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": desktop.address}])
    page = desktop.open("/settings/triage")
    page.get_by_role("button", name="Judge history anew").click()
    for _ in range(2):
        page.wait_for_event("response", asks_how_far)
    history = page.get_by_role("region", name="History")
    expect(history).to_contain_text("Judging history anew")
    Workplace(pool=desktop.door.pool, now=utc_now()).perform(Task.JOBS)
    expect(history).to_contain_text("done")
