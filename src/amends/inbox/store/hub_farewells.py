"""SQL of hubs that shall call us no more: whom to tell, and that one has heard it."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_maybe
from amends.core.pushing import Hub
from amends.inbox.rules.ids import SourceId, WatchId
from amends.inbox.store.sources import SealedAccount


@dataclass(frozen=True, kw_only=True, slots=True)
class Farewell(SealedAccount):
    """A hub to be told that it shall call no more; `failures` in a row so far."""

    hub: str
    topic: str
    failures: int


def part(conn: Connection, *, watch_id: WatchId, now: datetime) -> None:
    """Let the hub of a watch that ends go, before the watch is deleted."""
    execute(
        conn,
        """
        with gone as (delete from feed_hubs where watch_id = %(watch_id)s returning watch_id, hub, topic, calls_until)
        insert into hub_farewells (source_id, hub, topic, calls_until, next_at)
        select w.source_id, g.hub, g.topic, g.calls_until, %(now)s
        from gone g join watches w on w.id = g.watch_id where g.calls_until > %(now)s
        on conflict (source_id, hub, topic) do update set calls_until = excluded.calls_until, failures = 0, next_at = excluded.next_at
        """,
        {"watch_id": watch_id, "now": now},
    )


def part_unwanted(conn: Connection, *, paused_before: datetime, now: datetime) -> None:
    """Let the hubs go that no feed names, or whose source has been paused since before `paused_before` or wants no calls any more."""
    execute(
        conn,
        """
        with gone as (
          delete from feed_hubs h using watches w, sources s
          where w.id = h.watch_id and s.id = w.source_id
            and (s.paused_at < %(before)s or coalesce(w.cursor->>'hub', '') = ''
              or not exists (select from watches c where c.source_id = s.id and c.kind = 'calls'))
          returning w.source_id, h.hub, h.topic, h.calls_until
        )
        insert into hub_farewells (source_id, hub, topic, calls_until, next_at)
        select source_id, hub, topic, max(calls_until), %(now)s from gone where calls_until > %(now)s group by source_id, hub, topic
        on conflict (source_id, hub, topic) do update set calls_until = excluded.calls_until, failures = 0, next_at = excluded.next_at
        """,
        {"before": paused_before, "now": now},
    )


def claim_due(conn: Connection, *, now: datetime, until: datetime) -> Farewell | None:
    """Claim the hub that is to be told next, ours alone until `until`; those whose lease is over, or that are asked anew, are forgotten."""
    execute(
        conn,
        """
        delete from hub_farewells f where calls_until <= %(now)s or exists (
          select from feed_hubs h join watches w on w.id = h.watch_id
          where w.source_id = f.source_id and (h.hub, h.topic) = (f.hub, f.topic)
        )
        """,
        {"now": now},
    )
    return fetch_maybe(
        conn,
        Farewell,
        """
        with due as (
          select source_id, hub, topic from hub_farewells where next_at <= %(now)s order by next_at limit 1 for update skip locked
        )
        update hub_farewells f set next_at = %(until)s
        from due d join sources s on s.id = d.source_id
        where (f.source_id, f.hub, f.topic) = (d.source_id, d.hub, d.topic)
        returning f.hub, f.topic, f.failures, s.id as source_id, s.network, s.handle, s.credentials, s.options
        """,
        {"now": now, "until": until},
    )


def save_answer(conn: Connection, told: Farewell, *, next_at: datetime) -> None:
    """Keep that a hub was told, or not reached, and when to tell it again unless it asks us before whether we mean it."""
    execute(
        conn,
        """
        update hub_farewells set failures = failures + 1, next_at = %(next_at)s
        where (source_id, hub, topic) = (%(source_id)s, %(hub)s, %(topic)s)
        """,
        {"source_id": told.source_id, "hub": told.hub, "topic": told.topic, "next_at": next_at},
    )


def is_said(conn: Connection, hub: Hub, *, source_id: SourceId) -> bool:
    """Forget a hub that asks whether we mean it; False where we do not."""
    gone = execute(
        conn,
        "delete from hub_farewells where (source_id, hub, topic) = (%(source_id)s, %(hub)s, %(topic)s)",
        {"source_id": source_id, "hub": hub.address, "topic": hub.topic},
    )
    return gone > 0
