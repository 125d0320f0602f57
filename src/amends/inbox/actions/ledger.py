"""Reads the ledger as people look at it: what each watch has covered, which gaps there are, and how far the ways back are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.inbox.rules.coverage import patience
from amends.inbox.store import backfills, coverage, gaps
from amends.inbox.store.backfills import Backfill
from amends.inbox.store.coverage import Covered
from amends.inbox.store.gaps import Gap

WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """Everything since `since`, and the gaps from before that are open or lost."""

    since: datetime
    covered: list[Covered]
    gaps: list[Gap]
    backfills: list[Backfill]


def ledger(conn: Connection, *, now: datetime, poll_every: timedelta, past: timedelta = WEEK) -> Ledger:
    """Return the ledger of every watch."""
    since = now - past
    return Ledger(
        since=since,
        covered=coverage.covered_since(conn, since=since),
        gaps=gaps_now(conn, since=since, now=now, poll_every=poll_every),
        backfills=backfills.under_way(conn),
    )


def gaps_now(conn: Connection, *, since: datetime, now: datetime, poll_every: timedelta) -> list[Gap]:
    """Return the gaps that are one: a few visits that fail are none yet, and a watch that nobody visits is one."""
    longest = patience(poll_every)
    overdue = gaps.overdue(conn, before=now - longest, now=now)
    stored = gaps.all_gaps(conn, since=since)
    return [*overdue, *(gap for gap in stored if gap.until or gap.since is None or now - gap.since > longest)]
