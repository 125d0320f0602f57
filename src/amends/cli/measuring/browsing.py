"""What an agent's browser feels: how long a click takes until the case is there, and how much the first load carries."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CHROMIUM = "chromium"
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
CLICK = """
async (id) => {
  const began = performance.now();
  const shown = new Promise((done) => document.addEventListener("case-shown", () => requestAnimationFrame(done), { once: true }));
  document.querySelector(`#row-${id} a`).click();
  await shown;
  return performance.now() - began;
}
"""
BARE = "async () => { const began = performance.now(); await (await fetch('/healthz')).text(); return performance.now() - began; }"
LOADED = """
() => ["navigation", "resource"].map((kind) => performance.getEntriesByType(kind).reduce((sum, one) => sum + one.encodedBodySize, 0))
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Felt:
    """Milliseconds of each click and of each bare request; compressed kB of the first load: of the page alone, and with its files."""

    clicks: Sequence[float]
    bare: Sequence[float]
    page: float
    loaded: float


def browser() -> str | None:
    """Return where Chromium is, or None where it or Playwright is not installed."""
    return shutil.which(CHROMIUM) if find_spec("playwright") else None


def feel(program: str, address: str, session: str, *, clicks: int) -> Felt:
    """Open the inbox as an agent and click through its first rows."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only in a developer's set-up

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=Path(program), args=list(ARGUMENTS))
        context = opened.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": session.partition("=")[0], "value": session.partition("=")[2], "url": address}])
        page = context.new_page()
        page.goto(f"{address}/inbox")
        page.wait_for_selector("body[data-live=yes]")
        loaded: Any = page.evaluate(LOADED)
        ids = [row.get_attribute("data-id") for row in page.locator("#rows .row").all()]
        page.evaluate(CLICK, ids[0])
        felt = [page.evaluate(CLICK, ids[1 + place % (len(ids) - 1)]) for place in range(clicks)]
        bare = [page.evaluate(BARE) for _ in range(clicks)]
        opened.close()
    return Felt(clicks=felt, bare=bare, page=loaded[0] / 1000, loaded=sum(loaded) / 1000)
