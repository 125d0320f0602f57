"""The words of the ledger: what a gap is, and what became of it. Times are UTC. No I/O."""

from datetime import datetime

from amends.api.words import percent, span
from amends.inbox.store.backfills import Backfill
from amends.inbox.store.gaps import Gap

DASH = "\N{EN DASH}"
CAUSES = {
    "outage": "the network was unreachable",
    "rate_limit": "the network asked us to wait",
    "refused": "the network refused our credentials",
    "unpaid": "the network wanted to be paid",
    "unfit": "the watch had to be mended",
    "paused": "paused by an administrator",
    "budget": "the budget was spent",
    "late": "Amends did not look: it was not running, or too busy",
    "backlog": "more was published than a few pages hold",
    "unseen": "the network did not show it",
}


def gap(one: Gap, now: datetime) -> str:
    """Return a gap in a sentence: when, how long, why, and what became of it."""
    length = f", {span((one.until or now) - one.since)}" if one.since else ""
    return f"{when(one.since, one.until)}{length}: {CAUSES.get(one.kind, one.kind)}; {fate(one)}"


def fate(one: Gap) -> str:
    """Return what became of a gap."""
    if one.lost_note is not None:
        return f"cannot be filled: {one.lost_note}"
    if one.filled_at:
        return f"filled {_at(one.filled_at, one.until)}"
    if one.filling:
        return "being filled now"
    return "filled as soon as a visit succeeds" if one.until is None else "filled at the end of the walk that is under way"


def when(since: datetime | None, until: datetime | None) -> str:
    """Return a stretch of time; the day is said twice only where it is not the same."""
    begun = f"{since.day} {since:%b %H:%M}" if since else "From long ago"
    if until is None:
        return f"Since {begun}"
    if since is None:
        return f"{begun} until {until.day} {until:%b %H:%M}"
    same = since.date() == until.date()
    return f"{begun}{DASH}{until:%H:%M}" if same else f"{begun} {DASH} {until.day} {until:%b %H:%M}"


def way_back(one: Backfill) -> str:
    """Return how far a backfill is."""
    posts = f"{one.posts:,} post{'' if one.posts == 1 else 's'} so far"
    aim = f"back to {one.since.day} {one.since:%b %H:%M}" if one.since else "as far back as a first visit goes"
    far = f"; read down to {one.reached.day} {one.reached:%b %H:%M}" if one.reached else ""
    share = f" ({percent(done(one))})" if one.since and one.reached else ""
    return f"Reading {aim} beside what is new: {posts}{far}{share}" + (f". Put off: {one.note}" if one.note else "")


def done(one: Backfill) -> float:
    """Return the share of a backfill's time that is read, 0 to 1."""
    if one.since is None or one.reached is None or one.until <= one.since:
        return 0
    return min(max((one.until - one.reached) / (one.until - one.since), 0), 1)


def _at(moment: datetime, beside: datetime | None) -> str:
    if beside and beside.date() == moment.date():
        return f"at {moment:%H:%M}"
    return f"on {moment.day} {moment:%b} at {moment:%H:%M}"
