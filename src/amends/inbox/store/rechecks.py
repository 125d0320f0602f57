"""SQL of asking again for posts that nobody works on: how far each source has come, and which posts are next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import PostId, SourceId
from amends.inbox.rules.rechecking import Round, Window
from amends.inbox.store.sources import SealedAccount


@dataclass(frozen=True, kw_only=True, slots=True)
class RecheckJob(SealedAccount):
    """A source whose round goes on: at the part `span`, after the post `position`."""

    began_at: datetime
    before_at: datetime
    span: int
    position: PostId
    doubted_at: datetime | None

    @property
    def round(self) -> Round:
        """The round, as its rules take it."""
        return Round(began_at=self.began_at, before_at=self.before_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A post that stands on its network as far as we know."""

    id: PostId
    external_id: str


def add_missing(conn: Connection, *, now: datetime, every: timedelta) -> None:
    """Let the first round of each source that is watched begin in a while."""
    execute(
        conn,
        """
        insert into rechecks (source_id, began_at, before_at, next_at)
        select s.id, %(now)s, %(now)s, %(now)s + %(every)s from sources s
        where exists (select from watches w where w.source_id = s.id) and not exists (select from rechecks r where r.source_id = s.id)
        on conflict do nothing
        """,
        {"now": now, "every": every},
    )


def claim_next(conn: Connection, *, networks: Sequence[str], now: datetime, until: datetime) -> RecheckJob | None:
    """Claim the source on one of `networks` that is due longest, or None; between rounds the next one begins."""
    return fetch_maybe(
        conn,
        RecheckJob,
        """
        with next as (
          select r.source_id from rechecks r join sources s on s.id = r.source_id
          where r.next_at <= %(now)s and s.paused_at is null and s.network = any(%(networks)s)
          order by r.next_at, r.source_id limit 1
          for update of r skip locked
        )
        update rechecks r
        set next_at = %(until)s, span = coalesce(r.span, 0), position = case when r.span is null then 0 else r.position end,
          before_at = case when r.span is null then r.began_at else r.before_at end,
          began_at = case when r.span is null then %(now)s else r.began_at end
        from next, sources s
        where r.source_id = next.source_id and s.id = r.source_id
        returning s.id as source_id, s.network, s.handle, s.credentials, s.options, r.began_at, r.before_at, r.span, r.position,
          r.doubted_at
        """,
        {"networks": list(networks), "now": now, "until": until},
    )


def standing(conn: Connection, *, source_id: SourceId, window: Window, after: PostId, limit: int) -> list[Standing]:
    """Return others' posts of a window in the order they were stored, without those of cases that are looked at anyway."""
    return fetch_all(
        conn,
        Standing,
        """
        select p.id, p.external_id from posts p left join cases c on c.id = p.case_id
        where p.id > %(after)s and p.source_id = %(source_id)s and p.seen_at > %(since)s and p.seen_at <= %(until)s
          and p.deleted_at is null and not p.is_own and (c.status is null or c.status not in ('open', 'waiting', 'snoozed'))
        order by p.id limit %(limit)s
        """,
        {
            "source_id": source_id,
            "since": window.since,
            "until": window.until,
            "after": after or _before_first(conn, window),
            "limit": limit,
        },
    )


def _before_first(conn: Connection, window: Window) -> PostId:
    """Return what all posts of a window come after, so that nothing older is walked over."""
    [first] = fetch_values(
        conn,
        "select coalesce(min(id) - 1, 0) from (select id from posts where seen_at > %(since)s and seen_at <= %(until)s offset 0) day",
        {"since": window.since, "until": window.until},
    )
    return PostId(first)


def save(
    conn: Connection, *, source_id: SourceId, span: int | None, position: PostId, next_at: datetime, doubted_at: datetime | None = None
) -> None:
    """Remember how far the round has come (None: it is over), when it goes on, and since when most of what is asked for is gone."""
    execute(
        conn,
        """
        update rechecks set span = %(span)s, position = %(position)s, next_at = %(next_at)s, doubted_at = %(doubted_at)s
        where source_id = %(source_id)s
        """,
        {"source_id": source_id, "span": span, "position": position, "next_at": next_at, "doubted_at": doubted_at},
    )


def doubt(conn: Connection, *, source_id: SourceId, since: datetime, until: datetime) -> None:
    """Ask for the same batch again at `until`: since `since` most of it is said to be gone."""
    execute(
        conn,
        "update rechecks set next_at = %(until)s, doubted_at = %(since)s where source_id = %(source_id)s",
        {"source_id": source_id, "since": since, "until": until},
    )


def put_off(conn: Connection, *, source_id: SourceId, until: datetime) -> None:
    """Go on at `until`, where the round is."""
    execute(conn, "update rechecks set next_at = %(until)s where source_id = %(id)s", {"id": source_id, "until": until})
