"""Keeps an outside system and ours the same, both ways. Place in the path: sweep -> `worker/syncing` -> here -> `inbox/crms`.

First the system is told whose numbers became one, are two again, or are to be forgotten. Then what changed there is taken (`sync_taking`).
Then what changed here is told there (`sync_telling`), save what came from there. Where one of our fields won, the whole person is told
again, so that both sides end the same. A round that breaks off is repeated from where it stood; everything that is done twice is done
once. Where more waits than a round takes, the next begins at once.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.clock import Clock, utc_now
from amends.core.database import Connection, Pool, UniqueViolation
from amends.core.errors import AmendsError, Conflict, NotFound, RateLimited, Refused
from amends.core.network import Wire
from amends.core.secrets import seal, unseal
from amends.core.translating import _
from amends.inbox import crms
from amends.inbox.actions import sync_taking, sync_telling
from amends.inbox.crms import Crm
from amends.inbox.rules.customer_record import line
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.webhooks import checked_url
from amends.inbox.store import sync_news, syncs
from amends.inbox.store.syncs import Sync

LONGEST_NAME = 40
NAME = re.compile("[a-z][a-z0-9_-]*")
TIME_OUT = 20.0
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_ASKED = timedelta(days=1)

Crms = Callable[[Sync, str], Crm]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a round did."""

    pulled: int = 0
    pushed: int = 0
    error: str = ""


def build(one: Sync, secret_key: str) -> Crm:
    """Return the system behind a sync, over a wire that reaches the public net alone, wherever its name leads by then.

    One that an administrator entered may lie inside our own network.
    """
    wire = Wire(clock=utc_now, routes={}, time_out=TIME_OUT)
    if not one.inside:
        wire.stay_outside()
    return crms.build(one.kind, one.url, unseal(one.secret, secret_key)["token"], wire)


def add(  # noqa: PLR0913
    conn: Connection,
    *,
    kind: str,
    system: str,
    url: str,
    token: str,
    secret_key: str,
    agent_id: AgentId | None,
    now: datetime,
    inside: bool = False,
) -> int:
    """Set up a system that is kept the same as ours, and return its id; `Conflict` where one is called so already.

    Only who sees to the machines (`inside`) sets up one inside our own network.
    """
    if kind not in crms.kinds():
        raise Refused(_("There is no kind of system called “%(name)s”.") % {"name": kind})
    name = line(system, LONGEST_NAME).lower()
    if not NAME.fullmatch(name):
        raise Refused(_("Name the system in small letters, digits, - and _, beginning with a letter: crm, hubspot-eu."))
    sealed = seal({"token": token}, secret_key)
    try:
        with conn.transaction():
            address = checked_url(url)
            made = syncs.insert(conn, kind=kind, system=name, url=address, inside=inside, secret=sealed, agent_id=agent_id, now=now)
            sync_news.add_of_before(conn, made, now=now)
            return made
    except UniqueViolation as error:
        raise Conflict(_("There is a system called “%(name)s” already.") % {"name": name}) from error


def stop(conn: Connection, sync_id: int, *, now: datetime) -> None:
    """Leave a system alone for now; what changes meanwhile is told, both ways, when it goes on."""
    _there(syncs.set_stopped(conn, sync_id, at=now))


def resume(conn: Connection, sync_id: int, *, now: datetime) -> None:
    """Go on with a system where it was left, at once."""
    _there(syncs.set_stopped(conn, sync_id, at=None))
    syncs.hurry(conn, sync_id, now=now)


def delete(conn: Connection, sync_id: int) -> None:
    """Let go of a system for good; customers keep their numbers there, by which they are known again where it is set up anew."""
    _there(syncs.delete(conn, sync_id))


def hurry(conn: Connection, sync_id: int, *, now: datetime) -> None:
    """Let the next round begin now."""
    _there(syncs.hurry(conn, sync_id, now=now))


def begin_again(conn: Connection, sync_id: int, *, now: datetime) -> None:
    """Read everything there anew and tell of everybody here, as where a backup was put in place of either."""
    _there(syncs.begin_again(conn, sync_id, now=now))


def _there(found: int) -> None:
    if not found:
        raise NotFound(_("There is no such system, or it is stopped."))


def claim(conn: Connection, *, now: datetime) -> Sync | None:
    """Return the system whose round is due, ours for a while, or None."""
    return syncs.claim(conn, now=now, lease=sync_taking.LEASE)


def round_of(pool: Pool, one: Sync, crm: Crm, *, clock: Clock) -> Told:
    """Tell of merges and erasures, take what changed there, tell what changed here; trouble is kept, and tried again later each time."""
    pulled = pushed = 0
    error = ""
    pause = timedelta(seconds=one.every_seconds)
    try:
        sync_telling.tell(pool, one, crm)
        pulled, is_more_there = sync_taking.pull(pool, one, crm, clock)
        pushed, is_more_here = sync_telling.push(pool, one, crm, clock)
        pause *= not (is_more_there or is_more_here)
    except AmendsError as trouble:
        error = str(trouble)[:300]
        pause = _pause(one, trouble, clock())
    now = clock()
    with pool.transaction() as conn:
        syncs.set_over(conn, one.id, error=error, next_at=now + pause, now=now)
    return Told(pulled=pulled, pushed=pushed, error=error)


def _pause(one: Sync, trouble: AmendsError, now: datetime) -> timedelta:
    """Return how long a system in trouble is left alone: longer each time, and as long as it asks, a day at most."""
    pause = min(LONGEST_PAUSE, timedelta(seconds=one.every_seconds) * 2 ** min(one.failures, 6))
    asked = trouble.until - now if isinstance(trouble, RateLimited) else timedelta()
    return max(pause, min(asked, LONGEST_ASKED))
