"""A real browser in front of a real server: Debian's Chromium, driven by Playwright; where it is absent, the tests say so.

Its shell without windows is taken where it is installed: the same engine, where `chromium --headless` makes a window for each page, unseen,
which costs a story a third of its processor time.
"""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from amends.api.auth import SESSION_COOKIE
from amends.core.clock import utc_now
from amends.core.database import open_pool
from tests.browser.desktop import Desktop, Profile, launched
from tests.browser.examples import exemplify
from tests.cast import a_post
from tests.databases import Server
from tests.desk import Desk
from tests.door import Door, Furnished, door_of, open_door
from tests.ledgers import furnish_ledger
from tests.ports import port_of_ours
from tests.serving import serving
from tests.teaching import furnish_triage
from tests.troubles import known, refused, spent

expect.set_options(timeout=60_000)  # a machine may be slow, and who waits for what comes loses nothing by it


@pytest.fixture(scope="session")
def chromium() -> Generator[Browser]:
    """One browser for the whole run."""
    with sync_playwright() as playwright:
        browser = launched(playwright.chromium)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def profile(chromium: Browser) -> Generator[Profile]:
    """One profile for the desktops of the whole run, each at the same address, so that scripts and styles are fetched once."""
    port = port_of_ours()
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=f"http://127.0.0.1:{port}", reduced_motion="reduce")
    yield Profile(context=context, port=port)
    context.close()


@pytest.fixture
def translator_url() -> str:
    """Where the desk's translator is; a file of tests that needs one says where."""
    return ""


@pytest.fixture
def desktop(profile: Profile, server: Server, furnished_now: Furnished, translator_url: str) -> Generator[Desktop]:
    """Ada's desktop: signed in, on a furnished desk of the test's own."""
    with door_of(server, furnished_now, translator_url=translator_url) as door, serving(door.app, port=profile.port) as address:
        door.now = utc_now()
        token = door.visitor(door.who.ada).cookies[SESSION_COOKIE]
        profile.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        desktop = Desktop(door=door, address=address, context=profile.context, page=profile.context.new_page())
        yield desktop
        said = list(desktop.complaints)  # what a page says while it is torn down, nobody sees
        profile.forget(address)
    assert said == []


@pytest.fixture
def page(desktop: Desktop) -> Page:
    """The open page."""
    return desktop.page


@pytest.fixture(scope="session")
def shown(server: Server) -> Generator[Door]:
    """A furnished desk that the tests only look at."""
    door = open_door(open_pool(server.clone("looked_at"), size=4), now=utc_now())
    with door.pool.transaction() as conn:
        desk = Desk(conn=conn, source_id=door.who.source_id, agent_id=door.who.ada, now=door.now)
        furnish_triage(desk)
        furnish_ledger(conn, now=door.now)
        desk.hear(a_post("It is lost, call 077 123 4567", published_at=door.now))
        spent(conn, door.who.source_id, now=door.now)
        known(conn, door.who.source_id, now=door.now)
        refused(conn, now=door.now)
    door.examples = exemplify(door)
    yield door
    door.pool.close()
