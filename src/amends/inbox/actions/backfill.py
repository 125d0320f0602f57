"""Reads the long way back of a walk that was parted, page by page, where it keeps nothing new waiting.

Place in the path: `record_page` leaves a backfill -> beat -> here -> posts, cursor and covered time in one commit.
"""

from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import Conflict, NetworkError
from amends.core.ports import Page
from amends.core.translating import _
from amends.inbox.actions import budget
from amends.inbox.actions.collect import room, store_posts
from amends.inbox.actions.ingest import Ingested
from amends.inbox.rules import source_health
from amends.inbox.rules.coverage import Entry, Stretch, after_way_back
from amends.inbox.rules.ways import fetched
from amends.inbox.store import backfills, coverage, gaps
from amends.inbox.store.backfills import BackfillJob

PACE = timedelta(seconds=1)
"""The pause between two pages: the network's patience is kept for what is new."""


def claim_backfill(conn: Connection, *, now: datetime, lease: timedelta) -> BackfillJob | None:
    """Claim the backfill that waits longest, where its network has a place that no watch wants."""
    return backfills.claim_next(conn, now=now, until=now + lease, at_once=room(conn))


def record_backfill_page(conn: Connection, job: BackfillJob, page: Page, *, now: datetime) -> tuple[Ingested, list[str]]:
    """Store the page's posts and cursor together; `Conflict` where the claim ran out and another took over.

    Returned with what was stored is a line for each post that could not be.
    """
    if not backfills.still_ours(conn, job):
        raise Conflict(_("Another worker has taken over this backfill."))
    ingested, lost = store_posts(conn, job, page.posts, way=fetched(job.watch_id), now=now)
    budget.count(conn, job, reads=page.reads, now=now, watch=(job.watch_id, job.kind))
    entry = after_way_back(Stretch(since=job.since, until=job.until), page.missed, more=page.more)
    health = source_health.after_page(more=True, troubles=(), come_back_at=page.come_back_at, now=now, poll_every=PACE)
    backfills.save_page(
        conn,
        job,
        cursor=page.cursor,
        behind=entry.behind or Stretch(since=job.since, until=job.until),
        reached=min((post.published_at for post in page.posts if not post.deleted), default=None),
        posts=ingested.new,
        next_at=max(health.next_at, now + PACE),
        done_at=None if page.more else now,
    )
    backfills.count_reads(conn, job, reads=page.reads)
    _cover(conn, job, page, entry, now)
    return ingested, lost


def _cover(conn: Connection, job: BackfillJob, page: Page, entry: Entry, now: datetime) -> None:
    if page.missed and entry.lost:
        gaps.lose(conn, watch_id=job.watch_id, lost=entry.lost, note=page.missed.reason, backfill_id=job.backfill_id)
    if entry.covered:
        coverage.cover(conn, watch_id=job.watch_id, covered=entry.covered)
    if not page.more:
        gaps.fill_behind(conn, backfill_id=job.backfill_id, now=now)


def record_backfill_trouble(conn: Connection, job: BackfillJob, error: NetworkError, *, now: datetime) -> None:
    """Try again later, ever more rarely; whether the watch itself must be mended shows at its own next visit."""
    if not backfills.still_ours(conn, job):
        return
    health = source_health.after_trouble(error, failures=job.failures, now=now)
    next_at = max(health.next_at, now + source_health.back_off(job.failures))
    backfills.put_off(conn, job, failures=job.failures + 1, note=health.note, next_at=next_at)
