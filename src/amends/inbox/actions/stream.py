"""Hands out streams, keeps what they bring, and lets them go. Place in the path: `Streaming.listen` -> page -> here -> ingest."""

from collections.abc import Collection
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import Conflict, NetworkError
from amends.core.ports import Page
from amends.core.translating import _
from amends.inbox.actions import budget
from amends.inbox.actions.collect import store_posts
from amends.inbox.actions.ingest import Ingested
from amends.inbox.rules.stream_health import LEASE, StreamHealth, after_end
from amends.inbox.rules.ways import pushed
from amends.inbox.store import streams
from amends.inbox.store.streams import StreamJob


def claim_stream(conn: Connection, *, kinds: Collection[tuple[str, str]], holder: str, now: datetime) -> StreamJob | None:
    """Return a watch that shall be listened to and is not, for us alone; None where there is none."""
    streams.forget_unwanted(conn, now=now)
    return streams.claim(conn, streams=kinds, holder=holder, now=now, until=now + LEASE)


def record_stream_page(conn: Connection, job: StreamJob, page: Page, *, now: datetime) -> tuple[Ingested, list[str]]:
    """Store the page's posts and cursor together and hold the stream on; `Conflict` where it is no longer ours to hold.

    An empty page is a sign of life. Returned with what was stored is a line for each post that could not be.
    """
    if not streams.keep(conn, job, now=now, until=now + LEASE):
        raise Conflict(_("Another worker has taken over this stream, or its source has changed."))
    if not page.posts and page.cursor == job.cursor:
        return Ingested(), []
    stored, lost = store_posts(conn, job, page.posts, way=pushed(job.watch_id), now=now)
    budget.count(conn, job, reads=page.reads, now=now, watch=(job.watch_id, job.kind))
    streams.save_page(conn, job, cursor=page.cursor, reads=page.reads, new=stored.new, now=now)
    return stored, lost


def end_stream(conn: Connection, job: StreamJob, error: NetworkError, *, lived: timedelta, now: datetime) -> bool:
    """Let the stream go until it is time to open it anew; its watch is fetched at once. False where it was no longer ours."""
    return streams.release(conn, job, after_end(error, failures=job.failures, lived=lived, now=now), now=now)


def hand_on(conn: Connection, job: StreamJob, *, now: datetime) -> bool:
    """Let the stream go so that another worker opens it at once."""
    return streams.release(conn, job, StreamHealth(note="", failures=job.failures, next_at=now), now=now)
