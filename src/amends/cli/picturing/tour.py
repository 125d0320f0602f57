"""The tour: a demo with some hours of its invented day behind it, every screen found by following links, a picture of each."""

import re
import shutil
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
import httpx

from amends.cli.picturing.looks import Look, wanted
from amends.cli.running.away import away
from amends.cli.running.cast import PASSWORD, ROOT
from amends.cli.running.installation import say
from amends.cli.running.state import State
from amends.core.database import connect, fetch_values
from amends.core.embedded.places import scratch_dir
from amends.core.errors import SettingsWrong

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PATIENCE = 300.0
MORNING = 13 * 60
"""Minutes of the invented day that have passed when the pictures are taken."""
FEW = 40
"""So many cases make a desk worth looking at."""
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"#]*)')
MOST_SCREENS = 120
SHORT_OF_TIME = """
  with ours as (select id from cases where status = 'open' for update skip locked)
  update cases set due_at = waiting_since + interval '5 minutes' from ours where cases.id = ours.id returning cases.id
"""
"""Without what the workers are at just then: they would wait for us, and we for them."""
STILL = 250
"""Milliseconds after which a screen has settled."""


def take_pictures(folder: Path, *, only: Sequence[str] = ()) -> int:
    """Return how many pictures were made into `folder`, each as `<look>/<screen>.png`."""
    looks = wanted(only)
    with _browser() as browser, scratch_dir() as place, away(("demo", "--pace", "0"), data=place / "data") as demo:
        say("Starting the demo …")
        state = demo.wait_until_ready(timeout=PATIENCE)
        _let_a_morning_pass(state)
        session = _sign_in(browser, state.address)
        paths = _screens(session, state)
        say(f"{len(paths)} screens in {len(looks)} looks …")
        made = sum(_picture(browser, session, look, paths, folder, state.address) for look in looks)
        say("Stopping …")
    return made


@contextmanager
def _browser() -> "Generator[Browser]":
    """Yield Chromium: the one on the PATH, else Playwright's own."""
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - only developers have it
    except ImportError as error:
        raise SettingsWrong("Screenshots need Playwright, which `./amends test` sets up with the other tools of developers.") from error
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        except Error as error:
            raise SettingsWrong("Screenshots need Chromium; install the package `chromium` of your system.") from error
        yield browser
        browser.close()


def _let_a_morning_pass(state: State) -> None:
    """Let the invented customers write, and wait until there are cases enough to look at."""
    with httpx.Client(base_url=state.sandbox_url, timeout=60, trust_env=False) as town:
        town.post("/control/step", json={"minutes": MORNING}).raise_for_status()
    deadline = time.monotonic() + PATIENCE
    with connect(state.database_url) as conn:
        conn.autocommit = True
        while fetch_values(conn, "select count(*) from cases")[0] < FEW and time.monotonic() < deadline:
            time.sleep(0.5)
        fetch_values(conn, SHORT_OF_TIME)


def _sign_in(browser: "Browser", address: str) -> "BrowserContext":
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/login")
    page.fill("[name=email]", ROOT.email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox*")
    return context


def _screens(session: "BrowserContext", state: State) -> list[str]:
    """Return an address of every screen: those in the rail, and one of each kind that they lead to."""
    with connect(state.database_url) as conn:
        longest = "select case_id from posts where case_id is not null group by case_id order by count(*) desc, case_id limit 1"
        case_id = fetch_values(conn, longest)[0]
    waiting, found = ["/login", "/inbox", f"/inbox/{case_id}"], dict[str, str]()
    while waiting and len(found) < MOST_SCREENS:
        path = waiting.pop(0)
        if shape(path) in found:
            continue
        answer = session.request.get(path)
        is_file = "content-disposition" in answer.headers  # a report is HTML too, and is kept rather than shown
        if answer.ok and not is_file and answer.text().startswith("<!doctype html>"):
            found[shape(path)] = path
            waiting += [unescape(link) for link in LINK.findall(answer.text())]
    return list(found.values())


def shape(path: str) -> str:
    """Return what kind of screen an address leads to: numbers and queries tell none apart, but the views of the inbox."""
    parts = urlsplit(path)
    view = re.search(r"view=\w+", parts.query)
    return re.sub(r"\d+", "1", parts.path) + (f"?{view[0]}" if view and parts.path == "/inbox" else "")


def _picture(browser: "Browser", session: "BrowserContext", look: Look, paths: Sequence[str], folder: Path, address: str) -> int:
    """Return how many pictures this look gave."""
    size = {"width": look.width, "height": look.height}
    context = browser.new_context(
        base_url=address,
        viewport=size,  # pyright: ignore[reportArgumentType]
        device_scale_factor=look.scale,
        storage_state=session.storage_state(),
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in look.cookies.items()])
    page, made, place = context.new_page(), 0, folder / look.name
    place.mkdir(parents=True, exist_ok=True)
    with click.progressbar(paths, label=look.name, width=24) as bar:
        for path in bar:
            page.goto(path)
            page.wait_for_timeout(STILL)
            page.screenshot(path=place / f"{file_name(path)}.png")
            made += 1
    made += _what_opens(page, place)
    context.close()
    return made


def _what_opens(page: "Page", place: Path) -> int:
    """Return how many pictures there are of what lies over a screen: the keys and the command bar."""
    page.goto("/inbox")
    for key, name in (("?", "keys"), ("Control+k", "command-bar")):
        page.keyboard.press(key)
        page.wait_for_timeout(STILL)
        page.screenshot(path=place / f"over-{name}.png")
        page.keyboard.press("Escape")
    return 2


def file_name(path: str) -> str:
    """Return what the picture of a screen is called."""
    return re.sub(r"[^a-z0-9]+", "-", shape(path).lower()).strip("-") or "start"
