"""An outage wave: the first posts, one incident over them, a note on every case, the fix, and the last answer."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from amends.core.database import fetch_values
from amends.core.post import Author
from amends.inbox.actions import incidents, tell_affected
from amends.inbox.rules.incidents import NewIncident
from amends.inbox.rules.rights import EVERYTHING
from tests.browser.desktop import Desktop
from tests.cast import POLICY, a_post

pytestmark = pytest.mark.browser
PHONE = {"width": 320, "height": 640}

BROUGHT = """() => {
  htmx.trigger(document.querySelector("main button[hx-post]"), "toast", { text: "Done", undo: "/back", there: true });
  const brought = sessionStorage.getItem("toast");
  sessionStorage.removeItem("toast");
  return brought;
}"""


def test_an_outage_wave(desktop: Desktop) -> None:
    board = opened_over(desktop, wave(desktop))
    said_on_every_case(desktop, board)
    fixed_and_told(desktop, board)


def wave(desktop: Desktop) -> list[int]:
    """Let three people write that they have no signal, and return their cases."""
    people = [Author(external_id=f"wave-{one}", handle=f"wave{one}", name=f"Kavi{one} Nathan", followers=one) for one in range(1, 4)]
    at = desktop.door.now - timedelta(minutes=20)
    desktop.hear(*(a_post(f"No signal in Jaffna {one.handle}", author=one, published_at=at) for one in people))
    with desktop.door.pool.transaction() as conn:
        return fetch_values(conn, "select id from cases where preview like 'No signal in Jaffna wave%' order by id")


def opened_over(desktop: Desktop, case_ids: list[int]) -> str:
    """Open an incident over the cases, and return the address of its board."""
    door = desktop.door
    with door.pool.transaction() as conn:
        [brand] = fetch_values(conn, "select min(id) from brands")
        new = NewIncident(name="No signal in Jaffna", brand_id=brand)
        incident = incidents.open(conn, new, case_ids=case_ids, agent_id=door.who.ada, now=door.now)
    page = desktop.open("/incidents")
    page.get_by_role("link", name="No signal in Jaffna").click()
    expect(page.locator("#belonging")).to_contain_text("Kavi1 Nathan")
    assert page.evaluate(BROUGHT) == '{"text":"Done","undo":"/back"}', "what a button says on the next page is its words alone"
    return f"/incidents/{incident}"


def said_on_every_case(desktop: Desktop, board: str) -> None:
    """Write once what is known; each case shows it, and takes its words into an answer."""
    page = desktop.open(board)
    page.locator("#t-say ~ form textarea").first.fill("A tower is down; we are on it.")
    page.get_by_role("button", name="Show it on all cases").click()
    expect(page.locator("#incident-live")).to_contain_text("A tower is down")
    page.locator("#belonging a").first.click()
    expect(page.locator(".of-incident")).to_contain_text("A tower is down")
    page.get_by_role("button", name="Use these words in the answer").click()
    expect(page.locator("#reply-text")).to_have_value("A tower is down; we are on it.")


def fixed_and_told(desktop: Desktop, board: str) -> None:
    """Say that it is fixed, look at the answers one by one, and let them go until the last is out."""
    door = desktop.door
    page = desktop.open(board)
    page.get_by_role("button", name="Fixed", exact=True).click()
    expect(page.locator("#t-stand ~ .chip.good")).to_have_text("Fixed")
    with door.pool.transaction() as conn:
        incident = int(board.rpartition("/")[2])
        tell_affected.write(
            conn, incident, "en", "Hi {{ customer.first_name }}, it works again.", scope=EVERYTHING, agent_id=door.who.mia, now=door.now
        )
        tell_affected.propose(conn, incident, scope=EVERYTHING, agent_id=door.who.mia, now=door.now)
        tell_affected.set_pace(conn, incident, 30)
        tell_affected.steer(conn, incident, "running", agent_id=door.who.mia, now=door.now)
    page = desktop.open(f"{board}/answers")
    for left in reversed(range(3)):
        page.get_by_role("button", name="Approve", exact=True).first.click()
        expect(page.locator("#listed [id^=answer-]")).to_have_count(left)
    for _one in range(3):
        door.now += timedelta(seconds=5)
        with door.pool.transaction() as conn:
            tell_affected.hand_over_one(conn, policy=POLICY, now=door.now)
        desktop.publish_replies()
    assert sum("it works again" in one for one in desktop.replies()) == 3
    on_a_phone(desktop, board)


def on_a_phone(desktop: Desktop, board: str) -> None:
    """The board says that everybody is told, and fits a phone."""
    page = desktop.page
    page.set_viewport_size(PHONE)  # pyright: ignore[reportArgumentType]
    desktop.open(board)
    expect(page.locator("#incident-live")).to_contain_text("3 told")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
