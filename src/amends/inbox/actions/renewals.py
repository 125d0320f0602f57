"""Tells the owner of an organisation, once, that memberships renew soon. Place in the path: beat -> here -> event -> notification."""

from datetime import UTC, datetime

from amends.core.database import Connection
from amends.inbox.rules.events import EventKind
from amends.inbox.store import events, renewals
from amends.inbox.store.events import Event

BATCH = 200


def remind(conn: Connection, *, now: datetime) -> int:
    """Remind of at most `BATCH` renewals and return how many they were; each organisation and day is told once."""
    near = renewals.take_near(conn, today=now.astimezone(UTC).date(), now=now, limit=BATCH)
    told = [
        Event(
            kind=EventKind.RENEWAL_NEAR,
            facts={
                "organisation_id": one.organisation_id,
                "name": one.name,
                "whom": one.owner_id,
                "renews_on": one.renews_on.isoformat(),
                "members": one.members,
            },
        )
        for one in near
    ]
    events.add_all(conn, told, now=now)
    return len(near)
