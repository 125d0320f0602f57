"""Hands out due watches and records what came of them. Place in the path: beat -> due watch -> `collector.fetch` -> page -> ingest."""

from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import NetworkError
from amends.core.ports import Page
from amends.inbox.actions.ingest import Ingested
from amends.inbox.store.watches import WatchJob


def due_watches(conn: Connection, *, now: datetime, lease: timedelta, limit: int) -> list[WatchJob]:
    """Claim at most `limit` due watches for `lease`; no two callers get the same one."""
    raise NotImplementedError


def record_page(conn: Connection, job: WatchJob, page: Page, *, now: datetime, poll_every: timedelta) -> Ingested:
    """Store the page's posts and cursor together, and plan the next visit; `Conflict` where the claim ran out and another took over."""
    raise NotImplementedError


def record_trouble(conn: Connection, job: WatchJob, error: NetworkError, *, now: datetime) -> None:
    """Keep what went wrong as the watch's health, with the time of the next try or a stop that says what to do."""
    raise NotImplementedError
