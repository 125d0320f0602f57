"""Keeps the ledger of covered time: what each visit has read, which gaps grow, which are filled or lost.

Place in the path: a page or a trouble -> here, in its transaction. Whoever keeps a watch from looking (a pause, a budget) calls `note_gap`.
"""

from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.ports import Cursor, Page
from amends.inbox.rules import coverage as rules
from amends.inbox.rules.coverage import Entry, GapKind, Progress
from amends.inbox.rules.ids import SourceId, WatchId
from amends.inbox.store import backfills, coverage, gaps, watches
from amends.inbox.store.watches import WatchJob

Parts = tuple[Cursor, Cursor]


def note_gap(conn: Connection, *, watch_id: WatchId, kind: GapKind, note: str, now: datetime) -> None:
    """Let a gap grow from the end of covered time on; one that grew for another cause ends now."""
    if gaps.is_growing(conn, watch_id=watch_id, kind=kind):
        return
    gaps.close(conn, watch_id=watch_id, at=now)
    gaps.begin(conn, watch_id=watch_id, kind=kind, note=note, until=None, now=now)


def note_pause(conn: Connection, *, source_id: SourceId, now: datetime) -> None:
    """Let a gap grow on every watch of the source."""
    for watch_id in watches.ids_of(conn, source_id=source_id):
        note_gap(conn, watch_id=watch_id, kind=GapKind.PAUSED, note="", now=now)


def note_page(conn: Connection, job: WatchJob, page: Page, *, parts: Parts | None, now: datetime, poll_every: timedelta) -> Cursor:
    """Keep what the page covers and loses, and return the cursor that the watch goes on with.

    Where the walk may be parted and that is worth while, a backfill gets the second of `parts`.
    """
    before = coverage.progress(conn, watch_id=job.watch_id)
    taken = parts if rules.is_worth_parting(page, before.floor) else None
    _end_gap(conn, job, before, poll_every=poll_every, now=now)
    entry = rules.after_page(before, asked_at=job.claimed_at, more=page.more, missed=page.missed, parted=taken is not None)
    if page.missed and entry.lost:
        gaps.lose(conn, watch_id=job.watch_id, lost=entry.lost, note=page.missed.reason)
    if taken and entry.behind:
        backfill_id = backfills.begin(conn, watch_id=job.watch_id, cursor=taken[1], behind=entry.behind, now=now)
        gaps.hand_over(conn, watch_id=job.watch_id, behind=entry.behind, backfill_id=backfill_id)
    _cover(conn, job, before, entry, poll_every=poll_every, now=now)
    if page.come_back_at and page.come_back_at - now > rules.patience(poll_every):
        note_gap(conn, watch_id=job.watch_id, kind=GapKind.RATE_LIMIT, note="", now=now)
    return taken[0] if taken else page.cursor


def _end_gap(conn: Connection, job: WatchJob, before: Progress, *, poll_every: timedelta, now: datetime) -> None:
    """End the gap that grew until this page was asked for; where none did and the page comes far too late, that was one."""
    seen = rules.seen_until(job.claimed_at)
    late = job.claimed_at - job.due_at > rules.patience(poll_every)
    if late and before.floor and before.began_at is None and not gaps.any_growing(conn, watch_id=job.watch_id):
        gaps.begin(conn, watch_id=job.watch_id, kind=GapKind.LATE, note="", until=seen, now=now)
    gaps.close(conn, watch_id=job.watch_id, at=seen)


def _cover(conn: Connection, job: WatchJob, before: Progress, entry: Entry, *, poll_every: timedelta, now: datetime) -> None:
    if (before.began_at, before.pages) != (entry.progress.began_at, entry.progress.pages):
        coverage.save_walk(conn, watch_id=job.watch_id, progress=entry.progress)
    if entry.covered is None:
        return
    if before.floor is None:
        gaps.forget(conn, watch_id=job.watch_id)
    if not coverage.extend(conn, watch_id=job.watch_id, covered=entry.covered):
        coverage.cover(conn, watch_id=job.watch_id, covered=entry.covered)
    gaps.fill(conn, watch_id=job.watch_id, until=entry.covered.until, shortest=rules.patience(poll_every), now=now)
