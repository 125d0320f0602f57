"""How far work on many cases is, as the page shows it that began it."""

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import HTMLResponse

from amends.api.desk import Desk
from amends.inbox.actions import bulk
from amends.inbox.store.bulk import Left, Run


def progress(request: Request, desk: Desk, run: Run, left: Sequence[Left]) -> HTMLResponse:
    """Return how far a run is, and the cases that it left as they were; it asks again by itself while the run goes on."""
    return desk.screens.blocks(request, "bulk_progress.html", ["progress"], {"run": run, "said": bulk.said(run), "left": left})
