"""One story: a list of customers goes up, its columns are understood, a dry run is looked at, it runs, and it is taken back."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from amends.api.auth import SESSION_COOKIE
from amends.core.clock import utc_now
from amends.worker.names import Task
from tests.browser.desktop import Desktop
from tests.workplace import Workplace

pytestmark = [pytest.mark.browser, pytest.mark.soak]

PEOPLE = "Nombre;Correo;Cumpleaños\nJosé Núñez;jose@b.example;03/04/1990\nகவிதா;kavi@b.example;05/06/1991\nBen;nonsense;\n"


def upload(desktop: Desktop, file: Path) -> Page:
    """Let Mia upload a list."""
    token = desktop.door.visitor(desktop.door.who.mia).cookies[SESSION_COOKIE]
    desktop.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": desktop.address}])
    file.write_bytes(PEOPLE.encode("utf-16"))
    page = desktop.open("/customers/import")
    page.get_by_label("CSV, JSON Lines or vCard").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(file.name)
    return page


def map_columns(page: Page) -> None:
    """Say what the columns mean, and look."""
    page.get_by_label("What “Nombre” means").select_option("name")
    page.get_by_label("What “Correo” means").select_option("email")
    page.get_by_label("What “Cumpleaños” means").select_option("birthday")
    page.get_by_label("How the days in “Cumpleaños” are written").select_option("dmy")
    page.get_by_label("Keep this mapping as").fill("Gente")
    page.get_by_role("button", name="Show what would come of it").click()


def work_off(desktop: Desktop) -> None:
    """Let the worker do what was begun, once the page shows that it was."""
    expect(desktop.page.locator("#shown .progress")).to_be_visible()
    Workplace(pool=desktop.door.pool, now=utc_now()).perform(Task.JOBS)


def test_a_list_of_customers_comes_in_and_is_taken_back(desktop: Desktop, tmp_path: Path) -> None:
    page = upload(desktop, tmp_path / "gente.csv")
    map_columns(page)
    work_off(desktop)
    expect(page.get_by_role("heading", name="What would come of it")).to_be_visible()
    expect(page.locator("#shown")).to_contain_text("is no e-mail address")

    page.get_by_role("button", name="Import", exact=True).click()
    work_off(desktop)
    expect(page.get_by_role("heading", name="What came of it")).to_be_visible()
    with page.expect_download() as report:
        page.get_by_role("link", name="Refused rows to mend").click()
    assert "Ben,nonsense" in Path(report.value.path()).read_text("utf-8-sig")

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Take the import back").click()
    work_off(desktop)
    expect(page.locator("#shown")).to_contain_text("precisely as it was")
