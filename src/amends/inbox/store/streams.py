"""SQL of streams: which watches shall be listened to, who holds each one open, and how that goes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_maybe, fetch_values
from amends.core.ports import Cursor
from amends.core.watching import Watch, WatchKind
from amends.inbox.rules.ids import WatchId
from amends.inbox.rules.stream_health import StreamHealth
from amends.inbox.store.sources import SealedAccount


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamJob(SealedAccount):
    """A watch whose stream is ours to open; `holder` names this one opening, `cursor` is that of the last page of an earlier one."""

    watch_id: WatchId
    kind: str
    query: str
    cursor: Cursor | None
    failures: int
    holder: str

    @property
    def watch(self) -> Watch:
        """The watch as its collector takes it."""
        return Watch(kind=WatchKind(self.kind), query=self.query)


def claim(conn: Connection, *, streams: Collection[tuple[str, str]], holder: str, now: datetime, until: datetime) -> StreamJob | None:
    """Return one watch that nobody listens to though its source asks for it; `streams` are (network, kind) that can be listened to.

    Where its stream was alive when we last heard of it, who held it has died: the watch is fetched at once.
    """
    return fetch_maybe(
        conn,
        StreamJob,
        """
        with free as (
          select w.id from watches w join sources s on s.id = w.source_id
          where s.paused_at is null and s.options ->> 'stream' = 'yes' and w.state <> 'stopped'
            and (s.network, w.kind) in (select * from unnest(%(networks)s::text[], %(kinds)s::text[]))
            and (w.stream_claimed_until is null or w.stream_claimed_until <= %(now)s)
            and (w.stream_next_at is null or w.stream_next_at <= %(now)s)
          order by w.stream_next_at nulls first, w.id
          limit 1
          for update of w skip locked
        )
        update watches w
        set stream_holder = %(holder)s, stream_claimed_until = %(until)s, stream_state = 'opening', stream_since = %(now)s,
          next_at = case when w.stream_state = 'live' and w.state = 'ok' then least(w.next_at, %(now)s) else w.next_at end
        from free, sources s where w.id = free.id and s.id = w.source_id
        returning s.id as source_id, s.network, s.handle, s.credentials, s.options, w.id as watch_id, w.kind, w.query,
          w.stream_cursor as cursor, w.stream_failures as failures, w.stream_holder as holder
        """,
        {
            "networks": [network for network, _ in streams],
            "kinds": [kind for _, kind in streams],
            "holder": holder,
            "now": now,
            "until": until,
        },
    )


def keep(conn: Connection, job: StreamJob, *, now: datetime, until: datetime) -> bool:
    """Hold the stream on until `until`; False where it is no longer ours, or the source is not what it was when we opened it."""
    kept = execute(
        conn,
        """
        update watches w
        set stream_claimed_until = %(until)s, stream_heard_at = %(now)s, stream_note = '', stream_next_at = null,
          stream_since = case when stream_state = 'live' then stream_since else %(now)s end, stream_state = 'live'
        from sources s
        where w.id = %(id)s and w.stream_holder = %(holder)s and s.id = w.source_id and s.paused_at is null
          and s.credentials = %(credentials)s and s.options = %(options)s
        """,
        {
            "id": job.watch_id,
            "holder": job.holder,
            "credentials": job.credentials,
            "options": Jsonb(job.options),
            "now": now,
            "until": until,
        },
    )
    return kept > 0


def save_page(conn: Connection, job: StreamJob, *, cursor: Cursor, reads: int, new: int, now: datetime) -> None:
    """Keep where the stream is, and count what it brought."""
    execute(
        conn,
        """
        update watches
        set stream_cursor = %(cursor)s, reads = reads + %(reads)s,
          last_new_at = case when %(new)s > 0 then %(now)s else last_new_at end
        where id = %(id)s
        """,
        {"id": job.watch_id, "cursor": Jsonb(cursor), "reads": reads, "new": new, "now": now},
    )


def release(conn: Connection, job: StreamJob, health: StreamHealth, *, now: datetime) -> bool:
    """Let the stream go, and have the watch fetched at once, unless it is unwell itself; False where somebody else holds it by now."""
    released = execute(
        conn,
        """
        update watches
        set stream_holder = '', stream_claimed_until = null, stream_state = 'broken', stream_since = %(now)s, stream_note = %(note)s,
          stream_failures = %(failures)s, stream_next_at = %(next_at)s,
          next_at = case when state in ('new', 'ok') then least(next_at, %(now)s) else next_at end
        where id = %(id)s and stream_holder = %(holder)s
        """,
        {
            "id": job.watch_id,
            "holder": job.holder,
            "note": health.note,
            "failures": health.failures,
            "next_at": health.next_at,
            "now": now,
        },
    )
    return released > 0


def is_live(conn: Connection, *, watch_id: WatchId, now: datetime) -> bool:
    """Tell whether somebody listens to the watch."""
    return bool(
        fetch_values(
            conn,
            "select id from watches where id = %(id)s and stream_state = 'live' and stream_claimed_until > %(now)s",
            {"id": watch_id, "now": now},
        )
    )


def forget_unwanted(conn: Connection, *, now: datetime) -> int:
    """Show no stream where none is asked for any more, and return at how many watches that was."""
    return execute(
        conn,
        """
        update watches w set stream_state = '', stream_note = '', stream_holder = '', stream_failures = 0, stream_next_at = null
        from sources s
        where s.id = w.source_id and w.stream_state <> '' and s.options ->> 'stream' is distinct from 'yes'
          and (w.stream_claimed_until is null or w.stream_claimed_until <= %(now)s)
        """,
        {"now": now},
    )
