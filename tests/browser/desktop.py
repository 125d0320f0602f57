"""What a test of the screens has at hand: the server's side, the page, and whatever the browser complained about."""

from dataclasses import dataclass, field
from re import Pattern

from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Page, Route

from amends.core.database import fetch_values
from amends.core.ports import Published
from amends.core.post import Post
from amends.inbox.actions.correct import correct
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.search_index import read_batch
from amends.inbox.actions.send_reply import claim_reply, record_sent
from amends.inbox.actions.triage import triage_pending
from tests.cast import POLICY
from tests.desk import MINUTE
from tests.door import Door
from tests.fakes import FakeClassifier
from tests.needs import program

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
UNDRAWN = ("--enable-begin-frame-control", "--run-all-compositor-stages-before-draw")
"""Draw a frame only when asked to, which nobody does: pages are laid out, styled and scripted, but who waits for a frame waits in vain."""


def launched(chromium: BrowserType, *more: str) -> Browser:
    """Start the Chromium that is installed."""
    return chromium.launch(executable_path=program("chromium-headless-shell", "chromium"), args=[*ARGUMENTS, *more])


LOOK_EVERY, HELD_WITHIN = 10, 60_000
"""Milliseconds."""
EXPECTED = ("Failed to load resource", "Response Status Error Code", "htmx:afterRequest", "htmx:sendAbort")
"""What the console says of answers that are no success, and of questions that a newer one takes the place of before they are answered."""
STORED = "local_storage,indexeddb,cache_storage,service_workers"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a browser keeps, and the port at which it finds the desk: one test after the other uses it."""

    context: BrowserContext
    port: int

    def forget(self, address: str) -> None:
        """Leave nothing of a test but the files that were fetched."""
        blank = self.context.new_page()
        for page in self.context.pages:
            if page != blank:
                page.close()
        self.context.new_cdp_session(blank).send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": STORED})
        blank.close()
        self.context.clear_cookies()
        self.context.clear_permissions()


@dataclass(kw_only=True)
class Desktop:
    """A browser's page on Ada's desk. `complaints` are errors in scripts and on the console, of which there should be none."""

    door: Door
    address: str
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(f"{error} {error.stack}"))
        self.page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        expected = message.text.startswith(EXPECTED)
        if message.type == "error" and not expected:
            self.complaints.append(message.text)

    def open(self, path: str = "/inbox") -> Page:
        """Open a page and wait until its stream of news is up."""
        self.page.goto(path)
        self.page.wait_for_selector("body[data-live=yes]")
        return self.page

    def hold(self, asked: str | Pattern[str]) -> list[Route]:
        """Hold what the page will ask of such addresses. It is told before the page is opened: one that is open already has a way
        to the server on which Chromium may let a request pass for a while."""
        assert self.page.url == "about:blank"
        held: list[Route] = []

        def take(route: Route) -> None:
            held.append(route)

        self.page.route(asked, take)
        return held

    def next_held(self, held: list[Route]) -> Route:
        """Wait for the first that is held and take it: requests reach us only while the browser is listened to."""
        for _ in range(HELD_WITHIN // LOOK_EVERY):
            if held:
                break
            self.page.wait_for_timeout(LOOK_EVERY)
        return held.pop(0)

    def hear(self, *posts: Post) -> None:
        """Let the worker collect and triage posts."""
        with self.door.pool.transaction() as conn:
            ingest(conn, source_id=self.door.who.source_id, network="x", posts=posts, now=self.door.now)
            triage_pending(conn, classifier=FakeClassifier(), policy=POLICY, clock=lambda: self.door.now)
            read_batch(conn)

    def correct(self, case_id: int, field: str, new: str) -> None:
        """Let Bo say what the newest post of a case is."""
        with self.door.pool.transaction() as conn:
            newest = "select id from posts where case_id = %(id)s and not is_own order by published_at desc limit 1"
            correct(
                conn,
                post_id=fetch_values(conn, newest, {"id": case_id})[0],
                field=field,
                new=new,
                agent_id=self.door.who.bo,
                now=self.door.now,
            )

    def publish_replies(self) -> None:
        """Let the worker publish what is queued."""
        with self.door.pool.transaction() as conn:
            while job := claim_reply(conn, now=self.door.now, lease=MINUTE):
                taken = Published(external_id=f"r{job.reply_id}", permalink="https://x.example/r", published_at=self.door.now)
                record_sent(conn, job, taken, now=self.door.now)

    def replies(self) -> list[str]:
        """Return what was written so far, in order."""
        with self.door.pool.transaction() as conn:
            return fetch_values(conn, "select text from replies order by id")

    def status(self, case_id: int) -> str:
        """Return where a case stands."""
        with self.door.pool.transaction() as conn:
            return fetch_values(conn, "select status from cases where id = %(id)s", {"id": case_id})[0]
