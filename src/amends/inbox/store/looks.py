"""SQL of looking again: which cases want their posts looked at on the network, and which posts those are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_maybe, fetch_values
from amends.inbox.rules.ids import CaseId, SourceId
from amends.inbox.store.sources import SealedAccount

LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseThread(SealedAccount):
    """A case with the account that can read its thread, which begins at `root_id`."""

    case_id: CaseId
    root_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LookJob(CaseThread):
    """A case whose posts `external_ids` are to be looked at by `collector.refresh`; `looks` counts the ones before."""

    looks: int
    external_ids: Sequence[str]
    look_doubted_at: datetime | None


def thread_of(conn: Connection, *, case_id: CaseId) -> CaseThread | None:
    """Return the case's thread, or None where there is no such case."""
    return fetch_maybe(
        conn,
        CaseThread,
        """
        select c.id as case_id, s.id as source_id, s.network, s.handle, s.credentials, s.options, c.root_external_id as root_id
        from cases c join sources s on s.id = c.source_id where c.id = %(case_id)s
        """,
        {"case_id": case_id},
    )


def plan(conn: Connection, *, case_ids: Sequence[CaseId], now: datetime, after: timedelta) -> None:
    """Plan the next look at cases that got a post: now, where the post answers one that we do not have, else `after`.

    The root of a private message that answers nothing by name is a conversation, which is no post.

    What no watch brings (imported posts) cannot be looked at.
    """
    execute(
        conn,
        """
        with wanting as (
          select c.id, exists (
            select from posts p, unnest(array[
              p.parent_id, case when p.visibility <> 'direct' or p.parent_id is not null then p.root_id end
            ]) around(external_id)
            where p.case_id = c.id and around.external_id is not null and not exists (
              select from posts known where known.source_id = p.source_id and known.external_id = around.external_id
            )
          ) as incomplete
          from cases c
          where c.id = any(%(ids)s) and exists (select from watches w where w.source_id = c.source_id)
          order by c.id for no key update of c
        )
        update cases c
        set looks = case when incomplete then 0 else 1 end, look_at = case when incomplete then %(now)s else %(later)s end
        from wanting where c.id = wanting.id
        """,
        {"ids": list(case_ids), "now": now, "later": now + after},
    )


def claim_next(conn: Connection, *, now: datetime, until: datetime) -> LookJob | None:
    """Claim the case that is due longest, or None.

    At the first look only what is missing around the case is asked for, later its own posts, at most fifty.
    """
    return fetch_maybe(
        conn,
        LookJob,
        """
        with next as (
          select c.id from cases c join sources s on s.id = c.source_id
          where c.look_at <= %(now)s and s.paused_at is null
          order by c.look_at, c.id
          limit 1
          for update of c skip locked
        )
        update cases c set look_at = %(until)s
        from next, sources s
        where c.id = next.id and s.id = c.source_id
        returning c.id as case_id, s.id as source_id, s.network, s.handle, s.credentials, s.options,
          c.root_external_id as root_id, c.looks, c.look_doubted_at,
          case when c.looks = 0 then array(
            select distinct around.external_id from posts p, unnest(array[
              p.parent_id, case when p.visibility <> 'direct' or p.parent_id is not null then p.root_id end
            ]) around(external_id)
            where p.case_id = c.id and around.external_id is not null and not exists (
              select from posts known where known.source_id = p.source_id and known.external_id = around.external_id
            )
            limit 50
          ) else array(
            select p.external_id from posts p where p.case_id = c.id and p.deleted_at is null order by p.published_at desc limit 50
          ) end as external_ids
        """,
        {"now": now, "until": until},
    )


def save(conn: Connection, *, case_id: CaseId, now: datetime, after: timedelta) -> None:
    """Plan the look after this one: twice as late each time, a day at most; never for a case that is done."""
    execute(
        conn,
        """
        update cases
        set looks = looks + 1, look_doubted_at = null, look_at = case when status in ('open', 'waiting', 'snoozed')
          then %(now)s + least(%(after)s * power(2, least(looks, 20)), %(longest)s) end
        where id = %(id)s
        """,
        {"id": case_id, "now": now, "after": after, "longest": LONGEST_WAIT},
    )


def distant(conn: Connection, *, case_id: CaseId, now: datetime, after: timedelta, lease: timedelta) -> CaseThread | None:
    """Return the case where its last look was `after` ago and the next one is not near; None also while somebody looks (`lease`)."""
    return fetch_maybe(
        conn,
        CaseThread,
        """
        select c.id as case_id, s.id as source_id, s.network, s.handle, s.credentials, s.options, c.root_external_id as root_id
        from cases c join sources s on s.id = c.source_id
        where c.id = %(id)s and c.looks > 0 and c.look_doubted_at is null and c.look_at > %(now)s + %(lease)s
          and c.look_at - least(%(after)s * power(2, least(c.looks - 1, 20)), %(longest)s) <= %(now)s - %(after)s
        """,
        {"id": case_id, "now": now, "after": after, "lease": lease, "longest": LONGEST_WAIT},
    )


def begin_anew(conn: Connection, *, case_id: CaseId, now: datetime) -> None:
    """Look at the case now, and then as often as at one that is new."""
    execute(
        conn,
        "update cases set looks = 1, look_at = %(now)s where id = %(id)s and looks > 0 and look_at > %(now)s",
        {"id": case_id, "now": now},
    )


def witnesses(conn: Connection, *, case_id: CaseId, source_id: SourceId, limit: int) -> list[str]:
    """Return posts of other cases of a source, or of none, that stand as far as we know."""
    return fetch_values(
        conn,
        """
        select external_id from posts
        where source_id = %(source_id)s and case_id is distinct from %(case_id)s and deleted_at is null
        order by root_id desc limit %(limit)s
        """,
        {"source_id": source_id, "case_id": case_id, "limit": limit},
    )


def doubt(conn: Connection, *, case_id: CaseId, since: datetime, until: datetime) -> None:
    """Look again at `until`: since `since` all posts of the case and of its witnesses are said to be gone."""
    execute(
        conn,
        "update cases set look_at = %(until)s, look_doubted_at = %(since)s where id = %(id)s",
        {"id": case_id, "since": since, "until": until},
    )


def put_off(conn: Connection, *, case_id: CaseId, until: datetime) -> None:
    """Look again at `until`."""
    execute(conn, "update cases set look_at = %(until)s where id = %(id)s", {"id": case_id, "until": until})
