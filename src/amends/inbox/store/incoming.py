"""SQL of ingest: a batch is streamed into a temporary table, then a few statements say what is new, edited, deleted.

Rows are always locked in the order of their keys, so that two batches at once wait for each other rather than in a circle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core.database import Connection, copy_rows, execute, fetch_all, fetch_values
from amends.inbox.rules.ids import CaseId, PostId, SourceId

TYPES = (
    *("text", "text", "text", "text", "int4", "bool", "text"),
    *("text", "text", "timestamptz", "timestamptz", "bool", "text", "text", "text", "text", "text"),
    *("text[]", "jsonb", "jsonb", "text", "bool", "bool", "text"),
)
RAW_TYPES = ("int8", "text", "timestamptz", "bytea")


@dataclass(frozen=True, kw_only=True, slots=True)
class Touched:
    """A stored post that a batch changed."""

    id: PostId
    external_id: str
    case_id: CaseId | None


def stage(conn: Connection, rows: Iterable[Sequence[Any]]) -> None:
    """Put a batch (columns as in `TYPES`) where the other statements of this module find it, in this transaction only."""
    execute(
        conn,
        """
        create temp table if not exists incoming (
          external_id text, author_external_id text, author_handle text, author_name text, author_followers integer,
          author_verified boolean, author_avatar_url text, text text, language_hint text, published_at timestamptz,
          edited_at timestamptz, deleted boolean, permalink text, root_id text, parent_id text, quoted_id text, shared_id text,
          mentions text[], media jsonb, metrics jsonb, visibility text, is_own boolean, can_reply boolean, why_no_reply text
        ) on commit delete rows
        """,
    )
    execute(conn, "delete from pg_temp.incoming")
    copy_rows(conn, "copy pg_temp.incoming from stdin (format binary)", TYPES, rows)


def save_authors(conn: Connection, *, network: str) -> None:
    """Store the authors of the batch who are new, and what changed about the others."""
    execute(
        conn,
        """
        insert into authors (network, external_id, handle, name, followers, verified, avatar_url)
        select distinct on (i.author_external_id)
          %(network)s, i.author_external_id, i.author_handle, i.author_name, i.author_followers, i.author_verified, i.author_avatar_url
        from pg_temp.incoming i
        where not i.deleted
          and not exists (select from authors a where a.network = %(network)s and a.external_id = i.author_external_id)
        order by i.author_external_id, i.published_at desc
        on conflict (network, external_id) do nothing
        """,
        {"network": network},
    )
    execute(
        conn,
        """
        with latest as (
          select distinct on (author_external_id) * from pg_temp.incoming
          where not deleted and author_external_id <> 'deleted'
          order by author_external_id, published_at desc
        ), changed as (
          select a.id, l.author_handle, l.author_name, coalesce(l.author_followers, a.followers) as followers,
            l.author_verified, l.author_avatar_url
          from latest l join authors a on a.network = %(network)s and a.external_id = l.author_external_id
          where (a.handle, a.name, a.followers, a.verified, a.avatar_url) is distinct from
            (l.author_handle, l.author_name, coalesce(l.author_followers, a.followers), l.author_verified, l.author_avatar_url)
          order by a.id
          for no key update of a
        )
        update authors a
        set handle = c.author_handle, name = c.author_name, followers = c.followers, verified = c.author_verified,
          avatar_url = c.author_avatar_url
        from changed c where a.id = c.id
        """,
        {"network": network},
    )


def insert_new(conn: Connection, *, source_id: SourceId, network: str, now: datetime) -> list[str]:
    """Store the posts of the batch that are new, each with its event, in the order they were published; return their external ids.

    Of a post that the network deleted it says no more than that, so one that we never had stays unknown.
    """
    return fetch_values(
        conn,
        """
        with fresh as (
          insert into posts (source_id, network, external_id, author_id, text, language_hint, published_at, edited_at, seen_at,
             permalink, root_id, parent_id, quoted_id, shared_id, mentions, media, metrics, visibility, is_own, can_reply,
            why_no_reply)
          select %(source_id)s, %(network)s, i.external_id, a.id, i.text, i.language_hint, i.published_at, i.edited_at,
            %(now)s, i.permalink, i.root_id, i.parent_id, i.quoted_id, i.shared_id,
            i.mentions, i.media, i.metrics, i.visibility,
            i.is_own or exists (
              select from replies r join cases c on c.id = r.case_id
              where r.external_id = i.external_id and c.source_id = %(source_id)s
            ), i.can_reply, i.why_no_reply
          from pg_temp.incoming i
          join authors a on a.network = %(network)s and a.external_id = i.author_external_id
          where not i.deleted
            and not exists (select from posts p where p.source_id = %(source_id)s and p.external_id = i.external_id)
          order by i.published_at, i.external_id
          on conflict (source_id, external_id) do nothing
          returning id, external_id
        ), told as (
          insert into events (kind, at, post_id, source_id)
          select 'post_received', %(now)s, id, %(source_id)s from fresh order by id
        )
        select external_id from fresh
        """,
        {"source_id": source_id, "network": network, "now": now},
    )


def update_edited(conn: Connection, *, source_id: SourceId, now: datetime) -> list[Touched]:
    """Give posts that were edited since their new text, and return them; an older version than ours changes nothing."""
    return fetch_all(
        conn,
        Touched,
        """
        with changed as (
          select p.id, i.text, i.media, i.mentions, i.edited_at
          from pg_temp.incoming i join posts p on p.source_id = %(source_id)s and p.external_id = i.external_id
          where p.deleted_at is null and not i.deleted
            and (i.text <> p.text or i.edited_at > coalesce(p.edited_at, '-infinity'))
            and (i.edited_at is null or p.edited_at is null or i.edited_at >= p.edited_at)
          order by p.id
          for no key update of p
        )
        update posts p set text = c.text, media = c.media, mentions = c.mentions, edited_at = coalesce(c.edited_at, %(now)s)
        from changed c where p.id = c.id
        returning p.id, p.external_id, p.case_id
        """,
        {"source_id": source_id, "now": now},
    )


def update_quietly(conn: Connection, *, source_id: SourceId) -> int:
    """Refresh what may change without an edit (counters, whether we may reply) and return how many posts it changed."""
    return execute(
        conn,
        """
        with changed as (
          select p.id, i.metrics, i.visibility, i.can_reply, i.why_no_reply
          from pg_temp.incoming i join posts p on p.source_id = %(source_id)s and p.external_id = i.external_id
          where p.deleted_at is null and not i.deleted
            and (p.metrics, p.visibility, p.can_reply, p.why_no_reply)
              is distinct from (i.metrics, i.visibility, i.can_reply or p.can_reply, case when p.can_reply then '' else i.why_no_reply end)
          order by p.id
          for no key update of p
        )
        update posts p
        set metrics = c.metrics, visibility = c.visibility, can_reply = c.can_reply or p.can_reply,
          why_no_reply = case when p.can_reply then '' else c.why_no_reply end
        from changed c where p.id = c.id
        """,
        {"source_id": source_id},
    )


def blank_deleted(conn: Connection, *, source_id: SourceId, now: datetime) -> list[Touched]:
    """Take text, media and stored bodies of posts that the network deleted, and return them; they never come back."""
    return fetch_all(
        conn,
        Touched,
        """
        with gone as (
          select p.id
          from pg_temp.incoming i join posts p on p.source_id = %(source_id)s and p.external_id = i.external_id
          where i.deleted and p.deleted_at is null
          order by p.id
          for no key update of p
        ), blanked as (
          update posts p set text = '', media = '[]', mentions = '{}', deleted_at = %(now)s from gone where p.id = gone.id
          returning p.id, p.external_id, p.case_id
        ), forgotten as (
          delete from raw_bodies r using blanked b where r.source_id = %(source_id)s and r.external_id = b.external_id
        )
        select * from blanked
        """,
        {"source_id": source_id, "now": now},
    )


def save_raw(conn: Connection, rows: Iterable[tuple[int, str, datetime, bytes]]) -> None:
    """Append compressed network bodies: (source id, external id, seen at, body)."""
    copy_rows(conn, "copy raw_bodies (source_id, external_id, seen_at, body) from stdin (format binary)", RAW_TYPES, rows)


def refresh_previews(conn: Connection, *, post_ids: Sequence[PostId], previews: Sequence[str]) -> None:
    """Show the new words of changed posts in their cases, where the post is the customer's newest there."""
    execute(
        conn,
        """
        with newest as (
          select c.id, given.preview
          from unnest(%(post_ids)s::bigint[], %(previews)s::text[]) given(post_id, preview)
          join posts p on p.id = given.post_id join cases c on c.id = p.case_id
          where p.case_number is not null and not exists (
            select from posts later where later.case_id = c.id and later.case_number is not null
              and (later.published_at, later.id) > (p.published_at, p.id)
          )
          order by c.id
          for no key update of c
        )
        update cases c set preview = newest.preview from newest where c.id = newest.id
        """,
        {"post_ids": list(post_ids), "previews": list(previews)},
    )
