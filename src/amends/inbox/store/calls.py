"""SQL of what comes in by itself: sources that are called, calls that were taken, and how often strangers knock."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_maybe, fetch_one
from amends.inbox.rules.ids import SourceId, WatchId
from amends.inbox.rules.knocking import Knocks, OpenDoor
from amends.inbox.store.sources import SealedAccount


@dataclass(frozen=True, kw_only=True, slots=True)
class Called(SealedAccount):
    """A source that takes calls, with the watch that shows how that goes; without one it only hears hubs that are to call no more."""

    watch_id: WatchId | None
    brand: str


def find(conn: Connection, *, source_id: SourceId) -> Called | None:
    """Return the source; None where there is none, or it is paused or nobody asked for its calls, and no hub is to be told so."""
    return fetch_maybe(
        conn,
        Called,
        """
        select s.id as source_id, s.network, s.handle, s.credentials, s.options, w.id as watch_id, b.name as brand
        from sources s join brands b on b.id = s.brand_id
        left join watches w on w.source_id = s.id and w.kind = 'calls' and s.paused_at is null
        where s.id = %(source_id)s and (w.id is not null or exists (select from hub_farewells f where f.source_id = s.id))
        """,
        {"source_id": source_id},
    )


def take(conn: Connection, *, source_id: SourceId, delivery_id: str, now: datetime) -> bool:
    """Keep that this call was taken; False where it was taken before."""
    added = execute(
        conn,
        """
        insert into hook_deliveries (source_id, delivery_id, at) values (%(source_id)s, %(delivery_id)s, %(now)s)
        on conflict (source_id, delivery_id) do nothing
        """,
        {"source_id": source_id, "delivery_id": delivery_id, "now": now},
    )
    return added > 0


def save_heard(conn: Connection, *, watch_id: WatchId, reads: int, new: int, note: str, now: datetime) -> None:
    """Show at the watch that a good call came, and what of it could not be read."""
    execute(
        conn,
        """
        update watches
        set state = 'ok', state_note = %(note)s, failures = 0, last_ok_at = %(now)s, reads = reads + %(reads)s,
          last_new_at = case when %(new)s > 0 then %(now)s else last_new_at end,
          state_since = case when state = 'ok' then state_since else %(now)s end
        where id = %(watch_id)s
        """,
        {"watch_id": watch_id, "reads": reads, "new": new, "note": note, "now": now},
    )


def save_note(conn: Connection, *, watch_id: WatchId | None, note: str) -> None:
    """Show a sentence at the watch; a stranger's call does not change how the watch is."""
    execute(conn, "update watches set state_note = %(note)s where id = %(watch_id)s", {"watch_id": watch_id, "note": note})


def add_knock(conn: Connection, *, source_id: SourceId, door: OpenDoor, caller: bytes, now: datetime) -> None:
    """Count one more knock."""
    execute(
        conn,
        "insert into knocks (source_id, door, caller, at) values (%(source_id)s, %(door)s, %(caller)s, %(now)s)",
        {"source_id": source_id, "door": door, "caller": caller, "now": now},
    )


def knocks(conn: Connection, *, source_id: SourceId, door: OpenDoor, caller: bytes, since: datetime) -> Knocks:
    """Return how often was knocked since `since`."""
    return fetch_one(
        conn,
        Knocks,
        """
        select count(*) filter (where caller = %(caller)s) as one, count(*) as all
        from knocks where source_id = %(source_id)s and door = %(door)s and at > %(since)s
        """,
        {"source_id": source_id, "door": door, "caller": caller, "since": since},
    )


def drop_old_deliveries(conn: Connection, *, before: datetime) -> int:
    """Forget calls from before `before`, and return how many."""
    return execute(conn, "delete from hook_deliveries where at < %(before)s", {"before": before})


def drop_old_knocks(conn: Connection, *, before: datetime) -> int:
    """Forget knocks from before `before`, and return how many."""
    return execute(conn, "delete from knocks where at < %(before)s", {"before": before})
