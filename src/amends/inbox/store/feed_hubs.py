"""SQL of the hubs that call us about feeds: whom to ask, what was asked, and how long each promised to call."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_maybe, fetch_values
from amends.core.pushing import Hub
from amends.inbox.rules.ids import SourceId, WatchId
from amends.inbox.store.sources import SealedAccount


@dataclass(frozen=True, kw_only=True, slots=True)
class HubJob(SealedAccount):
    """A hub to be asked to call us about a feed; `failures` in a row so far."""

    watch_id: WatchId
    hub: str
    topic: str
    failures: int


def claim_due(conn: Connection, *, now: datetime, until: datetime) -> HubJob | None:
    """Claim the feed whose hub is to be asked, ours alone until `until`: one that is new, or due; only where its source takes calls.

    Where the feed names another hub than before, the old one is let go.
    """
    return fetch_maybe(
        conn,
        HubJob,
        """
        with due as (
          select w.id, w.cursor->>'hub' as hub, w.cursor->>'topic' as topic
          from watches w join sources s on s.id = w.source_id left join feed_hubs h on h.watch_id = w.id
          where s.paused_at is null and w.cursor->>'hub' <> '' and w.cursor->>'topic' <> ''
            and exists (select from watches c where c.source_id = s.id and c.kind = 'calls')
            and (h.watch_id is null or h.next_at <= %(now)s or (h.hub, h.topic) <> (w.cursor->>'hub', w.cursor->>'topic'))
          order by h.next_at nulls first limit 1
          for update of w skip locked
        ), parted as (
          insert into hub_farewells (source_id, hub, topic, calls_until, next_at)
          select w.source_id, h.hub, h.topic, h.calls_until, %(now)s
          from due d join feed_hubs h on h.watch_id = d.id join watches w on w.id = d.id
          where (h.hub, h.topic) <> (d.hub, d.topic) and h.calls_until > %(now)s
          on conflict (source_id, hub, topic) do update set calls_until = excluded.calls_until, next_at = excluded.next_at
        ), taken as (
          insert into feed_hubs as h (watch_id, hub, topic, asked_at, next_at)
          select id, hub, topic, %(now)s, %(until)s from due
          on conflict (watch_id) do update
          set hub = excluded.hub, topic = excluded.topic, asked_at = excluded.asked_at, next_at = excluded.next_at,
            calls_until = case when (h.hub, h.topic) = (excluded.hub, excluded.topic) then h.calls_until end
          returning h.watch_id, h.hub, h.topic, h.failures
        )
        select t.watch_id, t.hub, t.topic, t.failures, s.id as source_id, s.network, s.handle, s.credentials, s.options
        from taken t join watches w on w.id = t.watch_id join sources s on s.id = w.source_id
        """,
        {"now": now, "until": until},
    )


def save_answer(conn: Connection, *, watch_id: WatchId, note: str, failures: int, next_at: datetime) -> None:
    """Keep what became of a request to a hub, and when to ask again."""
    execute(
        conn,
        "update feed_hubs set note = %(note)s, failures = %(failures)s, next_at = %(next_at)s where watch_id = %(watch_id)s",
        {"watch_id": watch_id, "note": note, "failures": failures, "next_at": next_at},
    )


def is_asked(conn: Connection, hub: Hub, *, source_id: SourceId) -> bool:
    """Tell whether a hub was asked last about a feed that its source still watches."""
    query = """
    select exists (
      select from feed_hubs h join watches w on w.id = h.watch_id
      where w.source_id = %(source_id)s and (h.hub, h.topic) = (%(hub)s, %(topic)s)
    )
    """
    return bool(fetch_values(conn, query, {"source_id": source_id, "hub": hub.address, "topic": hub.topic})[0])


def save_lease(conn: Connection, hub: Hub, *, source_id: SourceId, until: datetime, next_at: datetime) -> None:
    """Keep that a hub calls us about a feed until then, and when to ask it again."""
    execute(
        conn,
        """
        update feed_hubs h set calls_until = %(until)s, next_at = %(next_at)s, note = '', failures = 0
        from watches w where w.id = h.watch_id and w.source_id = %(source_id)s and (h.hub, h.topic) = (%(hub)s, %(topic)s)
        """,
        {"source_id": source_id, "hub": hub.address, "topic": hub.topic, "until": until, "next_at": next_at},
    )
