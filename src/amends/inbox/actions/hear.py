"""Takes what networks and strangers bring by themselves. Place in the path: `Hearing.hear`, web form -> here -> ingest -> triage."""

import hmac
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import HookRefused, NotFound, RateLimited
from amends.core.pushing import Heard, Hub
from amends.core.translating import N_, _
from amends.inbox.actions.collect import store_posts
from amends.inbox.actions.ingest import Ingested
from amends.inbox.rules import source_health
from amends.inbox.rules.ids import SourceId
from amends.inbox.rules.knocking import ALLOWED, OpenDoor, neighbourhood, too_often
from amends.inbox.rules.leases import renew_at
from amends.inbox.rules.text import storable
from amends.inbox.rules.ways import pushed
from amends.inbox.store import calls, feed_hubs, hub_farewells
from amends.inbox.store.calls import Called

NO_HUB_OF_OURS = N_("This hub is not asked to call us about this feed any more.")
NO_FAREWELL = N_("Nobody told this hub to call no more.")
TOO_OFTEN = N_("Too many calls from here; wait a few minutes.")


def called_source(conn: Connection, *, source_id: SourceId) -> Called:
    """Return the source that is called; `NotFound` where it is paused or takes no calls."""
    found = calls.find(conn, source_id=source_id)
    if found is None:
        raise NotFound(_("Nothing is taken at this address."))
    return found


def caller_of(address: str, secret_key: str) -> bytes:
    """Return what tells one caller from another for an hour without keeping their address."""
    return hmac.digest(secret_key.encode(), b"caller " + neighbourhood(address).encode(), "sha256")[:16]


def check_knocks(conn: Connection, *, source_id: SourceId, door: OpenDoor, caller: bytes, now: datetime) -> None:
    """Raise `RateLimited` where this caller, or all of them, knocked too often."""
    within = ALLOWED[door].within
    if too_often(door, calls.knocks(conn, source_id=source_id, door=door, caller=caller, since=now - within)):
        raise RateLimited(TOO_OFTEN, until=now + within)


def record_heard(conn: Connection, called: Called, heard: Heard, *, now: datetime) -> Ingested:
    """Store the posts of a good call, which may have none (a challenge); a call that was taken before changes nothing.

    `HookRefused` where a hub calls about a feed that is watched no more, or that has another hub by now, or asks whether it shall call no
    more and nobody said so.
    """
    if heard.hub and heard.leaving:
        return _part(conn, called, heard.hub)
    if called.watch_id is None:
        raise NotFound(_("Nothing is taken at this address."))
    if heard.hub and not feed_hubs.is_asked(conn, heard.hub, source_id=called.source_id):
        raise HookRefused(NO_HUB_OF_OURS)
    if heard.delivery_id and not calls.take(conn, source_id=called.source_id, delivery_id=heard.delivery_id, now=now):
        return Ingested()
    if heard.hub and heard.lease:
        feed_hubs.save_lease(conn, heard.hub, source_id=called.source_id, until=heard.lease, next_at=renew_at(heard.lease, now))
    stored, lost = store_posts(conn, called, heard.harvest.posts, way=pushed(called.watch_id), now=now)
    health = source_health.after_page(
        more=False, troubles=(*heard.harvest.troubles, *lost), come_back_at=None, now=now, poll_every=source_health.LONGEST_WAIT
    )
    calls.save_heard(conn, watch_id=called.watch_id, reads=len(heard.harvest.posts), new=stored.new, note=storable(health.note), now=now)
    return stored


def _part(conn: Connection, called: Called, hub: Hub) -> Ingested:
    if not hub_farewells.is_said(conn, hub, source_id=called.source_id):
        raise HookRefused(NO_FAREWELL)
    return Ingested()


def record_refused(conn: Connection, called: Called, *, why: str, caller: bytes, now: datetime) -> None:
    """Count a call that was refused, and show the last one at the watch: a wrong secret must not look like silence."""
    calls.add_knock(conn, source_id=called.source_id, door=OpenDoor.HOOK, caller=caller, now=now)
    calls.save_note(conn, watch_id=called.watch_id, note=storable(source_health.call_refused(why, now=now)))
