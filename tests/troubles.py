"""A source with a past, for tests of screens: what it spent, who we are there, and an alarm that goes on."""

from datetime import datetime, timedelta

from amends.core.database import Connection, fetch_values
from amends.core.errors import CredentialsRefused
from amends.core.ports import Standing
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.collect import due_watches, record_trouble
from amends.inbox.actions.source_alarms import watch_over
from amends.inbox.actions.sources import add_watches
from amends.inbox.actions.standing import record_standing
from amends.inbox.rules.ids import AlertId, SourceId, WatchId
from amends.inbox.store import source_alerts, spend
from tests.seed import HOSTILE


def spent(conn: Connection, source_id: SourceId, *, now: datetime) -> None:
    """Yesterday 400 reads for mentions and 1,000 for a search; today 100 for mentions, 7 for a removed watch, 3 for posts of cases."""
    watch = Watch(kind=WatchKind.SEARCH, query=HOSTILE)
    add_watches(conn, source_id=source_id, watches=[watch], agent_id=None, now=now)
    mentions, search = fetch_values(conn, "select id from watches order by id")
    for ago, watch_id, purpose, reads in (
        (1, mentions, "mentions", 400),
        (1, search, "search", 1000),
        (0, mentions, "mentions", 100),
        (0, 999, "hashtag", 7),
        (0, 0, "looks", 3),
    ):
        day = (now - ago * timedelta(days=1)).date()
        spend.add(conn, source_id, watch_id=WatchId(watch_id), purpose=purpose, reads=reads, dollars=reads * 0.005, day=day)


def refused(conn: Connection, *, now: datetime) -> AlertId:
    """Let the source's credentials be refused, in words that mean harm; return the alarm."""
    [job, *_] = due_watches(conn, now=now, lease=timedelta(minutes=1), limit=9)
    record_trouble(conn, job, CredentialsRefused(HOSTILE), now=now)
    watch_over(conn, now=now)
    return source_alerts.listed(conn, limit=1)[0].id


def known(conn: Connection, source_id: SourceId, *, now: datetime) -> None:
    """Let the network have told who we are there, and that this ends in three days."""
    standing = Standing(
        user_id="us-0",
        handle="lankaair",
        can_reply=False,
        rights=("tweet.read", "users.read"),
        cost="Half a cent a post",
        warnings=("The app may not write.",),
        expires_at=now + timedelta(days=3),
    )
    record_standing(conn, source_id, standing, now=now)
